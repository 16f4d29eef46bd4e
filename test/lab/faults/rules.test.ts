// Each rule about conduct: what it lets pass and what it finds wrong.
import { expect, test } from 'vitest'
import type { LabRequest } from '../wire.ts'
import type { Seen } from './judge.ts'
import * as rules from './rules.ts'
import { read, type Transcript } from './transcript.ts'

const call = (given: Partial<Transcript> = {}): Transcript => ({
  requestId: 'r',
  status: 200,
  headers: {},
  raw: '',
  close: 'closed',
  startedAt: 0,
  endedAt: 1_000,
  ...read('', ''),
  ...given,
})

const asked = (at: number, given: Partial<LabRequest> = {}): LabRequest => ({
  at,
  method: 'POST',
  path: '/v1/chat/completions',
  headers: {},
  rawHeaders: [],
  text: '',
  body: {},
  model: 'm',
  wire: 'openai-chat',
  events: 0,
  ...given,
})

const seen = (given: Partial<Seen> = {}): Seen => ({
  calls: [call()],
  primary: [],
  spare: [],
  after: undefined,
  rows: undefined,
  ...given,
})

const primary = (...times: readonly number[]): Seen => seen({ primary: times.map((at) => asked(at)) })
const holding = (headers: Record<string, string>): LabRequest => asked(0, { headers })
const account = { target: 'm', status: 500, durationMs: 5 }

