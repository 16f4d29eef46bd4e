// Every failure is judged, described and named; nothing private gets into any of the three.
import { describe, expect, it } from 'vitest'
import {
  describe as say,
  Failed,
  type Failure,
  failureOf,
  judge,
  type Judgement,
  reasonOf,
} from '../../../shared/failure.ts'

const SAMPLES: {
  readonly [K in Failure['kind']]: {
    readonly failure: Extract<Failure, { kind: K }>
    readonly judged: Judgement
  }
} = {
  'invalid-request': {
    failure: { kind: 'invalid-request', message: 'no' },
    judged: { retry: 'never', blame: 'caller' },
  },
  'too-large': {
    failure: { kind: 'too-large', limitBytes: 10 },
    judged: { retry: 'never', blame: 'caller' },
  },
  unsupported: {
    failure: { kind: 'unsupported', message: 'no', parameters: ['seed'] },
    judged: { retry: 'elsewhere', blame: 'caller' },
  },
  unauthenticated: {
    failure: { kind: 'unauthenticated', message: 'no', code: 'invalid_api_key' },
    judged: { retry: 'never', blame: 'caller' },
  },
  forbidden: {
    failure: { kind: 'forbidden', message: 'no', code: 'x' },
    judged: { retry: 'never', blame: 'caller' },
  },
  'not-found': { failure: { kind: 'not-found', message: 'no' }, judged: { retry: 'never', blame: 'caller' } },
  conflict: {
    failure: { kind: 'conflict', message: 'busy', code: 'x' },
    judged: { retry: 'never', blame: 'nobody' },
  },
  'over-budget': {
    failure: { kind: 'over-budget', message: 'no', unit: 'usd', code: 'insufficient_quota' },
    judged: { retry: 'never', blame: 'caller' },
  },
  'no-route': {
    failure: { kind: 'no-route', model: 'm', message: 'no' },
    judged: { retry: 'never', blame: 'caller' },
  },
  'rate-limited': {
    failure: { kind: 'rate-limited', status: 429 },
    judged: { retry: 'elsewhere', blame: 'target' },
  },
  overloaded: {
    failure: { kind: 'overloaded', status: 503 },
    judged: { retry: 'anywhere', blame: 'target' },
  },
  credentials: {
    failure: { kind: 'credentials', status: 401 },
    judged: { retry: 'elsewhere', blame: 'target' },
  },
  unreachable: {
    failure: { kind: 'unreachable', reason: 'reset' },
    judged: { retry: 'anywhere', blame: 'target' },
  },
  timeout: {
    failure: { kind: 'timeout', phase: 'head', limitMs: 5 },
    judged: { retry: 'elsewhere', blame: 'target' },
  },
  rejected: {
    failure: { kind: 'rejected', status: 422, message: 'no' },
    judged: { retry: 'never', blame: 'caller' },
  },
  refused: {
    failure: { kind: 'refused', status: 400, message: 'no' },
    judged: { retry: 'never', blame: 'caller' },
  },
  'context-length': {
    failure: { kind: 'context-length', status: 400, message: 'long' },
    judged: { retry: 'elsewhere', blame: 'caller' },
  },
  unsure: { failure: { kind: 'unsure', message: 'hm' }, judged: { retry: 'elsewhere', blame: 'nobody' } },
  malformed: { failure: { kind: 'malformed', reason: 'x' }, judged: { retry: 'anywhere', blame: 'target' } },
  exhausted: {
    failure: { kind: 'exhausted', attempts: [], last: { kind: 'timeout', phase: 'idle', limitMs: 1 } },
    judged: { retry: 'never', blame: 'target' },
  },
  unequipped: {
    failure: { kind: 'unequipped', message: 'no secret' },
    judged: { retry: 'never', blame: 'us' },
  },
  unavailable: { failure: { kind: 'unavailable', what: 'D1' }, judged: { retry: 'never', blame: 'us' } },
  lost: { failure: { kind: 'lost' }, judged: { retry: 'never', blame: 'us' } },
  cancelled: { failure: { kind: 'cancelled' }, judged: { retry: 'never', blame: 'nobody' } },
  internal: {
    failure: { kind: 'internal', message: 'stack of secrets' },
    judged: { retry: 'never', blame: 'us' },
  },
}

for (const { failure, judged } of Object.values(SAMPLES)) {
  describe(failure.kind, () => {
    it(`may be retried: ${judged.retry}; blame: ${judged.blame}`, () =>
      expect(judge(failure)).toEqual(judged))
    it('is one plain sentence or the words it came with', () => expect(say(failure)).not.toBe(''))
    it('survives being thrown', () => expect(failureOf(new Failed(failure))).toBe(failure))
  })
}

describe('a description', () => {
  it('of our own mistake keeps its text to itself', () =>
    expect(say(SAMPLES.internal.failure)).not.toContain('secrets'))

  it('of a stream that trickled says that it was slow, not that it took too long', () =>
    expect(say({ kind: 'timeout', phase: 'floor', limitMs: 30_000 })).toBe(
      'The provider answered too slowly for 30000 ms.',
    ))

  it('of an exhausted plan names every attempt with its status or reason and its time', () => {
    const attempts = [
      { target: 'big', status: 503, reason: 'overloaded', durationMs: 12 },
      { target: 'spare', reason: 'timeout-head', durationMs: 1000 },
    ]
    const text = say({ kind: 'exhausted', attempts, last: { kind: 'cancelled' } })
    expect(text).toContain('big 503 after 12 ms')
    expect(text).toContain('spare timeout-head after 1000 ms')
  })
})

describe('a reason word', () => {
  it('of a timeout says which clock ran out', () =>
    expect(
      [SAMPLES.timeout.failure, { kind: 'timeout', phase: 'floor', limitMs: 1 } as const].map(reasonOf),
    ).toEqual(['timeout-head', 'timeout-floor']))
  it('of an exhausted plan is that of its last failure', () =>
    expect(reasonOf(SAMPLES.exhausted.failure)).toBe('timeout-idle'))
  it('is otherwise the kind', () => expect(reasonOf(SAMPLES.unsure.failure)).toBe('unsure'))
})

describe('what is thrown and not ours', () => {
  it('is internal, whatever it is', () => {
    expect(failureOf(new TypeError('x is undefined'))).toEqual({
      kind: 'internal',
      message: 'x is undefined',
    })
    expect(failureOf('a text')).toEqual({ kind: 'internal', message: 'a text' })
    expect(failureOf(undefined)).toEqual({ kind: 'internal', message: 'undefined' })
  })
})
