// What holds where the configuration says nothing. Pure.

export const DAY_MS = 86_400_000

export const DEFAULTS = {
  bodyBytes: 4 * 1024 * 1024,
  keepAliveMs: 1_000,
  probeMs: 10_000,
  /** Of a stream, from its end on. */
  keepMs: 10 * 60_000,
  idempotencyMs: DAY_MS,
  /** Of the rows of requests. */
  keepDays: 90,
} as const
