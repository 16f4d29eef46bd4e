// The books of one account: what was spent in each window, and what is lent out. Pure: state and `now` in, state out.
//
// An isolate draws a lease: an amount debited here before anything is spent, which the isolate hands out to its
// requests without asking again. It reports what was really spent and gives back what is left. A lease that is never
// heard of again counts as spent, so strictness does not depend on an isolate staying alive.
import type { Budget, Unit } from '../service.ts'
import { COUNTED_MS, drain, dueAt, fullLevel, leftIn, type Level, refill } from './bucket.ts'
import { exhume, keptOf, mayKeepOf, restingIn } from './kept.ts'
import { isRate, type Slot, slotOf, startOf, unitOf } from './slot.ts'
import { windowEnd } from './window.ts'

export interface Lease {
  readonly expiresAt: number
  /** Expired leases stay for late reports; what they held has moved to spent. */
  readonly expired: boolean
  /** The newest report that was applied; a repeated one is ignored. */
  readonly sequence: number
  readonly held: Readonly<Record<Slot, number>>
  /** What of it the isolate may keep while nobody uses it, and perhaps never give back. */
  readonly mayKeep?: Readonly<Record<Slot, number>>
  /** What it kept when it was last heard of: nobody had been promised that. */
  readonly kept?: Readonly<Record<Slot, number>>
}

export interface Ledger {
  /** Spent per slot; slots of past windows are dropped. Rates have none. */
  readonly spent: Readonly<Record<Slot, number>>
  /** What of it was used beyond what had been granted, because a provider reported more than it was allowed. */
  readonly overruns: Readonly<Record<Slot, number>>
  /** What of it lost isolates had been allowed to keep. */
  readonly buried: Readonly<Record<Slot, number>>
  /** The buckets of rates, by unit. */
  readonly levels: Readonly<Partial<Record<Unit, Level>>>
  readonly leases: Readonly<Record<string, Lease>>
}

export const emptyLedger: Ledger = { spent: {}, overruns: {}, buried: {}, levels: {}, leases: {} }

export type Amounts = Readonly<Record<Unit, number>>

export interface Draw {
  readonly lease: string
  /** The least that is useful: what the waiting request needs for a short answer. */
  readonly least: Amounts
  /** What it needs for the whole one. */
  readonly need: Amounts
  /** What would be good to have, for the requests after it. */
  readonly want: Amounts
  /** What would be good to keep of it while nobody asks. */
  readonly keep: Amounts
}

export interface Granted {
  readonly slots: readonly {
    readonly slot: Slot
    readonly unit: Unit
    /** At least the least; less than the need where no more was left. */
    readonly amount: number
    readonly endsAt: number
    /** What is left after it. */
    readonly left: number
    /** How much of the slot its isolate may keep while nobody uses it. */
    readonly mayKeep: number
  }[]
  readonly expiresAt: number
}

export interface Refused {
  readonly budget: Budget
  readonly least: number
  readonly remaining: number
  /** When the window is over, or the bucket full enough. */
  readonly resetsAt: number
}

/** A lease outlives every request: half of it is longer than the longest total timeout that can be configured. */
export const LEASE_MS = 42 * 60 * 1000
/** How long a lost isolate's report is still taken into account. */
const LATE_MS = 24 * 60 * 60 * 1000
/** Ahead of need, a lease takes at most this part of what is left, or less where many lend, so that one isolate cannot starve the others. */
export const AHEAD_SHARE = 1 / 32

const heldIn = ({ leases }: Ledger, slot: Slot): number =>
  Object.values(leases).reduce((sum, lease) => sum + (lease.expired ? 0 : (lease.held[slot] ?? 0)), 0)

/** Lent out of a bucket and not heard of; after its time it has flowed in again. */
function heldOfRate({ leases }: Ledger, unit: Unit, now: number): number {
  let sum = 0
  for (const { held } of Object.values(leases))
    for (const [slot, amount] of Object.entries(held))
      if (isRate(slot) && unitOf(slot) === unit && startOf(slot) + COUNTED_MS > now) sum += amount
  return sum
}

const levelOf = (ledger: Ledger, { unit, limit }: Pick<Budget, 'unit' | 'limit'>, now: number): Level =>
  refill(ledger.levels[unit] ?? fullLevel(limit, now), heldOfRate(ledger, unit, now), now, limit)

