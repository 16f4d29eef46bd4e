// The tables of a journal: its streams, and their text in rows, sealed. What an older key sealed is not sealed again: no
// stream is kept for longer than its client may come back.
import { type Seal, storedIn } from '../../shared/seal.ts'
import type { Row } from './log.ts'

export interface StoredStream {
  readonly id: string
  /** What its owner wants to know of it: JSON. */
  readonly head: string
  readonly isOver: boolean
  /** When it has had its time, milliseconds since the epoch. */
  readonly until: number
}

export interface JournalStore {
  /** The storage was emptied. */
  reset(): void
  find(id: string): StoredStream | undefined
  /** The one that was begun last. */
  latest(): StoredStream | undefined
  all(): readonly string[]
  put(stream: StoredStream): void
  remove(id: string): void
  add(id: string, row: Row): void
  /** The row in which a position lies. */
  rowAt(id: string, position: number): Row | undefined
  /** The row in which an event ends; the last one where the event never came. */
  rowOf(id: string, event: number): Row | undefined
  /** Those that have had their time. */
  expired(now: number): readonly string[]
  /** When the next one will have had its time. */
  nextExpiry(): number | undefined
}

const TABLES = [
  'CREATE TABLE IF NOT EXISTS streams (id TEXT PRIMARY KEY, place INTEGER NOT NULL, head TEXT NOT NULL, over INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS rows (stream TEXT NOT NULL, start INTEGER NOT NULL, events INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (stream, start)) WITHOUT ROWID',
]

type Fields = Readonly<Record<string, SqlStorageValue>>

export function openJournalStore(sql: SqlStorage, seal: Seal): JournalStore {
  // Anybody can ask for a stream that never was, and asking is to leave nothing behind: tables are made by writing.
  let isMade = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'streams'").toArray().length > 0

  const rows = (query: string, ...values: SqlStorageValue[]): Fields[] =>
    isMade ? sql.exec<Fields>(query, ...values).toArray() : []

  const change = (query: string, ...values: SqlStorageValue[]): void => {
    if (!isMade) for (const table of TABLES) sql.exec(table)
    isMade = true
    sql.exec(query, ...values)
  }

  const streamOf = (row: Fields): StoredStream => ({
    id: String(row['id']),
    head: seal.open(storedIn(row['head']), headRow(String(row['id']))),
    isOver: row['over'] === 1,
    until: Number(row['until']),
  })

  const rowFrom = (row: Fields): Row => ({
    start: Number(row['start']),
    events: Number(row['events']),
    text: seal.open(storedIn(row['text']), textRow(String(row['stream']), Number(row['start']))),
  })

  return {
    reset: () => void (isMade = false),
    find: (id) => rows('SELECT * FROM streams WHERE id = ?', id).map(streamOf)[0],
    all: () => rows('SELECT id FROM streams').map(({ id }) => String(id)),
    latest: () => rows('SELECT * FROM streams ORDER BY place DESC LIMIT 1').map(streamOf)[0],
    put({ id, head, isOver, until }) {
      change(
        'INSERT INTO streams (id, place, head, over, until) VALUES (?, (SELECT COALESCE(MAX(place), 0) + 1 FROM streams), ?, ?, ?) ON CONFLICT (id) DO UPDATE SET head = excluded.head, over = excluded.over, until = excluded.until',
        id,
        seal.seal(head, headRow(id)),
        isOver ? 1 : 0,
        until,
      )
    },
    remove(id) {
      if (!isMade) return
      change('DELETE FROM streams WHERE id = ?', id)
      change('DELETE FROM rows WHERE stream = ?', id)
    },
    add: (id, { start, events, text }) =>
      change(
        'INSERT INTO rows (stream, start, events, text) VALUES (?, ?, ?, ?)',
        id,
        start,
        events,
        seal.seal(text, textRow(id, start)),
      ),
    rowAt: (id, position) =>
      rows(
        'SELECT * FROM rows WHERE stream = ? AND start <= ? ORDER BY start DESC LIMIT 1',
        id,
        position,
      ).map(rowFrom)[0],
    rowOf: (id, event) =>
      rows('SELECT * FROM rows WHERE stream = ? AND events < ? ORDER BY start DESC LIMIT 1', id, event).map(
        rowFrom,
      )[0],
    expired: (now) => rows('SELECT id FROM streams WHERE until <= ?', now).map(({ id }) => String(id)),
    nextExpiry() {
      const next = rows('SELECT MIN(until) AS next FROM streams')[0]?.['next'] ?? null
      return next === null ? undefined : Number(next)
    },
  }
}

const headRow = (id: string): string => `streams/${id}`
const textRow = (id: string, start: number): string => `rows/${id}/${start}`
