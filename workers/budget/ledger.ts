// The books of one key: what was spent in each window, and what is lent out. Pure: state and `now` in, state out.
//
// An isolate draws a lease: an amount debited here before anything is spent, which the isolate hands out to its
// requests without asking again. It reports what was really spent and gives back what is left. A lease that is never
// heard of again counts as spent, so strictness does not depend on an isolate staying alive.
import type { Budget, Unit } from '../service.ts'
import { windowEnd, windowStart } from './window.ts'

/** One amount of one budget in one window, by name: `usd:day@1764547200000`. */
export type Slot = string

export interface Lease {
  readonly expiresAt: number
  /** Expired leases stay for late reports; what they held has moved to spent. */
  readonly expired: boolean
  /** The newest report that was applied; a repeated one is ignored. */
  readonly sequence: number
  readonly held: Readonly<Record<Slot, number>>
}

export interface Ledger {
  /** Spent per slot; slots of past windows are dropped. */
  readonly spent: Readonly<Record<Slot, number>>
  readonly leases: Readonly<Record<string, Lease>>
}

export const emptyLedger: Ledger = { spent: {}, leases: {} }

export type Amounts = Readonly<Record<Unit, number>>

export interface Draw {
  readonly lease: string
  /** The least that is useful: what the waiting request needs. */
  readonly need: Amounts
  /** What would be good to have, for the requests after it. */
  readonly want: Amounts
}

export interface Granted {
  readonly slots: readonly {
    readonly slot: Slot
    readonly unit: Unit
    readonly amount: number
    readonly endsAt: number
  }[]
  readonly expiresAt: number
}

export interface Refused {
  readonly budget: Budget
  readonly remaining: number
  readonly resetsAt: number
}

/** A lease outlives every request: half of it is longer than the longest total timeout that can be configured. */
export const LEASE_MS = 42 * 60 * 1000
/** How long a lost isolate's report is still taken into account. */
const LATE_MS = 24 * 60 * 60 * 1000
/** Ahead of need, a lease takes at most this part of what is left, so that one isolate cannot starve the others. */
const AHEAD_SHARE = 1 / 16

export const slotOf = (budget: Budget, now: number): Slot =>
  `${budget.unit}:${budget.window}@${windowStart(budget.window, now)}`

const heldIn = (ledger: Ledger, slot: Slot): number =>
  Object.values(ledger.leases).reduce((sum, lease) => sum + (lease.expired ? 0 : (lease.held[slot] ?? 0)), 0)

export interface Balance {
  readonly budget: Budget
  readonly spent: number
  readonly reserved: number
  readonly remaining: number
  readonly resetsAt: number
}

export function balanceOf(ledger: Ledger, budget: Budget, now: number): Balance {
  const slot = slotOf(budget, now)
  const spent = ledger.spent[slot] ?? 0
  const reserved = heldIn(ledger, slot)
  return {
    budget,
    spent,
    reserved,
    remaining: Math.max(0, budget.limit - spent - reserved),
    resetsAt: windowEnd(budget.window, now),
  }
}

/** Lends an amount of every budget at once, or of none. */
export function draw(
  ledger: Ledger,
  budgets: readonly Budget[],
  asked: Draw,
  now: number,
): { readonly ledger: Ledger; readonly granted: Granted } | { readonly refused: Refused } {
  const settled = revive(expire(ledger, now), asked.lease)
  const old = settled.leases[asked.lease]
  const held: Record<Slot, number> = { ...old?.held }
  const slots: Granted['slots'][number][] = []
  for (const budget of budgets) {
    const { remaining, resetsAt } = balanceOf(settled, budget, now)
    const need = asked.need[budget.unit]
    if (need > remaining) return { refused: { budget, remaining, resetsAt } }
    const ahead = Math.floor(Math.min(asked.want[budget.unit], remaining * AHEAD_SHARE))
    const amount = Math.max(need, ahead)
    const slot = slotOf(budget, now)
    held[slot] = (held[slot] ?? 0) + amount
    slots.push({ slot, unit: budget.unit, amount, endsAt: resetsAt })
  }
  const expiresAt = now + LEASE_MS
  const lease: Lease = { expiresAt, expired: false, sequence: old?.sequence ?? 0, held }
  return {
    ledger: { ...settled, leases: { ...settled.leases, [asked.lease]: lease } },
    granted: { slots, expiresAt },
  }
}