export interface Balance {
  readonly budget: Budget
  readonly spent: number
  readonly reserved: number
  readonly remaining: number
  readonly overrun: number
  /** When the window is over; of a rate, when the bucket is full again. */
  readonly resetsAt: number
}

export function balanceOf(ledger: Ledger, budget: Budget, now: number): Balance {
  if (budget.window === 'rate') {
    const level = levelOf(ledger, budget, now)
    const reserved = heldOfRate(ledger, budget.unit, now)
    const resetsAt = dueAt(level, budget.limit)
    return { budget, spent: 0, reserved, remaining: leftIn(level), overrun: 0, resetsAt }
  }
  const slot = slotOf(budget, now)
  const spent = ledger.spent[slot] ?? 0
  const reserved = heldIn(ledger, slot)
  return {
    budget,
    spent,
    reserved,
    remaining: Math.max(0, budget.limit - spent - reserved),
    overrun: ledger.overruns[slot] ?? 0,
    resetsAt: windowEnd(budget.window, now),
  }
}

/** A balance as its owner sees it: what isolates that rest have kept is promised to nobody, so it remains. */
export function shownOf(ledger: Ledger, budget: Budget, now: number): Balance {
  const balance = balanceOf(ledger, budget, now)
  const slot = slotOf(budget, now)
  const resting = restingIn(ledger, slot)
  return {
    ...balance,
    reserved: balance.reserved - resting,
    remaining: Math.min(balance.remaining + resting, Math.max(0, budget.limit - balance.spent)),
  }
}

/** A shorter answer is better than none when money is short, but a rate is better waited for, where that helps. */
export const leastOf = (budget: Budget, { least, need }: Pick<Draw, 'least' | 'need'>): number =>
  budget.window === 'rate' && need[budget.unit] <= budget.limit ? need[budget.unit] : least[budget.unit]

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
  const mayKeep = Object.fromEntries(Object.entries(old?.mayKeep ?? {}).filter(([slot]) => slot in held))
  const levels = { ...settled.levels }
  const slots: Granted['slots'][number][] = []
  const share = shareOf(settled)
  for (const budget of budgets) {
    const { unit, window } = budget
    const { remaining, resetsAt } = balanceOf(settled, budget, now)
    const least = leastOf(budget, asked)
    if (least > remaining) {
      const comesAt =
        window !== 'rate'
          ? resetsAt
          : least > budget.limit
            ? Number.POSITIVE_INFINITY
            : dueAt(levelOf(settled, budget, now), least)
      return { refused: { budget, least, remaining, resetsAt: comesAt } }
    }
    const ahead = Math.floor(Math.min(asked.want[unit], remaining * share))
    const amount = Math.min(remaining, Math.max(asked.need[unit], ahead))
    const slot = slotOf(budget, now)
    if (window === 'rate') levels[unit] = drain(levelOf(settled, budget, now), amount)
    if (amount > 0) held[slot] = (held[slot] ?? 0) + amount
    const left = remaining - amount
    const spare = mayKeepOf(settled, asked, budget, left, now)
    if (slot in held) mayKeep[slot] = spare
    slots.push({ slot, unit, amount, endsAt: windowEnd(window, now), left, mayKeep: spare })
  }
  const expiresAt = now + LEASE_MS
  const lease: Lease = { expiresAt, expired: false, sequence: old?.sequence ?? 0, held, mayKeep }
  return {
    ledger: { ...settled, levels, leases: { ...settled.leases, [asked.lease]: lease } },
    granted: { slots, expiresAt },
  }
}

function shareOf({ leases }: Ledger): number {
  let lenders = 0
  for (const { expired, held } of Object.values(leases))
    if (!expired && Object.keys(held).length > 0) lenders += 1
  return Math.min(AHEAD_SHARE, 1 / (4 * lenders))
}

/** An isolate that draws again was not lost: what its lease held is lent once more, and no longer spent. */
function revive(ledger: Ledger, id: string): Ledger {
  const lease = ledger.leases[id]
  if (lease?.expired !== true) return ledger
  const spent = { ...ledger.spent }
  const buried = { ...ledger.buried }
  for (const [slot, amount] of Object.entries(lease.held)) {
    spent[slot] = Math.max(0, (spent[slot] ?? 0) - amount)
    exhume(buried, slot, keptOf(lease, slot))
  }
  return { ...ledger, spent, buried, leases: { ...ledger.leases, [id]: { ...lease, expired: false } } }
}

