// The one row of a request, from whatever is known at its end.
import { describe, expect, it } from 'vitest'
import type { Ending } from '../../../../shared/plan.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { type Facts, newRowId, outcomeOf } from '../../../../workers/telemetry/outcome.ts'
import { answerOf, batchesOf, callerWith, cxAt, planOf, requestFor, target } from '../../samples.ts'

const facts: Facts = {
  id: newRowId(1_000),
  cx: cxAt(() => 1_500),
  caller: callerWith(),
  request: requestFor('a private question'),
  startedAt: 1_000,
  firstAt: undefined,
  plan: undefined,
  answer: undefined,
  attempts: [],
  ending: undefined,
  failure: undefined,
  status: 200,
  overrunMicros: 0,
  frontierPrice: undefined,
  clampedTo: undefined,
  reused: undefined,
  context: undefined,
}
const ending: Ending = {
  end: 'finish',
  usage: { ...noUsage, input: 9 },
  usageSource: 'reported',
  costMicros: 12,
  text: 'a private answer',
  reasoning: [],
  toolCalls: [],
}
const answered: Partial<Facts> = {
  plan: planOf(['micro', 'big'], { tier: 'mini', reason: 'easy', score: 0.3 }),
  answer: answerOf(target('big', { provider: 'lab', model: 'big-1', tier: 'frontier' }), batchesOf()),
  ending,
}

describe('an outcome', () => {
  it('adds up what prompt caches saved and cost over all of its calls', () => {
    const call = { target: 'big', startedAt: 1, durationMs: 1, end: 'answered' }
    const attempts = [{ ...call, promptSavedMicros: 90 }, call, { ...call, promptSavedMicros: -20 }]
    expect(outcomeOf({ ...facts, ...answered, attempts }).promptSavedMicros).toBe(70)
    expect(outcomeOf({ ...facts, ...answered, attempts: [call] })).not.toHaveProperty('promptSavedMicros')
  })

  it('names who answered and that one’s tier, and the reason of the plan', () => {
    expect(outcomeOf({ ...facts, ...answered })).toMatchObject({
      requestId: 'req_1',
      keyId: 'key_1',
      at: 1_000,
      totalMs: 500,
      route: 'auto',
      tier: 'frontier',
      reason: 'easy',
      score: 0.3,
      model: 'lab/big-1',
      headMs: 5,
      usage: { input: 9 },
      usageSource: 'reported',
      costMicros: 12,
      end: 'finish',
      stream: true,
      status: 200,
    })
  })

  it('never holds a word of the prompt or the answer', () => {
    expect(JSON.stringify(outcomeOf({ ...facts, ...answered }))).not.toContain('private')
  })

  it('has an id of its own, because a client may send one request id twice', () => {
    expect(newRowId(1_000)).not.toBe(newRowId(1_000))
  })

  it('of a request that failed before a plan has nothing of one', () => {
    const failed = outcomeOf({
      ...facts,
      status: 404,
      failure: { kind: 'no-route', model: 'x', message: 'no' },
    })
    expect(failed).toMatchObject({
      tier: '',
      reason: '',
      model: '',
      usage: noUsage,
      usageSource: 'none',
      costMicros: 0,
      end: 'refused',
      failure: 'no-route',
    })
    expect(failed).not.toHaveProperty('headMs')
    expect(failed).not.toHaveProperty('score')
  })

  const ends = [
    [{ kind: 'invalid-request', message: 'no' }, 'refused'],
    [{ kind: 'over-budget', message: 'no', unit: 'usd', code: 'insufficient_quota' }, 'refused'],
    [{ kind: 'exhausted', attempts: [], last: { kind: 'overloaded', status: 503 } }, 'error'],
    [{ kind: 'internal', message: 'x' }, 'error'],
    [{ kind: 'cancelled' }, 'cancelled'],
  ] as const
  for (const [failure, end] of ends) {
    it(`of ${failure.kind} ended as ${end}`, () => expect(outcomeOf({ ...facts, failure }).end).toBe(end))
  }

  it('says what the frontier would have cost, call by call, and nothing where that is not known', () => {
    const attempt = { target: 'x', startedAt: 1, durationMs: 1, end: 'answered' }
    const called = {
      ...facts,
      ...answered,
      attempts: [
        { ...attempt, end: 'unreachable' },
        { ...attempt, usage: { ...noUsage, input: 3 } },
        {
          ...attempt,
          usage: { ...noUsage, input: 3, reasoning: 1 },
          price: { source: 'catalogue' as const, class: 'flex' },
        },
      ],
    }
    const rates = { input: 0.5, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 4 }
    const price = { ...rates, classes: { flex: { ...rates, input: 0.1 } } }
    expect(outcomeOf({ ...called, frontierPrice: price }).frontierMicros).toBe(2 + 5)
    expect(outcomeOf(called)).not.toHaveProperty('frontierMicros')
    expect(outcomeOf({ ...called, clampedTo: 17 }).clampedTo).toBe(17)
  })

  it('of an answer that broke off says why, and what it used', () => {
    const broken: Ending = {
      ...ending,
      end: 'error',
      failure: { kind: 'timeout', phase: 'idle', limitMs: 5 },
    }
    expect(outcomeOf({ ...facts, ...answered, ending: broken, failure: broken.failure })).toMatchObject({
      end: 'error',
      failure: 'timeout-idle',
      costMicros: 12,
    })
  })
})
