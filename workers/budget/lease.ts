// One isolate's side of an account's books: what it holds, what it has handed out, what it has yet to report. Pure.
import type { Budget, Unit } from '../service.ts'
import type { Amounts, Granted, Report } from './ledger.ts'
import { LEASE_MS } from './ledger.ts'
import { type Pace, openPace } from './pace.ts'
import { type Slot, slotOf } from './slot.ts'
import { TURN_MS } from './window.ts'

interface Purse {
  readonly unit: Unit
  readonly endsAt: number
  /** Held here and not promised to any request. */
  available: number
  /** Used since the last report. */
  spent: number
  /** What of it was beyond what requests had been granted. */
  overrun: number
  /** What of it may stay here while nobody uses it. */
  mayKeep: number
}

/** What a request was given to spend, slot by slot. */
export interface Grant {
  readonly slots: readonly { readonly slot: Slot; readonly unit: Unit; readonly amount: number }[]
}

export interface LeaseBook {
  readonly id: string
  readonly purses: Map<Slot, Purse>
  sequence: number
  /** Requests that were admitted and have not settled. */
  outstanding: number
  expiresAt: number
  usedAt: number
  readonly pace: Pace
  /** What the books had left when they were last heard of, by budget. */
  readonly left: Map<string, { readonly amount: number; readonly at: number }>
  /** A report that was sent without an answer; it is repeated as it was. */
  unanswered: Report | undefined
}

export function openBook(id: string, now: number): LeaseBook {
  return {
    id,
    purses: new Map(),
    sequence: 0,
    outstanding: 0,
    expiresAt: 0,
    usedAt: now,
    pace: openPace(now),
    left: new Map(),
    unanswered: undefined,
  }
}

/** A lease this close to its end is not used any more: its requests could outlive it. */
const MARGIN_MS = LEASE_MS / 2

const nameOf = (slot: Slot): string => slot.slice(0, slot.indexOf('@'))

/** What is available of a slot. */
const inPurse = (book: LeaseBook, slot: Slot): number => book.purses.get(slot)?.available ?? 0

/** Where an amount of a budget can be taken from. A rate's may still lie under its last turn. */
function placeOf(book: LeaseBook, budget: Budget, amount: number, now: number): Slot | undefined {
  const current = slotOf(budget, now)
  const last = budget.window === 'rate' ? slotOf(budget, now - TURN_MS) : current
  return [last, current].find((slot) => inPurse(book, slot) >= amount)
}

const isUsable = (book: LeaseBook, now: number): boolean => book.expiresAt - now >= MARGIN_MS

/** Is the need of every budget held here? */
export const covers = (book: LeaseBook, budgets: readonly Budget[], need: Amounts, now: number): boolean =>
  isUsable(book, now) &&
  budgets.every((budget) => placeOf(book, budget, need[budget.unit], now) !== undefined)

/** The most of one budget that one request can be given. */
export function heldOf(book: LeaseBook, budget: Budget, now: number): number {
  if (!isUsable(book, now)) return 0
  const current = inPurse(book, slotOf(budget, now))
  return budget.window === 'rate' ? Math.max(current, inPurse(book, slotOf(budget, now - TURN_MS))) : current
}

/** Takes a request's need out of what is held, of every budget at once; undefined when more must be drawn. */
export function take(
  book: LeaseBook,
  budgets: readonly Budget[],
  need: Amounts,
  now: number,
): Grant | undefined {
  if (!isUsable(book, now)) return undefined
  const slots: Grant['slots'][number][] = []
  for (const budget of budgets) {
    const amount = need[budget.unit]
    const slot = placeOf(book, budget, amount, now)
    if (slot === undefined) return undefined
    slots.push({ slot, unit: budget.unit, amount })
  }
  for (const { slot, unit, amount } of slots) {
    const purse = book.purses.get(slot)
    if (purse === undefined) continue
    purse.available -= amount
    // A request counts from its beginning: its rate goes on while it runs.
    if (unit === 'requests') purse.spent += amount
  }
  book.outstanding += 1
  book.usedAt = now
  return { slots }
}

/** Puts a drawn amount into the purses. */
export function deposit(book: LeaseBook, granted: Granted, now: number): void {
  book.expiresAt = granted.expiresAt
  for (const { slot, unit, amount, endsAt, left, mayKeep } of granted.slots) {
    book.left.set(nameOf(slot), { amount: left, at: now })
    const purse = book.purses.get(slot)
    if (purse !== undefined) {
      purse.available += amount
      purse.mayKeep = mayKeep
    } else if (amount > 0)
      book.purses.set(slot, { unit, endsAt, available: amount, spent: 0, overrun: 0, mayKeep })
  }
}

/** Books what a request really used. The rest of its grant is available again; more than its grant is booked too, and named. */
export function close(book: LeaseBook, grant: Grant, used: Amounts, now: number): void {
  for (const { slot, unit, amount } of grant.slots) {
    const purse = book.purses.get(slot)
    if (purse === undefined || unit === 'requests') continue
    purse.available += Math.max(0, amount - used[unit])
    purse.spent += used[unit]
    purse.overrun += Math.max(0, used[unit] - amount)
  }
  book.outstanding -= 1
  book.usedAt = now
}

/** Does the isolate hold anything that no request needs, or has it sent some back without an answer? */
export const holdsMore = (book: LeaseBook): boolean =>
  book.unanswered !== undefined || [...book.purses.values()].some(({ available }) => available > 0)

/** How much of what is available, and may be kept, one request could use of a budget. */
export const keepable = (book: LeaseBook, budget: Budget, now: number): number => {
  const purse = isUsable(book, now) ? book.purses.get(slotOf(budget, now)) : undefined
  return purse === undefined ? 0 : Math.min(purse.available, purse.mayKeep)
}

/** What does not go back with a report: all that is held, what may be kept by an isolate that rests, or nothing. */
export type Keeping = 'all' | 'some' | 'none'

const staysOf = (purse: Purse, keeping: Keeping, now: number): number => {
  if (purse.endsAt <= now) return 0
  switch (keeping) {
    case 'all':
      return purse.available
    case 'some':
      return Math.min(purse.available, purse.mayKeep)
    case 'none':
      return 0
  }
}

/**
 * The next report, or undefined when there is nothing to say. Amounts of windows that have ended always go back, as far
 * as no request holds them.
 */
export function writeReport(book: LeaseBook, keeping: Keeping, now: number): Report | undefined {
  if (book.unanswered !== undefined) return book.unanswered
  const spent: Record<Slot, number> = {}
  const returned: Record<Slot, number> = {}
  const overrun: Record<Slot, number> = {}
  const kept: Record<Slot, number> = {}
  for (const [slot, purse] of book.purses) {
    if (purse.spent > 0) spent[slot] = purse.spent
    if (purse.overrun > 0) overrun[slot] = purse.overrun
    const stays = staysOf(purse, keeping, now)
    if (purse.available > stays) {
      returned[slot] = purse.available - stays
      purse.available = stays
    }
    if (keeping === 'some' && stays > 0) kept[slot] = stays
    purse.spent = 0
    purse.overrun = 0
    if (purse.available === 0 && book.outstanding === 0) book.purses.delete(slot)
  }
  if ([spent, returned, kept].every((amounts) => Object.keys(amounts).length === 0)) return undefined
  book.sequence += 1
  book.unanswered = {
    lease: book.id,
    sequence: book.sequence,
    spent,
    returned,
    ...(Object.keys(overrun).length === 0 ? {} : { overrun }),
    ...(Object.keys(kept).length === 0 ? {} : { kept }),
  }
  return book.unanswered
}
