// Answers a question of the Responses API: in its thread, kept as it ended, at once or in the background.
import type { ReplyContext } from '../../shared/dialect.ts'
import { openaiResponses } from '../../shared/dialects/openai-responses/index.ts'
import { writeStream } from '../../shared/dialects/openai-responses/stream.ts'
import type { Batch } from '../../shared/event.ts'
import { Failed, type Failure, failureOf } from '../../shared/failure.ts'
import { fieldsOf, isFields, parse } from '../../shared/fields.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { writeWishes } from '../../shared/wishes.ts'
import type { Pipeline } from '../pipeline.ts'
import type { Planner } from '../routing/planner.ts'
import type { Caller, Cx, Fate } from '../service.ts'
import { cancelled } from '../thread/closing.ts'
import { ownPart } from '../replay/names.ts'
import { reached } from '../thread/reached.ts'
import { type Entered, enter, type Gate } from '../thread/threads.ts'
import { deliver, type KeptStream } from './deliver.ts'
import { forgo, isGone, keeping } from './keeping.ts'
import { numbering } from './number.ts'
import { receive } from './receive.ts'
import { relay } from './relay.ts'

export interface Responding extends Gate {
  readonly pipeline: Pipeline
  readonly planner: Planner
  readonly keepAliveMs: number
  /** How long the events of a stream are kept from its end on. */
  readonly keepMs: number
}

export interface Asked {
  readonly request: ModelRequest
  readonly headers: Headers
  readonly caller: Caller
  readonly cx: Cx
  readonly abort: (reason: Failed) => void
  /** When the request came in, milliseconds since the epoch. */
  readonly receivedAt: number
  /** The stream as it is kept, where it is. */
  readonly stream?: KeptStream | undefined
  /** Rejects where the key was revoked meanwhile. */
  readonly confirmed?: Promise<void> | undefined
}

const responses = openaiResponses()

/** Does the work for `POST /v1/responses`. */
export const respond =
  (house: Responding) =>
  async ({
    request,
    headers,
    caller,
    cx,
    abort,
    receivedAt,
    stream,
    confirmed,
  }: Asked): Promise<Response> => {
    if (request.response?.background === true) {
      await confirmed // its thread goes on by itself, whoever leaves
      return queue(house, { request, headers, caller, cx })
    }
    // Named after its stream, so that a client which knows the response only finds that too.
    const own = stream === undefined ? undefined : ownPart(stream.id)
    const entered = await enter(house, { request, caller }, cx, own === undefined ? {} : { own })
    const told = named(entered)
    const { promise: fate, resolve: settle } = Promise.withResolvers<Fate>()
    const asked = { caller, request: told, fate }
    const served = await house.pipeline(asked, cx, abort).catch((error: unknown) => {
      cx.defer(forgo(entered, settle))
      throw error
    })
    const kept = keeping(entered, { request: told, receivedAt, served, settle }, cx)
    const { keepAliveMs } = house
    const delivery = {
      request: told,
      receivedAt,
      keepAliveMs,
      replyId: entered.id,
      ...kept,
      kept: fate.then(isKept),
      ...(stream === undefined ? {} : { stream }),
    }
    return deliver(delivery, cx, abort).catch((error: unknown) => {
      kept.close(undefined)
      throw error
    })
  }

/** What it leaves elsewhere is found by its name. */
const named = ({ id, request }: Entered): ModelRequest =>
  request.response === undefined ? request : { ...request, response: { ...request.response, id } }

const isKept = (fate: Fate): boolean => fate !== 'late'

interface Queued {
  readonly request: ModelRequest
  readonly headers: Headers
  readonly caller: Caller
  readonly cx: Cx
}

/** What the thread's object is told to do; it holds no key. */
interface Task {
  readonly id: string
  readonly requestId: string
  readonly caller: Caller
  readonly body: string
  readonly headers: readonly (readonly [string, string])[]
}

