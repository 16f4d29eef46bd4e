// An isolate's purse: what it hands out, takes back, and reports.
import { describe, expect, it } from 'vitest'
import {
  close,
  covers,
  deposit,
  keepable,
  type LeaseBook,
  openBook,
  take,
  writeReport,
} from '../../../../workers/budget/lease.ts'
import { LEASE_MS } from '../../../../workers/budget/ledger.ts'
import { aheadIn, learn, openPace } from '../../../../workers/budget/pace.ts'
import { slotOf } from '../../../../workers/budget/slot.ts'
import type { Budget } from '../../../../workers/service.ts'

const NOW = 1_764_547_200_000
const dollars: Budget = { unit: 'usd', window: 'total', limit: 10_000 }
const minute: Budget = { unit: 'tokens', window: 'minute', limit: 500 }
const [DOLLARS, MINUTE] = [slotOf(dollars, NOW), slotOf(minute, NOW)]
const need = (usd: number, tokens = 0) => ({ usd, tokens, requests: 1 })

function purse(usd: number, tokens = 0): LeaseBook {
  const book = openBook('a', NOW)
  const slots = [
    { slot: DOLLARS, unit: 'usd', amount: usd, endsAt: Number.POSITIVE_INFINITY, left: 5_000, mayKeep: 0 },
    { slot: MINUTE, unit: 'tokens', amount: tokens, endsAt: NOW + 60_000, left: 5_000, mayKeep: 0 },
  ] as const
  deposit(book, { expiresAt: NOW + LEASE_MS, slots }, NOW)
  return book
}

const available = (book: LeaseBook) => book.purses.get(DOLLARS)?.available ?? 0

describe('a purse', () => {
  it('gives a request its need of every budget at once, or of none', () => {
    const book = purse(100, 10)
    expect(take(book, [dollars, minute], need(50, 11), NOW)).toBeUndefined()
    expect(available(book)).toBe(100)
    expect(take(book, [dollars, minute], need(50, 10), NOW)?.slots.map(({ amount }) => amount)).toEqual([
      50, 10,
    ])
    expect(available(book)).toBe(50)
  })

  it('gives nothing out of a window that has passed', () => {
    expect(take(purse(100, 10), [dollars, minute], need(50, 5), NOW + 60_000)).toBeUndefined()
  })

  it('gives what was lent of a rate until the turn after is over, and then sends it back', () => {
    const rate: Budget = { unit: 'requests', window: 'rate', limit: 60 }
    const lent = (at: number): LeaseBook => {
      const book = openBook('a', at)
      const slots = [
        { slot: slotOf(rate, at), unit: 'requests', amount: 5, endsAt: at + 30_000, left: 9, mayKeep: 0 },
      ] as const
      deposit(book, { expiresAt: at + LEASE_MS, slots }, at)
      return book
    }
    for (const ms of [0, 14_999, 15_000, 29_999])
      expect(take(lent(NOW), [rate], need(0), NOW + ms)?.slots, String(ms)).toHaveLength(1)
    const old = lent(NOW)
    expect(take(old, [rate], need(0), NOW + 30_000)).toBeUndefined()
    expect(writeReport(old, 'all', NOW + 30_000)?.returned).toEqual({ [slotOf(rate, NOW)]: 5 })
  })

  it('counts a request from its beginning', () => {
    const rate: Budget = { unit: 'requests', window: 'rate', limit: 60 }
    const book = openBook('a', NOW)
    const slots = [
      { slot: slotOf(rate, NOW), unit: 'requests', amount: 2, endsAt: NOW + 30_000, left: 9, mayKeep: 0 },
    ] as const
    deposit(book, { expiresAt: NOW + LEASE_MS, slots }, NOW)
    const grant = take(book, [rate], need(0), NOW)
    if (grant === undefined) throw new Error('nothing granted')
    expect(writeReport(book, 'all', NOW)?.spent).toEqual({ [slotOf(rate, NOW)]: 1 })
    book.unanswered = undefined
    close(book, grant, need(0), NOW + 50)
    expect(writeReport(book, 'none', NOW + 60)).toMatchObject({
      spent: {},
      returned: { [slotOf(rate, NOW)]: 1 },
    })
  })

  it('gives nothing when its lease could run out before the request does', () => {
    expect(take(purse(100), [dollars], need(50), NOW + LEASE_MS / 2)).toBeDefined()
    expect(take(purse(100), [dollars], need(50), NOW + LEASE_MS / 2 + 1)).toBeUndefined()
  })

  it('has what a request did not use for the next one, without asking anybody', () => {
    const book = purse(100)
    const grant = take(book, [dollars], need(80), NOW)
    if (grant === undefined) throw new Error('nothing granted')
    close(book, grant, need(30), NOW)
    expect(take(book, [dollars], need(70), NOW)).toBeDefined()
    expect(available(book)).toBe(0)
  })
})

