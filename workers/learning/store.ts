// The tables of a learner: requests by the batch in which they came, labels, and what was thought of them so far.
import type { Asked, Named } from './label.ts'

/** The part of a Durable Object's SQL that is needed here. */
export interface Sql {
  exec(query: string, ...values: (string | number | ArrayBuffer)[]): { toArray(): Record<string, unknown>[] }
}

/** Labels that came together. */
export interface Lot {
  readonly seq: number
  readonly named: readonly Named[]
}

export interface LearnerStore {
  /** Requests in the order they came, as batches of ids. */
  batches(): { readonly batch: number; readonly at: number; readonly ids: readonly string[] }[]
  writeBatch(batch: number, at: number, asked: readonly Asked[]): void
  readBatch(batch: number): readonly Asked[]
  removeBatches(upto: number): void
  writeLot(lot: Lot): void
  /** In the order they came, those after `seq` only. */
  lotsAfter(seq: number): Lot[]
  removeLots(upto: number): void
  /** 0 before any. */
  lastSeq(): number
  readSnapshot(): { readonly seq: number; readonly bytes: Uint8Array } | undefined
  writeSnapshot(seq: number, bytes: Uint8Array): void
}

/** A value of a Durable Object's SQL has at most 2 MB. */
const PIECE_BYTES = 1_000_000

export function openStore(sql: Sql): LearnerStore {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS asked (batch INTEGER PRIMARY KEY, at INTEGER NOT NULL, ids TEXT NOT NULL, body TEXT NOT NULL)',
  )
  sql.exec('CREATE TABLE IF NOT EXISTS labels (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)')
  sql.exec(
    'CREATE TABLE IF NOT EXISTS snapshot (piece INTEGER PRIMARY KEY, seq INTEGER NOT NULL, bytes BLOB NOT NULL)',
  )

  return {
    batches: () =>
      sql
        .exec('SELECT batch, at, ids FROM asked ORDER BY batch')
        .toArray()
        .map(({ batch, at, ids }) => ({
          batch: Number(batch),
          at: Number(at),
          ids: JSON.parse(String(ids)) as string[], // written below
        })),
    writeBatch(batch, at, asked) {
      sql.exec(
        'INSERT INTO asked (batch, at, ids, body) VALUES (?, ?, ?, ?)',
        batch,
        at,
        JSON.stringify(asked.map(({ id }) => id)),
        JSON.stringify(asked),
      )
    },
    readBatch(batch) {
      const [row] = sql.exec('SELECT body FROM asked WHERE batch = ?', batch).toArray()
      return row === undefined ? [] : (JSON.parse(String(row['body'])) as Asked[]) // written above
    },
    removeBatches: (upto) => void sql.exec('DELETE FROM asked WHERE batch <= ?', upto),
    writeLot: ({ seq, named }) =>
      void sql.exec('INSERT INTO labels (seq, body) VALUES (?, ?)', seq, JSON.stringify(named)),
    lotsAfter: (seq) =>
      sql
        .exec('SELECT seq, body FROM labels WHERE seq > ? ORDER BY seq', seq)
        .toArray()
        .map((row) => ({
          seq: Number(row['seq']),
          named: JSON.parse(String(row['body'])) as Named[], // written above
        })),
    removeLots: (upto) => void sql.exec('DELETE FROM labels WHERE seq <= ?', upto),
    lastSeq: () => Number(sql.exec('SELECT MAX(seq) AS seq FROM labels').toArray()[0]?.['seq'] ?? 0),
    readSnapshot() {
      const pieces = sql.exec('SELECT seq, bytes FROM snapshot ORDER BY piece').toArray()
      const [first] = pieces
      if (first === undefined) return undefined
      const parts = pieces.map(({ bytes }) => new Uint8Array(bytes as ArrayBuffer)) // a BLOB
      const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
      let from = 0
      for (const part of parts) {
        whole.set(part, from)
        from += part.byteLength
      }
      return { seq: Number(first['seq']), bytes: whole }
    },
    writeSnapshot(seq, bytes) {
      sql.exec('DELETE FROM snapshot')
      for (let piece = 0; piece * PIECE_BYTES < bytes.byteLength; piece += 1) {
        const part = bytes.slice(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES)
        sql.exec('INSERT INTO snapshot (piece, seq, bytes) VALUES (?, ?, ?)', piece, seq, part.buffer)
      }
    },
  }
}
