// What must be there before an operation of the API can be asked: each is made through the API itself.
import { randomUUID } from 'node:crypto'

export interface Asked {
  /** What stands in the address, by name. */
  readonly places?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

type Made = Readonly<Record<string, unknown>>

/** By the id of the operation; those that are not here need nothing. */
export function preparations(url: string): Readonly<Record<string, () => Promise<Asked>>> {
  const send = async (
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> => {
    const key = path.startsWith('/admin') ? 'mk-admin-local' : 'mk-local'
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: status ${response.status}: ${await response.text()}`)
    return response
  }
  const make = async (path: string, body: unknown): Promise<Made> =>
    (await send(path, body)).json() as Promise<Made>

  const at = async (path: string, body: unknown): Promise<Asked> => ({
    places: { id: String((await make(path, body))['id']) },
  })
  const key = () => at('/admin/keys', { name: 'reference' })
  const project = () => at('/admin/projects', { name: 'reference' })
  const response = () => at('/v1/responses', { model: 'micro', input: 'Hello!' })
  const conversation = () => at('/v1/conversations', { items: [{ role: 'user', content: 'Hello!' }] })

  const item = async (): Promise<Asked> => {
    const asked = await conversation()
    const place = asked.places?.['id'] ?? ''
    const added = await make(`/v1/conversations/${place}/items`, {
      items: [{ role: 'user', content: 'More.' }],
    })
    const [first] = added['data'] as readonly Made[]
    return { places: { id: place, item: String(first?.['id']) } }
  }

  /** A stream that was kept, from its first event on. */
  const cut = (path: string, body: object) => async (): Promise<Asked> => {
    const stream = await send(
      path,
      { model: 'micro', stream: true, ...body },
      { 'x-minnow-resumable': 'true' },
    )
    const first = /^id: (.+)$/m.exec(await stream.text())?.[1] ?? ''
    return { headers: { 'last-event-id': first } }
  }

  const said = { messages: [{ role: 'user', content: 'Hello!' }] }
  const answered = async (): Promise<string> => {
    const id = `reference-${randomUUID()}`
    const reply = await send('/v1/chat/completions', { model: 'auto', ...said }, { 'x-request-id': id })
    await reply.text()
    return id
  }

  /** The id of its row, once it is there. */
  const row = async (): Promise<Asked> => {
    const id = await answered()
    for (let tries = 0; tries < 50; tries += 1) {
      const found = await fetch(`${url}/admin/requests?limit=100`, {
        headers: { authorization: 'Bearer mk-admin-local' },
      })
      const { data } = (await found.json()) as { data: readonly Made[] }
      const mine = data.find((one) => one['request_id'] === id)
      if (mine !== undefined) return { places: { id: String(mine['id']) } }
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error(`the row of ${id} did not come`)
  }

  /** A conversation with a turn in it. */
  const talk = async (): Promise<Asked> => {
    const id = `reference-${randomUUID()}`
    const reply = await send(
      '/v1/chat/completions',
      { model: 'micro', ...said },
      { 'x-minnow-conversation': id },
    )
    await reply.text()
    for (let tries = 0; tries < 50; tries += 1) {
      const found = await fetch(`${url}/v1/conversations/${id}`, {
        headers: { authorization: 'Bearer mk-local' },
      })
      if (found.ok) return { places: { id } }
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error(`the turn of ${id} was not stored`)
  }

  return {
    openSession: async () => ({ headers: { origin: url } }),
    closeSession: async () => ({ headers: { origin: url } }),
    readWhatIf: async () => ({ places: { route: 'auto' } }),
    readMessages: talk,
    branchConversation: talk,
    listConversations: async () => {
      await talk()
      return {}
    },
    resumeChatCompletion: cut('/v1/chat/completions', said),
    resumeMessage: cut('/v1/messages', { max_tokens: 64, ...said }),
    cancelChatCompletion: async () => ({ headers: { 'idempotency-key': randomUUID() } }),
    cancelMessage: async () => ({ headers: { 'idempotency-key': randomUUID() } }),
    resumeResponse: cut('/v1/responses', { input: 'Hello!' }),
    readResponse: response,
    removeResponse: response,
    cancelResponse: () => at('/v1/responses', { model: 'micro', input: 'Hello!', background: true }),
    listInputItems: response,
    readConversation: conversation,
    changeConversation: conversation,
    removeConversation: conversation,
    listItems: conversation,
    addItems: conversation,
    readItem: item,
    removeItem: item,
    readReceipt: async () => ({ places: { id: await answered() } }),
    giveFeedback: async () => ({ body: { request_id: await answered(), score: 1 } }),
    takeVisitorToken: async () => ({ headers: { origin: url } }),
    readKey: key,
    changeKey: key,
    revokeKey: key,
    readProject: project,
    changeProject: project,
    removeProject: project,
    readRequest: row,
    listRequests: async () => {
      await row()
      return {}
    },
    readCache: async () => ({ query: { tenant: 'local' } }),
    purgeCache: async () => ({ query: { tenant: 'local' } }),
    addPrice: async () => ({ body: { model: `reference/${randomUUID()}`, input: 1, output: 2 } }),
  }
}
