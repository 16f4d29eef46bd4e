// What the calls of a target use: tokens by class, and how fast its streams are; recent calls weigh more. Pure.
import type { Usage } from '../../shared/usage.ts'

/** Sums over calls. In a condition they fade, so that together they never weigh more than MEMORY calls. */
export interface Use {
  readonly calls: number
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  /** Tokens of streams, and the milliseconds from their first content to their end. */
  readonly paceTokens: number
  readonly paceMs: number
}

export const noUse: Use = {
  calls: 0,
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  paceTokens: 0,
  paceMs: 0,
}

const MEMORY = 200
/** What a stream tells within less than this says how it was delivered, not how fast it was made. */
const MIN_PACE_MS = 50
const MIN_PACE_TOKENS = 10
/** Fewer tokens in all say nothing about a speed. */
const ENOUGH_TOKENS = 200

/** `streamMs`: from the first content of a stream to its end; absent for whole replies. */
export function useOf(usage: Usage, streamMs: number | undefined): Use {
  const isPaced = streamMs !== undefined && streamMs >= MIN_PACE_MS && usage.output >= MIN_PACE_TOKENS
  return {
    calls: 1,
    input: usage.input,
    cacheRead: usage.cacheRead,
    cacheWrite: usage.cacheWrite + (usage.cacheWriteLong ?? 0),
    output: usage.output + usage.reasoning,
    paceTokens: isPaced ? usage.output : 0,
    paceMs: isPaced ? streamMs : 0,
  }
}

const NAMES = ['calls', 'input', 'cacheRead', 'cacheWrite', 'output', 'paceTokens', 'paceMs'] as const

const combine = (one: Use, fade: number, other: Use): Use => {
  const sum: { -readonly [name in keyof Use]: number } = { ...noUse }
  for (const name of NAMES) sum[name] = one[name] * fade + other[name]
  return sum
}

export const addUses = (one: Use | undefined, other: Use | undefined): Use | undefined =>
  one === undefined || other === undefined ? (one ?? other) : combine(one, 1, other)

export const mergeUse = (kept: Use, fresh: Use | undefined): Use =>
  fresh === undefined ? kept : combine(kept, (1 - 1 / MEMORY) ** fresh.calls, fresh)

/** Means of one call; undefined without any. */
export function meanOf(
  use: Use,
): Pick<Use, 'calls' | 'input' | 'cacheRead' | 'cacheWrite' | 'output'> | undefined {
  const { calls, input, cacheRead, cacheWrite, output } = use
  if (calls < 0.5) return undefined
  return {
    calls,
    input: input / calls,
    cacheRead: cacheRead / calls,
    cacheWrite: cacheWrite / calls,
    output: output / calls,
  }
}

export const paceOf = ({ paceTokens, paceMs }: Use): number | undefined =>
  paceTokens < ENOUGH_TOKENS ? undefined : (paceTokens / paceMs) * 1_000
