// Rows read out of pages: heads first, then no more pages than the answer needs. Pages overlap in time, as a page has
// what ended together and rows are in the order of their beginning.
import { tracesOf } from './kinds.ts'
import { PLACES, type Row, rowOf, type Value } from './record.ts'
import { rangeOfRequest } from './row-id.ts'
import { newest, type Wanted } from './unsent.ts'

interface Head {
  readonly page: number
  readonly last_id: string
}

interface Found {
  readonly columns: string
  readonly value: string
}

const HEADS_AT_ONCE = 64
/** Pages read at first; each time that they were not enough, three times as many. */
const PAGES_AT_FIRST = 3
/** Pages read for one answer where rows of a kind are wanted: a head cannot say that no row has the route and the end. */
const MOST_PAGES = 2 * HEADS_AT_ONCE

// A name is in a list of JSON just where its own JSON is, quotes and all. What else may match is sorted out by rows.
const HEADS = `SELECT rowid AS page, last_id FROM pages INDEXED BY pages_heads
  WHERE last_id >= ?1 AND last_id <= ?2 AND first_id < ?3
  AND (?4 IS NULL OR instr(keys, ?4) > 0) AND (?5 IS NULL OR instr(models, ?5) > 0)
  AND (?6 IS NULL OR instr(pairs, ?6) > 0)
  AND (?7 IS NULL OR kinds IS NULL OR instr(kinds, ?7) > 0)
  AND (?8 IS NULL OR kinds IS NULL OR instr(kinds, ?8) > 0)
  ORDER BY last_id DESC LIMIT ${HEADS_AT_ONCE}`

// A row is a list that begins with its id, so the order of such texts is that of ids.
const ROWS = `SELECT pages.columns AS columns, entry.value AS value
  FROM json_each(?1) AS place
  CROSS JOIN pages ON pages.rowid = place.value
  CROSS JOIN json_each(pages.rows) AS entry
  WHERE entry.value >= ?2 AND entry.value < ?3
  AND (?4 IS NULL OR (instr(entry.value, ?5) > 0 AND entry.value ->> ${PLACES.key_id} = ?4))
  AND (?6 IS NULL OR (instr(entry.value, ?7) > 0 AND entry.value ->> ${PLACES.model} = ?6))
  AND (?9 IS NULL OR (instr(entry.value, ?10) > 0 AND entry.value ->> ${PLACES.ending} = ?9))
  AND (?11 IS NULL OR (instr(entry.value, ?12) > 0 AND entry.value ->> ${PLACES.tier} = ?11))
  AND (?13 IS NULL OR (instr(entry.value, ?14) > 0 AND entry.value ->> ${PLACES.route} = ?13))
  ORDER BY entry.value DESC LIMIT ?8`

/** Beyond all ids of rows. */
const END = 'row`'

const quoted = (name: string | undefined): string | null => (name === undefined ? null : JSON.stringify(name))

const startOf = (id: string): string => `["${id}`

const read = ({ columns, value }: Found): Row => rowOf(columns.split(','), JSON.parse(value) as Value[]) // by putPage

export interface Reading {
  readonly rows: readonly Row[]
  /** Where it was not looked any further: older rows than `before` this may fit as well. */
  readonly reached?: string
}

