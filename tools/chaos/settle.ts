// What is written down once nothing more comes: rows and reports follow their requests.
import { setTimeout as wait } from 'node:timers/promises'
import type { Books, Key, Row } from './books.ts'
import { type Book, bookOf } from './checks.ts'

const SETTLE_MS = 60_000
export const QUIET_MS = 1_500
/** What a killed process had not carried to the database yet, its successor finds within so long. */
export const REVIVAL_MS = 12_000

export interface Written {
  readonly rows: readonly Row[]
  readonly books: readonly Book[]
}

async function readBooks(books: Books, keys: readonly Key[]): Promise<Written> {
  const rows = await books.rows()
  const read = await Promise.all(keys.map(async (key) => bookOf(key, await books.balance(key), rows)))
  return { rows, books: read }
}

/** Once nothing more has come for so long. */
export async function settled(books: Books, keys: readonly Key[], quietMs: number): Promise<Written> {
  let last = await readBooks(books, keys)
  let quietSince = Date.now()
  for (const until = Date.now() + SETTLE_MS; Date.now() < until;) {
    await wait(1_500)
    const now = await readBooks(books, keys)
    const isSame =
      now.rows.length === last.rows.length && JSON.stringify(now.books) === JSON.stringify(last.books)
    if (!isSame) quietSince = Date.now()
    last = now
    if (Date.now() - quietSince >= quietMs) return now
  }
  return last
}
