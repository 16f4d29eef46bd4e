// A vendor that misbehaves on purpose: a real HTTP server with OpenAI's chat completions on its wire. Scripts say how
// the next requests for a model are treated; every request is kept as it came.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Behaviour } from './behaviour.ts'
import { deliverBody, deliverStream } from './deliver.ts'
import { type Ask, type Head, writeChunks, writeCompletion, writeError, writeModels } from './wire.ts'

type Fields = Readonly<Record<string, unknown>>

/** One request as it came, and what became of it. Times are milliseconds since the epoch. */
export interface LabRequest {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names and values by turns, as they stood on the wire. */
  readonly rawHeaders: readonly string[]
  readonly text: string
  readonly body: Fields
  readonly model: string
  /** Events of a stream that were sent. */
  events: number
  /** When the client went away before the answer was complete. */
  leftAt?: number
  endedAt?: number
}

export interface VendorOptions {
  readonly port?: number
  readonly host?: string
  /** Only these keys are let in; any unless given. */
  readonly keys?: readonly string[]
  readonly models?: readonly string[]
}

export interface Vendor {
  /** Up to and including /v1. */
  readonly url: string
  readonly port: number
  readonly requests: readonly LabRequest[]
  /** The chat requests for one model. */
  seen(model: string): LabRequest[]
  /** How the next requests for a model are treated, one after another. */
  script(model: string, ...behaviours: Behaviour[]): void
  /** How every further request for a model is treated, once its script is used up. */
  always(model: string, behaviour: Behaviour): void
  /** Which keys are let in from now on. */
  admit(keys: readonly string[] | undefined): void
  stop(): Promise<void>
}

