// Quantiles from a few numbers: near the exact ones, in any order of merging, and forgetting what was.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addSamples,
  type Latency,
  mergeLatency,
  MIN_SAMPLES,
  noLatency,
  p95Of,
  quantile,
  type Samples,
  sampleOf,
} from '../../../../workers/health/latency.ts'

const oneByOne = (times: readonly number[], from: Latency = noLatency): Latency =>
  times.reduce((latency, ms) => mergeLatency(latency, sampleOf(ms)), from)
const together = (times: readonly number[]): Samples | undefined =>
  times.map(sampleOf).reduce<Samples | undefined>(addSamples, undefined)

const exact = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * times.length) - 1)] ?? Number.NaN

const times = fc.array(fc.integer({ min: 1, max: 1_200_000 }), { minLength: 1, maxLength: 200 })

describe('a quantile', () => {
  it('of samples that came together is within 5 % of the exact one', () => {
    fc.assert(
      fc.property(times, fc.constantFrom(0.1, 0.5, 0.9, 0.95, 0.99, 1), (all, share) => {
        const sketched = quantile(mergeLatency(noLatency, together(all)), share) ?? Number.NaN
        const wanted = exact(all, share)
        // Ranks that fall on a boundary may round to the neighbour, so any sample of the same rank will do.
        const near = [wanted, exact(all, share + 1e-9), exact(all, share - 1e-9)]
        expect(near.some((ms) => Math.abs(sketched - ms) <= ms * 0.05 + 1)).toBe(true)
      }),
    )
  })

  it('of many samples one by one is near that of the latest two hundred', () => {
    let seed = 7
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
    const all = Array.from({ length: 2_000 }, () => Math.round(100 * Math.exp(random() * 2)))
    const latency = oneByOne(all)
    for (const share of [0.5, 0.9, 0.95]) {
      const wanted = exact(all, share)
      expect(Math.abs((quantile(latency, share) ?? 0) - wanted) / wanted).toBeLessThan(0.15)
    }
  })

  it('without samples is unknown', () => expect(quantile(noLatency, 0.5)).toBeUndefined())

  it('follows a target that became slow, and one that became quick again', () => {
    const quick = oneByOne(Array.from({ length: 500 }, () => 100))
    const slow = oneByOne(
      Array.from({ length: 30 }, () => 3_000),
      quick,
    )
    expect(p95Of(quick)).toBeLessThan(106)
    expect(p95Of(slow)).toBeGreaterThan(2_800)
    const again = oneByOne(
      Array.from({ length: 600 }, () => 100),
      slow,
    )
    expect(p95Of(again)).toBeLessThan(106)
  })

  it('takes what is below a millisecond, and above any limit, as the first and the last it knows', () => {
    expect(quantile(oneByOne([0]), 0.5)).toBe(1)
    expect(quantile(oneByOne([-5]), 0.5)).toBe(1)
    expect(quantile(oneByOne([1e9]), 0.5)).toBeLessThan(1_300_000)
  })
})

describe('the 95th percentile', () => {
  it('is unknown after too few samples', () => {
    const few = Array.from({ length: MIN_SAMPLES - 1 }, () => 50)
    expect(p95Of(oneByOne(few))).toBeUndefined()
    expect(p95Of(oneByOne([...few, 50]))).toBeGreaterThan(47)
  })

  it('is not moved by one slow call in a hundred', () => {
    const all = Array.from({ length: 200 }, (_, at) => (at % 100 === 0 ? 9_000 : 100))
    expect(p95Of(oneByOne(all))).toBeLessThan(106)
  })
})

describe('the mean', () => {
  it('of the first sample is that sample, and moves towards later ones', () => {
    expect(oneByOne([400]).ewmaMs).toBe(400)
    expect(oneByOne([400, 500]).ewmaMs).toBeCloseTo(410)
    expect(mergeLatency(oneByOne([400]), together([500, 500])).ewmaMs).toBeCloseTo(419)
  })
})

describe('what is kept', () => {
  it('stays small, and survives being stored', () => {
    const latency = oneByOne(Array.from({ length: 5_000 }, (_, at) => 1 + ((at * 7_919) % 1_200_000)))
    const text = JSON.stringify(latency)
    expect(text.length).toBeLessThan(4_000)
    expect(JSON.parse(text)).toEqual(latency)
  })

  it('weighs two hundred samples at most, however many come at once', () => {
    const crowd = mergeLatency(noLatency, together(Array.from({ length: 10_000 }, () => 100)))
    const weight = Object.values(crowd.buckets).reduce((sum, some) => sum + some, 0)
    expect(weight).toBeLessThanOrEqual(200)
    expect(crowd.samples).toBe(10_000)
  })

  it('adds up the same in every grouping', () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        expect(addSamples(together(one), together(other))).toEqual(together([...one, ...other]))
      }),
    )
    expect(addSamples(undefined, sampleOf(3))).toEqual(sampleOf(3))
    expect(mergeLatency(noLatency, undefined)).toBe(noLatency)
  })
})
