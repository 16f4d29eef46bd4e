// The tables of an outbox: its name, batches in the order they were written down, and a snapshot of the books beside how
// far they go.
import { type Batch, type HandOver, readBatch, writeBatch } from './letter.ts'

/** The part of a Durable Object's SQL that is needed here. */
export interface Sql {
  exec(query: string, ...values: (string | number)[]): { toArray(): Record<string, unknown>[] }
}

export interface OutboxStore {
  /** Given once, and again only to a store that lost everything. */
  readonly name: string
  write(id: number, handOvers: readonly HandOver[]): void
  /** The same rows, with less kept beside them. */
  rewrite(id: number, handOvers: readonly HandOver[]): void
  /** Batches after this id, in order, up to so many rows and half a million characters; at least one where there is one. */
  after(id: number, rows: number): Batch[]
  /** Rows in batches after this id. */
  rowsAfter(id: number): number
  lastId(): number
  removeUpto(id: number): void
  readSnapshot(): string | undefined
  writeSnapshot(text: string): void
}

/** What is read at once, and what a batch is to stay below: D1 takes 2 MB in one value, and so does a row here. */
export const MOST_CHARACTERS = 500_000
/** A value of a Durable Object's SQL has at most 2 MB, and a character up to three bytes. */
const PIECE_CHARACTERS = 600_000

export function openStore(sql: Sql, freshName: () => string): OutboxStore {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY, rows INTEGER NOT NULL, characters INTEGER NOT NULL, text TEXT NOT NULL)',
  )
  sql.exec('CREATE TABLE IF NOT EXISTS snapshot (piece INTEGER PRIMARY KEY, text TEXT NOT NULL)')

  sql.exec('CREATE TABLE IF NOT EXISTS named (name TEXT NOT NULL)')
  const known = sql.exec('SELECT name FROM named').toArray()[0]?.['name']
  const name = known === undefined ? freshName() : String(known)
  if (known === undefined) sql.exec('INSERT INTO named (name) VALUES (?)', name)

  const number = (query: string, ...values: number[]): number =>
    Number(sql.exec(query, ...values).toArray()[0]?.['value'] ?? 0)

  return {
    name,
    write(id, handOvers) {
      const rows = handOvers.reduce((total, { count }) => total + count, 0)
      const text = writeBatch(handOvers)
      sql.exec(
        'INSERT INTO queue (id, rows, characters, text) VALUES (?, ?, ?, ?)',
        id,
        rows,
        text.length,
        text,
      )
    },
    rewrite: (id, handOvers) =>
      void sql.exec('UPDATE queue SET text = ? WHERE id = ?', writeBatch(handOvers), id),
    after(id, rows) {
      const found = sql
        .exec('SELECT id, rows, characters FROM queue WHERE id > ? ORDER BY id LIMIT 100', id)
        .toArray()
      let [total, characters] = [0, 0]
      let upto = id
      for (const row of found) {
        total += Number(row['rows'])
        characters += Number(row['characters'])
        if ((total > rows || characters > MOST_CHARACTERS) && upto > id) break
        upto = Number(row['id'])
      }
      return sql
        .exec('SELECT id, rows, text FROM queue WHERE id > ? AND id <= ? ORDER BY id', id, upto)
        .toArray()
        .map((row) => ({
          id: Number(row['id']),
          count: Number(row['rows']),
          handOvers: readBatch(String(row['text'])),
        }))
    },
    rowsAfter: (id) => number('SELECT SUM(rows) AS value FROM queue WHERE id > ?', id),
    lastId: () => number('SELECT MAX(id) AS value FROM queue'),
    removeUpto(id) {
      sql.exec('DELETE FROM queue WHERE id <= ?', id)
    },
    readSnapshot() {
      const pieces = sql.exec('SELECT text FROM snapshot ORDER BY piece').toArray()
      return pieces.length === 0 ? undefined : pieces.map((row) => String(row['text'])).join('')
    },
    writeSnapshot(text) {
      const pieces = Math.ceil(text.length / PIECE_CHARACTERS)
      for (let piece = 0; piece < pieces; piece += 1) {
        const part = text.slice(piece * PIECE_CHARACTERS, (piece + 1) * PIECE_CHARACTERS)
        sql.exec('INSERT OR REPLACE INTO snapshot (piece, text) VALUES (?, ?)', piece, part)
      }
      sql.exec('DELETE FROM snapshot WHERE piece >= ?', pieces)
    },
  }
}
