// An answer that is passed on into a client's bytes: as they come, under the gateway's own headers.
import type { ClientDialect } from '../../shared/dialect.ts'
import type { Batch, ModelEvent, Piece } from '../../shared/event.ts'
import { Failed, type Failure } from '../../shared/failure.ts'
import { writeDollars } from '../../shared/money.ts'
import type { Served } from '../pipeline.ts'
import type { Cx } from '../service.ts'
import { headersOf, timing } from './deliver.ts'

/** Of a vendor's headers these say what the bytes are; the others are between the vendor and us. */
const KEPT = ['content-type', 'content-disposition', 'content-language']

/** A reply of JSON that is no longer than this is sent with its cost; a longer one, and any other, goes on at once. */
const SHORT_BYTES = 64 * 1024

const encoder = new TextEncoder()

export interface Forwarding {
  readonly served: Served
  readonly dialect: ClientDialect
  /** When the request came in, milliseconds since the epoch. */
  readonly receivedAt: number
}

export async function forward(
  { served, dialect, receivedAt }: Forwarding,
  cx: Cx,
  abort: (reason: Failed) => void,
): Promise<Response> {
  const { answer } = served
  const { status } = answer
  const headers = headersOf(served, dialect)
  for (const name of KEPT) {
    const value = answer.headers?.get(name)
    if (typeof value === 'string') headers.set(name, value)
  }
  headers.set('server-timing', timing(cx.now() - receivedAt, answer.headMs))
  const type = headers.get('content-type') ?? ''
  const isEvents = /\btext\/event-stream\b/i.test(type)
  if (isEvents) headers.set('cache-control', 'no-cache, no-transform')

  const held = /\bjson\b/i.test(type) ? await hold(answer.batches) : undefined
  if (held?.finish !== undefined) {
    if (held.finish.costMicros !== undefined)
      headers.set('x-minnow-cost', writeDollars(held.finish.costMicros))
    return new Response(new Blob([...held.bytes]), { status, headers })
  }
  const tell = (failure: Failure): Uint8Array | undefined =>
    isEvents
      ? encoder.encode(`data: ${JSON.stringify(dialect.writeFailure(failure, cx.id).body)}\n\n`)
      : undefined
  const leave = (): void => {
    abort(new Failed({ kind: 'cancelled' }))
    void answer.batches.return(undefined)
  }
  const body = streamOf(held?.bytes ?? [], answer.batches, tell, leave)
  const length = lengthOf(answer.headers)
  // With its length a client notices an answer that broke off: to workerd's client a failed stream is a short one.
  if (length !== undefined)
    return new Response(body.pipeThrough(new FixedLengthStream(length)), { status, headers })
  return new Response(body, { status, headers })
}

interface Held {
  readonly bytes: readonly Uint8Array[]
  readonly finish: Extract<ModelEvent, { type: 'finish' }> | undefined
}

/** The beginning of an answer, and how it ended where that is all of it. */
async function hold(batches: AsyncGenerator<Batch, void, undefined>): Promise<Held> {
  const bytes: Uint8Array[] = []
  let length = 0
  let last: ModelEvent | undefined
  while (length <= SHORT_BYTES) {
    const next = await batches.next()
    if (next.done === true) break
    for (const { bytes: more, events } of next.value) {
      if (more !== undefined) bytes.push(more)
      length += more?.byteLength ?? 0
      last = events.at(-1)
    }
  }
  if (last?.type === 'error') throw new Failed(last.failure)
  return { bytes, finish: last?.type === 'finish' ? last : undefined }
}

function streamOf(
  held: readonly Uint8Array[],
  batches: AsyncGenerator<Batch, void, undefined>,
  tell: (failure: Failure) => Uint8Array | undefined,
  leave: () => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const bytes of held) controller.enqueue(bytes)
    },
    async pull(controller) {
      for (;;) {
        const next = await batches.next()
        if (next.done === true) return controller.close()
        const chunks = next.value.flatMap(({ bytes }) => (bytes?.byteLength ? [bytes] : []))
        for (const chunk of chunks) controller.enqueue(chunk)
        const failed = next.value.map(failureIn).find((failure) => failure !== undefined)
        if (failed !== undefined) {
          const told = tell(failed)
          if (told === undefined) {
            controller.error(new Failed(failed))
            return void batches.return(undefined)
          }
          controller.enqueue(told)
        }
        if (chunks.length > 0 || failed !== undefined) return
      }
    },
    cancel: leave,
  })
}

/** A failure of which the client does not know yet. */
function failureIn({ events, bytes }: Piece): Failure | undefined {
  const error = events.find((event) => event.type === 'error')
  return bytes === undefined ? error?.failure : undefined
}

/** A compressed reply has another length here: it is unpacked on its way. */
function lengthOf(headers: Headers | undefined): number | undefined {
  const length = headers?.get('content-length')
  if (typeof length !== 'string' || !/^\d+$/.test(length) || headers?.has('content-encoding') === true)
    return undefined
  return Number(length)
}
