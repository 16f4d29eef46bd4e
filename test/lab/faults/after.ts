// The scenarios whose fault shows in the middle of an answer that the client is already reading. Pure.
import type { Behaviour } from '../behaviour.ts'
import { ANSWER, BLANK_BEHIND, UMLAUTS, WEATHER } from './answers.ts'
import type { Clock } from './clock.ts'
import { continuing, frameOf, healthy, OVERLOADED } from './models.ts'
import {
  hungUp,
  must,
  neverSays,
  oneRowEach,
  primaryAttempts,
  type Rule,
  should,
  staysHealthy,
  tellsUsage,
  within,
} from './rules.ts'
import type { Case, Scenario, Script } from './scenario.ts'

const whole = { kind: 'answer', text: ANSWER } as const

/** The ways in which the healthy model behind may go on with an answer that another has begun. */
function successors(
  clock: Clock,
): readonly (Pick<Case, 'name' | 'sparePrefill'> & { readonly spare: Script })[] {
  return [
    { name: 'prefilled', spare: { always: continuing(clock) }, sparePrefill: true },
    { name: 'asked to go on', spare: { always: continuing(clock) } },
    { name: 'starts over', spare: { always: healthy(clock) } },
    { name: 'starts over though prefilled', spare: { always: healthy(clock) }, sparePrefill: true },
  ]
}

export function faultsAfter(clock: Clock): readonly Scenario[] {
  const well = healthy(clock)
  const dies = (after: number, cut: 'end' | 'fin' | 'reset' = 'fin'): Behaviour => ({
    ...well,
    cutAfter: after + 1, // the role chunk is the first event
    cut,
  })
  const rescued = (fault: Behaviour, ...rules: readonly Rule[]): readonly Case[] =>
    successors(clock).map((successor) => ({
      ...successor,
      primary: { always: fault },
      expected: whole,
      rules: [...rules, should(tellsUsage), must(oneRowEach)],
    }))
  const read = (name: string, behaviour: Behaviour, text: string, ...rules: readonly Rule[]): Case => ({
    name,
    primary: { always: behaviour },
    spare: { always: { ...well, text } },
    expected: { kind: 'answer', text },
    rules: [...rules, must(oneRowEach)],
  })

  return [
    {
      id: 'S08',
      fault: 'the stream dies after 40 of 60 tokens',
      cases: [
        ...rescued(dies(40)),
        ...[
          read('by end', dies(40, 'end'), ANSWER),
          read('by reset', dies(40, 'reset'), ANSWER),
          {
            ...read('blank behind', { ...dies(40), pieces: BLANK_BEHIND }, ANSWER),
            spare: { always: { ...well, pieces: BLANK_BEHIND } },
          },
          read('after the first token', dies(1), ANSWER),
          read('before the finish', dies(60), ANSWER),
        ].map((one) => ({ ...one, isExtra: true }) as const),
      ],
    },
    {
      id: 'S09',
      fault: 'after 20 tokens silence for 30 s, then close',
      cases: rescued(
        { ...dies(20), stallAfter: 21, stallMs: clock.wait(30_000) },
        must(within(clock.bound(45_000))),
        must(staysHealthy),
        should(hungUp),
      ),
    },
    {
      id: 'S10',
      fault: 'the tenth event is invalid JSON, the rest is fine',
      cases: [
        read(
          '',
          { ...well, insert: [{ at: 10, text: 'data: {"id":"chatcmpl-x","choi\n\n' }] },
          ANSWER,
          must(staysHealthy),
          should(tellsUsage),
        ),
      ],
    },
    {
      id: 'S11',
      fault: 'complete stream, [DONE] missing',
      cases: [
        { name: '', behaviour: { ...well, done: false } },
        { name: 'left open', behaviour: { ...well, stallAfter: 63 }, isExtra: true } as const,
      ].map(({ name, behaviour, ...more }) => ({
        ...more,
        ...read(name, behaviour, ANSWER, must(within(clock.bound(8_000))), should(tellsUsage)),
        expected: { ...whole, mayLackDone: true },
      })),
    },
    {
      id: 'S14',
      fault: 'as S08, and the fallback rejects prefill',
      cases: successors(clock)
        .filter(({ sparePrefill, name }) => sparePrefill !== true || name === 'prefilled')
        .map(({ name, spare, ...successor }) => ({
          ...successor,
          name: name === 'prefilled' ? 'said to take it' : name,
          spare: { always: { ...spare.always, rejectPrefill: true } },
          primary: { always: dies(40) },
          expected: whole,
          rules: [must(neverSays(/prefill/i)), should(tellsUsage), must(oneRowEach)],
        })),
    },
    {
      id: 'M04',
      fault: 'an error event in mid-stream',
      cases: [
        { name: 'event: error', text: `event: error\n${frameOf(OVERLOADED)}` },
        { name: 'type: error', text: frameOf({ type: 'error', ...OVERLOADED }) },
        { name: 'bare', text: frameOf({ error: 'Overloaded' }) },
      ].flatMap(({ name, text }) =>
        rescued({ ...well, insert: [{ at: 41, text, replace: true }], cutAfter: 42, cut: 'end' }).map(
          (one) => ({
            ...one,
            name: `${name}, ${one.name}`,
          }),
        ),
      ),
    },
    toolCalls(clock),
    oddBytes(clock),
    {
      id: 'M09',
      fault: 'one token per 5 s for ever',
      cases: rescued(
        { ...well, everyMs: clock.beat(5_000) },
        must(within(clock.bound(90_000))),
        should(primaryAttempts({ max: 1 })),
        should(hungUp),
      ),
    },
  ]
}

