// What calls say about their target: one result read, many added up. Pure.
import { type Failure, judge, reasonOf } from '../../shared/failure.ts'
import type { Usage } from '../../shared/usage.ts'

/** What became of a call, as far as its target is to blame or to praise. Times are milliseconds. */
export type Result =
  /** The first content came, or the whole reply. */
  | { readonly kind: 'answered'; readonly beganAt: number; readonly tookMs: number; readonly stream: boolean }
  /** An answer came to its end. `usage` as the vendor reported it; `streamMs` from the first content of a stream on. */
  | { readonly kind: 'finished'; readonly usage?: Usage; readonly streamMs?: number }
  /** A stream that had answered died. */
  | { readonly kind: 'cut'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly beganAt: number; readonly failure: Failure }
  /** Nobody waited any longer: the client left, or another target was quicker. */
  | { readonly kind: 'left'; readonly waitedMs: number; readonly stream: boolean }

/** Sums over any number of calls. A time of 0 is never. */
export interface Evidence {
  /** Calls that were answered, less the streams among them that died later. */
  readonly ok: number
  readonly failures: number
  /** What the failures count in all. */
  readonly weight: number
  /** What the failures count that came after the last sign of life. */
  readonly streak: number
  /** Streams that died since the last that finished. */
  readonly cuts: number
  readonly finished: boolean
  /** When the latest of the calls began that showed the target alive. */
  readonly aliveAt: number
  /** When the latest of the calls began that failed; of a stream that died, when it died. */
  readonly failedAt: number
  /** When a try began whether it is up again. */
  readonly probedAt: number
  /** The target asked not to be called before. */
  readonly asideUntil: number
  /** The word of the last failure. */
  readonly reason: string
}

export const noEvidence: Evidence = {
  ok: 0,
  failures: 0,
  weight: 0,
  streak: 0,
  cuts: 0,
  finished: false,
  aliveAt: 0,
  failedAt: 0,
  probedAt: 0,
  asideUntil: 0,
  reason: '',
}

/** A target that is silent costs every caller its whole patience, so one such call counts as three. */
const SILENCE_WEIGHT = 3
/** With a refused key nobody gets an answer: the provider's last key has been tried when this is seen. */
const CREDENTIALS_WEIGHT = 3
/** Some providers ask for a day; whether they still mean it is asked sooner. */
export const MAX_ASIDE_MS = 60_000

/** Undefined where a result says nothing about its target. */
export function evidenceOf(result: Result, now: number): Evidence | undefined {
  switch (result.kind) {
    case 'answered':
      return { ...noEvidence, ok: 1, aliveAt: result.beganAt }
    case 'finished':
      return { ...noEvidence, finished: true }
    case 'cut':
      return weightOf(result.failure) === 0
        ? undefined
        : {
            ...noEvidence,
            ok: -1,
            failures: 1,
            weight: 1,
            cuts: 1,
            failedAt: now,
            reason: reasonOf(result.failure),
          }
    case 'failed':
      return evidenceOfFailure(result.failure, result.beganAt, now)
    case 'left':
      return undefined
  }
}

function evidenceOfFailure(failure: Failure, beganAt: number, now: number): Evidence | undefined {
  if (showsLife(failure)) return { ...noEvidence, aliveAt: beganAt }
  const weight = weightOf(failure)
  if (weight === 0) return undefined
  const askedMs = 'retryAfterMs' in failure ? (failure.retryAfterMs ?? 0) : 0
  return {
    ...noEvidence,
    failures: 1,
    weight,
    streak: weight,
    failedAt: beganAt,
    reason: reasonOf(failure),
    // It has said itself when it may be called: that counts at once and needs no second and third refusal.
    ...(askedMs > 0 ? { asideUntil: now + Math.min(askedMs, MAX_ASIDE_MS) } : {}),
  }
}

/** Whoever explains what is wrong with a request, or that it cannot help, is there to say so. */
const showsLife = (failure: Failure): boolean =>
  failure.kind === 'rejected' ||
  failure.kind === 'refused' ||
  failure.kind === 'context-length' ||
  failure.kind === 'unsure'

/** 0 for a failure that is not the target's. */
function weightOf(failure: Failure): number {
  if (judge(failure).blame !== 'target') return 0
  if (failure.kind === 'credentials') return CREDENTIALS_WEIGHT
  if (failure.kind !== 'timeout') return 1
  // The limit on the whole request covers every attempt; it is no word about the last of them.
  if (failure.phase === 'total') return 0
  return failure.phase === 'head' || failure.phase === 'first-token' ? SILENCE_WEIGHT : 1
}

/** `later` came after `earlier`. */
export function addEvidence(earlier: Evidence, later: Evidence): Evidence {
  return {
    ok: earlier.ok + later.ok,
    failures: earlier.failures + later.failures,
    weight: earlier.weight + later.weight,
    streak: later.streak + (later.aliveAt > 0 ? 0 : earlier.streak),
    cuts: later.cuts + (later.finished ? 0 : earlier.cuts),
    finished: earlier.finished || later.finished,
    aliveAt: Math.max(earlier.aliveAt, later.aliveAt),
    failedAt: Math.max(earlier.failedAt, later.failedAt),
    probedAt: Math.max(earlier.probedAt, later.probedAt),
    asideUntil: Math.max(earlier.asideUntil, later.asideUntil),
    reason: later.reason === '' ? earlier.reason : later.reason,
  }
}
