// The tables of a thread: its responses, the conversation it may have, and their texts, sealed. Ids, times and states are
// not: they say nothing of what was said.
import { type Fields, isFields, listOf, parse } from '../../shared/fields.ts'
import { HEAD_BYTES, openAndRenew, type Seal, storedIn } from '../../shared/seal.ts'
import type { Kept } from './lineage.ts'
import { split } from '../../shared/split.ts'

export interface StoredConversation {
  readonly id: string
  readonly createdAt: number
  /** JSON. */
  readonly metadata: string
}

/** What is written down for a response: `input` its own new items, `task` what a run in the background needs. */
export type TextKind = 'input' | 'response' | 'task'

export interface ThreadStore {
  /** The storage was emptied, or what was written last was taken back. */
  reset(): void
  find(id: string): Kept | undefined
  all(): readonly Kept[]
  /** Adds it or changes its status. */
  put(kept: Kept): void
  remove(id: string): void
  text(id: string, kind: TextKind): string
  putText(id: string, kind: TextKind, text: string): void
  conversation(): StoredConversation | undefined
  /** Without opening it: which it is, and when somebody last spoke in it, as far as that is written down. */
  conversationUse(): { readonly id: string; readonly at: number } | undefined
  putConversation(conversation: StoredConversation, now: number): void
  useConversation(id: string, now: number): void
  removeConversation(): void
  /** In order; up to and with this position, where one is given. */
  items(upto?: number): Fields[]
  append(items: readonly Fields[]): void
  /** Is it among the last ones? */
  hasLately(id: string): boolean
  removeItem(id: string): boolean
  /** The position of the last item; 0 where there is none. */
  last(): number
  /** Seals again what the newest key did not, so many rows at most; says whether there is more. */
  renew(most: number): boolean
}

const TABLES = [
  'CREATE TABLE IF NOT EXISTS responses (id TEXT PRIMARY KEY, parent TEXT, upto INTEGER, status TEXT NOT NULL, created_at INTEGER NOT NULL, background INTEGER NOT NULL) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS conversation (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, metadata TEXT NOT NULL, used_at INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS items (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS texts (owner TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (owner, part)) WITHOUT ROWID',
]

/** Who tries to write again does so within seconds; no turn reads more for it the longer a conversation is. */
const LATELY = 64

/** A row as SQLite has it. */
type Row = Readonly<Record<string, SqlStorageValue>>

