// Where a vendor's own items are kept. Ids that are made here lead to their thread; those that came with a vendor's
// answer in this dialect do not, and clients may send nothing else of an item. One object a key, of ids alone.
import { KEEP_MS } from './lineage.ts'

export interface Places {
  note(itemIds: readonly string[], response: string, now: number): void
  /** The response that an item came with. */
  find(itemId: string): string | undefined
  /** Forgets what is older than responses are kept; says when there will be more of that. */
  forget(now: number): number | undefined
}

/** The name of the object beside the threads of a key; no thread is called so. */
export const PLACES = 'items'

const TABLE =
  'CREATE TABLE IF NOT EXISTS places (item TEXT PRIMARY KEY, response TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID'

export function openPlaces(sql: SqlStorage): Places {
  const isMade = (): boolean =>
    sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'places'").toArray().length > 0
  return {
    note(itemIds, response, now) {
      sql.exec(TABLE)
      for (const id of itemIds)
        sql.exec('INSERT OR REPLACE INTO places (item, response, at) VALUES (?, ?, ?)', id, response, now)
    },
    find(itemId) {
      if (!isMade()) return undefined
      const select = 'SELECT response FROM places WHERE item = ?'
      return sql.exec<{ response: string }>(select, itemId).toArray()[0]?.response
    },
    forget(now) {
      if (!isMade()) return undefined
      sql.exec('DELETE FROM places WHERE at <= ?', now - KEEP_MS)
      const { oldest } = sql.exec<{ oldest: number | null }>('SELECT MIN(at) AS oldest FROM places').one()
      return oldest === null ? undefined : oldest + KEEP_MS
    },
  }
}
