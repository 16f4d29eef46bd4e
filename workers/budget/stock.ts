// How much an isolate keeps ahead of need, when it draws again, and how long it keeps what nobody uses. Pure.
import type { RateLeft } from '../../shared/rates.ts'
import type { Budget, Unit } from '../service.ts'
import { heldOf, type LeaseBook } from './lease.ts'
import { AHEAD_SHARE, type Amounts } from './ledger.ts'
import { aheadIn, LONGEST_MS } from './pace.ts'

/** An account that rests longer than usual gives back what is held of it. */
const PAUSES = 2
export const QUIET_MS = 100

/** So little is left in the books that what one isolate holds idle is missed by another. */
export const isScarce = (book: LeaseBook): boolean =>
  [...book.left].some(
    ([name, { amount }]) => aheadIn(book.pace, name.split(':')[0] as Unit) > amount * AHEAD_SHARE, // names begin with their unit
  )

/** What to draw before anybody has to wait for it; undefined where enough is held, or none is to spare. */
export function refillFor(book: LeaseBook, budgets: readonly Budget[], now: number): Amounts | undefined {
  if (isScarce(book)) return undefined
  const want = { usd: 0, tokens: 0, requests: 0 }
  let isLow = false
  for (const budget of budgets) {
    const { unit } = budget
    const full = aheadIn(book.pace, unit)
    const held = heldOf(book, budget, now)
    if (held < full / 2) isLow = true
    want[unit] = Math.max(want[unit], full - held)
  }
  return isLow ? want : undefined
}

/** How long after its last use an account counts as busy here. */
export const keepMs = (book: LeaseBook): number =>
  book.pace.pauseMs === undefined || isScarce(book)
    ? QUIET_MS
    : Math.min(LONGEST_MS, Math.max(QUIET_MS, book.pace.pauseMs * PAUSES))

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
