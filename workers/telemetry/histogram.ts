// Times and sizes as histograms that merge exactly: buckets are the same everywhere, so their counts add up. Pure.
import int32 from 'hdr-histogram-js/dist/Int32Histogram.js'

/** Larger values count as this one: 18 hours in milliseconds, 67 million tokens. */
const MOST = 2 ** 26
/** Buckets grow by a sixteenth: 384 of them, and a value read back from their middle is off by 3.2 % at most. */
const DIGITS = 1

// The package is CommonJS, and the whole of it would bring a compressor and a WASM module that nobody needs here.
// Who imports CommonJS under Node's rules gets its exports, not its default export.
const HdrHistogram = 'default' in int32 ? (int32.default as typeof int32) : int32

/** OpenTelemetry's bounds for the duration of a model's operation, in milliseconds; at all of them counts are exact. */
export const TIME_BOUNDS_MS = [
  10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 20_480, 40_960, 81_920,
] as const

export type Histogram = InstanceType<typeof int32>

/** Buckets that are not empty, in order: how many are skipped, then the count, and so on. */
export type Packed = readonly number[]

export const openHistogram = (): Histogram => new HdrHistogram(1, MOST, DIGITS)

const ruler = openHistogram() // holds nothing; all have the same buckets

/** Where a value counts, in every histogram. */
export const bucketOf = (value: number): number =>
  ruler.countsArrayIndex(Math.min(Math.max(0, Math.round(value)), MOST))

export function record(histogram: Histogram, bucket: number): void {
  histogram.incrementCountAtIndex(bucket)
  histogram.incrementTotalCount()
}

export function pack(histogram: Histogram): number[] {
  const packed: number[] = []
  let next = 0
  for (let index = 0; index < histogram.countsArrayLength; index += 1) {
    const count = histogram.getCountAtIndex(index)
    if (count === 0) continue
    packed.push(index - next, count)
    next = index + 1
  }
  return packed
}

export function add(histogram: Histogram, packed: Packed): void {
  let index = -1
  for (let position = 0; position + 1 < packed.length; position += 2) {
    const count = packed[position + 1] ?? 0
    index += 1 + (packed[position] ?? 0)
    histogram.addToCountAtIndex(index, count)
    histogram.addToTotalCount(count)
  }
}

/** The value below which so many percent are; undefined of nothing. */
export function percentile(histogram: Histogram, percent: number): number | undefined {
  if (histogram.totalCount === 0) return undefined
  return histogram.medianEquivalentValue(histogram.getValueAtPercentile(percent))
}

/**
 * How many are below each bound; bounds ascend. Exact for bounds at which a bucket begins: whole numbers up to 32,
 * and beyond it those times a power of two.
 */
export function countBelow(histogram: Histogram, bounds: readonly number[]): number[] {
  let index = 0
  let total = 0
  return bounds.map((bound) => {
    const end = histogram.countsArrayIndex(Math.min(bound, MOST))
    for (; index < end; index += 1) total += histogram.getCountAtIndex(index)
    return total
  })
}
