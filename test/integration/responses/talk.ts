// What the tests of kept responses share: a gateway with a vendor of each wire, the official client, what models were told.
import OpenAI from 'openai'
import { type Fields, pick } from '../../lab/client.ts'
import { openScene, type Scene } from '../../lab/scene.ts'
import { until } from '../../lab/until.ts'

export type Created = OpenAI.Responses.Response
export type Body = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'model' | 'stream'>

export interface Talk {
  readonly scene: Scene
  /** With the local key. */
  readonly openai: OpenAI
  clientOf(apiKey: string): OpenAI
  create(model: string, body: Body, client?: OpenAI): Promise<Created>
  /** Reads a stream to its end; resolves with the Response of its last event that has one. */
  stream(model: string, body: Body): Promise<Created>
  /** What a model of the chat vendor was told, as `role: text` lines, one list a request. */
  told(model: string): string[][]
  /** Polls, as clients of background responses do. */
  ended(id: string): Promise<Created>
}

export const textIn = (content: unknown): string =>
  Array.isArray(content) ? content.map((part) => String(pick(part, 'text'))).join('') : String(content)

export const weather: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
}

export const resultsFor = ({ output }: Created): OpenAI.Responses.ResponseInputItem[] =>
  output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: 'rain' }]
      : [],
  )

const providersOf = (origin: string): Fields => ({
  claude: { dialect: 'anthropic', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
  gem: { dialect: 'gemini', baseUrl: `${origin}/v1beta`, apiKey: '$LAB_KEY' },
  both: { vendor: 'openai', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
  responses: { vendor: 'openai', dialect: 'openai-responses', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
})

export async function openTalk(): Promise<Talk> {
  const scene = await openScene((_, origin) => ({
    providers: providersOf(origin),
    timeouts: { idleMs: 5_000, headMs: 30_000 },
    retries: { sameTarget: 0 },
  }))
  const clientOf = (apiKey: string): OpenAI =>
    new OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey, maxRetries: 0 })
  const openai = clientOf('mk-local')

  return {
    scene,
    openai,
    clientOf,
    create: (model, body, client = openai) => client.responses.create({ model, ...body }),
    async stream(model, body) {
      let last: Created | undefined
      for await (const event of await openai.responses.create({ model, ...body, stream: true }))
        if ('response' in event) last = event.response
      if (last === undefined) throw new Error('a stream without a response')
      return last
    },
    told: (model) =>
      scene.lab
        .seen(model)
        .map(({ body }) =>
          (body['messages'] as Fields[]).map(({ role, content }) => `${String(role)}: ${textIn(content)}`),
        ),
    ended: (id) =>
      until(`the end of ${id}`, async () => {
        const response = await openai.responses.retrieve(id)
        return response.status !== 'queued' && response.status !== 'in_progress' && response
      }),
  }
}
