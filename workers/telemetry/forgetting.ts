// Forgets words that were kept with rows, wherever they are by now: in an outbox, or in D1. The rows themselves stay.
import type { HandOver } from './letter.ts'
import { rowsOf } from './letter.ts'
import { TEXT } from './record.ts'

/** An outbox that may still have some. */
export interface Forgetful {
  forget(rows: readonly string[]): Promise<void>
}

/** D1 takes a hundred values with a statement. */
const AT_ONCE = 90

export async function forgetWords(
  database: D1Database,
  ask: (question: (outbox: Forgetful) => Promise<void>) => Promise<unknown>,
  rows: readonly string[],
): Promise<void> {
  await ask((outbox) => outbox.forget(rows)) // first, so that none arrives there afterwards
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const some = rows.slice(at, at + AT_ONCE)
    const places = some.map(() => '?').join(', ')
    await database
      .prepare(`DELETE FROM texts WHERE row_id IN (${places})`)
      .bind(...some)
      .run()
  }
}

/** The same rows without the words of these; undefined where there are none. */
export function without(handOver: HandOver, forgotten: ReadonlySet<string>): HandOver | undefined {
  const place = handOver.columns.indexOf(TEXT)
  const id = handOver.columns.indexOf('id')
  if (place < 0) return undefined
  let isChanged = false
  const rows = rowsOf(handOver).map((row) => {
    if (typeof row[place] !== 'string' || !forgotten.has(String(row[id]))) return row
    isChanged = true
    return row.map((value, at) => (at === place ? null : value))
  })
  return isChanged ? { ...handOver, rows: rows.map((row) => JSON.stringify(row)).join(',') } : undefined
}
