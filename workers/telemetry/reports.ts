// Sums for the operator, over D1 and all outboxes: what was used by name, what was used over time, what Prometheus asks.
import { type OutboxObject } from './object.ts'
import { writeMetrics } from './prometheus.ts'
import type { Rows } from './queries.ts'
import { readSeries, type SeriesQuery } from './series.ts'
import { readUsage, type UsageQuery } from './usage.ts'

export interface Reports {
  readonly usage: (query: UsageQuery) => Promise<Record<string, unknown>>
  readonly series: (query: SeriesQuery) => Promise<Record<string, unknown>>
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>
}

type Outbox = Pick<OutboxObject, 'live' | 'series' | 'totals'>

/** `ask` asks every outbox the same. */
export const openReports = (
  database: D1Database,
  rows: Rows,
  ask: <T>(question: (outbox: Outbox) => Promise<T>) => Promise<T[]>,
): Reports => ({
  usage: (query) =>
    readUsage(
      { rows, database, outboxes: (group, range) => ask((outbox) => outbox.live(group, range)) },
      query,
    ),
  series: (query) =>
    readSeries({ database, outboxes: (stretch) => ask((outbox) => outbox.series(stretch)) }, query),
  metrics: async () => writeMetrics(await ask((outbox) => outbox.totals())),
})