const CASES: readonly (readonly [string, rules.Rule['look'], Seen, Seen])[] = [
  ['attempts, at most', rules.primaryAttempts({ max: 2 }), primary(0, 1), primary(0, 1, 2)],
  ['attempts, at least', rules.primaryAttempts({ min: 2 }), primary(0, 1), primary(0)],
  ['attempts on the fallback', rules.spareAttempts({ max: 0 }), seen(), seen({ spare: [asked(0)] })],
  ['hammering', rules.primaryWithin(1_500, 2), primary(0, 1_000, 1_600), primary(0, 1_000, 1_400)],
  ['Retry-After', rules.waited(1_800), primary(0, 1_900), primary(0, 1_200)],
  ['Retry-After, by failing over', rules.waited(1_800), primary(0), primary(0, 0)],
  [
    'a bound',
    rules.within(8_000),
    seen({ calls: [call({ endedAt: 7_000 })] }),
    seen({ calls: [call(), call({ endedAt: 9_000 })] }),
  ],
  [
    'usage',
    rules.tellsUsage,
    seen({ calls: [call({ usage: { completion_tokens: 60 } })] }),
    seen({ calls: [call({ usage: { completion_tokens: 0 } })] }),
  ],
  [
    'the name of who answered',
    rules.namesTheSpare,
    seen({ calls: [call({ models: ['m-spare'] })], spare: [asked(0, { model: 'm-spare' })] }),
    seen({ calls: [call({ models: ['m'] })], spare: [asked(0, { model: 'm-spare' })] }),
  ],
  [
    'words that must not be said',
    rules.neverSays(/prefill/i),
    seen({ calls: [call({ raw: 'fine' })] }),
    seen({ calls: [call({ raw: 'does not support assistant message prefill' })] }),
  ],
  ['a silent connection', rules.hungUp, seen({ primary: [asked(0, { leftAt: 5 })] }), primary(0)],
  [
    'health afterwards',
    rules.staysHealthy,
    seen({ after: call({ finishes: ['stop'] }) }),
    seen({ after: call({ status: 502 }) }),
  ],
  [
    'an account of every attempt',
    rules.namesEveryAttempt,
    seen({ calls: [call({ error: { attempts: [account, account] } })], primary: [asked(0), asked(1)] }),
    seen({ calls: [call({ error: { attempts: [account] } })], primary: [asked(0), asked(1)] }),
  ],
  [
    'an account with statuses',
    rules.namesEveryAttempt,
    seen({ calls: [call({ error: { attempts: [account] } })], primary: [asked(0)] }),
    seen({ calls: [call({ error: { attempts: [{ target: 'm' }] } })], primary: [asked(0)] }),
  ],
  [
    'an account in a message',
    rules.namesEveryAttempt,
    seen({
      calls: [
        call({ error: { message: '' }, raw: 'Every target failed: m 500 after 9 ms; n 503 after 1 ms.' }),
      ],
      primary: [asked(0)],
      spare: [asked(1, { model: 'n' })],
    }),
    seen({
      calls: [call({ error: { message: '' }, raw: 'Every target failed: m 500 after 9 ms.' })],
      primary: [asked(0)],
      spare: [asked(1, { model: 'n' })],
    }),
  ],
  [
    'advice against trying again',
    rules.saysNoRetry,
    seen({ calls: [call({ headers: { 'x-should-retry': 'false' } })] }),
    seen(),
  ],
  [
    'cancelling in time',
    rules.cancelledWithin(1_000),
    seen({ primary: [asked(0, { leftAt: 1_500 })] }),
    seen({ primary: [asked(0, { leftAt: 2_500 })] }),
  ],
  [
    'cancelling at all',
    rules.cancelledWithin(1_000),
    seen({ primary: [asked(0, { leftAt: 1_000 })] }),
    seen({ primary: [asked(0, { endedAt: 1_500 })] }),
  ],
  [
    'draining',
    rules.drained,
    seen({ primary: [asked(0, { endedAt: 1_500 })] }),
    seen({ primary: [asked(0, { leftAt: 1_500 })] }),
  ],
  [
    'probes while it is down',
    rules.probesSparingly(60_000, 12_000),
    seen({ ...primary(0, 1, 4_000, 20_000, 40_000), calls: every(4_000) }),
    seen({ ...primary(0, ...every(4_000).map(({ startedAt }) => startedAt)), calls: every(4_000) }),
  ],
  [
    'coming back',
    rules.returnsWithin(60_000, 30_000),
    seen({ primary: [asked(0), asked(70_000, { events: 9 })] }),
    seen({ primary: [asked(0), asked(95_000, { events: 9 })] }),
  ],
  [
    'coming back at all',
    rules.returnsWithin(60_000, 30_000),
    seen({ primary: [asked(0), asked(60_000, { events: 1 })] }),
    seen({ primary: [asked(0), asked(70_000)] }),
  ],
  [
    'a row each',
    rules.oneRowEach,
    seen({ rows: [{ request_id: 'r' }] }),
    seen({ rows: [{ request_id: 'r' }, { request_id: 'r' }] }),
  ],
  ['a row at all', rules.oneRowEach, seen({ rows: [{ request_id: 'r' }] }), seen({ rows: [] })],
  [
    'the cost',
    rules.costs({ min: 800, max: 800 }),
    seen({ rows: [{ cost_micros: 800 }] }),
    seen({ rows: [{ cost_micros: 1_600 }] }),
  ],
  [
    'the settlement',
    rules.settledAs('cancelled', 'estimated'),
    seen({ rows: [{ end: 'cancelled', tokens: { source: 'estimated' } }] }),
    seen({ rows: [{ end: 'finish', tokens: { source: 'estimated' } }] }),
  ],
  [
    'a dead key',
    rules.setsAside('dead', 1),
    seen({ primary: [holding({ authorization: 'Bearer dead' }), holding({ authorization: 'Bearer live' })] }),
    seen({ primary: [holding({ authorization: 'Bearer dead' }), holding({ authorization: 'Bearer dead' })] }),
  ],
]

function every(ms: number): readonly Transcript[] {
  return Array.from({ length: 20 }, (_, at) => call({ startedAt: at * ms, endedAt: at * ms + 1_000 }))
}

test.each(CASES)('%s', (_, look, right, wrong) => {
  expect(look(right)).toBeUndefined()
  expect(look(wrong)).toEqual(expect.any(String))
})

test('rules about a gateway’s own account say nothing where it keeps none', () => {
  const none = seen({ rows: undefined })
  for (const look of [rules.oneRowEach, rules.costs({ max: 0 }), rules.settledAs('finish', 'reported')])
    expect(look(none)).toBeUndefined()
})
