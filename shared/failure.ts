// Everything that can go wrong, as one union, and the one place that says what it means. Pure.
import type { RateLeft } from './rates.ts'

/** How far a call got before its clock ran out. */
export type Phase = 'head' | 'first-token' | 'idle' | 'floor' | 'total'

/** One upstream call that failed, as the caller may see it: no bodies, no keys. */
export interface FailedAttempt {
  readonly target: string
  readonly status?: number
  readonly reason: string
  readonly durationMs: number
}

export type Failure =
  | {
      readonly kind: 'invalid-request'
      readonly message: string
      readonly param?: string
      readonly code?: string
    }
  | { readonly kind: 'too-large'; readonly limitBytes: number }
  | {
      readonly kind: 'unauthenticated'
      readonly message: string
      readonly code: 'invalid_api_key'
    }
  | { readonly kind: 'forbidden'; readonly message: string; readonly code: string }
  | { readonly kind: 'not-found'; readonly message: string; readonly code?: string; readonly param?: string }
  | {
      readonly kind: 'conflict'
      readonly message: string
      readonly code: string
      readonly retryAfterMs?: number
    }
  | {
      readonly kind: 'over-budget'
      readonly message: string
      readonly unit: 'usd' | 'tokens' | 'requests'
      readonly code: 'insufficient_quota' | 'rate_limit_exceeded'
      readonly resetsAt?: number
      readonly retryAfterMs?: number
      /** How much is left of the rates that apply. */
      readonly rates?: readonly RateLeft[]
    }
  | { readonly kind: 'no-route'; readonly model: string; readonly message: string }
  | { readonly kind: 'rate-limited'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'overloaded'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'credentials'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'timeout'; readonly phase: Phase; readonly limitMs: number }
  | {
      readonly kind: 'rejected'
      readonly status: number
      readonly message: string
      readonly code?: string
      readonly type?: string
      readonly param?: string
    }
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly message: string
      readonly code?: string
      readonly type?: string
      readonly param?: string
    }
  | {
      readonly kind: 'context-length'
      readonly status: number
      readonly message: string
      readonly code?: string
      readonly param?: string
    }
  /** The target cannot be told everything that the request insists on. */
  | { readonly kind: 'unsupported'; readonly message: string; readonly parameters: readonly string[] }
  | { readonly kind: 'unsure'; readonly message: string }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'exhausted'; readonly attempts: readonly FailedAttempt[]; readonly last: Failure }
  /** `advice`: what to do, where it may have been sent and billed all the same. */
  | {
      readonly kind: 'unavailable'
      readonly what: string
      readonly retryAfterMs?: number
      readonly advice?: string
    }
  /** The operator has not given the gateway what this takes. */
  | { readonly kind: 'unequipped'; readonly message: string }
  /** The gateway was stopped while it answered. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'internal'; readonly message: string }

export interface Judgement {
  /** Where another try may go: nowhere, only to another target, or to any, the same one included. */
  readonly retry: 'never' | 'elsewhere' | 'anywhere'
  readonly blame: 'caller' | 'target' | 'us' | 'nobody'
}

/** Failover, billing and telemetry ask this and nothing else. A new arm must be judged to compile. */
export function judge(failure: Failure): Judgement {
  switch (failure.kind) {
    case 'invalid-request':
    case 'too-large':
    case 'unauthenticated':
    case 'forbidden':
    case 'not-found':
    case 'over-budget':
    case 'no-route':
    case 'rejected':
    case 'refused':
      return { retry: 'never', blame: 'caller' }
    case 'context-length':
    case 'unsupported':
      return { retry: 'elsewhere', blame: 'caller' }
    case 'unsure':
      return { retry: 'elsewhere', blame: 'nobody' }
    case 'rate-limited':
    case 'credentials':
    case 'timeout':
      return { retry: 'elsewhere', blame: 'target' }
    case 'overloaded':
    case 'unreachable':
    case 'malformed':
      return { retry: 'anywhere', blame: 'target' }
    case 'exhausted':
      return { retry: 'never', blame: 'target' }
    case 'unavailable':
    case 'unequipped':
    case 'lost':
    case 'internal':
      return { retry: 'never', blame: 'us' }
    case 'conflict':
    case 'cancelled':
      return { retry: 'never', blame: 'nobody' }
  }
}

/** The one error class. What it carries is data; its text is for logs and never holds a secret. */
export class Failed extends Error {
  override readonly name = 'Failed'
  readonly failure: Failure
  constructor(failure: Failure) {
    super(describe(failure))
    this.failure = failure
  }
}

/** Any thrown thing as a failure; what is not ours is `internal` and keeps its text out of replies. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failed) return error.failure
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) }
}

/** One plain sentence about a failure, in words a caller can act on. */
export function describe(failure: Failure): string {
  switch (failure.kind) {
    case 'invalid-request':
    case 'unauthenticated':
    case 'forbidden':
    case 'not-found':
    case 'conflict':
    case 'over-budget':
    case 'no-route':
    case 'unsure':
    case 'unsupported':
    case 'rejected':
    case 'refused':
    case 'context-length':
    case 'unequipped':
      return failure.message
    case 'too-large':
      return `The request body is larger than the ${failure.limitBytes} bytes this gateway accepts.`
    case 'rate-limited':
      return `The provider limits its rate (status ${failure.status}).`
    case 'overloaded':
      return `The provider failed (status ${failure.status}).`
    case 'credentials':
      return `The provider refused the gateway's own credentials (status ${failure.status}).`
    case 'unreachable':
      return `The provider could not be reached: ${failure.reason}.`
    case 'timeout':
      return failure.phase === 'floor'
        ? `The provider answered too slowly for ${failure.limitMs} ms.`
        : `The provider exceeded the ${failure.phase} limit of ${failure.limitMs} ms.`
    case 'malformed':
      return `The provider sent an unusable answer: ${failure.reason}.`
    case 'exhausted':
      return exhaustedMessage(failure.attempts)
    case 'unavailable':
      return `${failure.what} cannot be reached at the moment; ${failure.advice ?? 'nothing was sent and nothing was billed. Try again shortly.'}`
    case 'lost':
      return 'The gateway was stopped while it answered, and the rest of this answer is lost. Ask again.'
    case 'cancelled':
      return 'The request was cancelled.'
    case 'internal':
      return "The gateway failed on this request; it is not the caller's fault."
  }
}

function exhaustedMessage(attempts: readonly FailedAttempt[]): string {
  const list = attempts.map(
    (attempt) => `${attempt.target} ${attempt.status ?? attempt.reason} after ${attempt.durationMs} ms`,
  )
  return `Every target failed: ${list.join('; ')}.`
}

/** A word for telemetry and attempt lists: short, stable, without free text. */
export function reasonOf(failure: Failure): string {
  if (failure.kind === 'timeout') return `timeout-${failure.phase}`
  if (failure.kind === 'exhausted') return reasonOf(failure.last)
  return failure.kind
}
