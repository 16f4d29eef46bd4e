// What a gateway is worth in one scenario: all its cases played and judged, and the worst of them.
import { judge, type Seen, type Verdict, worst } from './judge.ts'
import type { Case } from './scenario.ts'

export interface Played {
  readonly name: string
  readonly verdict: Verdict
  /** Upstream calls to the primary and to the fallback. */
  readonly attempts: readonly [number, number]
  /** Of the longest call. */
  readonly seconds: number
  readonly seen: Seen
}

/** A scenario's line on the scorecard. */
export interface Score extends Verdict {
  readonly id: string
  readonly fault: string
  /** Of the case that decided. */
  readonly attempts: readonly [number, number]
  readonly seconds: number
  readonly cases: readonly Played[]
}

/** Judges a case once it is played. */
export function judged(of: Pick<Case, 'name' | 'expected' | 'rules'>, seen: Seen): Played {
  const durations = seen.calls.map(({ startedAt, endedAt }) => endedAt - startedAt)
  return {
    name: of.name,
    verdict: judge(of, seen),
    attempts: [seen.primary.length, seen.spare.length],
    seconds: Math.max(0, ...durations) / 1_000,
    seen,
  }
}

export function scoreOf(
  { id, fault }: { readonly id: string; readonly fault: string },
  cases: readonly Played[],
): Score {
  const verdict = worst(cases.map(({ name, verdict }) => ({ name, ...verdict })))
  const deciding = cases.find((played) => played.verdict.result === verdict.result)
  return {
    id,
    fault,
    ...verdict,
    attempts: deciding?.attempts ?? [0, 0],
    seconds: Math.max(0, ...cases.map(({ seconds }) => seconds)),
    cases,
  }
}
