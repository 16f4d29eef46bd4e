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
] as const

export type Sum = (typeof SUMS)[number]

/** `first`: a stream's first content. `prompt` and `completion`: tokens; kept where they are exported. */
export const SHAPES = ['head', 'first', 'total', 'prompt', 'completion'] as const

export type Shape = (typeof SHAPES)[number]

/** The shapes that `rollups` has columns for. */
export const ROLLED = ['head', 'total'] as const satisfies readonly Shape[]

export interface Tally {
  readonly sums: Record<Sum, number>
  readonly shapes: Map<Shape, Histogram>
}

/** A tally as it is stored and sent. */
export interface PackedTally {
  readonly sums: readonly number[]
  readonly shapes: Partial<Record<Shape, Packed>>
}

/** What one row adds to every tally it belongs to. */
export interface Measured {
  readonly sums: Record<Sum, number>
  readonly shapes: Partial<Record<Shape, number>>
}

export const openTally = (): Tally => ({
  sums: Object.fromEntries(SUMS.map((name) => [name, 0])) as Record<Sum, number>,
  shapes: new Map(),
})

const shapeOf = ({ shapes }: Tally, shape: Shape): Histogram => {
  const known = shapes.get(shape)
  if (known !== undefined) return known
  const fresh = openHistogram()
  shapes.set(shape, fresh)
  return fresh
}

export function count(tally: Tally, row: Measured, kept: readonly Shape[]): void {
  for (const name of SUMS) tally.sums[name] += row.sums[name]
  for (const shape of kept) {
    const value = row.shapes[shape]
    if (value !== undefined) record(shapeOf(tally, shape), value)
  }
}

export function merge(tally: Tally, packed: PackedTally): void {
  for (const [index, name] of SUMS.entries()) tally.sums[name] += packed.sums[index] ?? 0
  for (const shape of SHAPES) {
    const more = packed.shapes[shape]
    if (more !== undefined) add(shapeOf(tally, shape), more)
  }
}

export const packTally = ({ sums, shapes }: Tally): PackedTally => ({
  sums: SUMS.map((name) => sums[name]),
  shapes: Object.fromEntries([...shapes].map(([shape, histogram]) => [shape, pack(histogram)])),
})

export function unpackTally(packed: PackedTally): Tally {
  const tally = openTally()
  merge(tally, packed)
  return tally
}
