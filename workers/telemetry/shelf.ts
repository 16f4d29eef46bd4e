// Pages put into D1 and taken out again. D1 itself says how far an outbox has got, so a page is there once, whatever
// was repeated, arrived late or was forgotten on the way.
import type { Batch } from './letter.ts'
import { type Page, pageOf } from './page.ts'
import { COLUMNS } from './record.ts'

/** Where a page begins and ends, by the count of its outbox. */
export interface Place {
  readonly outbox: string
  /** The last batch before it. */
  readonly after: number
  /** Its last batch. */
  readonly upto: number
}

// A write that nobody waits for any more may still arrive: one that does not begin where the last one ended is void.
export const PUT = `INSERT INTO pages
    (outbox, upto, first_id, last_id, count, cost_micros, keys, models, pairs, columns, rows, kinds)
  SELECT ?1, ?2, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
  WHERE NOT EXISTS (SELECT 1 FROM pages WHERE outbox = ?1 AND upto > ?3)`

export const NAME = `INSERT OR IGNORE INTO named (request_id, key_id, row_id, outbox, upto)
  SELECT value ->> 0, value ->> 1, value ->> 2, ?1, ?2 FROM json_each(?3)
  WHERE EXISTS (SELECT 1 FROM pages WHERE outbox = ?1 AND upto = ?2)`

export const TELL = `INSERT OR IGNORE INTO texts (row_id, text)
  SELECT value ->> 0, value ->> 1 FROM json_each(?3)
  WHERE EXISTS (SELECT 1 FROM pages WHERE outbox = ?1 AND upto = ?2)`

export const valuesOf = ({ outbox, after, upto }: Place, page: Page): (string | number | null)[] => [
  outbox,
  upto,
  after,
  page.firstId,
  page.lastId,
  page.count,
  page.costMicros,
  page.keys,
  page.models,
  page.pairs,
  COLUMNS.join(','),
  page.rows,
  page.kinds,
]

/** False where D1 has this page, or one that goes further. */
export async function putPage(
  database: D1Database,
  place: Place,
  batches: readonly Batch[],
): Promise<boolean> {
  const page = pageOf(batches)
  const put = database.prepare(PUT).bind(...valuesOf(place, page))
  const beside = (sql: string, list: readonly unknown[]): D1PreparedStatement[] =>
    list.length === 0 ? [] : [database.prepare(sql).bind(place.outbox, place.upto, JSON.stringify(list))]
  const [done] = await database.batch([put, ...beside(NAME, page.named), ...beside(TELL, page.texts)])
  return (done?.meta.changes ?? 0) > 0
}

/** The last batch of an outbox that is in D1; 0 where there is none. */
export async function lastPut(database: D1Database, outbox: string): Promise<number> {
  const sql = 'SELECT MAX(upto) AS upto FROM pages WHERE outbox = ?'
  return (await database.prepare(sql).bind(outbox).first<number>('upto')) ?? 0
}

/** So many at a time: D1 gives a query 30 seconds. */
const PAGES_AT_ONCE = 200

const OLD = `SELECT outbox, upto FROM pages WHERE last_id < ?1 ORDER BY last_id LIMIT ${PAGES_AT_ONCE}`

export const FORGET_NAMES = `DELETE FROM named WHERE (request_id, key_id, row_id) IN (
    SELECT entry.value ->> 1, entry.value ->> 3, entry.value ->> 0
    FROM (${OLD}) AS old CROSS JOIN pages USING (outbox, upto) CROSS JOIN json_each(pages.rows) AS entry)`

export const FORGET = `DELETE FROM pages WHERE (outbox, upto) IN (${OLD}) RETURNING count`

/** Of texts, as many as a whole run of pages might have. */
export const FORGET_TEXTS = `DELETE FROM texts WHERE row_id IN
  (SELECT row_id FROM texts WHERE row_id < ?1 ORDER BY row_id LIMIT ${PAGES_AT_ONCE * 200})`

/**
 * Deletes pages whose rows are all before this one, and texts of rows that are, a bounded number at a time; tells how many
 * rows those pages had.
 */
export async function forgetPages(database: D1Database, before: string): Promise<number> {
  const [, gone] = await database.batch<{ count: number }>([
    database.prepare(FORGET_NAMES).bind(before),
    database.prepare(FORGET).bind(before),
    database.prepare(FORGET_TEXTS).bind(before),
  ])
  return (gone?.results ?? []).reduce((sum, { count }) => sum + count, 0)
}
