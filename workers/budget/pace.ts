// How much an isolate needs of an account lately, and how often. Pure.
import type { Unit } from '../service.ts'
import type { Amounts } from './ledger.ts'

export interface Pace {
  /** Need per second lately, by unit. */
  readonly need: Record<Unit, number>
  at: number
  /** The longest pause between two requests lately; undefined where there was one only. */
  pauseMs: number | undefined
}

export const openPace = (now: number): Pace => ({
  need: { usd: 0, tokens: 0, requests: 0 },
  at: now,
  pauseMs: undefined,
})

/** Held for this long ahead at the recent rate. */
const AHEAD_MS = 2_000
/** The memory of the rate. */
const FADE_MS = 1_000
/** The memory of the longest pause, in requests. */
const FORGET = 0.95
/** A pause longer than this ends what was known of pauses. */
export const LONGEST_MS = 10_000

/** Learns from a request. */
export function learn(pace: Pace, need: Amounts, now: number): void {
  const pauseMs = Math.max(1, now - pace.at)
  const fade = Math.exp(-pauseMs / FADE_MS)
  for (const unit of ['usd', 'tokens', 'requests'] as const)
    pace.need[unit] = pace.need[unit] * fade + need[unit]
  pace.pauseMs = pauseMs > LONGEST_MS ? undefined : Math.max(pauseMs, (pace.pauseMs ?? 0) * FORGET)
  pace.at = now
}

/** What the next seconds need of a unit. */
export const aheadIn = (pace: Pace, unit: Unit): number => Math.ceil((pace.need[unit] * AHEAD_MS) / 1_000)

/** What to draw for the request at hand and those of the next seconds. */
export const ahead = (pace: Pace): Amounts => ({
  usd: aheadIn(pace, 'usd'),
  tokens: aheadIn(pace, 'tokens'),
  requests: aheadIn(pace, 'requests'),
})
