// An answer into a client's bytes, with the headers that explain it.
import type { ClientDialect, ReplyContext } from '../../shared/dialect.ts'
import type { Batch, Piece } from '../../shared/event.ts'
import { Failed } from '../../shared/failure.ts'
import { writeDollars } from '../../shared/money.ts'
import type { Plan } from '../../shared/plan.ts'
import { rateHeaders } from '../../shared/rates.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Served } from '../pipeline.ts'
import { passingStream } from '../replay/names.ts'
import type { Cx } from '../service.ts'
import { gather } from './gather.ts'
import { COMMENT, type Heartbeat, heartbeat } from './heartbeat.ts'
import { type Numbering, numbering, unnumbered } from './number.ts'

const encoder = new TextEncoder()

export interface Delivery {
  readonly request: ModelRequest
  readonly served: Served
  readonly dialect: ClientDialect
  /** When the request came in, milliseconds since the epoch. */
  readonly receivedAt: number
  /** A stream that is silent for so long gets a comment; 0 for none. */
  readonly keepAliveMs: number
  /** The name under which the answer is kept, where it is. */
  readonly replyId?: string
  /** The stream as it is kept, where it is. */
  readonly stream?: KeptStream
  /** The end waits for this: is what was said kept? */
  readonly kept?: Promise<boolean>
}

export interface KeptStream {
  readonly id: string
  /** It ends in an error. */
  readonly broke: () => void
}

export async function deliver(
  { request, served, dialect, receivedAt, keepAliveMs, replyId, stream, kept }: Delivery,
  cx: Cx,
  abort: (reason: Failed) => void,
): Promise<Response> {
  const { answer } = served
  const countFirst = request.stream && dialect.countsFirst === true && answer.dialect !== dialect.id
  const context: ReplyContext = {
    requestId: cx.id,
    createdAt: receivedAt,
    model: answer.target.name,
    streamUsage: request.streamUsage,
    request,
    ...(replyId === undefined ? {} : { replyId }),
    ...(countFirst ? { promptTokens: await served.promptTokens() } : {}),
  }
  const headers = headersOf(served, dialect)
  if (request.stream) {
    headers.set('server-timing', timing(cx.now() - receivedAt, answer.headMs))
    const isArray = request.native.framing === 'array'
    headers.set(
      'content-type',
      isArray ? 'application/json; charset=utf-8' : 'text/event-stream; charset=utf-8',
    )
    headers.set('cache-control', 'no-cache, no-transform')
    const isNumbered = dialect.bareEvents !== true && !isArray
    if (isNumbered && stream !== undefined) headers.set('x-minnow-stream', stream.id)
    const numbers = isNumbered ? numbering(stream?.id ?? passingStream()) : unnumbered
    const explained = explaining(dialect.writeEvents(context), isNumbered)
    let isEnding = false
    const write = (batch: Batch): string => {
      isEnding ||= batch.some(isLast)
      return explained(stream === undefined ? batch : noting(batch, stream))
    }
    const gathered = gather(answer.batches, write, cx.now)
    const next = async (): Promise<string | undefined> => {
      const text = await gathered()
      if (kept === undefined || text === undefined || !isEnding) return text
      return (await kept) ? text : `${UNKEPT}${text}`
    }
    const leave = (): void => {
      abort(new Failed({ kind: 'cancelled' }))
      void answer.batches.return(undefined)
    }
    const beat = dialect.heartbeat ?? COMMENT
    return new Response(streamOf(next, numbers, { everyMs: keepAliveMs, beat }, cx.now, leave), { headers })
  }
  const pieces = await collect(answer.batches)
  headers.set('server-timing', timing(cx.now() - receivedAt, answer.headMs))
  const finish = pieces.flatMap((piece) => piece.events).find((event) => event.type === 'finish')
  const reply = dialect.writeReply(pieces, context)
  if (finish?.kept === false || (await kept) === false) headers.set('x-minnow-kept', 'false')
  if (finish?.costMicros !== undefined) headers.set('x-minnow-cost', writeDollars(finish.costMicros))
  return Response.json(reply, { headers })
}

function noting(batch: Batch, { broke }: KeptStream): Batch {
  if (batch.some(({ events }) => events.some(({ type }) => type === 'error'))) broke()
  return batch
}

/**
 * Says before the last event that its turn is not kept yet: in a comment, which every reader of server-sent events skips,
 * and which is part of that event, so that it has no number of its own.
 */
const explaining =
  (write: (batch: Batch) => string, isSaid: boolean) =>
  (batch: Batch): string => {
    const text = write(batch)
    return isSaid && text !== '' && batch.some(isUnkept) ? `${UNKEPT}${text}` : text
  }

const UNKEPT = ': x-minnow-kept: false\n'

const isLast = ({ events }: Piece): boolean => events.some(({ type }) => type === 'finish')

const isUnkept = ({ events }: Piece): boolean =>
  events.some((event) => event.type === 'finish' && event.kept === false)

function streamOf(
  next: () => Promise<string | undefined>,
  numbers: Numbering,
  { everyMs, beat }: { readonly everyMs: number; readonly beat: string },
  now: () => number,
  leave: () => void,
): ReadableStream<Uint8Array> {
  let heart: Heartbeat | undefined
  return new ReadableStream<Uint8Array>({
    start(controller) {
      heart = heartbeat(everyMs, now, () => {
        // A client that does not read is not silent but slow.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(numbers.beat(beat)))
      })
    },
    async pull(controller) {
      const text = await next()
      if (text !== undefined) {
        heart?.touch()
        controller.enqueue(encoder.encode(numbers.write(text)))
        return
      }
      heart?.stop()
      controller.close()
    },
    cancel() {
      heart?.stop()
      leave()
    },
  })
}

async function collect(batches: AsyncGenerator<Batch, void, undefined>): Promise<Piece[]> {
  const pieces: Piece[] = []
  for await (const batch of batches) pieces.push(...batch)
  for (const event of pieces.flatMap((piece) => piece.events))
    if (event.type === 'error') throw new Failed(event.failure)
  return pieces
}

export function headersOf(
  { answer, attempts, plan, clamped, rates, ageMs, turn }: Served,
  dialect: ClientDialect,
): Headers {
  const headers = new Headers({
    'x-minnow-model': `${answer.target.provider}/${answer.target.model}`,
    'x-minnow-route': writeRoute(plan, answer.target.tier),
    'x-minnow-attempts': String(attempts.length),
  })
  if (answer.dropped.length > 0) {
    const names = answer.dropped.map((name) => dialect.nameOf?.(name) ?? name)
    headers.set('x-minnow-dropped', names.filter((name) => HEADER_SAFE.test(name)).join(', '))
  }
  if (turn !== undefined) headers.set('x-minnow-turn', turn)
  if (ageMs !== undefined) headers.set('age', String(Math.floor(ageMs / 1_000)))
  if (clamped !== undefined) headers.set('x-minnow-clamped', `max_tokens=${clamped}`)
  for (const [name, value] of rateHeaders(rates)) headers.set(name, value)
  return headers
}

/** Clients choose the names of unknown fields, and not every name can stand in a header. */
const HEADER_SAFE = /^[\w.-]{1,64}$/

/** The tier that answered, and why the plan was made; the two differ after a failover. */
export function writeRoute(plan: Plan, tier: string): string {
  return `${tier}; reason=${plan.reason}${plan.score === undefined ? '' : `; score=${plan.score}`}`
}

/** Our own time is all of it but the wait for the provider's head. */
export const timing = (totalMs: number, headMs: number): string =>
  `gateway;dur=${Math.max(0, totalMs - headMs)}, upstream;dur=${headMs}`
