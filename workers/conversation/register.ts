// The object that knows which conversations a key has: their ids and when they began, and not a word of them.
import { DurableObject } from 'cloudflare:workers'

export interface Listed {
  readonly id: string
  readonly createdAt: number
}

export type ListedPage =
  | { readonly ok: true; readonly data: readonly Listed[]; readonly hasMore: boolean }
  | { readonly ok: false }

export class RegisterObject extends DurableObject {
  private isMade =
    this.ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'conversations'").toArray().length > 0

  /** Once for each conversation; a second time changes nothing. */
  async add(id: string, createdAt: number): Promise<void> {
    const { sql } = this.ctx.storage
    if (!this.isMade)
      sql.exec(
        'CREATE TABLE IF NOT EXISTS conversations (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL)',
      )
    this.isMade = true
    sql.exec('INSERT OR IGNORE INTO conversations (id, created_at) VALUES (?, ?)', id, createdAt)
  }

  async remove(id: string): Promise<void> {
    if (this.isMade) this.ctx.storage.sql.exec('DELETE FROM conversations WHERE id = ?', id)
  }

  /** Newest first; not ok where `after` is not among them. */
  async list(limit: number, after: string | undefined): Promise<ListedPage> {
    if (!this.isMade) return after === undefined ? { ok: true, data: [], hasMore: false } : { ok: false }
    const { sql } = this.ctx.storage
    const [before] =
      after === undefined
        ? [{ position: Number.MAX_SAFE_INTEGER }]
        : sql.exec<{ position: number }>('SELECT position FROM conversations WHERE id = ?', after).toArray()
    if (before === undefined) return { ok: false }
    const rows = sql
      .exec<{ id: string; created_at: number }>(
        'SELECT id, created_at FROM conversations WHERE position < ? ORDER BY position DESC LIMIT ?',
        before.position,
        limit + 1,
      )
      .toArray()
    const data = rows.slice(0, limit).map(({ id, created_at: createdAt }) => ({ id, createdAt }))
    return { ok: true, data, hasMore: rows.length > limit }
  }
}
