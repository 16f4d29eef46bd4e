// The table of a conversation's kept pages, in its object's own SQLite, sealed: from keys and values, and from digests of
// one token after another, what was said could be found out. A row takes at most 2 MB, so a page that is larger
// lies in several.
import { HEAD_BYTES, type Seal, SealError } from '../../shared/seal.ts'
import type { KeptPage, ShelfStore } from './shelf.ts'

/** Bytes of a row at most. */
const PART_BYTES = 1024 * 1024
/** Parts of a page at most; a row's number is that of its page times this, and its part. */
const MOST_PARTS = 64

interface Row extends Record<string, SqlStorageValue> {
  readonly number: number
  readonly stamp: string
  /** Sealed: two words of the checksum, and then the digests. */
  readonly facts: ArrayBuffer
}

const CHECKSUM_WORDS = 2

const factsRow = (number: number): string => `pages/${number}/facts`
const bytesRow = (number: number): string => `pages/${number}/bytes`

export function openShelfStore(storage: DurableObjectStorage, seal: Seal): ShelfStore {
  const { sql } = storage
  sql.exec('DROP TABLE IF EXISTS pages') // an earlier version's, not sealed: computed again sooner than converted
  sql.exec(
    'CREATE TABLE IF NOT EXISTS sealed_pages (number INTEGER PRIMARY KEY, stamp TEXT NOT NULL, facts BLOB NOT NULL, bytes BLOB NOT NULL)',
  )

  /** Undefined for what was damaged: a page of it is missing, or too short, and is computed again. */
  function open(sealed: ArrayBuffer, row: string): Uint8Array | undefined {
    try {
      return seal.openBytes(sealed, row)
    } catch (error) {
      if (error instanceof SealError) return undefined
      throw error
    }
  }

  function list(): KeptPage[] {
    const rows = sql.exec<Row>(
      'SELECT number, stamp, facts FROM sealed_pages WHERE number % ? = 0 ORDER BY number',
      MOST_PARTS,
    )
    return rows.toArray().flatMap(({ number, stamp, facts }) => {
      const words = wordsOf(facts, number)
      if (words === undefined) return []
      const [first = 0, second = 0] = words
      const digests = words.slice(CHECKSUM_WORDS)
      return [{ index: number / MOST_PARTS, stamp, digests, checksum: [first, second] as const }]
    })
  }

  /** Undefined for what another key sealed: a page is computed again sooner than every key is kept for it. */
  function wordsOf(facts: ArrayBuffer, number: number): Uint32Array | undefined {
    if (!seal.isFresh(facts.slice(0, HEAD_BYTES))) return undefined
    const bytes = open(facts, factsRow(number))
    return bytes && new Uint32Array(Uint8Array.from(bytes).buffer)
  }

  function read(index: number): Uint8Array<ArrayBuffer> | undefined {
    const parts = sql
      .exec<{ number: number; bytes: ArrayBuffer }>(
        'SELECT number, bytes FROM sealed_pages WHERE number >= ? AND number < ? ORDER BY number',
        index * MOST_PARTS,
        (index + 1) * MOST_PARTS,
      )
      .toArray()
      .map(({ number, bytes }) => open(bytes, bytesRow(number)) ?? new Uint8Array())
    const [only] = parts
    if (parts.length <= 1) return only && Uint8Array.from(only)
    const whole = new Uint8Array(parts.reduce((sum, bytes) => sum + bytes.byteLength, 0))
    let at = 0
    for (const bytes of parts) {
      whole.set(bytes, at)
      at += bytes.byteLength
    }
    return whole
  }

  function write(pages: Parameters<ShelfStore['write']>[0], count: number): void {
    sql.exec('DELETE FROM sealed_pages WHERE number >= ?', count * MOST_PARTS)
    for (const { index, stamp, digests, checksum, bytes } of pages) {
      const first = index * MOST_PARTS
      const parts = Math.ceil(bytes.byteLength / PART_BYTES)
      sql.exec('DELETE FROM sealed_pages WHERE number >= ? AND number < ?', first + parts, first + MOST_PARTS)
      const facts = new Uint8Array(Uint32Array.from([...checksum, ...digests]).buffer)
      for (let part = 0; part < parts; part++) {
        const number = first + part
        sql.exec(
          'INSERT OR REPLACE INTO sealed_pages (number, stamp, facts, bytes) VALUES (?, ?, ?, ?)',
          number,
          stamp,
          seal.sealBytes(facts, factsRow(number)),
          seal.sealBytes(bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES), bytesRow(number)),
        )
      }
    }
  }

  return { list, read, write: (pages, count) => storage.transactionSync(() => write(pages, count)) }
}
