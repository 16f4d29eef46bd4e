// What calls use: means in which recent calls weigh more, and the speed of streams.
import { describe, expect, it } from 'vitest'
import { addUses, meanOf, mergeUse, noUse, paceOf, useOf } from '../../../../workers/health/use.ts'

const usage = { input: 60, cacheRead: 30, cacheWrite: 8, cacheWriteLong: 2, output: 90, reasoning: 10 }

describe('a call', () => {
  it('counts its tokens by class, thoughts as output', () =>
    expect(useOf(usage, undefined)).toEqual({
      calls: 1,
      input: 60,
      cacheRead: 30,
      cacheWrite: 10,
      output: 100,
      paceTokens: 0,
      paceMs: 0,
    }))
  it('says how fast it was where it is a stream that took a while', () => {
    expect(useOf(usage, 900)).toMatchObject({ paceTokens: 90, paceMs: 900 })
    expect(useOf(usage, 40)).toMatchObject({ paceTokens: 0, paceMs: 0 })
    expect(useOf({ ...usage, output: 3 }, 900)).toMatchObject({ paceTokens: 0, paceMs: 0 })
  })
})

describe('many calls', () => {
  const many = (count: number, over: Partial<typeof usage> = {}) =>
    Array.from({ length: count }).reduce<ReturnType<typeof useOf>>(
      (sum) => mergeUse(sum, useOf({ ...usage, ...over }, 1_000)),
      noUse,
    )
  it('have means', () => {
    expect(meanOf(many(50))?.input).toBeCloseTo(60)
    expect(meanOf(many(50))?.calls).toBeGreaterThan(40)
    expect(meanOf(noUse)).toBeUndefined()
  })
  it('forget what is long ago', () => {
    let use = many(300, { cacheRead: 0 })
    for (let n = 0; n < 600; n += 1) use = mergeUse(use, useOf(usage, undefined))
    expect(meanOf(use)?.cacheRead).toBeGreaterThan(28)
  })
  it('that came together weigh as if they had come one by one', () => {
    const one = useOf(usage, 900)
    let together: ReturnType<typeof useOf> | undefined
    for (let n = 0; n < 10; n += 1) together = addUses(together, one)
    expect(together).toMatchObject({ calls: 10, input: 600, paceMs: 9_000 })
    const kept = many(100)
    expect(mergeUse(kept, together).calls).toBeCloseTo(kept.calls * 0.995 ** 10 + 10)
    expect(mergeUse(kept, undefined)).toBe(kept)
  })
  it('have a speed once there are enough tokens', () => {
    expect(paceOf(many(2))).toBeUndefined()
    expect(paceOf(many(10))).toBeCloseTo(90)
    expect(paceOf(noUse)).toBeUndefined()
  })
})
