// The tables of kept answers: one row each, and one of counts.
import { SUMS, type Counts } from './counts.ts'

export interface Entry {
  readonly key: string
  /** Which questions may share it in other words; `null` for none. */
  readonly bucket: string | null
  readonly vector: Uint8Array | null
  /** The route or model that was asked. */
  readonly route: string
  readonly at: number
  readonly until: number
  /** JSON. */
  readonly head: string
  readonly body: string
}

export interface Near {
  readonly key: string
  readonly vector: Uint8Array
}

export interface Totals {
  readonly entries: number
  readonly chars: number
}

export interface AnswerStore {
  find(key: string, now: number): Entry | undefined
  /** The newest of a bucket that were made after `since`, with their vectors. */
  near(bucket: string, now: number, since: number, most: number): readonly Near[]
  put(entry: Entry): void
  remove(key: string): void
  /** It was given so many times more, at last then. */
  touch(key: string, hits: number, at: number): void
  /** Those given longest ago. */
  oldest(most: number): readonly { readonly key: string; readonly chars: number }[]
  /** Removes what has had its time; says how many. */
  expire(now: number): number
  /** Of one route or all; says how many. */
  purge(route: string | undefined): number
  nextExpiry(): number | undefined
  totals(): Totals
  counts(): Counts
  count(more: Counts): void
  /** The storage was emptied. */
  reset(): void
}

const TABLES = [
  `CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, bucket TEXT, vector BLOB, route TEXT NOT NULL, at INTEGER NOT NULL,
    until INTEGER NOT NULL, used INTEGER NOT NULL, hits INTEGER NOT NULL DEFAULT 0, chars INTEGER NOT NULL, head TEXT NOT NULL,
    body TEXT NOT NULL)`,
  'CREATE INDEX IF NOT EXISTS answers_used ON answers (used)',
  'CREATE INDEX IF NOT EXISTS answers_bucket ON answers (bucket, at) WHERE bucket IS NOT NULL',
  `CREATE TABLE IF NOT EXISTS counts (id INTEGER PRIMARY KEY CHECK (id = 1), ${SUMS.map((sum) => `${sum} INTEGER NOT NULL DEFAULT 0`).join(', ')})`,
]

type Fields = Readonly<Record<string, SqlStorageValue>>

export function openAnswerStore(sql: SqlStorage): AnswerStore {
  // Asking for what never was leaves nothing behind: tables are made by writing.
  let isMade = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'answers'").toArray().length > 0

  const rows = (query: string, ...values: SqlStorageValue[]): Fields[] =>
    isMade ? sql.exec<Fields>(query, ...values).toArray() : []

  const change = (query: string, ...values: SqlStorageValue[]): number => {
    if (!isMade) for (const table of TABLES) sql.exec(table)
    isMade = true
    const cursor = sql.exec(query, ...values)
    cursor.toArray()
    return Number(sql.exec<Fields>('SELECT changes() AS n').one()['n'])
  }

  return {
    find: (key, now) => rows('SELECT * FROM answers WHERE key = ? AND until > ?', key, now).map(entryOf)[0],
    near: (bucket, now, since, most) =>
      rows(
        'SELECT key, vector FROM answers WHERE bucket = ? AND until > ? AND at > ? AND vector IS NOT NULL ORDER BY at DESC LIMIT ?',
        bucket,
        now,
        since,
        most,
      ).map((row) => ({ key: String(row['key']), vector: bytesOf(row['vector']) ?? new Uint8Array() })),
    put({ key, bucket, vector, route, at, until, head, body }) {
      change(
        `INSERT INTO answers (key, bucket, vector, route, at, until, used, chars, head, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (key) DO UPDATE SET bucket = excluded.bucket, vector = excluded.vector, at = excluded.at, until = excluded.until,
          used = excluded.used, chars = excluded.chars, head = excluded.head, body = excluded.body`,
        key,
        bucket,
        vector === null ? null : new Uint8Array(vector).buffer,
        route,
        at,
        until,
        at,
        charsOf(body),
        head,
        body,
      )
    },
    remove: (key) => void change('DELETE FROM answers WHERE key = ?', key),
    touch: (key, hits, at) =>
      void change('UPDATE answers SET hits = hits + ?, used = ? WHERE key = ?', hits, at, key),
    oldest: (most) =>
      rows('SELECT key, chars FROM answers ORDER BY used LIMIT ?', most).map((row) => ({
        key: String(row['key']),
        chars: Number(row['chars']),
      })),
    expire: (now) => (isMade ? change('DELETE FROM answers WHERE until <= ?', now) : 0),
    purge: (route) =>
      isMade ? change('DELETE FROM answers WHERE ?1 IS NULL OR route = ?1', route ?? null) : 0,
    nextExpiry() {
      const next = rows('SELECT MIN(until) AS next FROM answers')[0]?.['next'] ?? null
      return next === null ? undefined : Number(next)
    },
    totals() {
      const [row = {}] = rows('SELECT COUNT(*) AS entries, COALESCE(SUM(chars), 0) AS chars FROM answers')
      return { entries: Number(row['entries'] ?? 0), chars: Number(row['chars'] ?? 0) }
    },
    counts() {
      const [row = {}] = rows('SELECT * FROM counts')
      return Object.fromEntries(SUMS.map((sum) => [sum, Number(row[sum] ?? 0)])) as Counts // all of SUMS
    },
    count(more) {
      change(
        `INSERT INTO counts (id, ${SUMS.join(', ')}) VALUES (1, ${SUMS.map(() => '?').join(', ')})
          ON CONFLICT (id) DO UPDATE SET ${SUMS.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(', ')}`,
        ...SUMS.map((sum) => more[sum]),
      )
    },
    reset: () => void (isMade = false),
  }
}

/** What a row weighs: its text, and some for the rest of it. */
export const charsOf = (body: string): number => body.length + 1_024

const entryOf = (row: Fields): Entry => ({
  key: String(row['key']),
  bucket: row['bucket'] === null ? null : String(row['bucket']),
  vector: bytesOf(row['vector']) ?? null,
  route: String(row['route']),
  at: Number(row['at']),
  until: Number(row['until']),
  head: String(row['head']),
  body: String(row['body']),
})

const bytesOf = (value: SqlStorageValue | undefined): Uint8Array | undefined =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : undefined