/** Newest first, so many at most, together with those that D1 does not have yet. */
export async function readRows(
  database: D1Database,
  wanted: Wanted,
  unsent: readonly Row[],
): Promise<Reading> {
  const { limit, from, before = END, key, model, route, tier, end } = wanted
  const pair = key === undefined || model === undefined ? null : JSON.stringify([key, model])
  const [trace = null, other = null] = tracesOf(wanted)
  const named = [key, model].flatMap((name) => [name ?? null, quoted(name)])
  const ofKind = [end, tier, route].flatMap((name) => [name ?? null, quoted(name)])
  const seen = new Set<number>()
  let rows = newest(unsent, limit)
  let pages = PAGES_AT_FIRST
  for (let upto = END; ;) {
    const { results } = await database
      .prepare(HEADS)
      .bind(from, upto, before, quoted(key), quoted(model), pair, trace, other)
      .all<Head>()
    const heads = results.filter((head) => !seen.has(head.page))
    for (let at = 0; at < heads.length;) {
      const some = heads.slice(at, at + pages)
      const latest = some[0]?.last_id ?? ''
      // No row of what is not read yet is newer than its page's last.
      const enough = rows[limit - 1]
      if (enough !== undefined && String(enough.id) > latest) return { rows }
      if (trace !== null && seen.size >= MOST_PAGES)
        return { rows: rows.filter(({ id }) => String(id) > latest), reached: `${latest}~` }
      const places = JSON.stringify(some.map(({ page }) => page))
      const found = await database
        .prepare(ROWS)
        .bind(places, startOf(from), startOf(before), ...named, limit, ...ofKind)
        .all<Found>()
      rows = newest([...rows, ...found.results.map(read)], limit)
      for (const { page } of some) seen.add(page)
      at += some.length
      pages *= 3
    }
    if (results.length < HEADS_AT_ONCE || heads.length === 0) return { rows }
    upto = heads.at(-1)?.last_id ?? ''
  }
}

const BY_ID = `SELECT pages.columns AS columns, entry.value AS value
  FROM (SELECT rowid AS page FROM pages INDEXED BY pages_heads WHERE last_id >= ?1 AND first_id <= ?1) AS head
  CROSS JOIN pages ON pages.rowid = head.page
  CROSS JOIN json_each(pages.rows) AS entry
  WHERE instr(pages.rows, ?2) > 0 AND entry.value ->> ${PLACES.id} = ?1 LIMIT 1`

/** The row of this id, and what was said in its request where that is kept. */
export async function readById(
  database: D1Database,
  id: string,
): Promise<{ readonly row: Row | undefined; readonly text: string | undefined }> {
  const [found, told] = await Promise.all([
    database.prepare(BY_ID).bind(id, quoted(id)).first<Found>(),
    database.prepare('SELECT text FROM texts WHERE row_id = ?').bind(id).first<string>('text'),
  ])
  return { row: found === null ? undefined : read(found), text: told ?? undefined }
}

const BY_TIME = `SELECT pages.columns AS columns, entry.value AS value
  FROM (SELECT rowid AS page FROM pages INDEXED BY pages_heads
    WHERE last_id >= ?1 AND first_id < ?2 AND instr(keys, ?3) > 0) AS head
  CROSS JOIN pages ON pages.rowid = head.page
  CROSS JOIN json_each(pages.rows) AS entry
  WHERE instr(pages.rows, ?4) > 0 AND instr(entry.value, ?4) > 0
  AND entry.value ->> ${PLACES.request_id} = ?5 AND entry.value ->> ${PLACES.key_id} = ?6
  ORDER BY entry.value DESC LIMIT 1`

const BY_NAME = `SELECT pages.columns AS columns, entry.value AS value
  FROM named CROSS JOIN pages USING (outbox, upto)
  CROSS JOIN json_each(pages.rows) AS entry
  WHERE named.request_id = ?1 AND named.key_id = ?2 AND entry.value ->> ${PLACES.id} = named.row_id
  ORDER BY named.row_id DESC LIMIT 1`

/** The key's newest row of a request; undefined where D1 has none. */
export async function findRow(
  database: D1Database,
  keyId: string,
  requestId: string,
): Promise<Row | undefined> {
  const range = rangeOfRequest(requestId)
  const byTime =
    range === undefined
      ? null
      : await database
          .prepare(BY_TIME)
          .bind(range.from, range.to, quoted(keyId), quoted(requestId), requestId, keyId)
          .first<Found>()
  const found = byTime ?? (await database.prepare(BY_NAME).bind(requestId, keyId).first<Found>())
  return found === null ? undefined : read(found)
}
