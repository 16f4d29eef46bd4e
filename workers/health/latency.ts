// How long a target takes: a running mean and a sketch of quantiles in which recent samples weigh more. Pure.

/** Buckets grow by this factor, so a quantile is right within 5 %. */
const GROWTH = 1.1
/** The last bucket begins at 20 minutes; no limit is longer. */
const LAST = Math.ceil(Math.log(1_200_000) / Math.log(GROWTH))
/** The sketch forgets: together its samples never weigh more than so many. */
const MEMORY = 200
/** What a bucket weighs less than is forgotten. */
const DUST = 0.01
/** How much the newest sample weighs in the mean. */
const NEWEST = 0.1
/** Fewer samples say nothing about the slowest of twenty. */
export const MIN_SAMPLES = 20

/** Milliseconds on a logarithmic scale; only buckets that hold something are there. */
type Buckets = Readonly<Record<number, number>>

export interface Latency {
  readonly ewmaMs: number
  /** How many there ever were. */
  readonly samples: number
  readonly buckets: Buckets
}

/** Samples that have yet to be merged. */
export interface Samples {
  readonly count: number
  readonly sumMs: number
  readonly buckets: Buckets
}

export const noLatency: Latency = { ewmaMs: 0, samples: 0, buckets: {} }

export function sampleOf(ms: number): Samples {
  const sane = Math.max(0, ms)
  return { count: 1, sumMs: sane, buckets: { [bucketOf(sane)]: 1 } }
}

export function addSamples(one: Samples | undefined, other: Samples | undefined): Samples | undefined {
  if (one === undefined || other === undefined) return one ?? other
  const buckets: Record<number, number> = { ...one.buckets }
  for (const [bucket, count] of entriesOf(other.buckets)) buckets[bucket] = (buckets[bucket] ?? 0) + count
  return { count: one.count + other.count, sumMs: one.sumMs + other.sumMs, buckets }
}

/** As if the samples had come one by one, all alike. */
export function mergeLatency(latency: Latency, samples: Samples | undefined): Latency {
  if (samples === undefined || samples.count === 0) return latency
  const { count, sumMs } = samples
  const fade = (1 - 1 / MEMORY) ** count
  const worth = (MEMORY * (1 - fade)) / count // of one of many that came together; 1 for a single one
  const buckets: Record<number, number> = {}
  for (const [bucket, weight] of entriesOf(latency.buckets))
    if (weight * fade >= DUST) buckets[bucket] = weight * fade
  for (const [bucket, some] of entriesOf(samples.buckets))
    buckets[bucket] = (buckets[bucket] ?? 0) + some * worth
  const mean = sumMs / count
  const share = latency.samples === 0 ? 1 : 1 - (1 - NEWEST) ** count
  return {
    ewmaMs: latency.ewmaMs + (mean - latency.ewmaMs) * share,
    samples: latency.samples + count,
    buckets,
  }
}

/** The time within which this share of the answers came; undefined where there was none. */
export function quantile({ buckets }: Latency, share: number): number | undefined {
  const all = entriesOf(buckets)
  const rank = share * all.reduce((sum, [, weight]) => sum + weight, 0)
  let below = 0
  for (const [bucket, weight] of all) {
    below += weight
    if (below >= rank) return Math.round(middleOf(bucket))
  }
  const last = all.at(-1) // sums of fractions may fall short of their total
  return last === undefined ? undefined : Math.round(middleOf(last[0]))
}

export const p95Of = (latency: Latency): number | undefined =>
  latency.samples < MIN_SAMPLES ? undefined : quantile(latency, 0.95)

/** In ascending order, as objects keep keys that are whole numbers. */
const entriesOf = (buckets: Buckets): (readonly [number, number])[] =>
  Object.entries(buckets).map(([bucket, weight]) => [Number(bucket), weight] as const)

const bucketOf = (ms: number): number =>
  ms <= 1 ? 0 : Math.min(LAST, Math.ceil(Math.log(ms) / Math.log(GROWTH)))

const middleOf = (bucket: number): number => (bucket === 0 ? 1 : GROWTH ** (bucket - 0.5))
