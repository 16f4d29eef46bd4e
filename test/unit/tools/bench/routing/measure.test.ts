// The figures of a router, where they can be told without a computer.
import { describe, expect, it } from 'vitest'
import { measure } from '../../../../../tools/bench/routing/measure.ts'

describe('the metrics', () => {
  const outcomes = Array.from({ length: 10 }, (_, at) => ({ prompt: '', weak: at < 2 ? 0 : 1, strong: 1 }))
  it('of the best order', () => {
    const { apgr, cpt50, cpt80 } = measure(
      outcomes.map((_, at) => -at),
      outcomes,
    )
    expect(apgr).toBeCloseTo(0.9, 9)
    expect([cpt50, cpt80]).toEqual([10, 16])
  })
  it('of no order are those of chance', () => {
    const { apgr, cpt50, cpt80 } = measure(
      outcomes.map(() => 1),
      outcomes,
    )
    expect(apgr).toBeCloseTo(0.5, 9)
    expect([cpt50, cpt80]).toEqual([50, 80])
  })
})
