// How much an isolate needs of an account lately, and how often. Pure.
import type { Unit } from '../service.ts'
import type { Amounts } from './ledger.ts'

export interface Pace {
  /** Need per second lately, by unit. */
  readonly need: Record<Unit, number>
  /** The most of it, fading slowly. */
  readonly peak: Record<Unit, number>
  /** The most that one request needed lately. */
  readonly most: Record<Unit, number>
  at: number
  /** The longest pause between two requests lately; undefined where there was one only. */
  pauseMs: number | undefined
}

export const openPace = (now: number): Pace => ({
  need: { usd: 0, tokens: 0, requests: 0 },
  peak: { usd: 0, tokens: 0, requests: 0 },
  most: { usd: 0, tokens: 0, requests: 0 },
  at: now,
  pauseMs: undefined,
})

/** Held for this long ahead at the recent rate. */
const AHEAD_MS = 2_000
/** The memory of the rate, and of the highest rate: after a pause it may be as high again. */
const FADE_MS = 1_000
const PEAK_FADE_MS = 30_000
/** The memory of the longest pause and the largest request, in requests. */
const FORGET = 0.95
/** A pause longer than this ends what was known of pauses. */
export const LONGEST_MS = 26_000

/** Learns from a request. */
export function learn(pace: Pace, need: Amounts, now: number): void {
  const pauseMs = Math.max(1, now - pace.at)
  const fade = Math.exp(-pauseMs / FADE_MS)
  const peakFade = Math.exp(-pauseMs / PEAK_FADE_MS)
  for (const unit of ['usd', 'tokens', 'requests'] as const) {
    pace.need[unit] = pace.need[unit] * fade + need[unit]
    pace.most[unit] = Math.max(need[unit], Math.floor(pace.most[unit] * FORGET))
    pace.peak[unit] = Math.max(pace.need[unit], pace.peak[unit] * peakFade)
  }
  pace.pauseMs = pauseMs > LONGEST_MS ? undefined : Math.max(pauseMs, (pace.pauseMs ?? 0) * FORGET)
  pace.at = now
}

/** However seldom it is used, an account's next requests come before anybody could have drawn again. */
const FEW = 3

/** What the next requests of usual size need of a unit. */
export const fewIn = (pace: Pace, unit: Unit): number => pace.most[unit] * FEW

/** What the next seconds need of it. */
export const aheadIn = (pace: Pace, unit: Unit): number =>
  Math.max(fewIn(pace, unit), Math.ceil((pace.peak[unit] * AHEAD_MS) / 1_000))
