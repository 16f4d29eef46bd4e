// How much an isolate keeps ahead of need, when it draws again, and how long it keeps what nobody uses. Pure.
import type { RateLeft } from '../../shared/rates.ts'
import type { Budget, Unit } from '../service.ts'
import { heldOf, keepable, type Keeping, type LeaseBook } from './lease.ts'
import { AHEAD_SHARE, type Amounts } from './ledger.ts'
import { aheadIn, fewIn, LONGEST_MS } from './pace.ts'

/** An account that rests longer than usual gives back what is held of it. */
const PAUSES = 2
export const QUIET_MS = 100

/** So little is left in the books that what one isolate holds idle is missed by another. */
export const isScarce = (book: LeaseBook): boolean =>
  [...book.left].some(
    ([name, { amount }]) => aheadIn(book.pace, name.split(':')[0] as Unit) > amount * AHEAD_SHARE, // names begin with their unit
  )

/** What is missing of the next seconds' need, and what would be good to keep of it. */
export function missing(
  book: LeaseBook,
  budgets: readonly Budget[],
  now: number,
): { readonly want: Amounts; readonly keep: Amounts } {
  const want = { usd: 0, tokens: 0, requests: 0 }
  const keep = { usd: 0, tokens: 0, requests: 0 }
  for (const budget of budgets) {
    const { unit } = budget
    want[unit] = Math.max(want[unit], aheadIn(book.pace, unit) - heldOf(book, budget, now))
    keep[unit] = fewIn(book.pace, unit)
  }
  return { want, keep }
}

/** Is it time to draw before anybody has to wait for it? Not where there is none to spare. */
export const isLow = (book: LeaseBook, budgets: readonly Budget[], now: number): boolean =>
  !isScarce(book) && budgets.some((budget) => heldOf(book, budget, now) < aheadIn(book.pace, budget.unit) / 2)

/** How long after its last use an account counts as busy here. */
export const keepMs = (book: LeaseBook): number =>
  book.pace.pauseMs === undefined || isScarce(book)
    ? QUIET_MS
    : Math.min(LONGEST_MS, Math.max(QUIET_MS, book.pace.pauseMs * PAUSES))

/** What stays here when an account rests: what may, where that is enough for a request and little is not left. */
export const restsWith = (book: LeaseBook, budgets: readonly Budget[], now: number): Keeping =>
  !isScarce(book) && budgets.every((budget) => keepable(book, budget, now) >= book.pace.most[budget.unit])
    ? 'some'
    : 'none'

/** What an isolate knows of an account's rates: what is held here, and what was left when the books were last heard of. */
export function ratesLeft(book: LeaseBook, budgets: readonly Budget[], now: number): RateLeft[] {
  return budgets.flatMap((budget): RateLeft[] => {
    const { unit, window, limit } = budget
    if (window !== 'rate' || unit === 'usd') return []
    const known = book.left.get(`${unit}:rate`)
    const left = known === undefined ? limit : known.amount + ((now - known.at) * limit) / 60_000
    let own = 0
    for (const [slot, { available }] of book.purses)
      if (slot.startsWith(`${unit}:rate@`)) own += Math.max(0, available)
    const remaining = Math.floor(Math.min(limit, left + own))
    return [{ unit, limit, remaining, resetMs: ((limit - remaining) * 60_000) / limit }]
  })
}
