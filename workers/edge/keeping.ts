// Looks on while a response is written for its client, keeps what there is of it now and then, and what has become of it
// at its end, however that is.
import type { ClientDialect } from '../../shared/dialect.ts'
import { openaiResponses } from '../../shared/dialects/openai-responses/index.ts'
import { type ResponseWriter, writeStream } from '../../shared/dialects/openai-responses/stream.ts'
import type { Batch } from '../../shared/event.ts'
import type { Fields } from '../../shared/fields.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Served } from '../pipeline.ts'
import type { Cx, Fate } from '../service.ts'
import { cancelled } from '../thread/closing.ts'
import { openHearing } from '../thread/hearing.ts'
import type { Entered } from '../thread/threads.ts'

const responses = openaiResponses()

export const forgo = (entered: Entered, settle: (fate: Fate) => void): Promise<void> =>
  entered.forgo().then(settle, (error: unknown) => {
    settle('none')
    throw error
  })

export interface Answering {
  readonly request: ModelRequest
  readonly receivedAt: number
  readonly served: Served
  readonly settle: (fate: Fate) => void
}

export interface Keeping {
  readonly served: Served
  readonly dialect: ClientDialect
  /** With the Response as it ended; with nothing where the client was told no id. Only the first call counts. */
  readonly close: (response: Fields | undefined) => void
}

/** The last event waits so long for the response to be kept. */
const LISTENING_MS = 5_000

export function keeping(entered: Entered, answering: Answering, cx: Cx): Keeping {
  const { promise, resolve } = Promise.withResolvers<void>()
  cx.defer(promise) // before the first byte: when the client leaves, only deferred work is sure to go on
  const { served, settle } = answering
  let writer: ResponseWriter | undefined
  let isOver = false
  const aside = openAside(answering, cx)
  const hearing = openHearing(() => entered.hear((writer ?? aside.writer()).response()))
  const close = (response: Fields | undefined): void => {
    if (isOver) return
    isOver = true
    hearing.stop()
    const timer = setTimeout(() => settle('late'), LISTENING_MS)
    const work = response?.['id'] === undefined ? forgo(entered, settle) : entered.keep(response, settle)
    resolve(
      work.finally(() => {
        clearTimeout(timer)
        settle('late') // means nothing where something was told
      }),
    )
  }
  async function* watch(batches: Served['answer']['batches']): Served['answer']['batches'] {
    try {
      for await (const batch of batches) {
        if (writer === undefined) aside.listen(batch)
        hearing.listen()
        yield batch
      }
    } finally {
      hearing.stop()
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
        return (batch) => {
          if (isGone(batch)) return ''
          const text = open.write(batch)
          if (isFinish(batch)) close(open.response())
          return text
        }
      },
      writeReply(pieces, context) {
        const reply = responses.writeReply(pieces, context)
        close(reply)
        return reply
      },
    },
  }
}

/** Of a whole reply nothing is written before its end; what has come of it is, where somebody asks for that. */
function openAside(
  { request, receivedAt, served }: Answering,
  cx: Cx,
): { listen: (batch: Batch) => void; writer: () => ResponseWriter } {
  const { id } = request.response ?? {}
  const waiting: Batch[] = [] // no more than the whole reply, which is gathered anyway
  let writer: ResponseWriter | undefined
  return {
    listen: (batch) => void (request.stream || waiting.push(batch)),
    writer() {
      writer ??= writeStream({
        requestId: cx.id,
        createdAt: receivedAt,
        model: served.answer.target.name,
        streamUsage: false,
        request,
        ...(id === undefined ? {} : { replyId: id }),
      })
      for (const batch of waiting.splice(0)) writer.write(batch)
      return writer
    },
  }
}

const isFinish = (batch: Batch): boolean =>
  batch.some(({ events }) => events.some(({ type }) => type === 'finish'))

/** The batch that says nobody waits any more: no failure of the answer, so it is not written down as one. */
export const isGone = (batch: Batch): boolean =>
  batch.some(({ events }) =>
    events.some((event) => event.type === 'error' && event.failure.kind === 'cancelled'),
  )
