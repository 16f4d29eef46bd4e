// What several accounts hold together: taken out of all or of none, and the longest answer that all of them cover.
import { describe, expect, it } from 'vitest'
import { deposit, heldOf, openBook } from '../../../../workers/budget/lease.ts'
import { LEASE_MS } from '../../../../workers/budget/ledger.ts'
import type { Need } from '../../../../workers/budget/need.ts'
import { fitting, type Side, takeAll } from '../../../../workers/budget/side.ts'
import { slotOf } from '../../../../workers/budget/slot.ts'
import type { Budget } from '../../../../workers/service.ts'

const NOW = 1_764_547_200_000
const dollars: Budget = { unit: 'usd', window: 'total', limit: 10_000 }
const tokens: Budget = { unit: 'tokens', window: 'day', limit: 10_000 }
const rate: Budget = { unit: 'tokens', window: 'rate', limit: 1_000 }

function side(...held: readonly (readonly [Budget, number])[]): Side {
  const book = openBook('a', NOW)
  const slots = held.map(([budget, amount]) => ({
    slot: slotOf(budget, NOW),
    unit: budget.unit,
    amount,
    endsAt: NOW + 60_000,
    left: 0,
    mayKeep: 0,
  }))
  deposit(book, { expiresAt: NOW + LEASE_MS, slots }, NOW)
  return { book, budgets: held.map(([budget]) => budget) }
}

const amounts = (usd: number, used = 0) => ({ usd, tokens: used, requests: 1 })

/** Ten micro-dollars and a token a word. */
const needOf = (words: number): Need => ({
  amounts: amounts(words * 10, words),
  least: amounts(160, 16),
  maxOutput: words,
  clamped: false,
  within: (held) => {
    const most = Math.min(words, Math.floor(held.usd / 10), held.tokens)
    return most < 16 ? undefined : { ...needOf(most), clamped: most < words }
  },
})

describe('what is taken', () => {
  it('comes out of every account, or out of none', () => {
    const [key, project] = [side([dollars, 500]), side([dollars, 400])]
    expect(takeAll([key, project], amounts(450), NOW)).toBeUndefined()
    expect([key, project].map(({ book }) => heldOf(book, dollars, NOW))).toEqual([500, 400])
    expect(takeAll([key, project], amounts(400), NOW)).toHaveLength(2)
    expect([key, project].map(({ book }) => heldOf(book, dollars, NOW))).toEqual([100, 0])
  })
})

describe('the longest answer', () => {
  it('is the one that the tightest account covers', () => {
    const sides = [side([dollars, 5_000]), side([dollars, 420], [tokens, 90])]
    expect(fitting(sides, needOf(100), NOW)).toMatchObject({ maxOutput: 42, clamped: true })
    expect(fitting(sides.slice(0, 1), needOf(100), NOW)).toMatchObject({ maxOutput: 100, clamped: false })
  })

  it('is none where one account covers no useful one', () => {
    expect(fitting([side([dollars, 5_000]), side([tokens, 15])], needOf(100), NOW)).toBeUndefined()
  })

  it('is not shortened for a rate that will soon cover it', () => {
    expect(fitting([side([dollars, 5_000], [rate, 99])], needOf(100), NOW)).toBeUndefined()
    expect(fitting([side([dollars, 50_000], [rate, 99])], needOf(1_001), NOW)?.maxOutput).toBe(99)
  })
})
