// What isolates that rest keep: a bounded sliver of a limit, whatever they die of, that nobody else can miss near the limit.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KEPT_SHARE, keptIn } from '../../../../workers/budget/kept.ts'
import {
  balanceOf,
  draw,
  emptyLedger,
  expire,
  type Ledger,
  LEASE_MS,
  settle,
  shownOf,
} from '../../../../workers/budget/ledger.ts'
import { slotOf } from '../../../../workers/budget/slot.ts'
import type { Budget } from '../../../../workers/service.ts'
import { City } from './city.ts'
import { asking, ending, isolate, passing, reporting, step, steps, stocking } from './steps.ts'

const NOW = 1_764_547_200_000
const dollars: Budget = { unit: 'usd', window: 'total', limit: 600_000 }
const tokens: Budget = { unit: 'tokens', window: 'total', limit: 2_000_000 }
const cityOf = () => new City([[dollars, tokens]], 3)
const RUNS = { numRuns: 300 }
const shareOf = ({ limit }: Budget): number => Math.floor(limit * KEPT_SHARE)

describe('in every order of draws, rests, reports and deaths', () => {
  it('isolates keep and are buried with a thousandth of a limit at most, all together', () => {
    let most = 0
    fc.assert(
      fc.property(
        steps(
          fc.oneof(
            asking,
            stocking,
            ending(1),
            reporting,
            passing,
            step(2, isolate, (city, which) => city.restAndDie(which)),
            step(1, isolate, (city, which) => city.die(which)),
          ),
        ),
        (list) => {
          const city = cityOf()
          for (const step of list) {
            step(city)
            for (const budget of [dollars, tokens]) {
              const kept = keptIn(city.ledgers[0] ?? emptyLedger, slotOf(budget, city.now))
              most = Math.max(most, kept / shareOf(budget))
              expect(kept).toBeLessThanOrEqual(shareOf(budget))
            }
          }
        },
      ),
      RUNS,
    )
    expect(most).toBeGreaterThan(0.5) // it was near its bound
  })

  it('the deaths of isolates that rest cost a thousandth of a limit at most, whole lives later too', () => {
    let worst = 0
    fc.assert(
      fc.property(
        steps(
          fc.oneof(
            asking,
            stocking,
            ending(1),
            passing,
            step(3, isolate, (city, which) => city.restAndDie(which)),
          ),
        ),
        (list) => {
          const city = cityOf()
          for (const step of list) step(city)
          for (const which of [0, 1, 2]) city.restAndDie(which)
          city.pass(LEASE_MS + 1)
          for (const { budget, slot, spent, reserved } of city.balances()) {
            expect(reserved).toBe(0)
            const lost = spent - (city.used[slot] ?? 0)
            worst = Math.max(worst, lost / shareOf(budget))
            expect(lost).toBeGreaterThanOrEqual(0)
            expect(lost).toBeLessThanOrEqual(shareOf(budget))
          }
        },
      ),
      RUNS,
    )
    expect(worst).toBeGreaterThan(0.1)
  })
})

const SLOT = slotOf(dollars, NOW)
function drawn(ledger: Ledger, lease: string, usd: number, keep: number, now = NOW, budget = dollars) {
  const amounts = (amount: number) => ({ usd: amount, tokens: 0, requests: 0 })
  const asked = { lease, least: amounts(usd), need: amounts(usd), want: amounts(0), keep: amounts(keep) }
  const result = draw(ledger, [budget], asked, now)
  if ('refused' in result) throw new Error('refused')
  return { ledger: result.ledger, mayKeep: result.granted.slots[0]?.mayKeep }
}
const rested = (ledger: Ledger, lease: string, kept: number, returned = 0) =>
  settle(
    ledger,
    { lease, sequence: 1, spent: {}, returned: { [SLOT]: returned }, kept: { [SLOT]: kept } },
    NOW,
  )

describe('what may be kept', () => {
  it('is what an isolate asks for, until a thousandth of the limit is taken', () => {
    const first = drawn(emptyLedger, 'a', 500, 400)
    expect(first.mayKeep).toBe(400)
    const second = drawn(first.ledger, 'b', 500, 400)
    expect(second.mayKeep).toBe(200)
    expect(drawn(second.ledger, 'c', 500, 400).mayKeep).toBe(0)
  })

  it('is free for others once it has been used or given back', () => {
    const first = drawn(emptyLedger, 'a', 500, 400).ledger
    expect(drawn(rested(first, 'a', 100, 400), 'b', 500, 900).mayKeep).toBe(500)
  })

  it('is nothing where less than a quarter of the limit is left, or of a rate', () => {
    expect(drawn(emptyLedger, 'a', 450_000, 400).mayKeep).toBe(400)
    expect(drawn(emptyLedger, 'a', 450_001, 400).mayKeep).toBe(0)
    const rate: Budget = { unit: 'usd', window: 'rate', limit: 600_000 }
    expect(drawn(emptyLedger, 'a', 10, 400, NOW, rate).mayKeep).toBe(0)
  })

  it('is forgotten with the windows that it was of', () => {
    const minute: Budget = { ...dollars, window: 'minute' }
    const early = drawn(emptyLedger, 'a', 10, 400, NOW, minute).ledger
    const [slot = ''] = Object.keys(early.leases['a']?.mayKeep ?? {})
    const back = { lease: 'a', sequence: 1, spent: {}, returned: { [slot]: 10 } }
    const later = drawn(settle(early, back, NOW), 'a', 10, 400, NOW + 60_000, minute).ledger
    expect(Object.keys(later.leases['a']?.mayKeep ?? {})).toEqual([slotOf(minute, NOW + 60_000)])
  })

  it('that a lost isolate had counts for the whole window, unless it is heard of again', () => {
    const lost = expire(drawn(emptyLedger, 'a', 500, 400).ledger, NOW + LEASE_MS)
    expect(lost.buried).toEqual({ [SLOT]: 400 })
    const later = expire(lost, NOW + LEASE_MS + 48 * 3_600_000)
    expect(later.leases).toEqual({})
    expect(drawn(later, 'b', 500, 400).mayKeep).toBe(200)
    const again = drawn(lost, 'a', 10, 400, NOW + LEASE_MS + 1)
    expect(again.ledger.buried).toEqual({})
    expect(again.mayKeep).toBe(400)
    const late = rested(lost, 'a', 0, 450)
    expect(late.buried).toEqual({ [SLOT]: 50 })
    expect(balanceOf(late, dollars, NOW).spent).toBe(50)
  })
})

describe('the balance that is shown', () => {
  it('does not call reserved what an isolate that rests has kept, though nobody else can have it', () => {
    const ledger = rested(drawn(emptyLedger, 'a', 500, 400).ledger, 'a', 400, 100)
    expect(balanceOf(ledger, dollars, NOW)).toMatchObject({ reserved: 400, remaining: 599_600 })
    expect(shownOf(ledger, dollars, NOW)).toMatchObject({ spent: 0, reserved: 0, remaining: 600_000 })
  })

  it('does when it draws or reports again', () => {
    const ledger = rested(drawn(emptyLedger, 'a', 500, 400).ledger, 'a', 400, 100)
    expect(shownOf(drawn(ledger, 'a', 50, 400).ledger, dollars, NOW).reserved).toBe(450)
    const used = settle(ledger, { lease: 'a', sequence: 2, spent: { [SLOT]: 30 }, returned: {} }, NOW)
    expect(shownOf(used, dollars, NOW)).toMatchObject({ spent: 30, reserved: 370, remaining: 599_600 })
  })
})
