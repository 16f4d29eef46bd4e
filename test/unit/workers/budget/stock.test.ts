// What an isolate keeps ahead: enough for the recent rate, little where little is left, for as long as it is usual to rest.
import { describe, expect, it } from 'vitest'
import { deposit, type LeaseBook, openBook } from '../../../../workers/budget/lease.ts'
import { LEASE_MS } from '../../../../workers/budget/ledger.ts'
import { learn } from '../../../../workers/budget/pace.ts'
import { slotOf } from '../../../../workers/budget/slot.ts'
import { isLow, isScarce, keepMs, missing, ratesLeft, restsWith } from '../../../../workers/budget/stock.ts'
import type { Budget } from '../../../../workers/service.ts'

const NOW = 1_764_547_200_000
const dollars: Budget = { unit: 'usd', window: 'total', limit: 1_000_000 }
const rate: Budget = { unit: 'requests', window: 'rate', limit: 600 }
const need = { usd: 100, tokens: 0, requests: 1 }

/** A book that has had a request every so often until now. */
function bookOf(everyMs: number, requests: number, held: number, left: number): LeaseBook {
  const book = openBook('a', NOW - everyMs * requests)
  for (let ask = requests - 1; ask >= 0; ask -= 1) learn(book.pace, need, NOW - ask * everyMs)
  const slots = [
    {
      slot: slotOf(dollars, NOW),
      unit: 'usd',
      amount: held,
      endsAt: Number.POSITIVE_INFINITY,
      left,
      mayKeep: 0,
    },
  ] as const
  deposit(book, { expiresAt: NOW + LEASE_MS, slots }, NOW)
  return book
}

describe('a stock', () => {
  it('that is low is filled up to two seconds of the recent rate', () => {
    const busy = bookOf(100, 50, 100, 1_000_000)
    expect(isLow(busy, [dollars], NOW)).toBe(true)
    const want = missing(busy, [dollars], NOW).want.usd
    expect(want + 100).toBeGreaterThan(2_000)
    expect(want + 100).toBeLessThan(2_300)
  })

  it('that is half full is left as it is', () =>
    expect(isLow(bookOf(100, 50, 1_200, 1_000_000), [dollars], NOW)).toBe(false))

  it('is not filled where little is left', () => {
    const book = bookOf(100, 50, 0, 20_000)
    expect(isScarce(book)).toBe(true)
    expect(isLow(book, [dollars], NOW)).toBe(false)
  })

  it('of one request alone goes back at once', () =>
    expect(keepMs(bookOf(60_000, 1, 100, 1_000_000))).toBe(100))

  it('is kept for twice the longest pause, 26 s at most, and not where little is left', () => {
    expect(keepMs(bookOf(1_000, 5, 100, 1_000_000))).toBe(2_000)
    expect(keepMs(bookOf(15_000, 5, 100, 1_000_000))).toBe(26_000)
    expect(keepMs(bookOf(10, 5, 100, 1_000_000))).toBe(100)
    expect(keepMs(bookOf(1_000, 5, 100, 1_000))).toBe(100)
    expect(keepMs(bookOf(26_001, 5, 100, 1_000_000))).toBe(100)
  })
})

describe('an account that rests', () => {
  const resting = (held: number, mayKeep: number, left = 1_000_000): LeaseBook => {
    const book = openBook('a', NOW)
    learn(book.pace, need, NOW)
    const slots = [
      {
        slot: slotOf(dollars, NOW),
        unit: 'usd',
        amount: held,
        endsAt: Number.POSITIVE_INFINITY,
        left,
        mayKeep,
      },
    ] as const
    deposit(book, { expiresAt: NOW + LEASE_MS, slots }, NOW)
    return book
  }

  it('would like to keep what a few requests need', () =>
    expect(missing(resting(100, 0), [dollars], NOW).keep).toEqual({ usd: 300, tokens: 0, requests: 0 }))

  it('keeps what it may where that is enough for a request', () => {
    expect(restsWith(resting(300, 300), [dollars], NOW)).toBe('some')
    expect(restsWith(resting(300, 99), [dollars], NOW)).toBe('none')
    expect(restsWith(resting(99, 300), [dollars], NOW)).toBe('none')
  })

  it('keeps nothing where little is left, where a rate holds too, or when its lease ends', () => {
    expect(restsWith(resting(300, 300, 9_000), [dollars], NOW)).toBe('none')
    expect(restsWith(resting(300, 300), [dollars, rate], NOW)).toBe('none')
    expect(restsWith(resting(300, 300), [dollars], NOW + LEASE_MS)).toBe('none')
  })
})

describe('what is left of a rate', () => {
  it('is what is held here and what the books had, with what has flowed in since', () => {
    const book = openBook('a', NOW)
    expect(ratesLeft(book, [rate, dollars], NOW)).toEqual([
      { unit: 'requests', limit: 600, remaining: 600, resetMs: 0 },
    ])
    const slots = [
      { slot: slotOf(rate, NOW), unit: 'requests', amount: 20, endsAt: NOW + 30_000, left: 100, mayKeep: 0 },
    ] as const
    deposit(book, { expiresAt: NOW + LEASE_MS, slots }, NOW)
    expect(ratesLeft(book, [rate], NOW)).toMatchObject([{ remaining: 120, resetMs: 48_000 }])
    expect(ratesLeft(book, [rate], NOW + 1_000)).toMatchObject([{ remaining: 130 }])
    expect(ratesLeft(book, [rate], NOW + 120_000)).toMatchObject([{ remaining: 600, resetMs: 0 }])
  })
})
