// Vendors that misbehave on purpose: one real HTTP server that speaks several vendors' wires on their own paths.
// Scripts say how the next requests for a model are treated; every request is kept as it came.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { counting, messages } from './anthropic.ts'
import { converse, converseStream } from './bedrock.ts'
import type { Behaviour } from './behaviour.ts'
import { chat } from './chat.ts'
import { deliverBody, deliverStream } from './deliver.ts'
import { cohereEmbed, googleEmbed } from './embedders.ts'
import { embeddings } from './embeddings.ts'
import { generate, streamGenerate } from './gemini.ts'
import { openResponses } from './responses.ts'
import { usageIn, usageOf } from './reported.ts'
import { type Fields, isFields, type LabRequest, Refused, type StreamEvent, type Wire } from './wire.ts'

/** It closes no connection by itself: a request that meets a closing one is lost, which only a scripted one shall be. */
export const KEPT_MS = 3_600_000

export interface VendorOptions {
  readonly port?: number
  readonly host?: string
  /** Only these keys are let in; any unless given. */
  readonly keys?: readonly string[]
  readonly models?: readonly string[]
  /** The wires it speaks; those of vendors with an address of their own unless given. */
  readonly wires?: readonly Wire[]
}

export interface Vendor {
  /** Up to and including /v1. */
  readonly url: string
  /** Without a path; other wires have other versions. */
  readonly origin: string
  readonly port: number
  readonly requests: readonly LabRequest[]
  /** The requests for one model, on any wire. */
  seen(model: string): LabRequest[]
  /** How the next requests for a model are treated, one after another. */
  script(model: string, ...behaviours: Behaviour[]): void
  /** How every further request for a model is treated, once its script is used up; it may depend on the request. */
  always(model: string, behaviour: Habit): void
  /** Every answer for a model that was asked for by now goes on to its end without any further wait. */
  release(model: string): void
  /** Which keys are let in from now on, and with what the others are answered: 401 unless given. */
  admit(keys: readonly string[] | undefined, status?: number): void
  stop(): Promise<void>
}

export type Habit = Behaviour | ((request: LabRequest) => Behaviour)

