// Reading telemetry back, and forgetting it in time.
import { readReceipt } from './receipt.ts'
import { COLUMNS, readRow, type Row } from './record.ts'

export interface RequestFilter {
  readonly limit: number
  /** Only rows before this one: an id from an earlier page, or a time in milliseconds. */
  readonly before?: string
  readonly key?: string
  readonly model?: string
}

/** Newest first. */
export async function listRequests(
  database: D1Database,
  filter: RequestFilter,
): Promise<Record<string, unknown>[]> {
  const where: string[] = []
  const values: (string | number)[] = []
  if (filter.before !== undefined) {
    const at = /^\d+$/.test(filter.before) ? Number(filter.before) : undefined
    where.push(at === undefined ? '(at, id) < (SELECT at, id FROM requests WHERE id = ?)' : 'at < ?')
    values.push(at ?? filter.before)
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
  const sql = `SELECT ${COLUMNS.join(', ')} FROM requests ${condition} ORDER BY at DESC, id DESC LIMIT ?`
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
  const sql = `SELECT ${COLUMNS.join(', ')} FROM requests WHERE request_id = ? AND key_id = ? ORDER BY at DESC LIMIT 1`
  const row = await database.prepare(sql).bind(requestId, keyId).first<Row>()
  return row === null ? undefined : readReceipt(row)
}

const KEEP_MS = 90 * 24 * 60 * 60 * 1000

/** Deletes rows older than 90 days, a bounded number at a time. */
export async function forgetOld(database: D1Database, now: number): Promise<number> {
  const sql = 'DELETE FROM requests WHERE id IN (SELECT id FROM requests WHERE at < ? ORDER BY at LIMIT 5000)'
  const { meta } = await database
    .prepare(sql)
    .bind(now - KEEP_MS)
    .run()
  return meta.changes
}
