// The dice of the chaos run: the same for the same seed, and fair.
import { describe, expect, it } from 'vitest'
import { FAULTS, FAULTY, faultOf } from '../../../../tools/chaos/faults.ts'

const CALLS = 20_000
const dealt = (seed: number): (string | undefined)[] =>
  Array.from({ length: CALLS }, (_, request) => faultOf(seed, request, request % 2, 0)?.id)

describe('faults', () => {
  it('come as the seed says', () => {
    expect(dealt(3)).toEqual(dealt(3))
    expect(dealt(3)).not.toEqual(dealt(4))
  })

  it('come on their share of calls, every one of them', () => {
    const all = dealt(1)
    const share = all.filter((id) => id !== undefined).length / CALLS
    expect(Math.abs(share - FAULTY)).toBeLessThan(0.015)
    expect(new Set(all.filter((id) => id !== undefined)).size).toBe(FAULTS.length)
  })

  it('of one target say nothing of those of another', () => {
    const both = Array.from({ length: CALLS }, (_, n) =>
      [0, 1].every((model) => faultOf(1, n, model, 0) !== undefined),
    )
    const share = both.filter(Boolean).length / CALLS
    expect(Math.abs(share - FAULTY ** 2)).toBeLessThan(0.01)
  })
})
