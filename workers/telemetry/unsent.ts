// Rows that an outbox still has and D1 has not, as they are asked for. Pure.
import { type Batch, rowsOf } from './letter.ts'
import type { Kind } from './kinds.ts'
import { textsIn } from './page.ts'
import { type Row, rowOf } from './record.ts'

export interface Wanted extends Kind {
  readonly limit: number
  /** Ids from this one, and before that one. */
  readonly from: string
  readonly before?: string
  readonly key?: string
  readonly model?: string
  readonly requestId?: string
}

/** Newest first, so many at most. */
export function findIn(batches: Iterable<Batch>, wanted: Wanted): Row[] {
  let found: Row[] = []
  const keep = (): void => {
    found = newest(found, wanted.limit)
  }
  for (const { handOvers } of batches) {
    for (const handOver of handOvers) {
      const rows = rowsOf(handOver).map((values) => rowOf(handOver.columns, values))
      found.push(...rows.filter((row) => isWanted(row, wanted)))
    }
    if (found.length > 4 * wanted.limit) keep()
  }
  keep()
  return found
}

/** What was said in the request of this row; undefined where it is not here, or was not kept. */
export function textIn(batches: Iterable<Batch>, rowId: string): string | undefined {
  for (const { handOvers } of batches) {
    for (const handOver of handOvers) {
      const found = textsIn(handOver.columns, rowsOf(handOver)).find(([id]) => id === rowId)
      if (found !== undefined) return found[1]
    }
  }
  return undefined
}

/** The newest of these, each once: what was on its way to D1 may be found in both places. */
export function newest(rows: readonly Row[], limit: number): Row[] {
  const byId = new Map(rows.map((row) => [String(row.id), row]))
  return [...byId.values()].sort((a, b) => (String(a.id) > String(b.id) ? -1 : 1)).slice(0, limit)
}

const isWanted = (row: Row, { from, before, key, model, requestId, route, tier, end }: Wanted): boolean =>
  String(row.id) >= from &&
  (before === undefined || String(row.id) < before) &&
  (key === undefined || row.key_id === key) &&
  (model === undefined || row.model === model) &&
  (requestId === undefined || row.request_id === requestId) &&
  (route === undefined || row.route === route) &&
  (tier === undefined || row.tier === tier) &&
  (end === undefined || row.ending === end)
