// Histograms: how far a percentile may be off, that merging is adding, and where counts are exact.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  bucketOf,
  countBelow,
  openHistogram,
  pack,
  percentile,
  record,
} from '../../../../workers/telemetry/histogram.ts'

const of = (values: readonly number[]) => {
  const histogram = openHistogram()
  for (const value of values) record(histogram, bucketOf(value))
  return histogram
}
const times = fc.array(fc.oneof(fc.nat(100), fc.nat(60_000), fc.nat(3_600_000)), { maxLength: 300 })

describe('a histogram', () => {
  it('gives back a percentile to within 3.2 percent, and small values exactly', () => {
    fc.assert(
      fc.property(times, fc.constantFrom(50, 95, 99), (values, percent) => {
        const sorted = values.toSorted((a, b) => a - b)
        // The rank as HdrHistogram counts it: the nearest.
        const rank = Math.max(1, Math.floor((percent / 100) * values.length + 0.5))
        const exact = sorted[rank - 1]
        const found = percentile(of(values), percent)
        if (exact === undefined) return found === undefined
        return found !== undefined && Math.abs(found - exact) <= (exact < 32 ? 0 : exact * 0.032)
      }),
    )
  })

  it('of parts, merged in any order, is that of the whole', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 6 }), (parts) => {
        const merged = openHistogram()
        for (const part of parts.toReversed()) add(merged, pack(of(part)))
        expect(pack(merged)).toEqual(pack(of(parts.flat())))
        expect(merged.totalCount).toBe(parts.flat().length)
      }),
    )
  })

  it('counts exactly what is below five times a power of two, and below a power of four', () => {
    const bounds = [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 20_480, 40_960, 81_920]
    const powers = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576]
    fc.assert(
      fc.property(times, fc.constantFrom(bounds, powers), (values, at) => {
        expect(countBelow(of(values), at)).toEqual(
          at.map((bound) => values.filter((value) => value < bound).length),
        )
      }),
    )
  })

  it('takes what is beyond it as its largest, and nothing negative', () => {
    const histogram = of([Number.MAX_SAFE_INTEGER, -5])
    expect(histogram.totalCount).toBe(2)
    expect(percentile(histogram, 1)).toBe(0)
  })
})
