// The books of a key hold in every order of events: nothing is overspent, nothing is forgotten, nothing counts twice.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Budget } from '../../../../workers/service.ts'
import {
  balanceOf,
  draw,
  emptyLedger,
  expire,
  type Ledger,
  LEASE_MS,
  nextExpiry,
  settle,
} from '../../../../workers/budget/ledger.ts'
import { slotOf } from '../../../../workers/budget/slot.ts'
import { City } from './city.ts'
import { asking, calm, ending, isolate, passing, reporting, rough, step, steps, stocking } from './steps.ts'

const NOW = 1_764_547_200_000
const dollars: Budget = { unit: 'usd', window: 'total', limit: 10_000 }
const minute: Budget = { unit: 'tokens', window: 'minute', limit: 500 }
const rate: Budget = { unit: 'requests', window: 'hour', limit: 12 }
const HOUR = 3_600_000

const perMinute: Budget = { unit: 'tokens', window: 'rate', limit: 900 }
const often: Budget = { unit: 'requests', window: 'rate', limit: 20 }
const cityOf = () =>
  new City(
    [
      [dollars, minute, rate],
      [{ ...dollars, limit: 7_000 }, perMinute, { ...often, limit: 30 }],
    ],
    3,
  )
const startOf = (slot: string): number => Number(slot.slice(slot.indexOf('@') + 1))
const isCalendar = (slot: string): boolean => !slot.includes(':rate@')
const isRecent = (slot: string, now: number): boolean =>
  isCalendar(slot) && (slot.endsWith('@0') || startOf(slot) > now - HOUR)
const RUNS = { numRuns: 300 }

