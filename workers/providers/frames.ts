// A provider's response body as batches of events: one batch per network read. In-band to the end:
// whatever happens to the bytes becomes the last event, because a stream that throws looks finished to a client.
import type { EventReader, VendorDialect } from '../../shared/dialect.ts'
import { type Batch, type FinishReason, isContent, type Piece } from '../../shared/event.ts'
import { type Failure, failureOf } from '../../shared/failure.ts'
import { FrameTooLong } from '../../shared/sse.ts'
import { type FloorLimits, openFloor } from './floor.ts'
import { openFraming } from './framing.ts'
import { Failed } from '../../shared/failure.ts'

/** After the last choice has ended only usage and the end marker can follow; they get this long. */
const GRACE_MS = 1_500

export interface StreamClock extends FloorLimits {
  readonly idleMs: number
  readonly signal: AbortSignal
  readonly framing?: NonNullable<VendorDialect['framing']>
}

export async function* readStream(
  body: ReadableStream<Uint8Array>,
  events: EventReader,
  { idleMs, signal, framing = 'sse', ...limits }: StreamClock,
): AsyncGenerator<Batch, void, undefined> {
  const reader = body.getReader()
  const frames = openFraming(framing)
  const floor = openFloor(limits)
  let stopped: Failure | undefined
  let readingSince: number | undefined
  let hasBegun = false
  let reason: FinishReason = 'other'
  let timer: ReturnType<typeof setTimeout>

  // Cancelling ends a pending read as done, so one loop sees every way a stream can stop.
  const stop = (): void => void reader.cancel().catch(() => undefined)
  const onAbort = (): void => {
    stopped ??= failureOf(signal.reason)
    stop()
  }
  // One watchdog for the whole stream, re-armed when it fires, costs less than a timer per read.
  const watch = (): void => {
    const limitMs = events.complete ? GRACE_MS : idleMs
    // Before the first content its own limit holds; and while a slow client keeps us from reading, nobody is silent.
    const since = hasBegun || events.complete ? readingSince : undefined
    const quietMs = since === undefined ? 0 : Date.now() - since
    if (quietMs >= limitMs) {
      if (!events.complete) stopped ??= { kind: 'timeout', phase: 'idle', limitMs: idleMs }
      return stop()
    }
    if (!events.complete && floor.isBelow(quietMs)) {
      stopped ??= { kind: 'timeout', phase: 'floor', limitMs: limits.floorWindowMs }
      return stop()
    }
    timer = setTimeout(watch, Math.min(limitMs - quietMs, floor.checkMs))
  }
  timer = setTimeout(watch, Math.min(idleMs, floor.checkMs))
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })

  try {
    for (;;) {
      readingSince = Date.now()
      const { done, value } = await reader.read()
      floor.waited(Date.now() - readingSince)
      readingSince = undefined
      const batch: Piece[] = []
      const wasComplete = events.complete
      for (const frame of frames(value, done && stopped === undefined)) {
        const isOver = events.complete
        const read = events.read(frame)
        // After its last choice only the usage was missing: a failure then takes nothing from the answer.
        const piece: Piece = isOver && hasError(read) ? { events: [{ type: 'finish', reason }] } : read
        batch.push(piece)
        hasBegun ||= piece.events.some(isContent)
        for (const event of piece.events) {
          floor.said(event)
          if (event.type === 'choice-end') ({ reason } = event)
        }
        if (isTerminal(piece)) {
          yield batch
          return
        }
      }
      if (done) {
        batch.push(stopped === undefined || events.complete ? events.close() : failed(stopped))
        yield batch
        return
      }
      if (events.complete && !wasComplete) {
        clearTimeout(timer)
        timer = setTimeout(watch, GRACE_MS)
      }
      if (batch.length > 0) yield batch
    }
  } catch (error) {
    yield [events.complete ? events.close() : failed(stopped ?? lost(error))]
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    stop()
  }
}

const isTerminal = (piece: Piece): boolean =>
  piece.events.some((event) => event.type === 'finish' || event.type === 'error')

const hasError = (piece: Piece): boolean => piece.events.some(({ type }) => type === 'error')

const failed = (failure: Failure): Piece => ({ events: [{ type: 'error', failure }] })

function lost(error: unknown): Failure {
  if (error instanceof Failed) return error.failure
  if (error instanceof FrameTooLong) return { kind: 'malformed', reason: error.message }
  return { kind: 'unreachable', reason: 'the connection was lost in the middle of the answer' }
}
