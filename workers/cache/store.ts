// The tables of kept answers: one row each, sealed but for its times and its names, which are marks of a secret key; and
// one of counts. A new key in front finds none of them: they go when they have had their time.
import { type Seal, storedIn } from '../../shared/seal.ts'
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

/** What is told of an entry again; its vector is left closed. */
export type Kept = Omit<Entry, 'bucket' | 'vector' | 'until'>

export interface Near {
  readonly key: string
  readonly vector: Uint8Array
}

export interface Totals {
  readonly entries: number
  readonly chars: number
}

export interface AnswerStore {
  find(key: string, now: number): Kept | undefined
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
  `CREATE TABLE IF NOT EXISTS sealed_answers (key TEXT PRIMARY KEY, bucket TEXT, vector BLOB, route TEXT NOT NULL, at INTEGER NOT NULL,
    until INTEGER NOT NULL, used INTEGER NOT NULL, hits INTEGER NOT NULL DEFAULT 0, chars INTEGER NOT NULL, head TEXT NOT NULL,
    body TEXT NOT NULL)`,
  'CREATE INDEX IF NOT EXISTS answers_used ON sealed_answers (used)',
  'CREATE INDEX IF NOT EXISTS answers_bucket ON sealed_answers (bucket, at) WHERE bucket IS NOT NULL',
  `CREATE TABLE IF NOT EXISTS counts (id INTEGER PRIMARY KEY CHECK (id = 1), ${SUMS.map((sum) => `${sum} INTEGER NOT NULL DEFAULT 0`).join(', ')})`,
]

type Fields = Readonly<Record<string, SqlStorageValue>>

export function openAnswerStore(sql: SqlStorage, seal: Seal): AnswerStore {
  const isThere = (table: string): boolean =>
    sql.exec('SELECT 1 FROM sqlite_master WHERE name = ?', table).toArray().length > 0
  // An earlier version kept them in plain text, under names by which nothing is looked for any more.
  if (isThere('answers')) sql.exec('DROP TABLE answers')
  // Asking for what never was leaves nothing behind: tables are made by writing.
  let isMade = isThere('sealed_answers')

  const rows = (query: string, ...values: SqlStorageValue[]): Fields[] =>
    isMade ? sql.exec<Fields>(query, ...values).toArray() : []

  const change = (query: string, ...values: SqlStorageValue[]): number => {
    if (!isMade) for (const table of TABLES) sql.exec(table)
    isMade = true
    const cursor = sql.exec(query, ...values)
    cursor.toArray()
    return Number(sql.exec<Fields>('SELECT changes() AS n').one()['n'])
  }

  const vectorOf = ({ key, vector }: Fields): Uint8Array | undefined =>
    vector instanceof ArrayBuffer ? seal.openBytes(vector, `${String(key)}/vector`) : undefined

  const keptOf = (row: Fields): Kept => {
    const key = String(row['key'])
    return {
      key,
      route: String(row['route']),
      at: Number(row['at']),
      head: seal.open(storedIn(row['head']), `${key}/head`),
      body: seal.open(storedIn(row['body']), `${key}/body`),
    }
  }

  return {
    find: (key, now) =>
      rows('SELECT key, route, at, head, body FROM sealed_answers WHERE key = ? AND until > ?', key, now).map(
        keptOf,
      )[0],
    near: (bucket, now, since, most) =>
      rows(
        'SELECT key, vector FROM sealed_answers WHERE bucket = ? AND until > ? AND at > ? AND vector IS NOT NULL ORDER BY at DESC LIMIT ?',
        bucket,
        now,
        since,
        most,
      ).map((row) => ({ key: String(row['key']), vector: vectorOf(row) ?? new Uint8Array() })),
    put({ key, bucket, vector, route, at, until, head, body }) {
      change(
        `INSERT INTO sealed_answers (key, bucket, vector, route, at, until, used, chars, head, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (key) DO UPDATE SET bucket = excluded.bucket, vector = excluded.vector, at = excluded.at, until = excluded.until,
          used = excluded.used, chars = excluded.chars, head = excluded.head, body = excluded.body`,
        key,
        bucket,
        vector === null ? null : seal.sealBytes(vector, `${key}/vector`),
        route,
        at,
        until,
        at,
        charsOf(body),
        seal.seal(head, `${key}/head`),
        seal.seal(body, `${key}/body`),
      )
    },
    remove: (key) => void change('DELETE FROM sealed_answers WHERE key = ?', key),
    touch: (key, hits, at) =>
      void change('UPDATE sealed_answers SET hits = hits + ?, used = ? WHERE key = ?', hits, at, key),
    oldest: (most) =>
      rows('SELECT key, chars FROM sealed_answers ORDER BY used LIMIT ?', most).map((row) => ({
        key: String(row['key']),
        chars: Number(row['chars']),
      })),
    expire: (now) => (isMade ? change('DELETE FROM sealed_answers WHERE until <= ?', now) : 0),
    purge: (route) =>
      isMade ? change('DELETE FROM sealed_answers WHERE ?1 IS NULL OR route = ?1', route ?? null) : 0,
    nextExpiry() {
      const next = rows('SELECT MIN(until) AS next FROM sealed_answers')[0]?.['next'] ?? null
      return next === null ? undefined : Number(next)
    },
    totals() {
      const [row = {}] = rows(
        'SELECT COUNT(*) AS entries, COALESCE(SUM(chars), 0) AS chars FROM sealed_answers',
      )
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