describe('in every order of draws, clamps, settlements, reports, losses, deaths, overruns, roll-overs and changes of limits', () => {
  it('what is booked grows by a draw only, and then never beyond the limit; what is beyond it has its name', () => {
    fc.assert(
      fc.property(steps(rough), (list) => {
        const city = cityOf()
        for (const step of list) {
          const [before, named] = [city.booked(), city.overruns()]
          step(city)
          const [limits, over] = [city.limits(), city.overruns()]
          for (const [slot, sum] of Object.entries(city.booked())) {
            if (!isRecent(slot, city.now)) continue
            const more = (over[slot] ?? 0) - (named[slot] ?? 0)
            const most = Math.max(before[slot] ?? 0, (limits.get(slot) ?? 0) + (named[slot] ?? 0)) + more
            expect(sum, slot).toBeLessThanOrEqual(most)
          }
        }
      }),
      RUNS,
    )
  })

  it('without overruns and changes of limits, spent and reserved are at most the limit, always', () => {
    fc.assert(
      fc.property(
        steps(
          fc.oneof(
            asking,
            stocking,
            ending(1),
            reporting,
            passing,
            step(1, isolate, (city, which) => city.die(which)),
          ),
        ),
        (list) => {
          const city = cityOf()
          for (const step of list) {
            step(city)
            for (const { spent, reserved, budget, slot } of city.balances())
              expect(spent + reserved, slot).toBeLessThanOrEqual(budget.limit)
          }
        },
      ),
      RUNS,
    )
  })

  it('what requests used and may still use is always booked', () => {
    fc.assert(
      fc.property(steps(rough), (list) => {
        const city = cityOf()
        for (const step of list) {
          step(city)
          const booked = city.booked()
          for (const [slot, sum] of Object.entries(city.promised())) {
            if (isRecent(slot, city.now)) expect(booked[slot] ?? 0, slot).toBeGreaterThanOrEqual(sum)
          }
        }
      }),
      RUNS,
    )
  })

  it('nothing stays reserved when all have reported, and what is spent is exactly what was used', () => {
    fc.assert(
      fc.property(steps(fc.oneof(calm, ending(1.3))), (list) => {
        const city = cityOf()
        for (const step of list) step(city)
        city.settleAll()
        const over = city.overruns()
        for (const { slot, reserved, spent } of city.balances()) {
          expect(reserved, slot).toBe(0)
          if (!isCalendar(slot)) continue
          expect(spent, slot).toBe(city.used[slot] ?? 0)
          expect(over[slot] ?? 0, slot).toBe(city.beyond[slot] ?? 0)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('what a lost isolate held counts as spent once its lease has run out, and nothing stays reserved', () => {
    fc.assert(
      fc.property(steps(calm), fc.nat(2), steps(calm), (before, which, after) => {
        const city = cityOf()
        for (const step of before) step(city)
        city.die(which)
        for (const step of after) step(city)
        city.settleAll()
        const totals = city.balances().filter(({ budget }) => budget.window === 'total')
        city.pass(LEASE_MS + 1)
        const later = city.balances()
        for (const { reserved } of later) expect(reserved).toBe(0)
        for (const total of totals)
          expect(later.find(({ slot }) => slot === total.slot)?.spent).toBe(total.spent + total.reserved)
      }),
      RUNS,
    )
  })

  it('numbers stay whole and never negative', () => {
    fc.assert(
      fc.property(steps(rough), (list) => {
        const city = cityOf()
        for (const step of list) {
          step(city)
          for (const { spent, overruns, leases, levels } of city.ledgers) {
            const held = Object.values(leases).flatMap((lease) => Object.values(lease.held))
            for (const value of [...Object.values(spent), ...Object.values(overruns), ...held])
              expect(Number.isInteger(value) && value >= 0).toBe(true)
            for (const level of Object.values(levels)) expect(Number.isInteger(level.scaled)).toBe(true)
          }
        }
      }),
    )
  })
})

const SLOT = slotOf(dollars, NOW)
const ask = (lease: string, usd: number, want = usd) => ({
  lease,
  least: { usd, tokens: 0, requests: 1 },
  need: { usd, tokens: 0, requests: 1 },
  want: { usd: want, tokens: 0, requests: 1 },
  keep: { usd: 0, tokens: 0, requests: 0 },
})
function drawn(
  ledger: Ledger,
  lease: string,
  usd: number,
  budgets: readonly Budget[] = [dollars],
  now = NOW,
): Ledger {
  const result = draw(ledger, budgets, ask(lease, usd), now)
  if ('refused' in result) throw new Error('refused')
  return result.ledger
}
const balance = (ledger: Ledger, now = NOW) => {
  const { spent, reserved, remaining } = balanceOf(ledger, dollars, now)
  return { spent, reserved, remaining }
}

describe('a draw', () => {
  it('is refused with what is left and when it resets, and changes nothing', () => {
    const ledger = drawn(emptyLedger, 'a', 9_999)
    const result = draw(ledger, [dollars], ask('b', 2), NOW)
    expect(result).toEqual({
      refused: { budget: dollars, least: 2, remaining: 1, resetsAt: Number.POSITIVE_INFINITY },
    })
    const one = { usd: 0, tokens: 1, requests: 1 }
    expect(
      draw(emptyLedger, [{ ...minute, limit: 0 }], { ...ask('b', 2), least: one, need: one }, NOW + 1_000),
    ).toMatchObject({
      refused: { remaining: 0, resetsAt: NOW + 60_000 },
    })
  })

  it('takes the last micro-dollar', () =>
    expect(balance(drawn(emptyLedger, 'a', 10_000))).toEqual({ spent: 0, reserved: 10_000, remaining: 0 }))

  it('takes from every budget or from none', () => {
    const result = draw(emptyLedger, [dollars, { ...rate, limit: 0 }], ask('a', 5), NOW)
    expect(result).toMatchObject({ refused: { budget: { unit: 'requests' } } })
  })

  it('takes what is left where that is enough for a short answer', () => {
    const ledger = drawn(emptyLedger, 'a', 9_950)
    const short = { ...ask('b', 400), least: { usd: 30, tokens: 0, requests: 1 } }
    const result = draw(ledger, [dollars], short, NOW)
    expect('granted' in result && result.granted.slots[0]).toMatchObject({ amount: 50, left: 0 })
    const useless = draw(ledger, [dollars], { ...short, least: { usd: 51, tokens: 0, requests: 1 } }, NOW)
    expect(useless).toMatchObject({ refused: { least: 51, remaining: 50 } })
  })

  it('takes a thirty-second part of what is left at most ahead of need, so that one isolate cannot starve the others', () => {
    const result = draw(emptyLedger, [dollars], ask('a', 10, 9_000), NOW)
    expect('granted' in result && result.granted.slots[0]?.amount).toBe(312)
  })
})

describe('a report', () => {
  const report = { lease: 'a', sequence: 1, spent: { [SLOT]: 60 }, returned: { [SLOT]: 40 } }

  it('books what was spent and takes back the rest', () => {
    expect(balance(settle(drawn(emptyLedger, 'a', 100), report, NOW))).toEqual({
      spent: 60,
      reserved: 0,
      remaining: 9_940,
    })
  })

  it('that is repeated, or overtaken, changes nothing', () => {
    const once = settle(drawn(emptyLedger, 'a', 100), report, NOW)
    expect(settle(once, report, NOW + 5)).toBe(once)
    const twice = settle(once, { ...report, sequence: 2, spent: {}, returned: {} }, NOW)
    expect(settle(twice, report, NOW)).toBe(twice)
  })

  it('of an unknown lease changes nothing', () => expect(settle(emptyLedger, report, NOW)).toBe(emptyLedger))

  it('of more than was lent books all of it: the money is gone', () => {
    expect(
      balance(settle(drawn(emptyLedger, 'a', 100), { ...report, spent: { [SLOT]: 250 }, returned: {} }, NOW)),
    ).toEqual({ spent: 250, reserved: 0, remaining: 9_750 })
  })

  it('keeps its lease alive', () => {
    const ledger = settle(
      drawn(emptyLedger, 'a', 100),
      { ...report, spent: { [SLOT]: 1 }, returned: {} },
      NOW + LEASE_MS - 1,
    )
    expect(balance(expire(ledger, NOW + LEASE_MS + 1))).toMatchObject({ spent: 1, reserved: 99 })
  })

  it('that comes late, after its lease had run out, corrects what was counted as spent', () => {
    const lost = expire(drawn(emptyLedger, 'a', 100), NOW + LEASE_MS)
    expect(balance(lost)).toEqual({ spent: 100, reserved: 0, remaining: 9_900 })
    const late = settle(lost, report, NOW + LEASE_MS + HOUR)
    expect(balance(late)).toEqual({ spent: 60, reserved: 0, remaining: 9_940 })
    expect(late.leases).toEqual({})
  })

  it('that comes later than a day changes nothing any more', () => {
    const lost = expire(drawn(emptyLedger, 'a', 100), NOW + LEASE_MS)
    const gone = expire(lost, NOW + LEASE_MS + 24 * HOUR)
    expect(gone.leases).toEqual({})
    expect(balance(settle(gone, report, NOW + LEASE_MS + 25 * HOUR))).toMatchObject({ spent: 100 })
  })
})

describe('an overrun', () => {
  const report = { lease: 'a', sequence: 1, spent: { [SLOT]: 130 }, returned: {}, overrun: { [SLOT]: 30 } }

  it('is spent, and named beside it', () => {
    const ledger = settle(drawn(emptyLedger, 'a', 100), report, NOW)
    expect(balanceOf(ledger, dollars, NOW)).toMatchObject({
      spent: 130,
      reserved: 0,
      overrun: 30,
      remaining: 9_870,
    })
  })

  it('takes nothing from what other requests of the same isolate hold', () => {
    const ledger = settle(drawn(emptyLedger, 'a', 200), report, NOW)
    expect(balance(ledger)).toMatchObject({ spent: 130, reserved: 100 })
  })
})

describe('a lease that had run out and is drawn on again', () => {
  it('is alive again, and what it holds counts once', () => {
    const lost = expire(drawn(emptyLedger, 'a', 100), NOW + LEASE_MS)
    const again = drawn(lost, 'a', 50, [dollars], NOW + LEASE_MS + 1)
    expect(balance(again)).toEqual({ spent: 0, reserved: 150, remaining: 9_850 })
    const settled = settle(
      again,
      { lease: 'a', sequence: 1, spent: { [SLOT]: 30 }, returned: { [SLOT]: 120 } },
      NOW + LEASE_MS + 2,
    )
    expect(balance(settled)).toEqual({ spent: 30, reserved: 0, remaining: 9_970 })
  })
})

describe('time', () => {
  it('runs the next lease out first', () => {
    const ledger = drawn(drawn(emptyLedger, 'a', 1), 'b', 1, [dollars], NOW + 5)
    expect(nextExpiry(ledger)).toBe(NOW + LEASE_MS)
    expect(nextExpiry(emptyLedger)).toBeUndefined()
  })

  it('gives a new window its whole limit, while the old one keeps its books', () => {
    const all = { usd: 0, tokens: 500, requests: 0 }
    const result = draw(emptyLedger, [minute], { ...ask('a', 0), least: all, need: all }, NOW)
    if ('refused' in result) throw new Error('refused')
    expect(balanceOf(result.ledger, minute, NOW + 59_999).remaining).toBe(0)
    expect(balanceOf(result.ledger, minute, NOW + 60_000).remaining).toBe(500)
  })

  it('drops the books of windows long past, and never those of a total', () => {
    const days = 24 * HOUR
    const old: Ledger = {
      ...emptyLedger,
      spent: { [slotOf(minute, NOW)]: 5, [slotOf({ ...dollars, window: 'month' }, NOW)]: 7, [SLOT]: 9 },
      leases: { a: { expiresAt: NOW, expired: false, sequence: 0, held: { [SLOT]: 1 } } },
    }
    expect(Object.values(expire(old, NOW + HOUR).spent)).toEqual([5, 7, 10])
    expect(Object.values(expire(old, NOW + 3 * HOUR).spent)).toEqual([7, 10])
    expect(Object.values(expire(old, NOW + 70 * days).spent)).toEqual([10])
  })
})
