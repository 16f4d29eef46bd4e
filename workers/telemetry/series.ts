// What was used hour by hour or day by day: in all, or by the names of a dimension that were used most. Closed windows
// are D1's rollups; open ones are what outboxes have counted.
import { type Books, type Dimension, LENGTH_MS, type Span } from './books.ts'
import type { Packed } from './histogram.ts'
import {
  addShape,
  merge,
  openTally,
  packTally,
  type PackedTally,
  ROLLED,
  shapeOf,
  SUMS,
  sumOf,
  type Tally,
} from './tally.ts'
import { miniShare, namesIn, percentiles, shownUse } from './usage.ts'
import { dollarsFromMicros } from '../../shared/money.ts'

export const SERIES = ['all', 'model', 'key', 'route', 'tier'] as const satisfies readonly Dimension[]

export type SeriesBy = (typeof SERIES)[number]

export interface Stretch {
  readonly by: SeriesBy
  readonly span: Span
  /** Windows that begin from here on, and before there. */
  readonly from: number
  readonly to: number
}

export interface OpenWindows {
  /** What these parts of windows hold is told here, and left out of what D1 says. */
  readonly parts: readonly string[]
  readonly windows: readonly {
    readonly startsAt: number
    readonly name: string
    readonly tally: PackedTally
  }[]
}

export interface SeriesQuery {
  readonly by: SeriesBy
  readonly step: Span
  readonly since: number
  readonly until: number
  /** Names that are told apart: those with the most requests. */
  readonly top: number
}

export interface SeriesSources {
  readonly database: D1Database
  readonly outboxes: (stretch: Stretch) => Promise<readonly OpenWindows[]>
}

/** Names that are looked at to find those used most; each costs one step of an index. */
const MOST_NAMES = 1_000

/** The outbox's part. Pure. */
export function openWindowsOf(books: Books, { by, span, from, to }: Stretch): OpenWindows {
  const windows = [...books.windows.values()].filter(
    (window) => window.span === span && window.startsAt >= from && window.startsAt < to,
  )
  return {
    parts: windows.map(({ part }) => part),
    windows: windows.flatMap(({ startsAt, tallies }) =>
      [...(tallies.get(by) ?? [])].map(([name, tally]) => ({ startsAt, name, tally: packTally(tally) })),
    ),
  }
}

/** Begins with the window that `since` is in and ends with the one that `until` is in. */
export async function readSeries(
  sources: SeriesSources,
  query: SeriesQuery,
): Promise<Record<string, unknown>> {
  const { by, step, since, until, top } = query
  const length = LENGTH_MS[step]
  const from = since - (since % length)
  const to = until + ((length - (until % length)) % length)
  const stretch: Stretch = { by, span: step, from, to }
  // Outboxes first: a window that one of them closes meanwhile is in D1 then, and told apart by its part.
  const open = await sources.outboxes(stretch)
  const stored = by === 'all' ? [''] : await namesIn(sources.database, by, MOST_NAMES, undefined)
  const rows = await storedRows(
    sources.database,
    stretch,
    stored,
    open.flatMap(({ parts }) => parts),
  )

  const names = new Map<string, Map<number, Tally>>()
  const total = openTally()
  const add = (name: string, startsAt: number, tally: PackedTally): void => {
    const windows = names.get(name) ?? new Map<number, Tally>()
    names.set(name, windows)
    const sum = windows.get(startsAt) ?? openTally()
    windows.set(startsAt, sum)
    merge(sum, tally)
    merge(total, tally)
  }
  for (const { windows } of open) for (const { name, startsAt, tally } of windows) add(name, startsAt, tally)
  for (const { name, startsAt, tally } of rows) add(name, startsAt, tally)

  const requestsOf = (windows: ReadonlyMap<number, Tally>): number =>
    [...windows.values()].reduce((sum, tally) => sum + sumOf(tally, 'requests'), 0)
  const sorted = [...names].sort(([, a], [, b]) => requestsOf(b) - requestsOf(a))
  const starts = Array.from({ length: Math.round((to - from) / length) }, (_, place) => from + place * length)
  return {
    object: 'series',
    by,
    step,
    since: timeOf(from),
    until: timeOf(to),
    starts: starts.map(timeOf),
    total: shownUse(total),
    data: sorted
      .slice(0, top)
      .map(([name, windows]) => ({ name: by === 'all' ? null : name, ...shown(starts, windows) })),
    others: Math.max(0, sorted.length - top),
  }
}

const timeOf = (at: number): string => new Date(at).toISOString()

const nothing = openTally()

/** One list a figure, in the order of the windows. Costs are in US dollars, times are milliseconds. */
function shown(starts: readonly number[], windows: ReadonlyMap<number, Tally>): Record<string, unknown> {
  const tallies = starts.map((startsAt) => windows.get(startsAt) ?? nothing)
  const first = tallies.map((tally) => percentiles(shapeOf(tally, 'first')))
  return {
    requests: tallies.map((tally) => sumOf(tally, 'requests')),
    failures: tallies.map((tally) => sumOf(tally, 'errors')),
    rescued: tallies.map((tally) => sumOf(tally, 'rescued')),
    cost: tallies.map((tally) => dollarsFromMicros(sumOf(tally, 'cost_micros'))),
    saved: tallies.map((tally) => dollarsFromMicros(sumOf(tally, 'saved_micros'))),
    mini_share: tallies.map(miniShare),
    first_ms: {
      p50: first.map(({ p50 }) => p50),
      p95: first.map(({ p95 }) => p95),
      p99: first.map(({ p99 }) => p99),
    },
  }
}

interface StoredRow {
  readonly name: string
  readonly startsAt: number
  readonly tally: PackedTally
}

const select = (shapes: readonly string[]): string => `SELECT name, starts_at,
    ${SUMS.map((sum) => `SUM(${sum}) AS ${sum}`).join(', ')},
    ${ROLLED.map((shape) => (shapes.includes(shape) ? `'[' || group_concat(${shape}) || ']'` : 'NULL') + ` AS ${shape}`).join(', ')}
  FROM json_each(?) AS wanted CROSS JOIN rollups
  WHERE span = ? AND dimension = ? AND name = wanted.value AND starts_at >= ? AND starts_at < ?
  AND part NOT IN (SELECT value FROM json_each(?))
  GROUP BY name, starts_at`

async function storedRows(
  database: D1Database,
  { by, span, from, to }: Stretch,
  names: readonly string[],
  parts: readonly string[],
): Promise<StoredRow[]> {
  const { results } = await database
    .prepare(select(by === 'all' ? ROLLED : ['first']))
    .bind(JSON.stringify(names), span, by, from, to, JSON.stringify(parts))
    .all<Record<string, string | number | null>>()
  return results.map((row) => {
    const tally = openTally()
    merge(tally, { sums: SUMS.map((name) => Number(row[name])), shapes: {} })
    for (const shape of ROLLED) {
      const text = row[shape]
      if (typeof text === 'string')
        for (const packed of JSON.parse(text) as Packed[]) addShape(tally, shape, packed)
    }
    return { name: String(row['name']), startsAt: Number(row['starts_at']), tally: packTally(tally) }
  })
}
