// Answers a question of the Responses API: in its thread, kept as it ended, at once or in the background.
import type { ClientDialect, ReplyContext } from '../../shared/dialect.ts'
import { openaiResponses } from '../../shared/dialects/openai-responses/index.ts'
import { type ResponseWriter, writeStream } from '../../shared/dialects/openai-responses/stream.ts'
import type { Batch } from '../../shared/event.ts'
import { Failed, type Failure, failureOf } from '../../shared/failure.ts'
import { type Fields, fieldsOf, isFields, parse } from '../../shared/fields.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Pipeline, Served } from '../pipeline.ts'
import type { Planner } from '../routing/planner.ts'
import type { Caller, Cx } from '../service.ts'
import { cancelled } from '../thread/closing.ts'
import { type Entered, enter, reached, type Threads } from '../thread/threads.ts'
import { deliver } from './deliver.ts'
import { receive } from './receive.ts'

export interface Responding {
  readonly threads: Threads
  readonly pipeline: Pipeline
  readonly planner: Planner
  readonly bodyBytes: number
  readonly keepAliveMs: number
}

export interface Asked {
  readonly raw: Request
  readonly caller: Caller
  readonly cx: Cx
  readonly abort: (reason: Failed) => void
}

const responses = openaiResponses()

/** Does the work for `POST /v1/responses`. */
export const respond =
  (house: Responding) =>
  async ({ raw, caller, cx, abort }: Asked): Promise<Response> => {
    const receivedAt = cx.now()
    const request = await receive(raw, responses, caller, house.bodyBytes)
    if (request.response?.background === true) return queue(house, { request, raw, caller, cx })
    const entered = await enter(house.threads, request, cx)
    const told = entered.request
    const served = await house.pipeline({ caller, request: told }, cx, abort).catch((error: unknown) => {
      cx.defer(entered.forgo())
      throw error
    })
    const kept = keeping(entered, served, cx)
    const { keepAliveMs } = house
    const delivery = { request: told, receivedAt, keepAliveMs, replyId: entered.id, ...kept }
    return deliver(delivery, cx, abort).catch((error: unknown) => {
      kept.close(undefined)
      throw error
    })
  }

interface Keeping {
  readonly served: Served
  readonly dialect: ClientDialect
  /** With the Response as it ended; with nothing where the client was told no id. Only the first call counts. */
  readonly close: (response: Fields | undefined) => void
}

/** Looks on while the answer is written, and keeps what has become of it when it ends, however that is. */
function keeping(entered: Entered, served: Served, cx: Cx): Keeping {
  const { promise, resolve } = Promise.withResolvers<void>()
  cx.defer(promise) // before the first byte: when the client leaves, only deferred work is sure to go on
  let writer: ResponseWriter | undefined
  let isOver = false
  const close = (response: Fields | undefined): void => {
    if (isOver) return
    isOver = true
    resolve(response?.['id'] === undefined ? entered.forgo() : entered.keep(response))
  }
  async function* watch(batches: Served['answer']['batches']): Served['answer']['batches'] {
    try {
      yield* batches
    } finally {
      // The writer has had everything that came by now. A whole reply is written after this.
      if (writer !== undefined) close(cancelled(writer.response()))
    }
  }
  return {
    close,
    served: { ...served, answer: { ...served.answer, batches: watch(served.answer.batches) } },
    dialect: {
      ...responses,
      writeEvents(context) {
        const open = writeStream(context)
        writer = open
        return (batch) => (isGone(batch) ? '' : open.write(batch))
      },
      writeReply(pieces, context) {
        const reply = responses.writeReply(pieces, context)
        close(reply)
        return reply
      },
    },
  }
}

/** The batch that says nobody waits any more: no failure of the answer, so it is not written down as one. */
const isGone = (batch: Batch): boolean =>
  batch.some(({ events }) =>
    events.some((event) => event.type === 'error' && event.failure.kind === 'cancelled'),
  )

interface Queued {
  readonly request: ModelRequest
  readonly raw: Request
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
async function queue(
  { threads, planner }: Responding,
  { request, raw, caller, cx }: Queued,
): Promise<Response> {
  if (request.stream)
    throw impossible("'stream' cannot be combined with 'background' here: poll GET /v1/responses/{id}.")
  if (request.response?.store === false)
    throw impossible("'background' needs 'store': what nobody keeps cannot be asked for later.")
  const entered = await enter(threads, request, cx)
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
    const headers = [...raw.headers].filter(([name]) => name.startsWith('x-minnow-'))
    const task: Task = { id: entered.id, requestId: cx.id, caller, body: bodyOf(request), headers }
    await reached(entered.thread.begin(entered.keeping(response), JSON.stringify(task)))
    return Response.json(response)
  } finally {
    cx.defer(entered.forgo()) // the run takes its own turn in the conversation
  }
}

/** The body as the client sent it, with the wishes that were taken out of it. */
const bodyOf = ({ native, dial, requireParameters }: ModelRequest): string =>
  JSON.stringify({
    ...native.body,
    ...(dial === undefined ? {} : { minnow: dial }),
    ...(requireParameters === undefined ? {} : { require_parameters: requireParameters }),
  })

const impossible = (message: string): Failed =>
  new Failed({ kind: 'invalid-request', message, param: 'background' })

export interface Working extends Pick<Responding, 'threads' | 'pipeline'> {
  readonly warn: (message: string) => void
}

/** Runs a task in its object; resolves with the Response as it ended. Never rejects for what the model or the caller did. */
export const work =
  ({ threads, pipeline, warn }: Working) =>
  async (json: string, signal: AbortSignal, defer: Cx['defer']): Promise<string> => {
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
    let entered: Entered | undefined
    try {
      entered = await enter(threads, asked, cx, task.id)
      // As a stream: so a vendor that falls silent is noticed, and what was said before a cancel is not lost.
      const request: ModelRequest = { ...entered.request, stream: true }
      const { answer } = await pipeline({ caller: task.caller, request }, cx, (reason) =>
        controller.abort(reason),
      )
      writer = writeStream({ ...context, model: answer.target.name })
      for await (const batch of answer.batches) if (!isGone(batch)) writer.write(batch)
    } catch (error) {
      const failure: Failure = failureOf(error)
      if (failure.kind === 'internal') warn(`${cx.id}: in the background: ${failure.message}`)
      if (failure.kind !== 'cancelled') writer.write([{ events: [{ type: 'error', failure }] }])
    }
    const response = cancelled(writer.response())
    if (entered !== undefined) {
      defer(entered.note(response))
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