/** The first events are the role, and the name of the function. */
function toolCalls(clock: Clock): Scenario {
  const well: Behaviour = { toolCalls: [WEATHER.call], everyMs: clock.tokenMs }
  const cut = (name: string, cutAfter: number, more: Behaviour = {}): Case => ({
    name,
    primary: { always: { ...well, ...more, cutAfter, cut: 'end' } },
    spare: { always: { ...well, ...more } },
    ask: WEATHER.ask,
    expected: { kind: 'call', call: WEATHER.call },
    rules: [must(oneRowEach)],
  })
  return {
    id: 'M05',
    fault: "cut inside a tool call's arguments",
    cases: [
      cut('behind its name', 2),
      cut('in its arguments', 4),
      cut('before its last characters', 12),
      cut('before the finish', 13),
      {
        ...cut('another model calls otherwise', 4),
        spare: { always: { ...well, toolCalls: [{ ...WEATHER.call, arguments: '{ "unit":"kelvin" }' }] } },
        expected: { kind: 'call', call: { ...WEATHER.call, arguments: { unit: 'kelvin' } } },
      },
    ],
  }
}

const SHAPES: readonly (readonly [string, Behaviour])[] = [
  ['every byte', { everyByte: true }],
  ['crlf', { lineEnd: '\r\n' }],
  ['crlf, every byte', { lineEnd: '\r\n', everyByte: true }],
  ['cr', { lineEnd: '\r' }],
  ['bom', { bom: true }],
  ['comments', { comments: true }],
  ['no blank', { tight: true }],
  ['all at once', { bom: true, comments: true, tight: true, lineEnd: '\r', everyByte: true }],
  ['text/plain', { contentType: 'text/plain' }],
  ['octet-stream', { contentType: 'application/octet-stream' }],
]

function oddBytes(clock: Clock): Scenario {
  const well: Behaviour = { text: UMLAUTS, everyMs: clock.tokenMs }
  const one = (name: string, behaviour: Behaviour, ...rules: readonly Rule[]): Case => ({
    name,
    primary: { always: { ...well, ...behaviour } },
    spare: { always: well },
    expected: { kind: 'answer', text: UMLAUTS },
    rules: [...rules, must(oneRowEach)],
  })
  return {
    id: 'M06',
    fault: 'cut in a character; every legal framing',
    cases: [
      ...SHAPES.map(([name, behaviour]) => one(name, behaviour, should(primaryAttempts({ max: 1 })))),
      one('cut in a character', { cutAfter: 10, cutInside: true, cut: 'fin' }),
    ],
  }
}
