// Why requests waited for the object, and how many must wait whatever an isolate does. Counts only.

export const REASONS = ['new', 'rested', 'dry', 'lost', 'scarce'] as const
/** The isolate is new; it had given back what it held; it held too little; an answer got lost; little is left for all. */
export type Reason = (typeof REASONS)[number]

export interface Why {
  readonly waited: Record<Reason, number>
  /** Requests that must wait where an isolate holds what it likes, but only while deferred work keeps its place. */
  unavoidable: number
  /** The same if it could hold that until it dies. */
  unavoidableForever: number
}

export const noWhy = (): Why => ({
  waited: { new: 0, rested: 0, dry: 0, lost: 0, scarce: 0 },
  unavoidable: 0,
  unavoidableForever: 0,
})

/** On Cloudflare deferred work ends this long after the answer. */
const DEFERRED_MS = 30_000

interface Bound {
  /** When the first draw is back. */
  readyAt: number
  /** Until when somebody can look after what is held. */
  heldUntil: number
}

export interface Oracle {
  /** A request arrives; its answer takes so long. */
  ask(now: number, rttMs: number, lastsMs: number, why: Why): void
  die(): void
}

/** An isolate that always has enough once it has drawn at all, which takes one round trip. */
export function openOracle(): Oracle {
  const none = (): Bound => ({ readyAt: Number.NaN, heldUntil: Number.NEGATIVE_INFINITY })
  let deferred = none()
  let forever = none()
  const waits = (bound: Bound, now: number, rttMs: number, lastsMs: number, lingerMs: number): boolean => {
    if (now > bound.heldUntil) bound.readyAt = now + rttMs
    const beginsAt = Math.max(now, bound.readyAt)
    bound.heldUntil = Math.max(bound.heldUntil, beginsAt + lastsMs + lingerMs)
    return now < bound.readyAt
  }
  return {
    ask(now, rttMs, lastsMs, why) {
      if (waits(deferred, now, rttMs, lastsMs, DEFERRED_MS)) why.unavoidable += 1
      if (waits(forever, now, rttMs, lastsMs, Number.POSITIVE_INFINITY)) why.unavoidableForever += 1
    },
    die() {
      deferred = none()
      forever = none()
    },
  }
}
