// What of a lease its isolate may keep while nobody uses it, bounded over all isolates and all that died with it. Pure.
import type { Budget } from '../service.ts'
import type { Draw, Lease, Ledger } from './ledger.ts'
import { type Slot, slotOf } from './slot.ts'

/**
 * Isolates that rest may keep this part of a limit, all together and for a whole window: what dies with them counts as
 * spent, and counts here for good. None may begin to where less than a quarter of the limit is left.
 */
export const KEPT_SHARE = 1 / 1_000
const FAR_SHARE = 1 / 4
/** One isolate may keep what a few requests need, and more only where this many could. */
const KEEPERS = 256

export const keptOf = ({ held, mayKeep }: Lease, slot: Slot): number =>
  Math.min(held[slot] ?? 0, mayKeep?.[slot] ?? 0)

/** What isolates may be keeping of a slot, or have died with. */
export function keptIn({ buried, leases }: Ledger, slot: Slot, except?: string): number {
  let sum = buried[slot] ?? 0
  for (const [id, lease] of Object.entries(leases))
    if (!lease.expired && id !== except) sum += keptOf(lease, slot)
  return sum
}

/** How much of a budget the isolate that draws may keep from now on. */
export function mayKeepOf(ledger: Ledger, asked: Draw, budget: Budget, left: number, now: number): number {
  if (budget.window === 'rate' || left < budget.limit * FAR_SHARE) return 0
  const most = Math.floor(budget.limit * KEPT_SHARE)
  const free = most - keptIn(ledger, slotOf(budget, now), asked.lease)
  return Math.max(0, Math.min(free, Math.max(asked.keep[budget.unit], Math.floor(most / KEEPERS))))
}

/** What isolates that rest have said they keep: nobody was promised that. */
export function restingIn({ leases }: Ledger, slot: Slot): number {
  let sum = 0
  for (const { expired, held, kept } of Object.values(leases))
    if (!expired) sum += Math.min(held[slot] ?? 0, kept?.[slot] ?? 0)
  return sum
}

/** What was buried is heard of again. */
export function exhume(buried: Record<Slot, number>, slot: Slot, amount: number): void {
  const left = Math.max(0, (buried[slot] ?? 0) - amount)
  if (left > 0) buried[slot] = left
  else delete buried[slot]
}
