// Carries outcome rows to D1, off the request path and many at a time.
import type { Outcome } from '../../shared/plan.ts'
import type { Cx } from '../service.ts'
import { COLUMNS, writeRow } from './record.ts'

export interface Telemetry {
  /** Takes a row; it is in D1 within about a second. */
  record(outcome: Outcome, cx: Cx): void
}

/** Rows wait this long for company. */
const GATHER_MS = 50
/** Rows of one statement; as JSON they stay far below the 2 MB that D1 takes in one value. */
const ROWS_PER_STATEMENT = 500
/** With D1 away, this many rows are kept; beyond it the oldest are dropped and counted. */
const MAX_ROWS = 20_000
const RETRY_MS = [200, 1_000, 3_000, 10_000] as const
/** A carrier not heard of for this long died with its request. */
const LOST_MS = 20_000

// All rows travel as one bound value: D1 binds at most 100, and each costs more than reading it out of JSON.
// A row that is there already is left alone: a statement that was applied without an answer is sent again.
const INSERT = `INSERT OR IGNORE INTO requests (${COLUMNS.join(', ')})
  SELECT ${COLUMNS.map((_, index) => `json_extract(value, '$[${index}]')`).join(', ')} FROM json_each(?)`

export function openTelemetry(database: D1Database, warn: (message: string) => void): Telemetry {
  const waiting: Outcome[] = []
  let carryingSince: number | undefined
  let dropped = 0

  const insert = (rows: readonly Outcome[]): Promise<unknown> =>
    database
      .prepare(INSERT)
      .bind(JSON.stringify(rows.map(writeRow)))
      .run()

  const carry = async (cx: Cx): Promise<void> => {
    try {
      await wait(GATHER_MS)
      let failures = 0
      while (waiting.length > 0) {
        carryingSince = cx.now()
        const rows = waiting.slice(0, ROWS_PER_STATEMENT)
        try {
          await insert(rows)
          // Rows may have been dropped from the front meanwhile, so those written are found, not counted.
          const written = new Set(rows)
          while (waiting[0] !== undefined && written.has(waiting[0])) waiting.shift()
          failures = 0
        } catch (error) {
          const pauseMs = RETRY_MS[failures]
          failures += 1
          warn(
            `telemetry: D1 refused ${rows.length} rows (${error instanceof Error ? error.message : String(error)}), ${waiting.length} waiting`,
          )
          if (pauseMs === undefined) return // the next request's row tries again
          await wait(pauseMs)
        }
      }
    } finally {
      carryingSince = undefined
    }
  }

  return {
    record(outcome, cx) {
      if (waiting.length >= MAX_ROWS) {
        waiting.shift()
        dropped += 1
        if (dropped % 1_000 === 1) warn(`telemetry: D1 is away, ${dropped} of the oldest rows dropped`)
      }
      waiting.push(outcome)
      if (carryingSince !== undefined && cx.now() - carryingSince < LOST_MS) return
      carryingSince = cx.now()
      cx.defer(carry(cx))
    },
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