describe('a report', () => {
  it('is nothing when nothing happened', () =>
    expect(writeReport(openBook('a', NOW), 'none', NOW)).toBeUndefined())

  it('says what was spent, and gives the rest back when the key rests', () => {
    const book = purse(100)
    const grant = take(book, [dollars], need(80), NOW)
    if (grant === undefined) throw new Error('nothing granted')
    close(book, grant, need(30), NOW)
    expect(writeReport(book, 'none', NOW)).toEqual({
      lease: 'a',
      sequence: 1,
      spent: { [DOLLARS]: 30 },
      returned: { [DOLLARS]: 70 },
    })
    expect(available(book)).toBe(0)
  })

  it('keeps what is held while the key is busy', () => {
    const book = purse(100)
    const grant = take(book, [dollars], need(80), NOW)
    if (grant === undefined) throw new Error('nothing granted')
    close(book, grant, need(30), NOW)
    expect(writeReport(book, 'all', NOW)).toMatchObject({ spent: { [DOLLARS]: 30 }, returned: {} })
    expect(available(book)).toBe(70)
  })

  it('gives back what belongs to a window that has ended, busy or not', () => {
    expect(writeReport(purse(100, 10), 'all', NOW + 60_000)).toMatchObject({ returned: { [MINUTE]: 10 } })
  })

  it('never gives back what a request still holds', () => {
    const book = purse(100)
    take(book, [dollars], need(80), NOW)
    expect(writeReport(book, 'none', NOW)?.returned).toEqual({ [DOLLARS]: 20 })
  })

  it('that went unanswered is repeated as it was, until it is answered', () => {
    const book = purse(100)
    const grant = take(book, [dollars], need(20), NOW)
    if (grant === undefined) throw new Error('nothing granted')
    const first = writeReport(book, 'none', NOW)
    close(book, grant, need(5), NOW)
    expect(writeReport(book, 'none', NOW + 5)).toBe(first)
    book.unanswered = undefined
    expect(writeReport(book, 'none', NOW + 6)).toMatchObject({ sequence: 2, spent: { [DOLLARS]: 5 } })
  })

  it('books an overrun once, by its name, and the debt ends with it', () => {
    const book = purse(100)
    const grant = take(book, [dollars], need(100), NOW)
    if (grant === undefined) throw new Error('nothing granted')
    close(book, grant, need(130), NOW)
    expect(writeReport(book, 'none', NOW)).toMatchObject({
      spent: { [DOLLARS]: 130 },
      returned: {},
      overrun: { [DOLLARS]: 30 },
    })
    expect(available(book)).toBe(0)
  })
})

describe('an isolate that rests', () => {
  const resting = (usd: number, mayKeep: number): LeaseBook => {
    const book = openBook('a', NOW)
    const slots = [
      { slot: DOLLARS, unit: 'usd', amount: usd, endsAt: Number.POSITIVE_INFINITY, left: 5_000, mayKeep },
      { slot: MINUTE, unit: 'tokens', amount: usd, endsAt: NOW + 60_000, left: 5_000, mayKeep },
    ] as const
    deposit(book, { expiresAt: NOW + LEASE_MS, slots }, NOW)
    return book
  }

  it('keeps what it may, says so, and gives the rest back', () => {
    const book = resting(100, 30)
    expect(writeReport(book, 'some', NOW)).toMatchObject({
      returned: { [DOLLARS]: 70, [MINUTE]: 70 },
      kept: { [DOLLARS]: 30, [MINUTE]: 30 },
    })
    expect(covers(book, [dollars, minute], need(30, 30), NOW + 50_000)).toBe(true)
  })

  it('keeps nothing of a window that has ended', () =>
    expect(writeReport(resting(100, 30), 'some', NOW + 60_000)).toMatchObject({
      returned: { [DOLLARS]: 70, [MINUTE]: 100 },
      kept: { [DOLLARS]: 30 },
    }))

  it('may keep no more than it was told last', () => {
    const book = resting(100, 30)
    const slots = [
      { slot: DOLLARS, unit: 'usd', amount: 1, endsAt: Number.POSITIVE_INFINITY, left: 5, mayKeep: 0 },
    ] as const
    deposit(book, { expiresAt: NOW + LEASE_MS, slots }, NOW)
    expect(writeReport(book, 'some', NOW)?.returned).toEqual({ [DOLLARS]: 101, [MINUTE]: 70 })
  })

  it('cannot use what it kept when its lease could run out meanwhile, and draws again', () => {
    const book = resting(100, 30)
    expect(keepable(book, dollars, NOW)).toBe(30)
    expect(keepable(book, dollars, NOW + LEASE_MS / 2 + 1)).toBe(0)
  })
})

describe('what is held ahead', () => {
  it('follows the rate of need, and fades slowly when a key rests', () => {
    const pace = openPace(NOW)
    const after = (ms: number) => {
      learn(pace, need(10), NOW + ms)
      return aheadIn(pace, 'usd')
    }
    expect(after(1)).toBe(30) // a few requests, at least
    const busy = after(2)
    expect(busy).toBeGreaterThan(35)
    const rested = after(5_000)
    expect(rested).toBeGreaterThan(30)
    expect(rested).toBeLessThan(busy)
    expect(after(300_000)).toBe(30)
  })
})