/** Leaves the question to its thread, which answers it after the client is told that it will. */
async function queue(house: Responding, { request, headers: sent, caller, cx }: Queued): Promise<Response> {
  const { planner, keepMs, keepAliveMs } = house
  if (request.response?.store === false)
    throw impossible("'background' needs 'store': what nobody keeps cannot be asked for later.")
  const entered = await enter(house, { request, caller }, cx)
  try {
    const plan = await planner.plan(entered.request, caller, cx, { isDry: true })
    const context: ReplyContext = {
      requestId: cx.id,
      replyId: entered.id,
      createdAt: cx.now(),
      model: plan.targets[0]?.name ?? request.model,
      streamUsage: true,
      request,
    }
    const response = { ...writeStream(context).response(), status: 'queued' }
    const headers = [...sent].filter(([name]) => name.startsWith('x-minnow-'))
    const task: Task = { id: entered.id, requestId: cx.id, caller, body: bodyOf(request), headers }
    const keeping = entered.keeping(response)
    await reached(entered.thread().begin(keeping, JSON.stringify(task), request.stream ? keepMs : null))
    if (!request.stream) return Response.json(response)
    const body = await reached(entered.thread().follow(entered.id, 0))
    if (body === undefined || body === false) throw new Failed({ kind: 'lost' })
    return tellStream(entered.id, body, { requestId: cx.id, keepAliveMs, now: cx.now })
  } finally {
    cx.defer(entered.forgo()) // the run takes its own turn in the conversation
  }
}

/** The events of a response that runs in the background. */
export const tellStream = (
  id: string,
  body: ReadableStream<Uint8Array>,
  told: { readonly requestId: string; readonly keepAliveMs: number; readonly now: () => number },
): Promise<Response> => {
  const headers = new Headers({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-minnow-stream': id,
  })
  return relay({ status: 200, headers, body, framing: 'events', dialect: responses, ...told })
}

/** The body as the client sent it, with the wishes that were taken out of it. */
const bodyOf = (request: ModelRequest): string =>
  JSON.stringify({ ...request.native.body, ...writeWishes(request) })

const impossible = (message: string): Failed =>
  new Failed({ kind: 'invalid-request', message, param: 'background' })

export interface Working extends Gate, Pick<Responding, 'pipeline'> {
  readonly warn: (message: string) => void
}

/** What a run in the background is told by its object, and tells it. */
export interface Background {
  readonly signal: AbortSignal
  readonly defer: Cx['defer']
  /** Events, as they come. */
  readonly say: (text: string) => void
}

/** Runs a task in its object; resolves with the Response as it ended. Never rejects for what the model or the caller did. */
export const work =
  ({ threads, talking, pipeline, warn }: Working) =>
  async (json: string, { signal, defer, say }: Background): Promise<string> => {
    const task = readTask(json)
    const controller = new AbortController()
    signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true })
    const cx: Cx = { id: task.requestId, signal: controller.signal, now: Date.now, defer }
    const asked = await receive(requestOf(task), responses, task.caller, Number.POSITIVE_INFINITY)
    const context: ReplyContext = {
      requestId: task.requestId,
      replyId: task.id,
      createdAt: cx.now(),
      model: asked.model,
      streamUsage: true,
      request: asked,
    }
    let writer = writeStream(context)
    const numbers = numbering(task.id)
    const write = (batch: Batch): void => say(numbers.write(writer.write(batch)))
    let entered: Entered | undefined
    try {
      entered = await enter({ threads, talking }, { request: asked, caller: task.caller }, cx, {
        id: task.id,
      })
      // As a stream: so a vendor that falls silent is noticed, and what was said before a cancel is not lost.
      const request: ModelRequest = { ...named(entered), stream: true }
      const { answer } = await pipeline({ caller: task.caller, request }, cx, (reason) =>
        controller.abort(reason),
      )
      writer = writeStream({ ...context, model: answer.target.name })
      for await (const batch of answer.batches) if (!isGone(batch)) write(batch)
    } catch (error) {
      const failure: Failure = failureOf(error)
      if (failure.kind === 'internal') warn(`${cx.id}: in the background: ${failure.message}`)
      if (failure.kind !== 'cancelled') write([{ events: [{ type: 'error', failure }] }])
    }
    const response = cancelled(writer.response())
    // Those who follow are told that nothing more comes; what is kept is cancelled, which is no failure.
    if (response['status'] === 'cancelled')
      write([{ events: [{ type: 'error', failure: { kind: 'cancelled' } }] }])
    if (entered !== undefined) {
      defer(entered.note(response))
      defer(entered.sum())
      entered.over() // the object, which called, keeps the rest
    }
    return JSON.stringify(response)
  }

const requestOf = ({ body, headers }: Task): Request =>
  new Request('http://localhost/v1/responses', {
    method: 'POST',
    body,
    headers: headers.map(([name, value]) => [name, value]),
  })

function readTask(json: string): Task {
  const task = fieldsOf(parse(json))
  if (typeof task['body'] !== 'string' || !isFields(task['caller']))
    throw new Error('a task without a question')
  return task as unknown as Task // written above, and read by nobody else
}
