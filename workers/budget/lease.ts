// One isolate's side of a key's books: what it holds, what it has handed out, what it has yet to report. Pure.
import type { Budget, Unit } from '../service.ts'
import { type Amounts, type Granted, LEASE_MS, type Report, type Slot, slotOf } from './ledger.ts'

interface Purse {
  readonly unit: Unit
  readonly endsAt: number
  /** Held here and not promised to any request. */
  available: number
  /** Used since the last report. */
  spent: number
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
  /** Need per second lately, by unit: how much to draw ahead. */
  readonly rate: Record<Unit, number>
  rateAt: number
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
    rate: { usd: 0, tokens: 0, requests: 0 },
    rateAt: now,
    unanswered: undefined,
  }
}

/** A lease this close to its end is not used any more: its requests could outlive it. */
const MARGIN_MS = LEASE_MS / 2
/** Draw for this long ahead at the recent rate. */
const AHEAD_MS = 2_000

/** Takes a request's need out of what is held, of every budget at once; undefined when more must be drawn. */
export function take(
  book: LeaseBook,
  budgets: readonly Budget[],
  need: Amounts,
  now: number,
): Grant | undefined {
  if (book.expiresAt - now < MARGIN_MS) return undefined
  const slots = budgets.map((budget) => ({
    slot: slotOf(budget, now),
    unit: budget.unit,
    amount: need[budget.unit],
  }))
  if (!slots.every(({ slot, amount }) => (book.purses.get(slot)?.available ?? 0) >= amount)) return undefined
  for (const { slot, amount } of slots) {
    const purse = book.purses.get(slot)
    if (purse !== undefined) purse.available -= amount
  }
  book.outstanding += 1
  book.usedAt = now
  return { slots }
}

/** Puts a drawn amount into the purses. */
export function deposit(book: LeaseBook, granted: Granted): void {
  book.expiresAt = granted.expiresAt
  for (const { slot, unit, amount, endsAt } of granted.slots) {
    const purse = book.purses.get(slot)
    if (purse === undefined) book.purses.set(slot, { unit, endsAt, available: amount, spent: 0 })
    else purse.available += amount
  }
}

/** Learns the rate of need and says what to draw: for the request at hand, and for the next seconds. */
export function wanted(book: LeaseBook, need: Amounts, now: number): Amounts {
  const elapsedMs = Math.max(1, now - book.rateAt)
  const fade = Math.exp(-elapsedMs / 1_000)
  const learn = (unit: Unit): number => {
    book.rate[unit] = book.rate[unit] * fade + need[unit]
    return Math.ceil((book.rate[unit] * AHEAD_MS) / 1_000)
  }
  const ahead = { usd: learn('usd'), tokens: learn('tokens'), requests: learn('requests') }
  book.rateAt = now
  return ahead
}

/** Books what a request really used. The rest of its grant is available again; more than its grant is booked too. */
export function close(book: LeaseBook, grant: Grant, used: Amounts, now: number): void {
  for (const { slot, unit, amount } of grant.slots) {
    const purse = book.purses.get(slot)
    if (purse === undefined) continue
    purse.available += amount - used[unit]
    purse.spent += used[unit]
  }
  book.outstanding -= 1
  book.usedAt = now
}

/**
 * The next report, or undefined when there is nothing to say. With `all`, what is available goes back too;
 * amounts of windows that have ended always do, as far as no request holds them.
 */
export function writeReport(book: LeaseBook, all: boolean, now: number): Report | undefined {
  if (book.unanswered !== undefined) return book.unanswered
  const spent: Record<Slot, number> = {}
  const returned: Record<Slot, number> = {}
  for (const [slot, purse] of book.purses) {
    if (purse.spent > 0) spent[slot] = purse.spent
    if (purse.available > 0 && (all || purse.endsAt <= now)) {
      returned[slot] = purse.available
      purse.available = 0
    }
    purse.spent = 0
    // After an overrun there is less than nothing here; the books learn of it as spent, so the debt ends.
    if (purse.available < 0 && book.outstanding === 0) purse.available = 0
    if (purse.available === 0 && book.outstanding === 0) book.purses.delete(slot)
  }
  if (Object.keys(spent).length === 0 && Object.keys(returned).length === 0) return undefined
  book.sequence += 1
  book.unanswered = { lease: book.id, sequence: book.sequence, spent, returned }
  return book.unanswered
}
