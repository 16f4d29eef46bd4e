// The tables of a thread, and its texts, sealed. Ids, times, counts and states are not: they say nothing of what was said.
import { HEAD_BYTES, openAndRenew, type Seal, storedIn } from '../../shared/seal.ts'
import { split } from '../../shared/split.ts'

/** A row as SQLite has it. */
export type Row = Readonly<Record<string, SqlStorageValue>>

/** What is needed of an object's SQLite. */
export interface Sql {
  exec(query: string, ...values: SqlStorageValue[]): { toArray(): Row[] }
}

/** Each is made when something is first written into it: a response by itself needs two of them. */
const TABLES = {
  responses:
    '(id TEXT PRIMARY KEY, parent TEXT, upto INTEGER, status TEXT NOT NULL, created_at INTEGER NOT NULL, background INTEGER NOT NULL, line TEXT, gap TEXT) WITHOUT ROWID',
  conversation:
    '(id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, metadata TEXT NOT NULL, used_at INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID',
  items:
    '(position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, kind TEXT NOT NULL, tokens INTEGER NOT NULL, turn INTEGER NOT NULL, path_tokens INTEGER NOT NULL, type TEXT, call TEXT)',
  texts:
    '(owner TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (owner, part)) WITHOUT ROWID',
  summaries:
    '(position INTEGER PRIMARY KEY AUTOINCREMENT, depth INTEGER NOT NULL, tokens INTEGER NOT NULL, model TEXT NOT NULL, at INTEGER NOT NULL, previous INTEGER)',
  facts: '(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
} as const

export type Table = keyof typeof TABLES

export interface Rows {
  /** Reads, changes or deletes; nothing where there is no such table yet. */
  rows(query: string, ...values: SqlStorageValue[]): Row[]
  /** Adds. */
  add(query: string, ...values: SqlStorageValue[]): Row[]
}

export interface Tables {
  /** The storage was emptied, or what was written last was taken back. */
  reset(): void
  of(table: Table): Rows
  read(owner: string): string
  write(owner: string, text: string): void
  forget(owner: string): void
  /** Opens a value of another table than that of texts, and seals it again where that is due. */
  open(value: unknown, row: string, renew: (sealed: ArrayBuffer) => void): string
  /** Seals again what the newest key did not, so many texts at most; says whether there is more. */
  renew(most: number): boolean
}

export function openTables(sql: Sql, seal: Seal): Tables {
  // Anybody can ask for an id that was never made, and asking is to leave nothing behind: tables are made by writing.
  const look = (): Set<string> =>
    new Set(
      sql
        .exec("SELECT name FROM sqlite_master WHERE type = 'table'")
        .toArray()
        .map((row) => String(row['name'])),
    )
  let made = look()

  const of = (table: Table): Rows => ({
    rows: (query, ...values) => (made.has(table) ? sql.exec(query, ...values).toArray() : []),
    add(query, ...values) {
      if (!made.has(table)) sql.exec(`CREATE TABLE IF NOT EXISTS ${table} ${TABLES[table]}`)
      made.add(table)
      return sql.exec(query, ...values).toArray()
    },
  })
  const texts = of('texts')

  const open: Tables['open'] = (value, row, renew) => openAndRenew(seal, storedIn(value), row, renew)

  const readPart = (owner: string, row: Row): string => {
    const part = Number(row['part'])
    return open(row['text'], textRow(owner, part), (sealed) =>
      texts.rows('UPDATE texts SET text = ? WHERE owner = ? AND part = ?', sealed, owner, part),
    )
  }

  const forget = (owner: string): void => void texts.rows('DELETE FROM texts WHERE owner = ?', owner)

  return {
    reset: () => void (made = look()),
    of,
    open,
    forget,
    read: (owner) =>
      texts
        .rows('SELECT part, text FROM texts WHERE owner = ? ORDER BY part', owner)
        .map((row) => readPart(owner, row))
        .join(''),
    write(owner, text) {
      forget(owner)
      for (const [part, piece] of split(text).entries())
        texts.add(
          'INSERT INTO texts (owner, part, text) VALUES (?, ?, ?)',
          owner,
          part,
          seal.seal(piece, textRow(owner, part)),
        )
    },
    renew(most) {
      const heads = texts.rows('SELECT owner, part, substr(text, 1, ?) AS head FROM texts', HEAD_BYTES)
      const stale = heads.filter(({ head }) => !seal.isFresh(storedIn(head)))
      for (const { owner, part } of stale.slice(0, most))
        for (const row of texts.rows(
          'SELECT part, text FROM texts WHERE owner = ? AND part = ?',
          owner ?? null,
          part ?? null,
        ))
          readPart(String(owner), row)
      return stale.length > most
    },
  }
}

const textRow = (owner: string, part: number): string => `texts/${owner}/${part}`
