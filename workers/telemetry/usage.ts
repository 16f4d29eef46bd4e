// What was used, by model, key, route or day: D1's rollups, and what outboxes have not written there yet.
import { dollarsFromMicros } from '../../shared/money.ts'
import { type Dimension, LENGTH_MS } from './books.ts'
import { readConversations } from './conversations.ts'
import { type Histogram, type Packed, percentile } from './histogram.ts'
import { dimensionOf, type Group, type Live, nameIn } from './live.ts'
import type { Rows } from './queries.ts'
import { type Range, rangeOf } from './range.ts'
import { addShape, merge, openTally, ROLLED, shapeOf, type Sum, SUMS, sumOf, type Tally } from './tally.ts'

export interface UsageQuery {
  readonly group: Group | 'conversation'
  readonly since: number
  readonly until: number
  readonly limit: number
  /** The last name of the page before. */
  readonly after?: string
}

export interface Sources {
  readonly rows: Rows
  readonly database: D1Database
  readonly outboxes: (group: Group, range: Range) => Promise<readonly Live[]>
}

// Names of all time, one step of the index each; those without a request in the range are left out later.
const NAMES = `WITH RECURSIVE names(name) AS (
    SELECT MIN(name) FROM rollups WHERE span = 'hour' AND dimension = ?1 AND name > ?2
    UNION ALL
    SELECT (SELECT MIN(name) FROM rollups WHERE span = 'hour' AND dimension = ?1 AND name > names.name)
    FROM names WHERE names.name IS NOT NULL LIMIT ?3
  ) SELECT name FROM names WHERE name IS NOT NULL`

/** So many windows' histograms come in one text: D1 has at most 2 MB in one value. */
const WINDOWS_AT_ONCE_MS = 90 * 86_400_000

// Sums are added up by SQL; histograms come as a list of lists, which is quick to read.
const select = (group: Group): string => `SELECT name, MIN(starts_at) AS starts_at,
    ${SUMS.map((sum) => `SUM(${sum}) AS ${sum}`).join(', ')},
    ${ROLLED.map((shape) => `'[' || group_concat(${shape}) || ']' AS ${shape}`).join(', ')}
  FROM json_each(?) AS wanted CROSS JOIN rollups
  WHERE span = ? AND dimension = ? AND name = wanted.value AND starts_at >= ? AND starts_at < ?
  AND part NOT IN (SELECT value FROM json_each(?))
  GROUP BY name, starts_at / ${group === 'day' ? LENGTH_MS.day : WINDOWS_AT_ONCE_MS}`

type Rolled = Record<string, string | number | null> & { readonly name: string; readonly starts_at: number }

/** A page of names in order, with what each used from the hour of `since` to that of `until`. */
export async function readUsage(sources: Sources, query: UsageQuery): Promise<Record<string, unknown>> {
  const { group, limit, after } = query
  if (group === 'conversation') return readConversations(sources.rows, query)
  const range = rangeOf(query.since, query.until)
  // Outboxes first: a window that one of them closes meanwhile is in D1 then, and told apart by its part.
  const live = await sources.outboxes(group, range)
  const known = live.flatMap(({ groups }) => groups)
  const isPaged = (name: string): boolean => after === undefined || name > after
  const stored = group === 'day' ? [] : await namesIn(sources.database, dimensionOf(group), limit + 1, after)
  const names = [...new Set([...stored, ...known.map(({ name }) => name)])].filter(isPaged).sort()
  const page = group === 'day' ? undefined : names.slice(0, limit)

  const tallies = new Map<string, Tally>()
  const tallyOf = (name: string): Tally => {
    const tally = tallies.get(name) ?? openTally()
    tallies.set(name, tally)
    return tally
  }
  for (const { name, tally } of known) {
    if (page === undefined ? isPaged(name) : page.includes(name)) merge(tallyOf(name), tally)
  }
  const parts = live.flatMap(({ parts }) => parts)
  for (const row of await rowsIn(sources.database, group, range, page ?? [''], parts)) {
    const name = nameIn(group, row.name, row.starts_at)
    if (isPaged(name)) take(tallyOf(name), row)
  }
  const found = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))
  const data = found.slice(0, limit)
  const hasMore = page === undefined ? found.length > limit : names.length > limit
  return {
    object: 'list',
    group,
    since: new Date(range.since).toISOString(),
    until: new Date(range.until).toISOString(),
    data: data.map(([name, tally]) => ({ [group]: name === '' ? null : name, ...shownUse(tally) })),
    has_more: hasMore,
    last: (page === undefined ? data.at(-1)?.[0] : page.at(-1)) ?? null,
  }
}

export async function namesIn(
  database: D1Database,
  dimension: Dimension,
  limit: number,
  after: string | undefined,
): Promise<string[]> {
  const sql = after === undefined ? NAMES.replace('name > ?2', 'name >= ?2') : NAMES
  const { results } = await database
    .prepare(sql)
    .bind(dimension, after ?? '', limit)
    .all<{ name: string }>()
  return results.map(({ name }) => name)
}

async function rowsIn(
  database: D1Database,
  group: Group,
  { stretches }: Range,
  names: readonly string[],
  parts: readonly string[],
): Promise<Rolled[]> {
  if (names.length === 0 || stretches.length === 0) return []
  const statements = stretches.map(({ span, from, to }) =>
    database
      .prepare(select(group))
      .bind(JSON.stringify(names), span, dimensionOf(group), from, to, JSON.stringify(parts)),
  )
  const found = await database.batch<Rolled>(statements)
  return found.flatMap(({ results }) => results)
}

function take(tally: Tally, row: Rolled): void {
  merge(tally, { sums: SUMS.map((name) => Number(row[name])), shapes: {} })
  for (const shape of ROLLED) {
    const text = row[shape]
    if (typeof text !== 'string') continue
    for (const packed of JSON.parse(text) as Packed[]) addShape(tally, shape, packed)
  }
}

/** Tokens are disjoint classes, costs are in US dollars, times are milliseconds, off by 3.2 percent at most. */
export function shownUse(tally: Tally): Record<string, unknown> {
  const of = (sum: Sum): number => sumOf(tally, sum)
  return {
    requests: of('requests'),
    failures: of('errors'),
    refused: of('refused'),
    cancelled: of('cancelled'),
    rescued: of('rescued'),
    tokens: {
      input: of('tokens_input'),
      cache_read: of('tokens_cache_read'),
      cache_write: of('tokens_cache_write'),
      output: of('tokens_output'),
      reasoning: of('tokens_reasoning'),
    },
    cost: dollarsFromMicros(of('cost_micros')),
    cost_micros: of('cost_micros'),
    saved: dollarsFromMicros(of('saved_micros')),
    prompt_cache_saved: dollarsFromMicros(of('prompt_saved_micros')),
    mini_share: miniShare(tally),
    first_ms: percentiles(shapeOf(tally, 'first')),
    head_ms: percentiles(shapeOf(tally, 'head')),
    total_ms: percentiles(shapeOf(tally, 'total')),
  }
}

export const miniShare = (tally: Tally): number | null =>
  sumOf(tally, 'answered') === 0 ? null : sumOf(tally, 'mini') / sumOf(tally, 'answered')

export const percentiles = (histogram: Histogram | undefined): Record<string, number | null> => {
  const at = (percent: number): number | null =>
    (histogram === undefined ? undefined : percentile(histogram, percent)) ?? null
  return { p50: at(50), p95: at(95), p99: at(99) }
}
