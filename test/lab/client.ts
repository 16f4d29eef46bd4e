// A plain HTTP client of the gateway: what came over the wire, taken apart by hand, so that tests see every byte.

export type Fields = Readonly<Record<string, unknown>>

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown
}

export interface Streamed extends Reply {
  /** Every `data:` line in order, as it came, and the ids before them. */
  readonly data: readonly string[]
  readonly ids: readonly string[]
  readonly chunks: readonly Fields[]
  /** The text of choice 0. */
  readonly said: string
  readonly isDone: boolean
  /** The error event, where there was one. */
  readonly error: unknown
  /** The usage object of the chunk that had one. */
  readonly usage: unknown
}

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Called with each event of a stream as it comes. */
  readonly onData?: (data: string) => void
  readonly path?: string
}

/** Walks into JSON: `pick(reply.json, 'choices', 0, 'message', 'content')`. */
export function pick(value: unknown, ...path: readonly (string | number)[]): unknown {
  let inner = value
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null) return undefined
    inner = Reflect.get(inner, key)
  }
  return inner
}

export const user = (content: string): Fields => ({ role: 'user', content })

export interface Client {
  /** A whole reply. Without messages one short one is sent. */
  ask(body: Fields, sending?: Sending): Promise<Reply>
  /** A stream, read to its end. */
  stream(body: Fields, sending?: Sending): Promise<Streamed>
  /** Any request at all. */
  send(path: string, init?: RequestInit): Promise<Reply>
}

export function openClient(url: string, key: string | undefined): Client {
  const authorization: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const post = (body: Fields, sending: Sending): Promise<Response> =>
    fetch(`${url}${sending.path ?? '/v1/chat/completions'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization, ...sending.headers },
      body: JSON.stringify({ messages: [user('Say something.')], ...body }),
      ...(sending.signal === undefined ? {} : { signal: sending.signal }),
    })
  return {
    ask: async (body, sending = {}) => read(await post(body, sending)),
    stream: async (body, sending = {}) =>
      readStream(await post({ ...body, stream: true }, sending), sending.onData),
    send: async (path, init = {}) =>
      read(
        await fetch(url + path, {
          ...init,
          headers: { ...authorization, ...(init.headers as Record<string, string>) },
        }),
      ),
  }
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

async function readStream(
  response: Response,
  onData: (data: string) => void = () => undefined,
): Promise<Streamed> {
  const { status, headers } = response
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const data: string[] = []
  const ids: string[] = []
  let text = ''
  let rest = ''
  for await (const bytes of response.body ?? []) {
    const more = decoder.decode(bytes, { stream: true })
    text += more
    const frames = (rest + more).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      if (frame.startsWith(':')) continue // a comment, as the specification allows anywhere
      const [, id, line] = /^(?:id: (\S+)\n)?data: ([^\n]*)$/.exec(frame) ?? []
      if (line === undefined) throw new Error(`an event without data: ${frame}`)
      if (id !== undefined) ids.push(id)
      data.push(line)
      onData(line)
    }
  }
  const isEvents = headers.get('content-type')?.startsWith('text/event-stream') === true
  if (isEvents && rest !== '') throw new Error(`the stream ended inside an event: ${rest}`)
  const chunks = data.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line) as Fields)
  const said = chunks.map((chunk) => pick(chunk, 'choices', 0, 'delta', 'content') ?? '').join('')
  return {
    status,
    headers,
    text,
    json: parse(text),
    data,
    ids,
    chunks,
    said,
    isDone: data.at(-1) === '[DONE]',
    error: chunks.map((chunk) => chunk['error']).find((error) => error !== undefined),
    usage: chunks.map((chunk) => chunk['usage']).findLast((usage) => usage !== undefined && usage !== null),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
