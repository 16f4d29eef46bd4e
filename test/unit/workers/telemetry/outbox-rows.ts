// Rows as isolates hand them over, and a real SQLite in place of an object's, for tests of what an outbox does with them.
import { DatabaseSync } from 'node:sqlite'
import type { Outcome } from '../../../../shared/plan.ts'
import { noUsage } from '../../../../shared/usage.ts'
import type { HandOver } from '../../../../workers/telemetry/letter.ts'
import { COLUMNS, writeRow } from '../../../../workers/telemetry/record.ts'
import type { Sql } from '../../../../workers/telemetry/store.ts'

export const NOON = Date.UTC(2026, 10, 28, 12)
export const HOUR_MS = 3_600_000

let made = 0

export function outcomeWith(more: Partial<Outcome> = {}): Outcome {
  made += 1
  const uuid = `00000000-0000-4000-8000-${made.toString(16).padStart(12, '0')}`
  return {
    id: `row_${(more.at ?? NOON).toString(36)}_${uuid}`,
    requestId: `req_${made}`,
    at: NOON,
    keyId: 'key_1',
    operation: 'chat',
    route: 'auto',
    tier: 'frontier',
    reason: 'hard',
    model: 'lab/big',
    attempts: [],
    usage: { ...noUsage, input: 10, output: 5 },
    usageSource: 'reported',
    costMicros: 7,
    headMs: 20,
    totalMs: 90,
    stream: true,
    status: 200,
    end: 'finish',
    ...more,
  }
}

export const handOverOf = (from: string, number: number, outcomes: readonly Outcome[]): HandOver => ({
  from,
  number,
  columns: COLUMNS,
  count: outcomes.length,
  rows: outcomes.map((outcome) => JSON.stringify(writeRow(outcome))).join(','),
})

export function openSql(): Sql {
  const database = new DatabaseSync(':memory:')
  return {
    exec(query, ...values) {
      const rows = database.prepare(query).all(...values)
      return { toArray: () => rows }
    },
  }
}
