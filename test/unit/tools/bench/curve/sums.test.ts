// Shares, qualities and dollars of a handful of questions that can be counted by hand.
import { describe, expect, test } from 'vitest'
import { areaUnder, figuresOf, intervals, type Outcome } from '../../../../../tools/bench/curve/sums.ts'

const outcome = (weak: boolean, isStrong: boolean): Outcome => ({
  right: isStrong || weak,
  weak,
  strong: true,
  isStrong,
  micros: isStrong ? 4_000 : 100,
  strongMicros: 4_000,
})

/** Of eight the weak model is right in four; two strong calls, one of them where it helps. */
const eight = [true, true, true, true, false, false, false, false].map((weak, at) =>
  outcome(weak, at === 0 || at === 7),
)

describe('figures', () => {
  test('are counted', () =>
    expect(figuresOf(eight)).toEqual({
      share: 0.25,
      accuracy: 5 / 8,
      quality: 5 / 8,
      recovered: 0.25,
      dollarsPer1k: expect.closeTo((2 * 4 + 6 * 0.1) / 8, 9),
      cost: (2 * 4_000 + 6 * 100) / (8 * 4_000),
    }))

  test('have intervals around them that more questions make narrower', () => {
    const many = Array.from({ length: 40 }, () => eight).flat()
    const [few, more] = [intervals(eight).accuracy, intervals(many).accuracy]
    for (const [low, high] of [few, more]) {
      expect(low).toBeLessThan(5 / 8)
      expect(high).toBeGreaterThan(5 / 8)
    }
    expect(more[1] - more[0]).toBeLessThan(few[1] - few[0])
  })

  test('have none where nothing differs', () => {
    const same = Array.from({ length: 20 }, () => outcome(false, true))
    expect(intervals(same).accuracy).toEqual([1, 1])
  })
})

describe('the area under a curve', () => {
  test('of a coin is a half', () =>
    expect(
      areaUnder([
        { share: 1, recovered: 1 },
        { share: 0, recovered: 0 },
        { share: 0.3, recovered: 0.3 },
      ]),
    ).toBeCloseTo(0.5, 9))
  test('of a router that finds all gains in a fifth of the calls is nine tenths', () =>
    expect(
      areaUnder([
        { share: 0, recovered: 0 },
        { share: 0.2, recovered: 1 },
        { share: 1, recovered: 1 },
      ]),
    ).toBeCloseTo(0.9, 9))
})
