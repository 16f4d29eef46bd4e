// The table of a conversation's kept pages, in its object's own SQLite. A row takes at most 2 MB, so a page that is larger
// lies in several.
import type { KeptPage, ShelfStore } from './shelf.ts'

/** Bytes of a row at most. */
const PART_BYTES = 1024 * 1024
/** Parts of a page at most; a row's number is that of its page times this, and its part. */
const MOST_PARTS = 64

interface Row extends Record<string, SqlStorageValue> {
  readonly number: number
  readonly stamp: string
  readonly digests: ArrayBuffer
  readonly checksum: ArrayBuffer
}

const bytesOf = (words: ArrayLike<number>): ArrayBuffer => Uint32Array.from(words).buffer

export function openShelfStore(storage: DurableObjectStorage): ShelfStore {
  const { sql } = storage
  sql.exec(
    'CREATE TABLE IF NOT EXISTS pages (number INTEGER PRIMARY KEY, stamp TEXT NOT NULL, digests BLOB NOT NULL, checksum BLOB NOT NULL, bytes BLOB NOT NULL)',
  )

  function list(): KeptPage[] {
    const rows = sql.exec<Row>(
      'SELECT number, stamp, digests, checksum FROM pages WHERE number % ? = 0 ORDER BY number',
      MOST_PARTS,
    )
    return rows.toArray().map(({ number, stamp, digests, checksum }) => {
      const [first = 0, second = 0] = new Uint32Array(checksum)
      return {
        index: number / MOST_PARTS,
        stamp,
        digests: new Uint32Array(digests),
        checksum: [first, second],
      }
    })
  }

  function read(index: number): Uint8Array<ArrayBuffer> | undefined {
    const parts = sql
      .exec<{ bytes: ArrayBuffer }>(
        'SELECT bytes FROM pages WHERE number >= ? AND number < ? ORDER BY number',
        index * MOST_PARTS,
        (index + 1) * MOST_PARTS,
      )
      .toArray()
    const [only] = parts
    if (parts.length <= 1) return only && new Uint8Array(only.bytes)
    const whole = new Uint8Array(parts.reduce((sum, { bytes }) => sum + bytes.byteLength, 0))
    let at = 0
    for (const { bytes } of parts) {
      whole.set(new Uint8Array(bytes), at)
      at += bytes.byteLength
    }
    return whole
  }

  function write(pages: Parameters<ShelfStore['write']>[0], count: number): void {
    sql.exec('DELETE FROM pages WHERE number >= ?', count * MOST_PARTS)
    for (const { index, stamp, digests, checksum, bytes } of pages) {
      const first = index * MOST_PARTS
      const parts = Math.ceil(bytes.byteLength / PART_BYTES)
      sql.exec('DELETE FROM pages WHERE number >= ? AND number < ?', first + parts, first + MOST_PARTS)
      for (let part = 0; part < parts; part++) {
        sql.exec(
          'INSERT OR REPLACE INTO pages (number, stamp, digests, checksum, bytes) VALUES (?, ?, ?, ?, ?)',
          first + part,
          stamp,
          bytesOf(digests),
          bytesOf(checksum),
          bytes.slice(part * PART_BYTES, (part + 1) * PART_BYTES).buffer,
        )
      }
    }
  }

  return { list, read, write: (pages, count) => storage.transactionSync(() => write(pages, count)) }
}
