// A provider's keys in turn, without those it refused.
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../../shared/failure.ts'
import { ASIDE_MS, LIMITED_MS, openKeyring } from '../../../../workers/providers/keyring.ts'

const NONE: ReadonlySet<string> = new Set()
const DEAD: Failure = { kind: 'credentials', status: 401 }
const FORBIDDEN: Failure = { kind: 'credentials', status: 403 }
const limited = (retryAfterMs?: number): Failure => ({
  kind: 'rate-limited',
  status: 429,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})

/** Every key that the ring gives for a model at a time, in the order of the alphabet. */
const liveAt = (ring: ReturnType<typeof openKeyring>, now: number, model = 'm'): string[] =>
  [...new Set(Array.from({ length: 8 }, () => ring.next(model, NONE, now) ?? 'none'))].sort()

describe('the keys of a provider', () => {
  it('take turns', () => {
    const ring = openKeyring(['a', 'b', 'c'])
    expect([1, 2, 3, 4].map((now) => ring.next('m', NONE, now))).toEqual(['a', 'b', 'c', 'a'])
  })

  const asides: readonly {
    readonly what: string
    readonly failure: Failure
    readonly ms: number
    readonly other: string[]
  }[] = [
    { what: 'dead', failure: DEAD, ms: ASIDE_MS, other: ['b'] },
    { what: 'unpaid', failure: { kind: 'credentials', status: 402 }, ms: ASIDE_MS, other: ['b'] },
    { what: 'forbidden', failure: FORBIDDEN, ms: ASIDE_MS, other: ['a', 'b'] },
    { what: 'at its limit', failure: limited(), ms: LIMITED_MS, other: ['a', 'b'] },
    { what: 'told when to come back', failure: limited(900), ms: 900, other: ['a', 'b'] },
    { what: 'told to come back in an hour', failure: limited(3_600_000), ms: ASIDE_MS, other: ['a', 'b'] },
  ]
  for (const { what, failure, ms, other } of asides) {
    it(`leave one out that is ${what}, for ${other.length === 1 ? 'every model' : 'that model only'}, and take it back after ${ms} ms`, () => {
      const ring = openKeyring(['a', 'b'])
      expect(ring.refuse('a', 'm', failure, 0)).toBe(true)
      expect(liveAt(ring, ms - 1)).toEqual(['b'])
      expect(liveAt(ring, ms - 1, 'other')).toEqual(other)
      expect(liveAt(ring, ms)).toEqual(['a', 'b'])
    })
  }

  const innocent: readonly Failure[] = [
    { kind: 'overloaded', status: 503 },
    { kind: 'rejected', status: 400, message: 'no' },
    { kind: 'refused', status: 403, message: 'against our content policy' },
  ]
  for (const failure of innocent) {
    it(`are not blamed for what is ${failure.kind}`, () => {
      const ring = openKeyring(['a', 'b'])
      expect(ring.refuse('a', 'm', failure, 0)).toBe(false)
      expect(liveAt(ring, 1)).toEqual(['a', 'b'])
    })
  }

  it('are given to a request once each', () => {
    const ring = openKeyring(['a', 'b'])
    const tried = new Set<string>()
    const given = [1, 2, 3].map((now) => {
      const key = ring.next('m', tried, now)
      if (key !== undefined) tried.add(key)
      return key
    })
    expect(given).toEqual(['a', 'b', undefined])
  })

  it('are tried all the same when every one was refused, but one a request', () => {
    const ring = openKeyring(['a', 'b'])
    for (const key of ['a', 'b']) ring.refuse(key, 'm', DEAD, 0)
    expect(ring.next('m', NONE, 1)).toMatch(/^[ab]$/)
    expect(ring.next('m', new Set(['a']), 1)).toBeUndefined()
  })

  it('may be none', () => expect(openKeyring([]).next('m', NONE, 0)).toBeUndefined())

  it('are kept in mind for so many models only, whose names clients choose', () => {
    const ring = openKeyring(['a', 'b'])
    for (let model = 0; model < 3_000; model += 1) ring.refuse('a', `m${model}`, FORBIDDEN, 0)
    expect(liveAt(ring, 1, 'm2999')).toEqual(['b'])
    expect(liveAt(ring, 1, 'm0')).toEqual(['a', 'b'])
  })
})
