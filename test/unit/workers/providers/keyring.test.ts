// A provider's keys in turn, without those it refused.
import { describe, expect, it } from 'vitest'
import { ASIDE_MS, openKeyring } from '../../../../workers/providers/keyring.ts'

describe('the keys of a provider', () => {
  it('take turns', () => {
    const ring = openKeyring(['a', 'b', 'c'])
    expect([1, 2, 3, 4].map((now) => ring.next(now))).toEqual(['a', 'b', 'c', 'a'])
  })

  it('leave a refused one out, and take it back in time', () => {
    const ring = openKeyring(['a', 'b'])
    expect(ring.refuse('a', 0)).toBe(true)
    expect([1, 2, 3].map((now) => ring.next(now))).toEqual(['b', 'b', 'b'])
    expect([ring.next(ASIDE_MS), ring.next(ASIDE_MS)].sort()).toEqual(['a', 'b'])
  })

  it('are tried all the same when every one was refused, but not again at once', () => {
    const ring = openKeyring(['a', 'b'])
    expect([ring.refuse('a', 0), ring.refuse('b', 0)]).toEqual([true, false])
    expect(ring.next(1)).toMatch(/^[ab]$/)
  })

  it('may be none', () => expect(openKeyring([]).next(0)).toBeUndefined())
})