export async function startVendor(options: VendorOptions = {}): Promise<Vendor> {
  const wires: readonly Wire[] = options.wires ?? [
    chat,
    messages,
    counting,
    generate,
    streamGenerate,
    openResponses(),
    embeddings,
    googleEmbed,
    cohereEmbed,
    converse,
    converseStream,
  ]
  const requests: LabRequest[] = []
  const scripts = new Map<string, Scripted[]>()
  const habits = new Map<string, Habit>()
  const hurries = new Map<LabRequest, AbortController>()
  let keys = options.keys
  let unadmitted = 401
  let count = 0

  const behaviourFor = (wire: Wire, request: LabRequest): Behaviour => {
    const own = request.body['lab']
    const next = wire.isAside === true ? undefined : takeNext(scripts.get(request.model) ?? [], request.at)
    const habit = habits.get(request.model) ?? {}
    const scripted = next ?? (typeof habit === 'function' ? habit(request) : habit)
    return isFields(own) ? { ...scripted, ...own } : scripted
  }

  const ask = async (
    wire: Wire,
    request: LabRequest,
    response: ServerResponse,
    signal: AbortSignal,
    hurry: AbortSignal,
  ): Promise<void> => {
    const behaviour = behaviourFor(wire, request)
    count += 1
    const deliver = (status: number, body: unknown, more = {}): Promise<void> =>
      deliverBody(
        delivery('application/json', more),
        status,
        typeof body === 'string' ? body : JSON.stringify(body),
      )
    const refuse = (refused: Refused): Promise<void> =>
      deliver(refused.status, wire.failure(refused), wire.failureHeaders?.(refused))
    const delivery = (usual: string, more: Readonly<Record<string, string>> = {}) => ({
      response,
      behaviour,
      signal,
      hurry,
      headers: {
        'content-type': behaviour.contentType ?? usual,
        ...wire.headers?.(count),
        ...more,
        ...behaviour.headers,
      },
      onSent: (events: number): void => void (request.events = events),
    })
    const note = (usage: Fields | undefined): void => {
      if (usage !== undefined) request.reported = { ...request.reported, ...usage }
    }
    const { deadKeys } = behaviour
    const key = wire.keyOf(request) ?? ''
    if (deadKeys?.keys.includes(key) === true)
      return refuse(new Refused(deadKeys.status, `Incorrect API key provided: ${key}.`, 'invalid_api_key'))
    const status = behaviour.status ?? 200
    if (behaviour.body !== undefined) return deliver(status, behaviour.body)
    if (status >= 300) return refuse(new Refused(status, 'The server had an error.'))
    try {
      const head = { count, created: Math.floor(Date.now() / 1000) }
      const answer = wire.answer(request, behaviour, head)
      if ('whole' in answer) {
        await deliver(200, answer.whole)
        if (behaviour.cutAfter === undefined) note(usageIn(answer.whole))
        return
      }
      const events = failing(wire, answer.events, behaviour.failAt)
      const stream = delivery(wire.streamType ?? 'text/event-stream; charset=utf-8')
      const onSent = (count: number): void => {
        stream.onSent(count)
        note(usageOf(events[count - 1]))
      }
      return await deliverStream({ ...stream, onSent }, events, answer.lead)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      request.refused = error.message
      return refuse(error)
    }
  }

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    const { pathname } = new URL(incoming.url ?? '/', 'http://lab')
    const wire = incoming.method === 'POST' ? wires.find(({ address }) => address.test(pathname)) : undefined
    const request: LabRequest = await readRequest(incoming, wire, pathname)
    const { method } = request
    if (pathname.startsWith('/lab/')) return control(request, response)
    requests.push(request)
    const hurry = new AbortController()
    hurries.set(request, hurry)
    response.once('close', () => {
      hurries.delete(request)
      const complete = response.writableFinished
      request[complete ? 'endedAt' : 'leftAt'] = Date.now()
      if (!complete) gone.abort()
    })
    const key = (wire ?? chat).keyOf(request)
    if (keys !== undefined && !keys.includes(key ?? '')) {
      const refused = new Refused(unadmitted, `Incorrect API key provided: ${key ?? ''}.`, 'invalid_api_key')
      return json(response, unadmitted, (wire ?? chat).failure(refused))
    }
    if (wire !== undefined) return ask(wire, request, response, gone.signal, hurry.signal)
    if (method === 'GET' && pathname === '/v1/models')
      return json(response, 200, writeModels(options.models ?? ['lab-1']))
    return json(response, 404, chat.failure(new Refused(404, `Invalid URL (${method} ${pathname})`)))
  }

  /** For a lab in a process of its own: what `script`, `always` and `requests` are within one. */
  const control = (request: LabRequest, response: ServerResponse): void => {
    const {
      model = '',
      script,
      always,
    } = request.body as { model?: string; script?: Behaviour[]; always?: Behaviour }
    if (request.method === 'POST' && request.path === '/lab/script') {
      if (script !== undefined)
        scripts.set(
          model,
          script.map((behaviour) => ({ behaviour })),
        )
      if (always !== undefined) habits.set(model, always)
      return json(response, 200, { ok: true })
    }
    if (request.path !== '/lab/requests')
      return json(response, 404, { error: { message: 'no such control' } })
    const data = requests.map(({ text: _, ...shown }) => shown)
    if (request.method === 'DELETE') requests.length = 0
    return json(response, 200, { data })
  }

  const server = createServer({ keepAliveTimeout: KEPT_MS }, (incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      // The client has gone and the script with it; anything else is the lab's own mistake.
      if (error instanceof Error && error.name === 'AbortError') return
      if (!response.headersSent)
        json(response, 599, { error: { message: `the lab failed: ${String(error)}` } })
      else response.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  return {
    url: `${origin}/v1`,
    origin,
    port,
    requests,
    seen: (model) => requests.filter((request) => request.model === model),
    script(model, ...behaviours) {
      const more = behaviours.map((behaviour) => ({ behaviour }))
      scripts.set(model, [...(scripts.get(model) ?? []), ...more])
    },
    always: (model, behaviour) => void habits.set(model, behaviour),
    release(model) {
      for (const [request, hurry] of hurries) if (request.model === model) hurry.abort()
    },
    admit(next, status = 401) {
      keys = next
      unadmitted = status
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readRequest(
  incoming: IncomingMessage,
  wire: Wire | undefined,
  pathname: string,
): Promise<LabRequest> {
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
    model:
      wire?.modelOf?.(pathname, incoming.headers) ?? (typeof body['model'] === 'string' ? body['model'] : ''),
    wire: wire?.name,
    events: 0,
  }
}

interface Scripted {
  readonly behaviour: Behaviour
  /** When it first met a request, where it holds for a time. */
  since?: number
}

/** The behaviour that is due; one that holds for a time stays until that is over. */
function takeNext(script: Scripted[], now: number): Behaviour | undefined {
  for (let next = script[0]; next !== undefined; next = script[0]) {
    const { forMs } = next.behaviour
    next.since ??= now
    if (forMs === undefined || now - next.since >= forMs) script.shift()
    if (forMs === undefined || now - next.since < forMs) return next.behaviour
  }
  return undefined
}

function failing(wire: Wire, events: readonly StreamEvent[], at: number | undefined): readonly StreamEvent[] {
  return at === undefined ? events : [...events.slice(0, at), wire.failureEvent('The server had an error.')]
}

const writeModels = (ids: readonly string[]): Fields => ({
  object: 'list',
  data: ids.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'lab' })),
})

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
