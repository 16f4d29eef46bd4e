// Reading rows back, and forgetting them in time.
import { readReceipt } from './receipt.ts'
import { COLUMNS, readRow, type Row } from './record.ts'

export interface RequestFilter {
  readonly limit: number
  /** Only rows before this one: an id from an earlier page, or a time in milliseconds. */
  readonly before?: string
  readonly key?: string
  readonly model?: string
}

/** Where the ids of rows begin that a request of this time has, or a later one. */
const firstIdAt = (at: number): string => `row_${at.toString(36)}`

/** Newest first. A row's id begins with its time, so the order of ids is that of time. */
export async function listRequests(
  database: D1Database,
  filter: RequestFilter,
): Promise<Record<string, unknown>[]> {
  const where: string[] = []
  const values: (string | number)[] = []
  if (filter.before !== undefined) {
    where.push('id < ?')
    values.push(/^\d+$/.test(filter.before) ? firstIdAt(Number(filter.before)) : filter.before)
  }
  if (filter.key !== undefined) {
    where.push('key_id = ?')
    values.push(filter.key)
  }
  if (filter.model !== undefined) {
    where.push('model = ?')
    values.push(filter.model)
  }
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`
  const sql = `SELECT ${COLUMNS.join(', ')} FROM requests ${condition} ORDER BY id DESC LIMIT ?`
  const { results } = await database
    .prepare(sql)
    .bind(...values, filter.limit)
    .all<Row>()
  return results.map(readRow)
}

/** The key's newest request of this id; undefined where there is none, or not yet. */
export async function findReceipt(
  database: D1Database,
  keyId: string,
  requestId: string,
): Promise<Record<string, unknown> | undefined> {
  const sql = `SELECT ${COLUMNS.join(', ')} FROM requests WHERE request_id = ? AND key_id = ? ORDER BY id DESC LIMIT 1`
  const row = await database.prepare(sql).bind(requestId, keyId).first<Row>()
  return row === null ? undefined : readReceipt(row)
}

/** Deletes rows older than this, a bounded number at a time; their sums stay in the rollups. */
export async function forgetOld(database: D1Database, before: number): Promise<number> {
  const sql = 'DELETE FROM requests WHERE id IN (SELECT id FROM requests WHERE id < ? ORDER BY id LIMIT 5000)'
  const { meta } = await database.prepare(sql).bind(firstIdAt(before)).run()
  return meta.changes
}
