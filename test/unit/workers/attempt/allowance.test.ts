// How often a target may be asked again: a share of its calls, a little when it rests, never a second load.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Allowance,
  earn,
  fullAllowance,
  openAllowances,
  spend,
} from '../../../../workers/attempt/allowance.ts'
import type { Answer } from '../../../../workers/service.ts'
import { cxAt, requestFor, target } from '../../samples.ts'

const NOW = 1_764_547_200_000

/** Calls at an even pace, each of which would like a retry; how many got one. */
function granted(calls: number, everyMs: number): number {
  let allowance: Allowance = fullAllowance(NOW)
  let retries = 0
  for (let call = 0; call < calls; call += 1) {
    const now = NOW + call * everyMs
    allowance = earn(allowance, now)
    const left = spend(allowance, now)
    if (left === undefined) continue
    allowance = left
    retries += 1
  }
  return retries
}

describe('an allowance', () => {
  const cases: readonly [string, number, number, number, number][] = [
    ['a busy target gets a fifth', 10_000, 1, 2_000, 2_030],
    ['a target asked ten times a second', 1_000, 100, 300, 312],
    ['one asked every second may always be asked again', 100, 1_000, 100, 100],
    ['one at rest too', 20, 60_000, 20, 20],
    ['a crowd at once gets what was saved up, and its share', 100, 0, 25, 30],
  ]
  for (const [name, calls, everyMs, least, most] of cases) {
    it(name, () => {
      expect(granted(calls, everyMs)).toBeGreaterThanOrEqual(least)
      expect(granted(calls, everyMs)).toBeLessThanOrEqual(most)
    })
  }

  it('never grants more than a fifth of the calls, one a second and what was saved up', () => {
    const step = fc.record({ waitMs: fc.nat(3_000), calls: fc.nat(20), wishes: fc.nat(20) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        let allowance = fullAllowance(NOW)
        let [now, calls, retries] = [NOW, 0, 0]
        for (const { waitMs, calls: more, wishes } of steps) {
          now += waitMs
          calls += more
          for (let call = 0; call < more; call += 1) allowance = earn(allowance, now)
          for (let wish = 0; wish < wishes; wish += 1) {
            const left = spend(allowance, now)
            if (left === undefined) continue
            allowance = left
            retries += 1
          }
        }
        expect(retries).toBeLessThanOrEqual(10 + calls * 0.2 + (now - NOW) / 1_000 + 1e-6)
      }),
    )
  })

  it('loses nothing to a clock that goes back', () => {
    const left = spend(fullAllowance(NOW), NOW - 5_000)
    expect(left?.retries).toBe(9)
  })
})

describe('the allowances of an isolate', () => {
  const cx = cxAt(() => NOW)
  const call = (name: string) => ({
    request: requestFor('Hi'),
    target: target(name),
    escalate: false,
  })
  it('are kept apart by target', async () => {
    const { counting, mayRetry } = openAllowances()
    const asked: string[] = []
    const layered = counting(({ target: { name } }) => {
      asked.push(name)
      return Promise.reject<Answer>(new Error('no'))
    })
    for (let turn = 0; turn < 10; turn += 1) expect(mayRetry(target('a'), cx)).toBe(true)
    expect(mayRetry(target('a'), cx)).toBe(false)
    expect(mayRetry(target('b'), cx)).toBe(true)
    for (let turn = 0; turn < 5; turn += 1) await layered(call('a'), cx).catch(() => undefined)
    expect(mayRetry(target('a'), cx)).toBe(true)
    expect(mayRetry(target('a'), cx)).toBe(false)
    expect(asked).toHaveLength(5)
  })

  it('are bounded', () => {
    const { mayRetry } = openAllowances()
    for (let turn = 0; turn < 10; turn += 1) mayRetry(target('a'), cx)
    for (let at = 0; at < 2_000; at += 1) mayRetry(target(`other-${at}`), cx)
    expect(mayRetry(target('a'), cx)).toBe(true)
  })
})
