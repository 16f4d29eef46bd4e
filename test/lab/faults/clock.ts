// How long a fault takes: as it is described, or shortened, together with the gateway's limits, for tests. Pure.
import type { Fields } from '../client.ts'

export interface Clock {
  /** How long somebody is silent. */
  wait(ms: number): number
  /** How soon an answer must be there. */
  bound(ms: number): number
  /** How far apart the same things happen: tokens, requests, tries. */
  beat(ms: number): number
  /** Between two tokens of a healthy answer. */
  readonly tokenMs: number
  /** The client waits so long for the end of an answer before that counts as a hang. */
  readonly patienceMs: number
  /** Requests beyond the described number: a busy machine does not keep to its beats. */
  readonly more: number
  /** What the gateway is configured with; absent for its own limits. */
  readonly limits?: Fields
}

/** As the scorecard runs. */
export const realClock: Clock = {
  wait: (ms) => ms,
  bound: (ms) => ms,
  beat: (ms) => ms,
  tokenMs: 15,
  patienceMs: 130_000,
  more: 0,
}

/** Many tests run at once on small machines; what a bound is short of for that, attempts and rows tell. */
const BUSY_MS = 6_000

/** As `npm test` runs. Silences stay longer than the limits on them, so that only a limit ends them. */
export const fastClock: Clock = {
  wait: (ms) => ms * 0.6,
  bound: (ms) => ms * 0.3 + BUSY_MS,
  beat: (ms) => ms / 10,
  tokenMs: 2,
  patienceMs: 90_000,
  more: 8,
  limits: {
    timeouts: {
      headMs: 4_000,
      firstTokenMs: 4_000,
      idleMs: 4_000,
      totalMs: 60_000,
      replyMs: 4_000,
      floorTokensPerSecond: 5,
      floorWindowMs: 6_000,
    },
    health: { probeMs: 800 },
  },
}
