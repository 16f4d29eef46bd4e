// What asks a model, by its address: for a client that waits, for an object that answers in its place, and for a client
// that comes back for the rest.
import type { Address, ClientDialect } from '../../shared/dialect.ts'
import { anthropic } from '../../shared/dialects/anthropic/index.ts'
import { openaiEmbeddings } from '../../shared/dialects/embeddings/index.ts'
import { gemini } from '../../shared/dialects/gemini/index.ts'
import { openaiChat } from '../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../shared/dialects/openai-responses/index.ts'
import { type Failed, failureOf } from '../../shared/failure.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Count } from '../count.ts'
import type { Pipeline } from '../pipeline.ts'
import type { Run, Task } from '../replay/object.ts'
import type { Caller, Cx } from '../service.ts'
import { methodOf } from './address.ts'
import { deliver, type KeptStream } from './deliver.ts'
import { tellCount } from './describe.ts'
import { identify } from './identity.ts'
import { parse, readBody, readBytes, understand } from './receive.ts'
import { refuse } from './refuse.ts'
import { askKept, cancel, type Keeping, markIn, resume } from './replay.ts'
import { respond, type Responding } from './respond.ts'
import { RUN_MS } from '../replay/runs.ts'

export interface Asking {
  readonly raw: Request
  readonly caller: Caller
  readonly cx: Cx
  readonly abort: (reason: Failed) => void
  /** Rejects where the key was revoked meanwhile; what cannot be called back waits for it. */
  readonly confirmed?: Promise<void> | undefined
}

export interface Answering extends Responding {
  readonly pipeline: Pipeline
  readonly count: Count
  readonly keeping: Keeping
  readonly bodyBytes: number
  readonly warn: (message: string) => void
}

export interface Answers {
  /** Answers a client, itself or through an object that keeps the answer. */
  ask(asking: Asking): Promise<Response>
  /** Answers in a client's place; a failure is a reply like any other. */
  work(task: Task, run: Run, defer: Cx['defer']): Promise<Response>
  /** The rest of a stream, where the request says of which; undefined where it does not. */
  rest(asking: Asking): Promise<Response | undefined>
  /** Ends an answer that goes on without its client. */
  cancel(asking: Asking): Promise<Response>
}

interface Spot {
  readonly dialect: ClientDialect
  readonly address?: Address
  /** What is asked for there is a length, not an answer. */
  readonly isCount?: boolean
}

interface Received extends Asking {
  readonly spot: Spot
  readonly request: ModelRequest
  readonly receivedAt: number
  readonly stream?: KeptStream
}

const chat = openaiChat()
const responses = openaiResponses()

const SPOTS: ReadonlyMap<string, Spot> = new Map([
  ['/v1/chat/completions', { dialect: chat }],
  ['/v1/messages', { dialect: anthropic() }],
  ['/v1/responses', { dialect: responses }],
  ['/v1/embeddings', { dialect: openaiEmbeddings() }],
])

export function openAnswers(house: Answering): Answers {
  const answer = answering(house)
  // What is kept is the answer alone: signs of life are for who waits, and would be counted among its events.
  const answerQuietly = answering({ ...house, keepAliveMs: 0 })

  const rest = async ({ raw, caller, cx }: Asking): Promise<Response | undefined> => {
    const mark = markIn(raw.headers)
    if (mark === undefined) return undefined
    await readBytes(raw, house.bodyBytes) // which may be the question again, and is not looked at
    const { dialect } = spotOf(raw)
    return resume(house.keeping, { caller, cx, headers: raw.headers, dialect, address: addressOf(raw) }, mark)
  }

  return {
    rest,
    async cancel({ raw, caller, cx }) {
      await readBytes(raw, house.bodyBytes) // nothing is said in it
      const url = raw.url.replace(/\/cancel(?=\?|$)/, '')
      const { pathname: address } = new URL(url)
      const { dialect } = spotOf(new Request(url))
      return cancel(house.keeping, { caller, cx, headers: raw.headers, dialect, address })
    },
    async ask(asking) {
      const { raw, caller, cx } = asking
      const receivedAt = cx.now()
      const spot = spotOf(raw)
      const { dialect, address } = spot
      const found = await rest(asking)
      if (found !== undefined) return found
      const body = parse(await readBody(raw, house.bodyBytes))
      const request = understand(body, raw.headers, dialect, caller, address)
      if (spot.isCount === true)
        return tellCount(await house.count({ caller, request }, cx), (tokens) => ({ totalTokens: tokens }))
      const place = { caller, cx, headers: raw.headers, dialect, address: addressOf(raw) }
      const kept = await askKept(house.keeping, { ...place, request, body, confirmed: asking.confirmed })
      return kept ?? answer({ ...asking, spot, request, receivedAt })
    },
    async work(task, { stream: id, signal, broke }, defer) {
      const raw = requestOf(task)
      const spot = spotOf(raw)
      const { dialect, address } = spot
      const { caller, requestId } = task
      const controller = new AbortController()
      const abort = (reason: Failed): void => controller.abort(reason)
      signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true })
      const cx: Cx = { id: requestId, signal: controller.signal, now: Date.now, defer }
      const told = async (): Promise<Response> => {
        const receivedAt = cx.now()
        const asked = understand(parse(task.body), raw.headers, dialect, caller, address)
        const request = { ...asked, keptIn: { object: task.object, until: cx.now() + RUN_MS + task.keepMs } }
        return answerQuietly({ raw, caller, cx, abort, spot, request, receivedAt, stream: { id, broke } })
      }
      const response = await told().catch((error: unknown) => {
        const failure = failureOf(error)
        if (failure.kind === 'internal') house.warn(`${cx.id}: ${String(error)}`)
        return refuse(failure, dialect, cx.id)
      })
      identify(response.headers, dialect, cx.id)
      return response
    },
  }
}

function answering(house: Answering): (received: Received) => Promise<Response> {
  const answerResponse = respond(house)
  return async ({ spot, raw, ...received }) => {
    const { request, caller, cx, abort, receivedAt, stream } = received
    const { dialect } = spot
    if (dialect === responses) return answerResponse({ ...received, headers: raw.headers })
    const served = await house.pipeline({ caller, request }, cx, abort)
    const { keepAliveMs } = house
    const delivery = { request, served, dialect, receivedAt, keepAliveMs }
    return deliver(stream === undefined ? delivery : { ...delivery, stream }, cx, abort)
  }
}

/** What stands at an address; those of generateContent say half of the question themselves. */
function spotOf({ url }: Request): Spot {
  const { pathname, searchParams } = new URL(url)
  const spot = SPOTS.get(pathname)
  if (spot !== undefined) return spot
  const { method, address } = methodOf(pathname.replace(/^\/v1(?:beta)?\/models\//, ''), searchParams)
  return { dialect: gemini, address, isCount: method === 'countTokens' }
}

/** The path, and what of the query says how the answer is written; a key may stand in the rest. */
function addressOf({ url }: Request): string {
  const { pathname, searchParams } = new URL(url)
  return searchParams.get('alt') === 'sse' ? `${pathname}?alt=sse` : pathname
}

const requestOf = ({ address, headers, body }: Task): Request =>
  new Request(`http://localhost${address}`, { method: 'POST', headers, body })
