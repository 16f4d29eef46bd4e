// The scenarios about keys, about clients that leave, about everybody being down, about parts of the gateway being away. Pure.
import type { Behaviour } from '../behaviour.ts'
import { ANSWER } from './answers.ts'
import type { Clock } from './clock.ts'
import { DEAD_KEY, healthy, LIVE_KEY, refusal } from './models.ts'
import {
  cancelledWithin,
  drained,
  must,
  namesEveryAttempt,
  neverSays,
  oneRowEach,
  primaryAttempts,
  type Rule,
  saysNoRetry,
  setsAside,
  settledAs,
  should,
  spareAttempts,
  within,
} from './rules.ts'
import type { Case, Expected, Scenario } from './scenario.ts'

const whole: Expected = { kind: 'answer', text: ANSWER }

export const faultsOfOurs = (clock: Clock): readonly Scenario[] => [
  deadKeys(clock),
  leavingClients(clock),
  everybodyDown(clock),
]

/** Keys are taken in turns, so four requests meet the dead one. */
function deadKeys(clock: Clock): Scenario {
  const dead = (status: number): Behaviour => ({
    ...healthy(clock),
    deadKeys: { keys: [DEAD_KEY], status },
  })
  const oneOfTwo = (status: number): Case => ({
    name: `${status} from one of two`,
    primary: { always: dead(status) },
    spare: { always: healthy(clock) },
    keys: [DEAD_KEY, LIVE_KEY],
    repeat: { count: 4 },
    expected: whole,
    rules: [
      should(setsAside(DEAD_KEY, 1)),
      should(primaryAttempts({ min: 5, max: 5 })),
      should(spareAttempts({ max: 0 })),
      must(neverSays(/sk-lab/)),
      must(oneRowEach),
    ],
  })
  const all = (status: number): Case => ({
    name: `${status} from all`,
    primary: { always: dead(status) },
    keys: [DEAD_KEY],
    expected: { kind: 'error', status: 502, says: /credentials/ },
    rules: [must(neverSays(/sk-lab/)), must(oneRowEach)],
  })
  return {
    id: 'M07',
    fault: "401 or 403 from a provider's key",
    cases: [
      oneOfTwo(401),
      oneOfTwo(403),
      all(401),
      all(403),
      {
        ...oneOfTwo(401),
        name: 'all dead, and a fallback',
        keys: [DEAD_KEY],
        repeat: { count: 1 },
        rules: [must(neverSays(/sk-lab/))],
      },
    ],
  }
}

function leavingClients(clock: Clock): Scenario {
  const slow: Behaviour = { ...healthy(clock), everyMs: 60 }
  const leaves = {
    primary: { always: slow },
    spare: { always: slow },
    leaveAfter: 8,
    expected: { kind: 'nothing' },
  } as const
  return {
    id: 'M10',
    fault: 'the client leaves mid-stream',
    cases: [
      {
        ...leaves,
        name: 'billing stops',
        // Twenty seconds long, so that its end is not taken for a cancellation.
        primary: { always: { ...slow, everyMs: 300 } },
        rules: [
          must(cancelledWithin(clock.bound(1_000))),
          must(oneRowEach),
          should(settledAs('cancelled', 'estimated')),
        ],
      },
      {
        ...leaves,
        name: 'billing goes on',
        billsCancelled: true,
        needs: 'knowing which vendors bill what nobody reads',
        rules: [must(drained), must(oneRowEach), should(settledAs('cancelled', 'reported'))],
      },
    ],
  }
}

function everybodyDown(clock: Clock): Scenario {
  const down: Omit<Case, 'name'> = {
    primary: { always: { status: 500, body: refusal('secret detail', 'server_error') } },
    spare: { always: { status: 503, body: 'secret page' } },
    expected: { kind: 'error', status: 503, says: /failed/ },
    rules: [
      must(within(clock.bound(30_000))),
      must(neverSays(/secret|sk-lab/)),
      should(namesEveryAttempt),
      should(saysNoRetry),
      must(oneRowEach),
    ],
  }
  return {
    id: 'M11',
    fault: 'both primary and fallback are down',
    cases: [
      { ...down, name: 'chat' },
      { ...down, name: 'chat, not streamed', ask: { stream: false } },
      {
        ...down,
        name: 'Anthropic',
        path: '/v1/messages',
        ask: { max_tokens: 200 },
        needs: "Anthropic's clients before OpenAI's models",
        expected: { kind: 'error', status: 503, says: /"type":"error".*failed/s },
      },
      {
        ...down,
        name: 'Responses',
        path: '/v1/responses',
        ask: { messages: undefined, input: 'Say something.' },
        needs: 'the Responses API before models of chat completions',
      },
    ],
  }
}

export const ORGANS_ID = 'M12'

const unavailable = (what: RegExp): Expected => ({ kind: 'error', status: 503, says: what })

/** The cases, for the gateway's configuration: what is away is in their names. */
export function organCases(
  clock: Clock,
): Readonly<Record<'database' | 'stranger' | 'budget' | 'health', Case>> {
  const one = (name: string, expected: Expected, ...rules: readonly Rule[]): Case => ({
    name,
    primary: { always: healthy(clock) },
    spare: { always: healthy(clock) },
    expected,
    rules,
  })
  const nothingSent = must(primaryAttempts({ max: 0 }))
  return {
    database: one('D1', whole, must(oneRowEach)),
    stranger: one('D1, and a key that nobody knows yet', unavailable(/key store/i), nothingSent),
    budget: one('budget', unavailable(/budget/i), nothingSent),
    health: {
      ...one('health', whole, must(oneRowEach)),
      primary: { always: { status: 503 } },
      repeat: { count: 8 },
    },
  }
}
