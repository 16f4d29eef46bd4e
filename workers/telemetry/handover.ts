// The isolate's side of telemetry: finished rows are handed to an outbox, off the request path.
// At once when nothing is on its way; while something is, rows gather, so that load makes batches by itself.
import type { Outcome } from '../../shared/plan.ts'
import type { Cx } from '../service.ts'
import type { HandOver } from './letter.ts'
import type { Log } from './log.ts'
import { COLUMNS, writeRow } from './record.ts'

export interface Telemetry {
  /** Takes a row; it is in D1 within about a second. */
  record(outcome: Outcome, cx: Cx): void
}

/** What is needed of an outbox; the real one is a Durable Object. It may be told the same twice. */
export interface Outbox {
  take(handOver: HandOver): Promise<void>
}

/** Rows of one hand-over, and their characters: what an outbox writes down at once stays far below its 2 MB. */
const ROWS_AT_ONCE = 500
const CHARACTERS_AT_ONCE = 300_000
/** With the outbox away, this many rows are kept; beyond it the oldest are dropped and counted. */
const MAX_ROWS = 20_000
const RETRY_MS = [100, 500, 2_000, 5_000] as const
/** A carrier not heard of for this long died with its request. */
const LOST_MS = 20_000

interface Carrier {
  seenAt: number
}

export function openTelemetry(isolate: string, outbox: Outbox, log: Log): Telemetry {
  const waiting: string[] = []
  let number = 0
  let dropped = 0
  let underway: HandOver | undefined // repeated as it is until it is taken, by whoever carries
  let carrier: Carrier | undefined

  const gather = (): HandOver | undefined => {
    let characters = 0
    let count = 0
    while (count < Math.min(waiting.length, ROWS_AT_ONCE)) {
      characters += waiting[count]?.length ?? 0
      if (count > 0 && characters > CHARACTERS_AT_ONCE) break
      count += 1
    }
    if (count === 0) return undefined
    number += 1
    return { from: isolate, number, columns: COLUMNS, count, rows: waiting.splice(0, count).join(',') }
  }

  const carry = async (mine: Carrier, cx: Cx): Promise<void> => {
    let failures = 0
    try {
      for (;;) {
        underway ??= gather()
        if (underway === undefined || carrier !== mine) return
        const handOver: HandOver = underway
        try {
          await outbox.take(handOver)
          if (underway === handOver) underway = undefined
          failures = 0
        } catch (error) {
          const pauseMs = RETRY_MS[failures]
          failures += 1
          log.warn(
            `telemetry: the outbox did not take ${handOver.count} rows (${error instanceof Error ? error.message : String(error)}), ${waiting.length} more waiting`,
          )
          if (pauseMs === undefined) return // the next request's row tries again
          await new Promise((resolve) => setTimeout(resolve, pauseMs))
        }
        mine.seenAt = cx.now()
      }
    } finally {
      if (carrier === mine) carrier = undefined
    }
  }

  return {
    record(outcome, cx) {
      log.request(outcome)
      if (waiting.length >= MAX_ROWS) {
        waiting.shift()
        dropped += 1
        if (dropped % 1_000 === 1)
          log.warn(`telemetry: the outbox is away, ${dropped} of the oldest rows dropped`)
      }
      waiting.push(JSON.stringify(writeRow(outcome)))
      if (carrier !== undefined && cx.now() - carrier.seenAt < LOST_MS) return
      carrier = { seenAt: cx.now() }
      cx.defer(carry(carrier, cx))
    },
  }
}
