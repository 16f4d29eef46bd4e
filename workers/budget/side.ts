// What an isolate holds of every account that a request must keep to: taken out of all, or out of none. Pure.
import type { Budget } from '../service.ts'
import { covers, type Grant, heldOf, type LeaseBook, take } from './lease.ts'
import { type Amounts, leastOf } from './ledger.ts'
import type { Need } from './need.ts'

/** One account's share of an admission: only the budgets that the request uses at all. */
export interface Side {
  readonly book: LeaseBook
  readonly budgets: readonly Budget[]
}

/** Grants in the order of the sides. */
export function takeAll(sides: readonly Side[], need: Amounts, now: number): readonly Grant[] | undefined {
  if (!sides.every(({ book, budgets }) => covers(book, budgets, need, now))) return undefined
  return sides.flatMap(({ book, budgets }) => take(book, budgets, need, now) ?? [])
}

/** The need of the longest answer that what is held covers; undefined where none of any use is. */
export function fitting(sides: readonly Side[], need: Need, now: number): Need | undefined {
  const held = {
    usd: Number.POSITIVE_INFINITY,
    tokens: Number.POSITIVE_INFINITY,
    requests: Number.POSITIVE_INFINITY,
  }
  for (const { book, budgets } of sides)
    for (const budget of budgets) {
      const amount = heldOf(book, budget, now)
      if (amount < leastOf(budget, { least: need.least, need: need.amounts })) return undefined
      held[budget.unit] = Math.min(held[budget.unit], amount)
    }
  return need.within(held)
}