export interface Report {
  readonly lease: string
  /** Counts up from 1 in each lease. */
  readonly sequence: number
  readonly spent: Readonly<Record<Slot, number>>
  readonly returned: Readonly<Record<Slot, number>>
  /** What of `spent` was beyond what requests had been granted. */
  readonly overrun?: Readonly<Record<Slot, number>>
  /** What an isolate that rests keeps. */
  readonly kept?: Readonly<Record<Slot, number>>
}

/** Books what was spent and takes back what was not. Applying a report twice changes nothing. */
export function settle(ledger: Ledger, report: Report, now: number): Ledger {
  const lease = ledger.leases[report.lease]
  if (lease === undefined || report.sequence <= lease.sequence) return ledger
  const spent = { ...ledger.spent }
  const overruns = { ...ledger.overruns }
  const buried = { ...ledger.buried }
  const levels = { ...ledger.levels }
  const held = { ...lease.held }
  const slots = new Set([...Object.keys(report.spent), ...Object.keys(report.returned)])
  for (const unit of new Set([...slots].filter(isRate).map(unitOf))) {
    const limit = levels[unit]?.limit
    if (limit !== undefined) levels[unit] = levelOf(ledger, { unit, limit }, now)
  }
  for (const slot of slots) {
    const used = report.spent[slot] ?? 0
    const over = report.overrun?.[slot] ?? 0
    // An overrun was never lent: what is held for other requests stays theirs.
    const released = Math.min(held[slot] ?? 0, used - over + (report.returned[slot] ?? 0))
    if (isRate(slot)) {
      const level = levels[unitOf(slot)]
      // What was lent longer ago has flowed in again, whatever became of it.
      if (level !== undefined && startOf(slot) + COUNTED_MS > now)
        levels[unitOf(slot)] = drain(level, used - released)
    } else {
      // An expired lease was counted as spent in full, so what it released must be taken out again.
      const correction = lease.expired ? released : 0
      spent[slot] = Math.max(0, (spent[slot] ?? 0) + used - correction)
      if (over > 0) overruns[slot] = (overruns[slot] ?? 0) + over
    }
    const before = keptOf(lease, slot)
    held[slot] = (held[slot] ?? 0) - released
    if (lease.expired) exhume(buried, slot, before - Math.min(before, held[slot]))
    if (held[slot] === 0) delete held[slot]
  }
  const open = Object.keys(held).length > 0
  const { [report.lease]: _, ...others } = ledger.leases
  const { kept: _kept, ...rest } = lease
  const next: Lease = {
    ...rest,
    sequence: report.sequence,
    held,
    expiresAt: lease.expired ? lease.expiresAt : now + LEASE_MS,
    ...(report.kept === undefined ? {} : { kept: report.kept }),
  }
  const leases = open || !lease.expired ? { ...others, [report.lease]: next } : others
  return prune({ spent, overruns, buried, levels, leases }, now)
}

/** Leases that ran out count as spent from now on. What they held of a rate has long flowed in again. */
export function expire(ledger: Ledger, now: number): Ledger {
  const due = Object.entries(ledger.leases).filter(([, lease]) => lease.expiresAt <= now)
  if (due.length === 0) return ledger
  const spent = { ...ledger.spent }
  const buried = { ...ledger.buried }
  const leases = { ...ledger.leases }
  for (const [id, lease] of due) {
    const held = Object.fromEntries(Object.entries(lease.held).filter(([slot]) => !isRate(slot)))
    if (lease.expired || Object.keys(held).length === 0) {
      delete leases[id]
      continue
    }
    for (const [slot, amount] of Object.entries(held)) {
      spent[slot] = (spent[slot] ?? 0) + amount
      const kept = keptOf(lease, slot)
      if (kept > 0) buried[slot] = (buried[slot] ?? 0) + kept
    }
    leases[id] = { ...lease, held, expired: true, expiresAt: now + LATE_MS }
  }
  return prune({ ...ledger, spent, buried, leases }, now)
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
    const start = startOf(slot)
    const lifeMs = slot.includes(':month@') ? KEEP_MS : slot.includes(':day@') ? KEEP_MS : 2 * 60 * 60 * 1000
    return start > 0 && start + lifeMs < now
  })
  if (old.length === 0) return ledger
  const spent = { ...ledger.spent }
  const overruns = { ...ledger.overruns }
  const buried = { ...ledger.buried }
  for (const slot of old) {
    delete spent[slot]
    delete overruns[slot]
    delete buried[slot]
  }
  return { ...ledger, spent, overruns, buried }
}
