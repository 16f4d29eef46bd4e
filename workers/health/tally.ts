// How many calls were answered and how many failed lately, minute by minute. Pure.

const MINUTE_MS = 60_000
/** What is older is forgotten. */
const MINUTES = 10

interface Minute {
  readonly minute: number
  /** May be below zero: a stream that died is taken out of what it was counted as. */
  readonly ok: number
  readonly failed: number
}

export type Tally = readonly Minute[]

export function count(tally: Tally, ok: number, failed: number, now: number): Tally {
  if (ok === 0 && failed === 0) return tally
  const minute = Math.floor(now / MINUTE_MS)
  const kept = tally.filter((old) => old.minute > minute - MINUTES)
  const last = kept.at(-1)
  if (last === undefined || last.minute < minute) return [...kept, { minute, ok, failed }]
  return [...kept.slice(0, -1), { minute: last.minute, ok: last.ok + ok, failed: last.failed + failed }]
}

/** The last ten minutes: how many calls, and which share of them was answered; null without any. */
export function read(
  tally: Tally,
  now: number,
): { readonly requests: number; readonly success: number | null } {
  const oldest = Math.floor(now / MINUTE_MS) - MINUTES
  let ok = 0
  let failed = 0
  for (const minute of tally) {
    if (minute.minute <= oldest) continue
    ok += minute.ok
    failed += minute.failed
  }
  const requests = Math.max(0, ok) + failed
  return { requests, success: requests === 0 ? null : Math.max(0, ok) / requests }
}
