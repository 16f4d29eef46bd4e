// An outbox's totals as OpenTelemetry metrics: cumulative, so that one sent twice or lost changes nothing. Pure.
import { type Attributes, ValueType } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type MetricData,
} from '@opentelemetry/sdk-metrics'
import { countBelow, type Histogram, TIME_BOUNDS_MS } from './histogram.ts'
import type { Totals } from './live.ts'
import { naming, timeOf } from './spans.ts'
import { merge, openTally, type Shape, shapeOf, type Sum, sumOf, type Tally } from './tally.ts'

/** The conventions' own bounds; at all of them the histograms count exactly. */
const TOKEN_BOUNDS = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
] as const

interface Point {
  readonly attributes: Attributes
  readonly tally: Tally
}

export function metricsOf(totals: Totals, now: number): MetricData[] {
  const points = pointsOf(totals)
  const time = { startTime: timeOf(totals.since), endTime: timeOf(now) }
  const times = (shape: Shape, sum: Sum): DataPoint<Buckets>[] =>
    points.flatMap(({ attributes, tally }) => {
      const histogram = shapeOf(tally, shape)
      if (histogram === undefined) return []
      const value = bucketsOf(histogram, TIME_BOUNDS_MS, 1_000, sumOf(tally, sum) / 1_000)
      return [{ ...time, attributes, value }]
    })
  const tokens = (shape: 'prompt' | 'completion'): DataPoint<Buckets>[] =>
    points.flatMap(({ attributes, tally }) => {
      const histogram = shapeOf(tally, shape)
      if (histogram === undefined) return []
      const sum =
        shape === 'prompt'
          ? sumOf(tally, 'tokens_input') +
            sumOf(tally, 'tokens_cache_read') +
            sumOf(tally, 'tokens_cache_write')
          : sumOf(tally, 'tokens_output') + sumOf(tally, 'tokens_reasoning')
      const type = { 'gen_ai.token.type': shape === 'prompt' ? 'input' : 'output' }
      return [
        {
          ...time,
          attributes: { ...attributes, ...type },
          value: bucketsOf(histogram, TOKEN_BOUNDS, 1, sum),
        },
      ]
    })
  return [
    shaped('gen_ai.client.token.usage', '{token}', 'Tokens used, by class', [
      ...tokens('prompt'),
      ...tokens('completion'),
    ]),
    shaped(
      'gen_ai.client.operation.duration',
      's',
      'From the request to the end of its answer',
      times('total', 'total_ms'),
    ),
    shaped(
      'gen_ai.server.time_to_first_token',
      's',
      "From the request to a stream's first content",
      times('first', 'first_ms'),
    ),
    {
      descriptor: { name: 'minnow.cost', unit: 'USD', description: 'Cost', valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: points.map(({ attributes, tally }) => ({
        ...time,
        attributes,
        value: sumOf(tally, 'cost_micros') / 1_000_000,
      })),
    },
  ]
}

/** Keys and tiers are left together: they are no words of the conventions, and would multiply the series. */
function pointsOf({ totals }: Totals): readonly Point[] {
  const points = new Map<string, Point>()
  for (const { series, tally } of totals) {
    const { model, route, operation, failure } = series
    const name = JSON.stringify([model, route, operation, failure])
    const point = points.get(name) ?? {
      attributes: {
        ...naming(operation, route, model),
        ...(failure === '' ? {} : { 'error.type': failure }),
      },
      tally: openTally(),
    }
    points.set(name, point)
    merge(point.tally, tally)
  }
  return [...points.values()]
}

interface Buckets {
  readonly buckets: { boundaries: number[]; counts: number[] }
  readonly sum: number
  readonly count: number
}

function bucketsOf(histogram: Histogram, bounds: readonly number[], unit: number, sum: number): Buckets {
  const below = countBelow(histogram, bounds)
  const counts = below.map((total, index) => total - (below[index - 1] ?? 0))
  counts.push(histogram.totalCount - (below.at(-1) ?? 0))
  return {
    buckets: { boundaries: bounds.map((bound) => bound / unit), counts },
    sum,
    count: histogram.totalCount,
  }
}

const shaped = (
  name: string,
  unit: string,
  description: string,
  dataPoints: DataPoint<Buckets>[],
): MetricData => ({
  descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
  aggregationTemporality: AggregationTemporality.CUMULATIVE,
  dataPointType: DataPointType.HISTOGRAM,
  dataPoints,
})
