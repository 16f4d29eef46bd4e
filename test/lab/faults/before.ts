// The scenarios whose fault shows before the first content: everything can still be tried again or elsewhere. Pure.
import type { Behaviour } from '../behaviour.ts'
import { ANSWER } from './answers.ts'
import type { Clock } from './clock.ts'
import { COST, frameOf, healthy, OVERLOADED, POLICY, refusal, TOO_LONG } from './models.ts'
import {
  costs,
  hungUp,
  must,
  namesTheSpare,
  neverSays,
  oneRowEach,
  primaryAttempts,
  primaryWithin,
  probesSparingly,
  returnsWithin,
  type Rule,
  should,
  spareAttempts,
  tellsUsage,
  waited,
  within,
} from './rules.ts'
import type { Case, Expected, Scenario } from './scenario.ts'

const whole: Expected = { kind: 'answer', text: ANSWER }

const billsOnce: readonly Rule[] = [must(oneRowEach), must(costs({ min: COST, max: COST }))]

export function faultsBefore(clock: Clock): readonly Scenario[] {
  const well = healthy(clock)
  /** The fault on the first request, or on every one; the spare is well. */
  const once = (fault: Behaviour): Pick<Case, 'primary' | 'spare'> => ({
    primary: { first: [fault], always: well },
    spare: { always: well },
  })
  const always = (fault: Behaviour): Pick<Case, 'primary' | 'spare'> => ({
    primary: { always: fault },
    spare: { always: well },
  })
  const answered = (
    name: string,
    scripts: Pick<Case, 'primary' | 'spare'>,
    ...rules: readonly Rule[]
  ): Case => ({
    name,
    ...scripts,
    expected: whole,
    rules: [...rules, ...billsOnce],
  })

  return [
    {
      id: 'S01',
      fault: '429 with Retry-After: 2, then fine',
      cases: [
        answered(
          '',
          once({ status: 429, headers: { 'retry-after': '2' } }),
          must(primaryWithin(1_500, 2)),
          should(waited(1_800)),
        ),
        {
          ...answered(
            'nothing to fall back to',
            { primary: once({ status: 429, headers: { 'retry-after': '2' } }).primary },
            must(primaryWithin(1_500, 2)),
            should(waited(1_800)),
          ),
          isExtra: true,
        },
      ],
    },
    {
      id: 'S02',
      fault: '429 on every attempt, no Retry-After',
      cases: [
        answered(
          '',
          always({ status: 429 }),
          must(primaryWithin(3_000, 4)),
          must(primaryAttempts({ max: 6 })),
        ),
      ],
    },
    {
      id: 'S03',
      fault: '500 once, then fine',
      cases: [answered('', once({ status: 500 }), should(primaryAttempts({ min: 2, max: 2 })))],
    },
    {
      id: 'S04',
      fault: '503 on every attempt',
      cases: [answered('', always({ status: 503 }), must(primaryAttempts({ max: 6 })))],
    },
    {
      id: 'S05',
      fault: 'TCP reset before any byte, then fine',
      cases: [
        answered('reset', once({ cutAfter: 'nothing', cut: 'reset' })),
        { ...answered('closed', once({ cutAfter: 'nothing', cut: 'fin' })), isExtra: true },
      ],
    },
    {
      id: 'S06',
      fault: 'accepted, then no answer for 120 s',
      cases: [
        answered(
          '',
          always({ ...well, headAfterMs: clock.wait(120_000) }),
          must(within(clock.bound(100_000))),
          should(primaryAttempts({ max: 1 })),
          should(hungUp),
        ),
      ],
    },
    {
      id: 'S07',
      fault: 'headers at once, first token after 20 s',
      cases: [
        answered(
          '',
          always({ ...well, firstAfterMs: clock.wait(20_000) }),
          should(within(clock.bound(15_000))),
          should(primaryAttempts({ max: 1 })),
          should(hungUp),
        ),
      ],
    },
    {
      id: 'S12',
      fault: '400 context_length_exceeded on every attempt',
      cases: [
        answered(
          '',
          always(TOO_LONG),
          must(primaryAttempts({ min: 1, max: 1 })),
          should(spareAttempts({ max: 1 })),
        ),
        {
          name: 'nothing larger',
          isExtra: true,
          primary: { always: TOO_LONG },
          expected: {
            kind: 'error',
            status: 400,
            says: /8192.*context_length_exceeded|context_length_exceeded.*8192/s,
          },
          rules: [must(primaryAttempts({ min: 1, max: 1 }))],
        },
      ],
    },
    {
      id: 'S13',
      fault: '400 content_policy_violation on every attempt',
      cases: [
        {
          name: '',
          ...always(POLICY),
          expected: { kind: 'error', status: 400, says: /rejected by our safety system/ },
          rules: [
            must(primaryAttempts({ min: 1, max: 1 })),
            should(spareAttempts({ max: 0 })),
            must(oneRowEach),
            must(costs({ max: 0 })),
          ],
        },
      ],
    },
    flapping(clock),
    {
      id: 'S16',
      fault: '503 on every attempt: who is named, what is billed',
      cases: [
        answered(
          '',
          always({ status: 503 }),
          must(namesTheSpare),
          should(tellsUsage),
          must(primaryAttempts({ max: 6 })),
        ),
      ],
    },
    {
      id: 'M01',
      fault: '200 whose body, or first event, is an error',
      cases: [
        answered('first event', always({ contentType: 'text/event-stream', body: frameOf(OVERLOADED) })),
        answered(
          'whole body',
          always({ body: refusal('Rate limit reached', 'requests', 'rate_limit_exceeded') }),
        ),
        {
          ...answered('not streamed', always({ body: OVERLOADED })),
          ask: { stream: false },
        },
      ],
    },
    {
      id: 'M02',
      fault: '200, role chunk, then an error',
      cases: [
        answered(
          '',
          always({
            ...well,
            insert: [{ at: 1, text: frameOf(OVERLOADED), replace: true }],
            cutAfter: 2,
            cut: 'end',
          }),
        ),
        answered('in the words of its wire', always({ ...well, failAt: 1 })),
      ],
    },
    {
      id: 'M03',
      fault: '200 with nothing in it',
      cases: [
        answered('empty body', always({ body: '' })),
        answered('empty stream', always({ body: '', contentType: 'text/event-stream' })),
        answered('a finish without a word', always({ pieces: [] })),
        { ...answered('not streamed', always({ pieces: [] })), ask: { stream: false } },
      ],
    },
    {
      id: 'M08',
      fault: 'gzip though not asked, or a wrong content-length',
      cases: [
        answered('gzip', always({ ...well, gzip: true })),
        { ...answered('gzip, not streamed', always({ ...well, gzip: true })), ask: { stream: false } },
        {
          name: 'too short',
          ...always({ ...well, headers: { 'content-length': '5000' } }),
          expected: whole,
          rules: [must(oneRowEach)],
        },
        {
          name: 'too long',
          ...always({ ...well, headers: { 'content-length': '500000' } }),
          expected: whole,
          rules: [should(within(clock.bound(15_000))), must(oneRowEach)],
        },
        {
          ...answered(
            'too long, not streamed',
            always({ body: '{"id":"x"', headers: { 'content-length': '5000' }, cutAfter: 1, cut: 'fin' }),
            should(neverSays(/"id":"x"/)),
          ),
          ask: { stream: false },
        },
      ],
    },
  ]
}

const DOWN_MS = 60_000
const REQUESTS = 20
const EVERY_MS = 4_000

function flapping(clock: Clock): Scenario {
  const well = healthy(clock)
  const down = clock.beat(DOWN_MS)
  const count = REQUESTS + clock.more
  return {
    id: 'S15',
    fault: '503 for 60 s, then healthy; twenty requests, one every 4 s',
    cases: [
      {
        name: '',
        primary: { first: [{ status: 503, forMs: down }], always: well },
        spare: { always: well },
        repeat: { count, everyMs: clock.beat(EVERY_MS) },
        expected: whole,
        rules: [
          must(returnsWithin(down, clock.beat(30_000))),
          // By the fourth request the state of the primary is known.
          should(probesSparingly(down, clock.beat(3 * EVERY_MS))),
          must(oneRowEach),
          must(costs({ min: count * COST, max: count * COST })),
        ],
      },
    ],
  }
}
