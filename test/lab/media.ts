// A vendor of speech, transcription, pictures and moderation as OpenAI has them: a real HTTP server that is strict about
// what it is sent, keeps every byte of it, and misbehaves on purpose.
// Source: https://platform.openai.com/docs/api-reference/audio, /images, /moderations
import { createCipheriv, createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { Behaviour } from './behaviour.ts'
import { deliverBody, deliverStream } from './deliver.ts'
import { KEPT_MS } from './vendor.ts'
import { eventOf, type Fields, isFields, Refused, type StreamEvent } from './wire.ts'

/** A request as it came, and what became of it. */
export interface MediaRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly bytes: Buffer
  /** The fields of the JSON or of the form; of a file its bytes. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly model: string
  /** Events or pieces that were sent. */
  events: number
  refused?: string
  leftAt?: number
}

export interface Media {
  /** Up to and including /v1. */
  readonly url: string
  seen(model: string): MediaRequest[]
  script(model: string, ...behaviours: Behaviour[]): void
  /** Which keys are let in from now on. */
  admit(keys: readonly string[]): void
  stop(): Promise<void>
}

type Answer =
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly type: string; readonly events: readonly StreamEvent[] }

const file = z.instanceof(Buffer)
const flag = z.union([z.boolean(), z.enum(['true', 'false'])]).optional()
const count = z.union([z.int().min(1).max(10), z.string().regex(/^(?:[1-9]|10)$/)]).optional()
const files = z.union([file, z.array(file).min(1)])

const BODIES: Readonly<Record<string, z.ZodType>> = {
  'audio/speech': z.looseObject({
    input: z.string().min(1).max(4096),
    voice: z.string(),
    stream_format: z.enum(['sse', 'audio']).optional(),
  }),
  'audio/transcriptions': z.looseObject({ file, stream: flag, response_format: z.string().optional() }),
  'audio/translations': z.looseObject({ file, response_format: z.string().optional() }),
  'images/generations': z.looseObject({ prompt: z.string().min(1), n: count, stream: flag }),
  'images/edits': z.looseObject({ prompt: z.string().min(1), image: files, n: count, stream: flag }),
  'images/variations': z.looseObject({ image: file, n: count }),
  moderations: z.looseObject({
    input: z.union([z.string(), z.array(z.union([z.string(), z.looseObject({ type: z.string() })]))]),
  }),
}

/** A sound or a picture: the same for the same words, and not to be told from noise. */
export function noise(about: string, length: number): Buffer {
  const key = createHash('sha256').update(about).digest()
  const bytes = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
  bytes.set([0xff, 0xf3])
  return bytes
}

export const SPEECH_BYTES = 96 * 1024
export const PICTURE_BYTES = 512 * 1024

const usageOf = ({ usage }: Behaviour): { usage?: Fields } =>
  usage === null
    ? {}
    : {
        usage: {
          input_tokens: usage?.prompt ?? 14,
          output_tokens: usage?.completion ?? 40,
          total_tokens: (usage?.prompt ?? 14) + (usage?.completion ?? 40),
          input_tokens_details: { text_tokens: usage?.prompt ?? 14, image_tokens: 0 },
        },
      }

const events = (...values: readonly Fields[]): Answer => ({
  type: 'text/event-stream; charset=utf-8',
  events: values.map((value) => eventOf(value, String(value['type']))),
})

function speak(fields: Fields, behaviour: Behaviour): Answer {
  const sound = noise(String(fields['input']), SPEECH_BYTES)
  const pieces = Array.from({ length: 12 }, (_, at) => sound.subarray(at * 8192, (at + 1) * 8192))
  if (fields['stream_format'] !== 'sse') return { type: 'audio/mpeg', events: pieces }
  return events(...pieces.map((piece) => ({ type: 'speech.audio.delta', audio: piece.toString('base64') })), {
    type: 'speech.audio.done',
    ...usageOf(behaviour),
  })
}

function transcribe(fields: Fields, behaviour: Behaviour): Answer {
  const { file: sound, response_format: format, stream } = fields
  const length = Buffer.byteLength(sound instanceof Buffer ? sound : '')
  const said = behaviour.text ?? `You sent ${length} bytes.`
  if (format === 'text' || format === 'srt') return { text: `${said}\n` }
  const used = usageOf(behaviour)
  const usage = used.usage === undefined ? {} : { usage: { type: 'tokens', ...used.usage } }
  if (stream !== 'true' && stream !== true) return { json: { text: said, ...usage } }
  return events(...said.split(/(?= )/).map((delta) => ({ type: 'transcript.text.delta', delta })), {
    type: 'transcript.text.done',
    text: said,
    ...usage,
  })
}