export function openStore(sql: SqlStorage, seal: Seal): ThreadStore {
  // Anybody can ask for an id that was never made, and asking is to leave nothing behind: tables are made by writing.
  const look = (): boolean =>
    sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'texts'").toArray().length > 0
  let isMade = look()

  // Made before conversations expired: one of those was last used when it was made, as far as anybody knows.
  if (
    sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'conversation' AND sql NOT LIKE '%used_at%'").toArray()
      .length > 0
  )
    sql.exec('ALTER TABLE conversation ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0')

  const rows = (query: string, ...values: SqlStorageValue[]): Row[] =>
    isMade ? sql.exec<Row>(query, ...values).toArray() : []

  const change = (query: string, ...values: SqlStorageValue[]): Row[] => {
    if (!isMade) for (const table of TABLES) sql.exec(table)
    isMade = true
    return rows(query, ...values)
  }

  const readPart = (owner: string, row: Row): string => {
    const part = Number(row['part'])
    return openAndRenew(seal, storedIn(row['text']), textRow(owner, part), (sealed) =>
      change('UPDATE texts SET text = ? WHERE owner = ? AND part = ?', sealed, owner, part),
    )
  }

  const read = (owner: string): string =>
    rows('SELECT part, text FROM texts WHERE owner = ? ORDER BY part', owner)
      .map((row) => readPart(owner, row))
      .join('')

  const write = (owner: string, text: string): void => {
    forget(owner)
    for (const [part, piece] of split(text).entries())
      change(
        'INSERT INTO texts (owner, part, text) VALUES (?, ?, ?)',
        owner,
        part,
        seal.seal(piece, textRow(owner, part)),
      )
  }

  const forget = (owner: string): void => void change('DELETE FROM texts WHERE owner = ?', owner)

  const conversationUse = (): { id: string; at: number } | undefined =>
    rows('SELECT id, MAX(used_at, created_at) AS at FROM conversation').map((row) => ({
      id: String(row['id']),
      at: Number(row['at']),
    }))[0]

  const conversationOf = (row: Row): StoredConversation => {
    const id = String(row['id'])
    const metadata = openAndRenew(seal, storedIn(row['metadata']), metadataRow(id), (sealed) =>
      change('UPDATE conversation SET metadata = ? WHERE id = ?', sealed, id),
    )
    return { id, createdAt: Number(row['created_at']), metadata }
  }

  return {
    reset: () => void (isMade = look()),
    find: (id) => rows('SELECT * FROM responses WHERE id = ?', id).map(keptOf)[0],
    all: () => rows('SELECT * FROM responses').map(keptOf),
    put({ id, parent, upto, status, createdAt, background }) {
      change(
        'INSERT OR REPLACE INTO responses (id, parent, upto, status, created_at, background) VALUES (?, ?, ?, ?, ?, ?)',
        id,
        parent,
        upto,
        status,
        createdAt,
        background ? 1 : 0,
      )
    },
    remove(id) {
      change('DELETE FROM responses WHERE id = ?', id)
      for (const kind of ['input', 'response', 'task'] as const) forget(`${id}/${kind}`)
    },
    text: (id, kind) => read(`${id}/${kind}`),
    putText: (id, kind, text) => write(`${id}/${kind}`, text),
    conversation: () => rows('SELECT * FROM conversation').map(conversationOf)[0],
    conversationUse,
    putConversation({ id, createdAt, metadata }, now) {
      change(
        'INSERT OR REPLACE INTO conversation (id, created_at, metadata, used_at) VALUES (?, ?, ?, ?)',
        id,
        createdAt,
        seal.seal(metadata, metadataRow(id)),
        now,
      )
    },
    useConversation: (id, now) => void change('UPDATE conversation SET used_at = ? WHERE id = ?', now, id),
    removeConversation() {
      change('DELETE FROM conversation')
      change('DELETE FROM items')
      change("DELETE FROM texts WHERE owner LIKE 'item/%'")
    },
    items: (upto = Number.MAX_SAFE_INTEGER) =>
      rows('SELECT position FROM items WHERE position <= ? ORDER BY position', upto)
        .map(({ position }) => parse(read(`item/${position}`)))
        .filter(isFields),
    append(items) {
      for (const item of items) {
        const [row] = change('INSERT INTO items (id) VALUES (?) RETURNING position', String(item['id']))
        write(`item/${row?.['position']}`, JSON.stringify(item))
      }
    },
    hasLately: (id) =>
      rows('SELECT 1 FROM (SELECT id FROM items ORDER BY position DESC LIMIT ?) WHERE id = ?', LATELY, id)
        .length > 0,
    removeItem(id) {
      const removed = change('DELETE FROM items WHERE id = ? RETURNING position', id)
      for (const { position } of removed) forget(`item/${position}`)
      return removed.length > 0
    },
    last: () => Number(rows('SELECT MAX(position) AS last FROM items')[0]?.['last'] ?? 0),
    renew(most) {
      rows('SELECT * FROM conversation').map(conversationOf)
      const heads = rows('SELECT owner, part, substr(text, 1, ?) AS head FROM texts', HEAD_BYTES)
      const stale = heads.filter(({ head }) => !seal.isFresh(storedIn(head)))
      for (const { owner, part } of stale.slice(0, most))
        for (const row of rows(
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
const metadataRow = (id: string): string => `conversation/${id}`

const keptOf = (row: Row): Kept => ({
  id: String(row['id']),
  parent: row['parent'] === null ? null : String(row['parent']),
  upto: row['upto'] === null ? null : Number(row['upto']),
  status: String(row['status']),
  createdAt: Number(row['created_at']),
  background: row['background'] === 1,
})

/** Items that were written down as a list. */
export const itemsIn = (json: string): Fields[] => listOf(parse(json)).filter(isFields)
