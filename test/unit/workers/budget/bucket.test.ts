// Rates hold over all isolates: in any time no more than one bucket and what flows in, and nothing gets lost for ever.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { balanceOf, draw, emptyLedger, type Ledger, settle } from '../../../../workers/budget/ledger.ts'
import { slotOf } from '../../../../workers/budget/slot.ts'
import type { Budget } from '../../../../workers/service.ts'
import { City } from './city.ts'
import { ending, isolate, reporting, step, stocking } from './steps.ts'

const NOW = 1_764_547_200_000
const RUNS = { numRuns: 300 }

describe('a rate, in every order of all that', () => {
  const rates = [320, 400] as const
  const busyCity = () =>
    new City(
      rates.map((limit) => [
        { unit: 'requests', window: 'rate', limit },
        { unit: 'tokens', window: 'rate', limit: 5 * limit },
      ]),
      3,
    )
  const short = fc.constantFrom(1, 300, 2_000, 11_000, 16_000, 31_000, 61_000, 95_000)
  const some = fc.record({
    prompt: fc.constant(0),
    words: fc.integer({ min: 0, max: 200 }),
    requests: fc.integer({ min: 1, max: 60 }),
  })
  const bursts = step(6, fc.array(fc.tuple(isolate, some), { minLength: 1, maxLength: 12 }), (city, asks) => {
    for (const [which, need] of asks) city.ask(which, need)
  })
  const busy = [bursts, stocking, ending(1), reporting, step(6, short, (city, ms) => city.pass(ms))]
  const dying = step(1, isolate, (city, which) => city.die(which))
  const many = (...of: readonly ReturnType<typeof step>[]) =>
    fc.array(fc.oneof(...of), { minLength: 5, maxLength: 50 })

  it('lets pass in any time no more than one bucket and what flows in meanwhile', () => {
    fc.assert(
      fc.property(many(...busy, dying), (list) => {
        const city = busyCity()
        for (const step of list) step(city)
        for (const [account, limit] of rates.entries()) {
          const passed = city.passed[account] ?? []
          for (const [from, first] of passed.entries()) {
            let sum = 0
            for (const { at, amount } of passed.slice(from)) {
              sum += amount
              expect(sum).toBeLessThanOrEqual(limit + (limit * (at - first.at)) / 60_000)
            }
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is as much as was asked for, where that is within it: nothing gets lost', () => {
    const city = busyCity()
    let passed = 0
    for (let second = 0; second < 600; second += 1) {
      for (let ask = 0; ask < 5; ask += 1) {
        if (city.ask(second + ask, { prompt: 0, words: 0, requests: 1 })) passed += 1
        city.finish(0, 1)
      }
      for (const isolate of [0, 1, 2]) city.report(isolate, 'all', 'arrives')
      city.pass(1_000)
    }
    expect(passed).toBe(3_000)
  })

  it('what is left and what is lent are never more than the limit', () => {
    fc.assert(
      fc.property(many(...busy), (list) => {
        const city = busyCity()
        for (const step of list) {
          step(city)
          for (const { budget, remaining, reserved } of city.balances())
            expect(remaining + reserved).toBeLessThanOrEqual(budget.limit)
        }
      }),
      RUNS,
    )
  })

  it('is whole again a minute and a half after all have rested, whoever died', () => {
    fc.assert(
      fc.property(many(...busy, dying), (list) => {
        const city = busyCity()
        for (const step of list) step(city)
        city.settleAll()
        city.pass(91_000)
        city.pass(60_000)
        for (const { budget, remaining, reserved } of city.balances())
          expect([remaining, reserved]).toEqual([budget.limit, 0])
      }),
      RUNS,
    )
  })
})

describe('a bucket', () => {
  const tokens = (amount: number) => ({ usd: 0, tokens: amount, requests: 0 })
  const bucket: Budget = { unit: 'tokens', window: 'rate', limit: 600 }
  const lend = (ledger: Ledger, amount: number, now: number, lease = 'a') =>
    draw(
      ledger,
      [bucket],
      { lease, least: tokens(1), need: tokens(amount), want: tokens(0), keep: tokens(0) },
      now,
    )
  const lent = (ledger: Ledger, amount: number, now: number, lease = 'a'): Ledger => {
    const result = lend(ledger, amount, now, lease)
    if ('refused' in result) throw new Error('refused')
    return result.ledger
  }
  const left = (ledger: Ledger, now: number) => balanceOf(ledger, bucket, now).remaining
  const slot = slotOf(bucket, NOW)
  const told = (spent: number, returned: number) => ({
    lease: 'a',
    sequence: 1,
    spent: { [slot]: spent },
    returned: { [slot]: returned },
  })

  it('refills all the time, up to its limit', () => {
    const used = settle(lent(emptyLedger, 600, NOW), told(600, 0), NOW)
    expect([0, 100, 1_000, 30_000, 60_000, 90_000].map((ms) => left(used, NOW + ms))).toEqual([
      0, 1, 10, 300, 600, 600,
    ])
  })

  it('says when there will be enough, and that there never will be where more than all of it is needed', () => {
    const used = lent(emptyLedger, 600, NOW)
    expect(lend(used, 50, NOW)).toEqual({
      refused: { budget: bucket, least: 50, remaining: 0, resetsAt: NOW + 5_000 },
    })
    const never = draw(
      used,
      [bucket],
      { lease: 'a', least: tokens(601), need: tokens(700), want: tokens(0), keep: tokens(0) },
      NOW,
    )
    expect(never).toMatchObject({ refused: { least: 601, resetsAt: Number.POSITIVE_INFINITY } })
  })

  it('has what came back at once, and lets nothing flow in for what is lent', () => {
    const half = lent(emptyLedger, 300, NOW)
    expect(left(half, NOW + 10_000)).toBe(300)
    expect(left(settle(half, told(100, 200), NOW + 10_000), NOW + 10_000)).toBe(500)
    expect(left(settle(half, told(300, 0), NOW + 10_000), NOW + 20_000)).toBe(400)
  })

  it('that is partly empty lends only what is in it', () => {
    const used = settle(lent(emptyLedger, 400, NOW), told(400, 0), NOW)
    expect(left(lent(used, 150, NOW, 'b'), NOW)).toBe(50)
  })

  it('forgets what was lent when it has flowed in again, and then nothing comes back', () => {
    const lost = lent(emptyLedger, 600, NOW)
    expect(left(lost, NOW + 75_000)).toBe(0)
    expect(left(lost, NOW + 90_000)).toBe(600)
    const late = settle(lost, told(100, 500), NOW + 90_000)
    expect(left(late, NOW + 90_000)).toBe(600)
  })

  it('of another limit holds the lower one at once, and the higher one as it fills', () => {
    const used = settle(lent(emptyLedger, 500, NOW), told(500, 0), NOW)
    expect(balanceOf(used, { ...bucket, limit: 60 }, NOW).remaining).toBe(60)
    expect(balanceOf(used, { ...bucket, limit: 6_000 }, NOW).remaining).toBe(100)
  })

  it('is shortened for only where a whole minute of it would not be enough', () => {
    const used = lent(emptyLedger, 590, NOW)
    expect(lend(used, 50, NOW)).toMatchObject({ refused: { least: 50 } })
    const large = lend(used, 700, NOW)
    expect('granted' in large && large.granted.slots[0]?.amount).toBe(10)
  })
})