/** An isolate that draws again was not lost: what its lease held is lent once more, and no longer spent. */
function revive(ledger: Ledger, id: string): Ledger {
  const lease = ledger.leases[id]
  if (lease?.expired !== true) return ledger
  const spent = { ...ledger.spent }
  for (const [slot, amount] of Object.entries(lease.held))
    spent[slot] = Math.max(0, (spent[slot] ?? 0) - amount)
  return { spent, leases: { ...ledger.leases, [id]: { ...lease, expired: false } } }
}

export interface Report {
  readonly lease: string
  /** Counts up from 1 in each lease. */
  readonly sequence: number
  readonly spent: Readonly<Record<Slot, number>>
  readonly returned: Readonly<Record<Slot, number>>
}

/** Books what was spent and takes back what was not. Applying a report twice changes nothing. */
export function settle(ledger: Ledger, report: Report, now: number): Ledger {
  const lease = ledger.leases[report.lease]
  if (lease === undefined || report.sequence <= lease.sequence) return ledger
  const spent = { ...ledger.spent }
  const held = { ...lease.held }
  for (const slot of new Set([...Object.keys(report.spent), ...Object.keys(report.returned)])) {
    const used = report.spent[slot] ?? 0
    const released = Math.min(held[slot] ?? 0, used + (report.returned[slot] ?? 0))
    held[slot] = (held[slot] ?? 0) - released
    // An expired lease was counted as spent in full, so what it released must be taken out again.
    const correction = lease.expired ? released : 0
    spent[slot] = Math.max(0, (spent[slot] ?? 0) + used - correction)
    if (held[slot] === 0) delete held[slot]
  }
  const open = Object.keys(held).length > 0
  const { [report.lease]: _, ...others } = ledger.leases
  const kept: Lease = {
    ...lease,
    sequence: report.sequence,
    held,
    expiresAt: lease.expired ? lease.expiresAt : now + LEASE_MS,
  }
  return prune({ spent, leases: open || !lease.expired ? { ...others, [report.lease]: kept } : others }, now)
}

/** Leases that ran out count as spent from now on. */
export function expire(ledger: Ledger, now: number): Ledger {
  const due = Object.entries(ledger.leases).filter(([, lease]) => lease.expiresAt <= now)
  if (due.length === 0) return ledger
  const spent = { ...ledger.spent }
  const leases = { ...ledger.leases }
  for (const [id, lease] of due) {
    if (lease.expired || Object.keys(lease.held).length === 0) {
      delete leases[id]
      continue
    }
    for (const [slot, amount] of Object.entries(lease.held)) spent[slot] = (spent[slot] ?? 0) + amount
    leases[id] = { ...lease, expired: true, expiresAt: now + LATE_MS }
  }
  return prune({ spent, leases }, now)
}

/** When the next lease runs out, for the alarm. */
export function nextExpiry(ledger: Ledger): number | undefined {
  const times = Object.values(ledger.leases).map((lease) => lease.expiresAt)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** Books of windows that ended more than two months ago serve nobody. */
const KEEP_MS = 62 * 24 * 60 * 60 * 1000

function prune(ledger: Ledger, now: number): Ledger {
  const old = Object.keys(ledger.spent).filter((slot) => {
    const start = Number(slot.slice(slot.indexOf('@') + 1))
    const lifeMs = slot.includes(':month@') ? KEEP_MS : slot.includes(':day@') ? KEEP_MS : 2 * 60 * 60 * 1000
    return start > 0 && start + lifeMs < now
  })
  if (old.length === 0) return ledger
  const spent = { ...ledger.spent }
  for (const slot of old) delete spent[slot]
  return { ...ledger, spent }
}
