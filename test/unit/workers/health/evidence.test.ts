// What a result says about its target: nothing, that it lives, or that it failed and how much that counts.
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../../shared/failure.ts'
import { addEvidence, evidenceOf, MAX_ASIDE_MS, noEvidence } from '../../../../workers/health/evidence.ts'

const NOW = 1_764_547_200_000
const failed = (failure: Failure) => evidenceOf({ kind: 'failed', beganAt: NOW - 50, failure }, NOW)

describe('a failure', () => {
  const weights: readonly [Failure, number][] = [
    [{ kind: 'overloaded', status: 503 }, 1],
    [{ kind: 'unreachable', reason: 'reset' }, 1],
    [{ kind: 'malformed', reason: 'empty' }, 1],
    [{ kind: 'rate-limited', status: 429 }, 1],
    [{ kind: 'credentials', status: 401 }, 3],
    [{ kind: 'timeout', phase: 'head', limitMs: 5 }, 3],
    [{ kind: 'timeout', phase: 'first-token', limitMs: 5 }, 3],
    [{ kind: 'timeout', phase: 'idle', limitMs: 5 }, 1],
  ]
  for (const [failure, weight] of weights) {
    it(`${failure.kind} ${'phase' in failure ? failure.phase : ''} counts ${weight}`, () =>
      expect(failed(failure)).toMatchObject({
        failures: 1,
        weight,
        streak: weight,
        failedAt: NOW - 50,
        asideUntil: 0,
      }))
  }

  const nothing: readonly Failure[] = [
    { kind: 'cancelled' },
    { kind: 'internal', message: 'oops' },
    { kind: 'unsupported', message: 'no', parameters: [] },
    { kind: 'timeout', phase: 'total', limitMs: 5 },
    { kind: 'over-budget', message: 'no', unit: 'usd', code: 'insufficient_quota' },
  ]
  for (const failure of nothing)
    it(`${failure.kind} says nothing`, () => expect(failed(failure)).toBeUndefined())

  const alive: readonly Failure[] = [
    { kind: 'rejected', status: 400, message: 'no' },
    { kind: 'refused', status: 400, message: 'no' },
    { kind: 'context-length', status: 400, message: 'long' },
    { kind: 'unsure', message: 'hm' },
  ]
  for (const failure of alive)
    it(`${failure.kind} shows life, and is no answer`, () =>
      expect(failed(failure)).toEqual({ ...noEvidence, aliveAt: NOW - 50 }))

  it('that asks for a while sets the target aside for it, within bounds', () => {
    expect(failed({ kind: 'rate-limited', status: 429, retryAfterMs: 2_000 })?.asideUntil).toBe(NOW + 2_000)
    expect(failed({ kind: 'overloaded', status: 503, retryAfterMs: 900 })?.asideUntil).toBe(NOW + 900)
    expect(failed({ kind: 'rate-limited', status: 429, retryAfterMs: 86_400_000 })?.asideUntil).toBe(
      NOW + MAX_ASIDE_MS,
    )
  })
})

describe('a stream', () => {
  const cut = (failure: Failure) => evidenceOf({ kind: 'cut', failure }, NOW)
  it('that died is taken out of the answers', () =>
    expect(cut({ kind: 'unreachable', reason: 'reset' })).toMatchObject({
      ok: -1,
      failures: 1,
      weight: 1,
      cuts: 1,
      streak: 0,
      failedAt: NOW,
    }))
  it('whose reader left says nothing', () => expect(cut({ kind: 'cancelled' })).toBeUndefined())
})

describe('evidence added up', () => {
  const bad = failed({ kind: 'overloaded', status: 503 }) ?? noEvidence
  const good = evidenceOf({ kind: 'answered', beganAt: NOW, tookMs: 5, stream: true }, NOW) ?? noEvidence
  const cut = evidenceOf({ kind: 'cut', failure: { kind: 'malformed', reason: 'x' } }, NOW) ?? noEvidence
  const finished = evidenceOf({ kind: 'finished' }, NOW) ?? noEvidence
  const sum = (...parts: (typeof bad)[]) => parts.reduce(addEvidence, noEvidence)

  it('counts a streak from the last sign of life', () => {
    expect(sum(bad, bad)).toMatchObject({ streak: 2, weight: 2, ok: 0 })
    expect(sum(bad, good, bad)).toMatchObject({ streak: 1, weight: 2, ok: 1 })
    expect(sum(bad, good)).toMatchObject({ streak: 0 })
  })
  it('counts streams that died from the last that finished', () => {
    expect(sum(cut, good, cut)).toMatchObject({ cuts: 2 })
    expect(sum(cut, finished, cut)).toMatchObject({ cuts: 1, finished: true })
  })
  it('is the same in every grouping', () => {
    const all = [bad, good, cut, bad, finished, good, bad]
    const [left, right] = [all.slice(0, 4), all.slice(4)]
    expect(addEvidence(sum(...left), sum(...right))).toEqual(sum(...all))
  })
})
