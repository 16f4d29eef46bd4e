// Calendar windows of a budget, in UTC, and the turns in which rates are lent out. Pure.
import type { Window } from '../service.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** What is lent of a rate is named by its turn, so that it is spent soon or given back. */
export const TURN_MS = 15_000
/** It may be spent in the next turn too, so that nobody has to wait at a turn's end. */
const TURNS = 2

/** When the window that holds `now` began. */
export function windowStart(window: Window, now: number): number {
  switch (window) {
    case 'minute':
      return now - (now % MINUTE_MS)
    case 'hour':
      return now - (now % HOUR_MS)
    case 'day':
      return now - (now % DAY_MS)
    case 'month': {
      const date = new Date(now)
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
    }
    case 'total':
      return 0
    case 'rate':
      return now - (now % TURN_MS)
  }
}

/** When it ends and the budget is whole again; never, for a total. Of a rate: when what was lent goes back. */
export function windowEnd(window: Window, now: number): number {
  switch (window) {
    case 'minute':
      return windowStart(window, now) + MINUTE_MS
    case 'hour':
      return windowStart(window, now) + HOUR_MS
    case 'day':
      return windowStart(window, now) + DAY_MS
    case 'month': {
      const date = new Date(now)
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
    }
    case 'total':
      return Number.POSITIVE_INFINITY
    case 'rate':
      return windowStart(window, now) + TURNS * TURN_MS
  }
}
