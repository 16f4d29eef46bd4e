// What many rows come to: sums, and histograms of their times and sizes. Tallies of parts add up to that of the whole. Pure.
import { add, type Histogram, openHistogram, pack, type Packed, record } from './histogram.ts'

/** Columns of `rollups`, in this order everywhere. */
export const SUMS = [
  'requests',
  'errors',
  'refused',
  'cancelled',
  'answered',
  'mini',
  'tokens_input',
  'tokens_cache_read',
  'tokens_cache_write',
  'tokens_output',
  'tokens_reasoning',
  'cost_micros',
  'frontier_micros',
  'saved_micros',
  'head_ms',
  'first_ms',
  'total_ms',
  'prompt_saved_micros',
  'rescued',
] as const

export type Sum = (typeof SUMS)[number]

/** `first`: a stream's first content. `prompt` and `completion`: tokens. Those after `first` are kept for export only. */
export const SHAPES = ['head', 'total', 'first', 'prompt', 'completion'] as const

export type Shape = (typeof SHAPES)[number]

/** The shapes that `rollups` has columns for: the first ones. */
export const ROLLED = ['head', 'total', 'first'] as const satisfies readonly Shape[]

export interface Tally {
  /** In the order of SUMS. */
  readonly sums: number[]
  /** In the order of SHAPES; nothing where nothing was recorded. */
  readonly shapes: (Histogram | undefined)[]
}

/** A tally as it is stored and sent. Sums and shapes that come to be later are added at the end. */
export interface PackedTally {
  readonly sums: readonly number[]
  readonly shapes: Partial<Record<Shape, Packed>>
}

/** What one row adds to every tally it belongs to: sums, and buckets of histograms. */
export interface Measured {
  readonly sums: readonly number[]
  readonly buckets: readonly (number | undefined)[]
}

export const openTally = (): Tally => ({ sums: SUMS.map(() => 0), shapes: SHAPES.map(() => undefined) })

export const sumOf = (tally: Tally, name: Sum): number => tally.sums[SUMS.indexOf(name)] ?? 0

export const shapeOf = (tally: Tally, shape: Shape): Histogram | undefined =>
  tally.shapes[SHAPES.indexOf(shape)]

/** Counts a row, with the first so many of its shapes. */
export function count(tally: Tally, { sums, buckets }: Measured, shapes: number): void {
  for (let index = 0; index < SUMS.length; index += 1)
    tally.sums[index] = (tally.sums[index] ?? 0) + (sums[index] ?? 0)
  for (let index = 0; index < shapes; index += 1) {
    const bucket = buckets[index]
    if (bucket !== undefined) record((tally.shapes[index] ??= openHistogram()), bucket)
  }
}

export function merge(tally: Tally, packed: PackedTally): void {
  for (let index = 0; index < SUMS.length; index += 1)
    tally.sums[index] = (tally.sums[index] ?? 0) + (packed.sums[index] ?? 0)
  for (const shape of SHAPES) {
    const more = packed.shapes[shape]
    if (more !== undefined) addShape(tally, shape, more)
  }
}

export const addShape = (tally: Tally, shape: Shape, more: Packed): void =>
  add((tally.shapes[SHAPES.indexOf(shape)] ??= openHistogram()), more)

export const packTally = ({ sums, shapes }: Tally): PackedTally => ({
  sums,
  shapes: Object.fromEntries(
    shapes.flatMap((histogram, index) => {
      const shape = SHAPES[index]
      return histogram === undefined || shape === undefined ? [] : [[shape, pack(histogram)]]
    }),
  ),
})

export function unpackTally(packed: PackedTally): Tally {
  const tally = openTally()
  merge(tally, packed)
  return tally
}
