// The stream that a client of the Responses API gets: order, numbering, names and ids.
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import {
  argue,
  context,
  END,
  FINISH,
  one,
  sent,
  START,
  start,
  think,
  typesOf,
  USED,
  word,
} from './answering.ts'
import { type Json, responses } from './asking.ts'
import { expectConsistent } from './consistent.ts'

const opening = ['response.created', 'response.in_progress']
const added = 'response.output_item.added'
const done = 'response.output_item.done'
const thoughts = (deltas: number) => [
  added,
  'response.reasoning_summary_part.added',
  ...Array.from({ length: deltas }, () => 'response.reasoning_summary_text.delta'),
  'response.reasoning_summary_text.done',
  'response.reasoning_summary_part.done',
  done,
]
const part = (kind: string, deltas: number) => [
  'response.content_part.added',
  ...Array.from({ length: deltas }, () => `response.${kind}.delta`),
  `response.${kind}.done`,
  'response.content_part.done',
]
const args = 'response.function_call_arguments'
const called = (deltas: number) => [
  added,
  ...Array.from({ length: deltas }, () => `${args}.delta`),
  `${args}.done`,
  done,
]

describe('row 54: the events of a stream', () => {
  const cases: readonly [string, readonly ModelEvent[], readonly string[]][] = [
    [
      'text',
      [START, word('a'), word('b'), END, FINISH],
      [...opening, added, ...part('output_text', 2), done, 'response.completed'],
    ],
    [
      'thoughts, words and calls, one after the other',
      [
        START,
        think('a'),
        think('b'),
        word('c'),
        start(0, 'c0', 'f'),
        argue(0, '{}'),
        start(1, 'c1', 'g'),
        argue(1, '{"a":'),
        argue(1, '1}'),
        END,
        FINISH,
      ],
      [
        ...opening,
        ...thoughts(2),
        added,
        ...part('output_text', 1),
        done,
        ...called(1),
        ...called(2),
        'response.completed',
      ],
    ],
    [
      'row 32: calls whose pieces take turns',
      [
        START,
        start(0, 'c0', 'f'),
        start(1, 'c1', 'g'),
        argue(0, '{"a":'),
        argue(1, '{'),
        argue(0, '1}'),
        argue(1, '}'),
        END,
        FINISH,
      ],
      [
        ...opening,
        added,
        added,
        ...Array.from({ length: 4 }, () => `${args}.delta`),
        `${args}.done`,
        done,
        `${args}.done`,
        done,
        'response.completed',
      ],
    ],
    [
      'row 32: words between calls',
      [
        START,
        start(0, 'c0', 'f'),
        argue(0, '{}'),
        word('a'),
        start(1, 'c1', 'g'),
        argue(1, '{}'),
        END,
        FINISH,
      ],
      [...opening, ...called(1), added, ...part('output_text', 1), done, ...called(1), 'response.completed'],
    ],
    [
      'a refusal after words, in one message',
      [START, word('a'), { type: 'refusal-delta', index: 0, text: 'No' }, END, FINISH],
      [...opening, added, ...part('output_text', 1), ...part('refusal', 1), done, 'response.completed'],
    ],
    ['no word at all', [START, END, FINISH], [...opening, 'response.completed']],
    [
      'words without a start',
      [word('a'), END, FINISH],
      [...opening, added, ...part('output_text', 1), done, 'response.completed'],
    ],
    [
      'an answer cut short by its limit',
      [
        START,
        word('a'),
        { type: 'choice-end', index: 0, reason: 'length' },
        { type: 'finish', reason: 'length' },
      ],
      [...opening, added, ...part('output_text', 1), done, 'response.incomplete'],
    ],
    [
      'row 14: an answer that broke off',
      [START, word('a'), { type: 'error', failure: { kind: 'timeout', phase: 'idle', limitMs: 5 } }],
      [
        ...opening,
        added,
        'response.content_part.added',
        'response.output_text.delta',
        'error',
        'response.failed',
      ],
    ],
  ]
  for (const [what, events, types] of cases) {
    it(`of ${what}`, () => {
      const all = sent(one(...events))
      expect(typesOf(all)).toEqual(types)
      expect(all.map(({ name }) => name)).toEqual(types)
      expect(all.map(({ event }) => event['sequence_number'])).toEqual(all.map((_, at) => at))
      expectConsistent(all.map(({ event }) => event))
    })
  }

  it('end with what was said in pieces, item by item', () => {
    const all = sent(
      one(START, think('a'), word('b'), word('c'), start(0, 'c0', 'f'), argue(0, '{}'), END, FINISH),
    )
    const last = all.at(-1)?.event['response'] as Json
    expect(last).toMatchObject({
      status: 'completed',
      model: 'claude',
      created_at: 1_700_000_001,
      error: null,
      incomplete_details: null,
      usage: {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
        output_tokens: 8,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 18,
      },
    })
    expect(last['output']).toEqual([
      {
        id: expect.stringMatching(/^rs_/),
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'a' }],
      },
      {
        id: expect.stringMatching(/^msg_/),
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'bc', annotations: [], logprobs: [] }],
      },
      {
        id: expect.stringMatching(/^fc_/),
        type: 'function_call',
        status: 'completed',
        call_id: 'c0',
        name: 'f',
        arguments: '{}',
      },
    ])
  })

  it('say which item was cut short', () => {
    const cut: ModelEvent[] = [
      START,
      think('a'),
      word('b'),
      { type: 'finish', reason: 'content-filter', usage: USED },
    ]
    const last = sent(one(...cut)).at(-1)?.event['response']
    expect(last).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      output: [{ type: 'reasoning' }, { type: 'message', status: 'incomplete' }],
    })
  })

  it('are the same for a whole reply', () => {
    const events = [START, think('a'), word('b'), start(0, 'c0', 'f'), argue(0, '{}'), END, FINISH]
    expect(responses.writeReply(one(...events), context())).toEqual(
      sent(one(...events)).at(-1)?.event['response'],
    )
  })

  it('carry log-probabilities with the text that is done', () => {
    const token = {
      token: 'a',
      logprob: -0.1,
      bytes: null,
      top_logprobs: [{ token: 'b', logprob: -2, bytes: [98] }],
    }
    const all = sent(
      one(START, word('a'), { type: 'logprobs', index: 0, value: { content: [token] } }, END, FINISH),
    )
    const logprobs = [{ ...token, bytes: [] }]
    expect(all.find(({ name }) => name === 'response.output_text.done')?.event['logprobs']).toEqual(logprobs)
    expect(all.at(-1)?.event).toMatchObject({ response: { output: [{ content: [{ logprobs }] }] } })
  })
})

describe('row 30: ids', () => {
  const events = [START, think('a'), word('b'), start(0, '', 'f'), argue(0, '{}'), END, FINISH]
  const idsOf = (over: Parameters<typeof context>[1]) => {
    const last = sent(one(...events), context({}, over)).at(-1)?.event['response'] as {
      id: string
      output: Json[]
    }
    return [last.id, ...last.output.map(({ id }) => id)]
  }

  it('are made of the request, or of the name that the answer is kept under', () => {
    expect(idsOf({ requestId: 'req_1' })).toEqual([
      'resp_req1',
      'rs_mnwreq1_0',
      'msg_mnwreq1_1',
      'fc_mnwreq1_2',
    ])
    expect(idsOf({ replyId: 'resp_abc' })).toEqual(['resp_abc', 'rs_mnwabc_0', 'msg_mnwabc_1', 'fc_mnwabc_2'])
  })

  it('of a call is made where the provider gave none', () => {
    const last = sent(one(...events)).at(-1)?.event['response'] as { output: Json[] }
    expect(last.output[2]?.['call_id']).toBe('call_mnwreq1_0')
  })
})