export async function startVendor(options: VendorOptions = {}): Promise<Vendor> {
  const requests: LabRequest[] = []
  const scripts = new Map<string, Behaviour[]>()
  const habits = new Map<string, Behaviour>()
  let keys = options.keys
  let count = 0

  const behaviourFor = (request: LabRequest): Behaviour => {
    const own = request.body['lab']
    const scripted = scripts.get(request.model)?.shift() ?? habits.get(request.model) ?? {}
    return isFields(own) ? { ...scripted, ...own } : scripted
  }

  const chat = async (request: LabRequest, response: ServerResponse, signal: AbortSignal): Promise<void> => {
    const behaviour = behaviourFor(request)
    const ask = readAsk(request)
    count += 1
    const head: Head = { id: `chatcmpl-lab${count}`, created: Math.floor(Date.now() / 1000) }
    const isStream = ask.stream && behaviour.body === undefined && (behaviour.status ?? 200) < 300
    const type = behaviour.contentType ?? (isStream ? 'text/event-stream; charset=utf-8' : 'application/json')
    const headers = { 'content-type': type, 'x-request-id': `req_lab${count}`, ...behaviour.headers }
    const onSent = (events: number): void => void (request.events = events)
    const delivery = { response, behaviour, signal, headers, onSent }
    if (behaviour.rejectPrefill === true && ask.messages.at(-1)?.role === 'assistant') {
      const error = writeError(
        'This model does not support assistant message prefill.',
        'invalid_request_error',
        null,
      )
      return deliverBody(delivery, 400, JSON.stringify(error))
    }
    if (behaviour.body !== undefined || (behaviour.status ?? 200) >= 300) {
      const body = behaviour.body ?? writeError('The server had an error.', 'server_error', null)
      return deliverBody(
        delivery,
        behaviour.status ?? 200,
        typeof body === 'string' ? body : JSON.stringify(body),
      )
    }
    if (!ask.stream) return deliverBody(delivery, 200, JSON.stringify(writeCompletion(ask, behaviour, head)))
    const chunks = writeChunks(ask, behaviour, head).map((chunk) => JSON.stringify(chunk))
    return deliverStream(delivery, behaviour.done === false ? chunks : [...chunks, '[DONE]'])
  }

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    const request: LabRequest = await readRequest(incoming)
    const { method, path } = request
    if (path.startsWith('/lab/')) return control(request, response)
    requests.push(request)
    response.once('close', () => {
      const complete = response.writableFinished
      request[complete ? 'endedAt' : 'leftAt'] = Date.now()
      if (!complete) gone.abort()
    })
    if (keys !== undefined && !keys.includes(keyOf(request) ?? '')) {
      const shown = keyOf(request) ?? ''
      return json(
        response,
        401,
        writeError(`Incorrect API key provided: ${shown}.`, 'invalid_request_error', 'invalid_api_key'),
      )
    }
    if (method === 'GET' && path === '/v1/models')
      return json(response, 200, writeModels(options.models ?? ['lab-1']))
    if (method === 'POST' && path === '/v1/chat/completions') return chat(request, response, gone.signal)
    return json(response, 404, writeError(`Invalid URL (${method} ${path})`, 'invalid_request_error', null))
  }

  /** For a lab in a process of its own: what `script`, `always` and `requests` are within one. */
  const control = (request: LabRequest, response: ServerResponse): void => {
    const {
      model = '',
      script,
      always,
    } = request.body as { model?: string; script?: Behaviour[]; always?: Behaviour }
    if (request.method === 'POST' && request.path === '/lab/script') {
      if (script !== undefined) scripts.set(model, script)
      if (always !== undefined) habits.set(model, always)
      return json(response, 200, { ok: true })
    }
    if (request.path !== '/lab/requests')
      return json(response, 404, writeError('no such control', 'lab', null))
    const data = requests.map(({ text: _, ...shown }) => shown)
    if (request.method === 'DELETE') requests.length = 0
    return json(response, 200, { data })
  }

  const server = createServer({ keepAliveTimeout: 5_000 }, (incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      // The client has gone and the script with it; anything else is the lab's own mistake.
      if (error instanceof Error && error.name === 'AbortError') return
      if (!response.headersSent)
        json(response, 599, writeError(`the lab failed: ${String(error)}`, 'lab', null))
      else response.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    requests,
    seen: (model) => requests.filter((request) => request.model === model),
    script: (model, ...behaviours) => void scripts.set(model, [...(scripts.get(model) ?? []), ...behaviours]),
    always: (model, behaviour) => void habits.set(model, behaviour),
    admit: (next) => void (keys = next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readRequest(incoming: IncomingMessage): Promise<LabRequest> {
  const at = Date.now()
  let text = ''
  for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk)
  const body = parse(text)
  return {
    at,
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    text,
    body,
    model: typeof body['model'] === 'string' ? body['model'] : '',
    events: 0,
  }
}

function readAsk({ body, model }: LabRequest): Ask {
  const options = body['stream_options']
  const format = body['response_format']
  const limit = body['max_completion_tokens'] ?? body['max_tokens']
  return {
    model,
    messages: Array.isArray(body['messages']) ? body['messages'] : [],
    stream: body['stream'] === true,
    includeUsage: isFields(options) && options['include_usage'] === true,
    choices: typeof body['n'] === 'number' ? body['n'] : 1,
    maxTokens: typeof limit === 'number' ? limit : undefined,
    seed: typeof body['seed'] === 'number' ? body['seed'] : undefined,
    logprobs: body['logprobs'] === true,
    topLogprobs: typeof body['top_logprobs'] === 'number' ? body['top_logprobs'] : 0,
    schema: isFields(format) ? schemaOf(format) : undefined,
  }
}

function schemaOf(format: Fields): unknown {
  if (format['type'] === 'json_object') return true
  const about = format['json_schema']
  return isFields(about) ? about['schema'] : undefined
}

const keyOf = (request: LabRequest): string | undefined =>
  request.headers.authorization?.replace(/^Bearer /, '')

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function parse(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : {}
  } catch {
    return {} // recorded as text; the lab answers what it can
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