function draw(path: string, fields: Fields, behaviour: Behaviour): Answer {
  const picture = (at: number): string =>
    noise(`${String(fields['prompt'])}${at}`, PICTURE_BYTES).toString('base64')
  if (fields['stream'] === true || fields['stream'] === 'true') {
    const name = path === 'images/edits' ? 'image_edit' : 'image_generation'
    return events(
      ...[0, 1].map((at) => ({
        type: `${name}.partial_image`,
        partial_image_index: at,
        b64_json: picture(at),
      })),
      { type: `${name}.completed`, b64_json: picture(2), ...usageOf(behaviour) },
    )
  }
  const data = Array.from({ length: Number(fields['n'] ?? 1) }, (_, at) => ({ b64_json: picture(at) }))
  return { json: { created: 1_700_000_000, data, ...usageOf(behaviour) } }
}

function judge(fields: Fields, model: string): Answer {
  const inputs = [fields['input']].flat()
  const results = inputs.map((input) => {
    const flagged = /violence/.test(JSON.stringify(input))
    return {
      flagged,
      categories: { violence: flagged },
      category_scores: { violence: flagged ? 0.98 : 0.01 },
    }
  })
  return { json: { id: 'modr-lab', model, results } }
}

function answer({ path, fields, model }: MediaRequest, behaviour: Behaviour): Answer {
  if (path === 'audio/speech') return speak(fields, behaviour)
  if (path.startsWith('audio/')) return transcribe(fields, behaviour)
  return path === 'moderations' ? judge(fields, model) : draw(path, fields, behaviour)
}

async function readRequest(incoming: IncomingMessage): Promise<MediaRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const type = incoming.headers['content-type'] ?? ''
  const fields = type.startsWith('multipart/') ? await readForm(bytes, type) : readJson(bytes)
  return {
    path: (incoming.url ?? '').replace(/^\/v1\//, ''),
    headers: incoming.headers,
    bytes,
    fields,
    model: String(fields['model'] ?? ''),
    events: 0,
  }
}

function readJson(bytes: Buffer): Fields {
  const value: unknown = JSON.parse(bytes.toString())
  return isFields(value) ? value : {}
}

async function readForm(bytes: Buffer, type: string): Promise<Fields> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  const fields: Record<string, unknown> = {}
  for (const name of new Set(form.keys())) {
    const values = await Promise.all(
      form
        .getAll(name)
        .map(async (value) => (typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer()))),
    )
    fields[name.replace(/\[\]$/, '')] = values.length === 1 ? values[0] : values
  }
  return fields
}

const failure = ({ message, code, param }: Refused): Fields => ({
  error: { message, type: 'invalid_request_error', code, param },
})

export async function startMedia(options: { readonly keys: readonly string[] }): Promise<Media> {
  const requests: MediaRequest[] = []
  const scripts = new Map<string, Behaviour[]>()
  let { keys } = options

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming)
    requests.push(request)
    const gone = new AbortController()
    response.once('close', () => {
      if (response.writableFinished) return
      request.leftAt = Date.now()
      gone.abort()
    })
    const behaviour = scripts.get(request.model)?.shift() ?? {}
    const delivery = (type: string) => ({
      response,
      behaviour,
      signal: gone.signal,
      headers: {
        'content-type': behaviour.contentType ?? type,
        'openai-organization': 'lab',
        'set-cookie': 'lab=1',
        ...behaviour.headers,
      },
      onSent: (sent: number): void => void (request.events = sent),
    })
    const json = (status: number, body: unknown): Promise<void> =>
      deliverBody(delivery('application/json'), status, JSON.stringify(body))
    try {
      const key = incoming.headers.authorization?.replace(/^Bearer /, '') ?? ''
      if (!keys.includes(key))
        throw new Refused(401, `Incorrect API key provided: ${key}.`, 'invalid_api_key')
      if (behaviour.status !== undefined)
        return await json(behaviour.status, behaviour.body ?? failure(new Refused(behaviour.status, 'No.')))
      const schema = BODIES[request.path]
      if (schema === undefined) throw new Refused(404, `Invalid URL (POST /v1/${request.path})`)
      const wrong = schema.safeParse(request.fields).error?.issues[0]
      if (wrong !== undefined) {
        request.refused = `${wrong.path.join('.')}: ${wrong.message}`
        throw new Refused(400, `Invalid ${request.refused}.`, null, wrong.path.join('.'))
      }
      const answered = answer(request, behaviour)
      if ('json' in answered) return await json(200, answered.json)
      if ('text' in answered)
        return await deliverBody(delivery('text/plain; charset=utf-8'), 200, answered.text)
      return await deliverStream(delivery(answered.type), answered.events, 0)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return json(error.status, failure(error))
    }
  }

  const server = createServer({ keepAliveTimeout: KEPT_MS }, (incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'AbortError') return
      if (response.headersSent) response.destroy()
      else response.writeHead(599).end(`the lab failed: ${String(error)}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    seen: (model) => requests.filter((request) => request.model === model),
    script: (model, ...behaviours) => void scripts.set(model, behaviours),
    admit: (next) => void (keys = next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
