// A rate as a bucket: so much a minute, refilled all the time, at most one minute's worth. Pure, in whole numbers.
//
// What is lent out counts as in the bucket until it is spent, so at every moment what is left and what is lent are at
// most the limit. So in any time, over all isolates, no more is spent than one bucket and what flows in meanwhile.
import { TURN_MS } from './window.ts'

export interface Level {
  /** What is left, times 60,000: then every millisecond adds a whole number. Less than nothing after an overrun. */
  readonly scaled: number
  readonly at: number
  readonly limit: number
}

const MINUTE_MS = 60_000

/** What is lent may be spent for two turns; a minute after that it has flowed in again, whatever became of it. */
export const COUNTED_MS = 2 * TURN_MS + MINUTE_MS

export const fullLevel = (limit: number, now: number): Level => ({
  scaled: limit * MINUTE_MS,
  at: now,
  limit,
})

/** `held` is lent out and not heard of again. A new limit holds from now on. */
export function refill(level: Level, held: number, now: number, limit: number): Level {
  const elapsedMs = Math.min(MINUTE_MS, Math.max(0, now - level.at))
  const most = Math.max(0, limit - held) * MINUTE_MS
  return {
    scaled: Math.min(level.scaled + elapsedMs * level.limit, most),
    at: Math.max(level.at, now),
    limit,
  }
}

/** Takes out, or puts back where the amount is negative. */
export const drain = (level: Level, amount: number): Level => ({
  ...level,
  scaled: level.scaled - amount * MINUTE_MS,
})

export const leftIn = (level: Level): number => Math.max(0, Math.floor(level.scaled / MINUTE_MS))

/** When so much will be in it, if nobody takes anything meanwhile. */
export const dueAt = (level: Level, amount: number): number =>
  level.limit === 0
    ? Number.POSITIVE_INFINITY
    : level.at + Math.max(0, Math.ceil((amount * MINUTE_MS - level.scaled) / level.limit))
