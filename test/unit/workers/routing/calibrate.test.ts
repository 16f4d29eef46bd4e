// From held-out labels to shares: the curve, and the order's figure.
import { describe, expect, it } from 'vitest'
import { curveOf, qualityAt, shareFor, shareWorth } from '../../../../workers/routing/calibrate.ts'
import { apgrOf } from '../../../../workers/routing/gauge.ts'

/** A fifth gains, and the scores know which. */
const sorted = Array.from({ length: 100 }, (_, at) => ({ gain: 100 - at, weak: at < 20 ? 0 : 1, strong: 1 }))

describe('a curve', () => {
  it('goes from the weak model to the strong one', () => {
    const curve = curveOf(sorted)
    expect(curve).toMatchObject({ weak: 0.8, strong: 1 })
    expect(curve?.points[0]).toEqual({ share: 0, quality: 0.8 })
    expect(curve?.points.at(-1)).toEqual({ share: 1, quality: 1 })
  })

  it('says which quality a share reaches, and the share for a quality leads back to it', () => {
    const curve = curveOf(sorted) ?? { points: [], weak: 0, strong: 0 }
    for (const quality of [0.8, 0.83, 0.9, 0.99, 1])
      expect(qualityAt(curve, shareFor(curve, quality))).toBeCloseTo(quality, 9)
    expect([qualityAt(curve, 0), qualityAt(curve, 0.1), qualityAt(curve, 1)]).toEqual([0.8, 0.9, 1])
    expect(qualityAt({ points: [], weak: 0, strong: 0 }, 0.5)).toBeUndefined()
  })

  it('says up to which share strong calls gain more than they are worth', () => {
    const curve = curveOf(sorted)
    expect(curve && shareWorth(curve, 0.15)).toBe(0.2)
    const idle = curveOf(sorted.map((label) => ({ ...label, weak: 1 })))
    expect(idle && shareWorth(idle, 0.15)).toBe(0)
    const all = curveOf(sorted.map((label) => ({ ...label, weak: 0 })))
    expect(all && shareWorth(all, 0.15)).toBe(1)
  })

  const wanted: readonly [number, number][] = [
    [0.5, 0],
    [0.8, 0],
    [0.9, 0.1],
    [1, 0.2],
    [1.1, 1],
  ]
  for (const [quality, share] of wanted) {
    it(`needs a share of ${share} for ${quality} of the frontier's quality`, () => {
      const curve = curveOf(sorted)
      if (curve === undefined) throw new Error('no curve')
      expect(shareFor(curve, quality)).toBeCloseTo(share, 6)
    })
  }

  it('knows what a share costs', () => {
    const curve = curveOf(sorted, { weakMicros: 100, strongMicros: 1_100 })
    expect(curve?.points.find(({ share }) => share === 0.2)?.costMicros).toBe(300)
  })

  it('is none without labels', () => expect(curveOf([])).toBeUndefined())
})

describe('the figure of an order', () => {
  it('is a half where it says nothing or there is nothing to gain', () => {
    expect(apgrOf(sorted.map((label) => ({ ...label, gain: 1 })))).toBeCloseTo(0.5, 9)
    expect(apgrOf(sorted.map((label) => ({ ...label, strong: label.weak })))).toBe(0.5)
  })

  it('is high for the right order and low for the wrong one', () => {
    expect(apgrOf(sorted)).toBeCloseTo(0.9, 9)
    expect(apgrOf(sorted.map((label) => ({ ...label, gain: -label.gain })))).toBeCloseTo(0.1, 9)
  })
})
