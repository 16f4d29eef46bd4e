// The stream that a client of the Responses API gets: order, numbering, names and ids.
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import { CONTEXT, eventsOf } from '../wire.ts'
import {
  argue,
  context,
  END,
  FINISH,
  one,
  readOf,
  sent,
  START,
  start,
  textOf,
  think,
  typesOf,
  USED,
  word,
} from './answering.ts'
import { type Json, responses } from './asking.ts'
import { response as native, stream, usage } from './shapes.ts'
import { streams } from './streams.ts'

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

describe('a stream of a vendor that speaks this dialect', () => {
  const fixture = streams[0]?.data ?? []
  const asIs = fixture.map(
    (data) => `event: ${(JSON.parse(data) as Json)['type'] as string}\ndata: ${data}\n\n`,
  )
  const foreign = CONTEXT // asked in another dialect: nothing to keep, nothing to repeat

  it('passes byte for byte, under the names of its events', () => {
    expect(textOf(readOf(fixture), foreign)).toBe(asIs.join(''))
  })

  it('is kept under our name, and repeats what the vendor was not told', () => {
    const asked = { store: true, previous_response_id: 'resp_0' }
    const all = sent(readOf(fixture), context(asked, { replyId: 'resp_kept' }))
    const told = all.flatMap(({ event }) => (event['response'] === undefined ? [] : [event['response']]))
    expect(told).toHaveLength(3)
    for (const response of told) {
      expect(response).toMatchObject({
        id: 'resp_kept',
        store: true,
        previous_response_id: 'resp_0',
        background: false,
      })
    }
    const untouched = all
      .filter(({ event }) => event['response'] === undefined)
      .map(({ event }) => JSON.stringify(event))
    expect(untouched).toEqual(fixture.filter((data) => !data.includes('"response":')))
  })

  it('names the conversation that it belongs to', () => {
    const all = sent(readOf(fixture), context({ conversation: 'conv_1' }))
    expect(all.at(-1)?.event).toMatchObject({ response: { conversation: { id: 'conv_1' } } })
  })

  it('gets its cost, once it is known', () => {
    const pieces = readOf(fixture).map((piece) => ({
      ...piece,
      events: piece.events.map((event) =>
        event.type === 'finish' ? { ...event, costMicros: 1_250 } : event,
      ),
    }))
    const last = sent(pieces, foreign).at(-1)?.event
    const came = JSON.parse(fixture.at(-1) ?? '{}') as { response: Json }
    expect(last).toEqual({
      ...came,
      response: { ...came.response, usage: { ...usage(1_037, 1_024, 12, 0), cost: 0.00125 } },
    })
  })

  it('row 4: gets the usage that was counted here where the vendor reports none', () => {
    const bare = stream(
      ['response.created', { response: native() }],
      ['response.completed', { response: native({ status: 'completed' }) }],
    )
    const pieces = readOf(bare).map((piece) => ({
      ...piece,
      events: piece.events.map((event) => (event.type === 'finish' ? { ...event, usage: USED } : event)),
    }))
    expect(sent(pieces, foreign).at(-1)?.event).toMatchObject({
      response: { usage: { input_tokens: 10, output_tokens: 8 } },
    })
  })

  it('row 14: breaks off with an error in its own numbering, and the items that were done', () => {
    const upTo = fixture.slice(0, -1)
    const all = sent(readOf(upTo))
    expect(typesOf(all).slice(-2)).toEqual(['error', 'response.failed'])
    expect(all.map(({ event }) => event['sequence_number'])).toEqual(all.map((_, at) => at))
    expect(all.at(-1)?.event).toMatchObject({
      response: {
        id: native()['id'],
        status: 'failed',
        error: { code: 'server_error' },
        output: [{ id: 'msg_67c9', status: 'completed' }],
      },
    })
  })

  it('becomes the whole reply of a client that asked for none, from its last event', () => {
    const body = responses.writeReply(readOf(fixture), foreign)
    expect(body).toEqual((JSON.parse(fixture.at(-1) ?? '{}') as Json)['response'])
  })
})

describe('what is read of a vendor’s stream', () => {
  it('row 33: arguments that come only when they are done are one whole delta', () => {
    const named = streams.find(({ name }) => name.startsWith('arguments'))
    const events = eventsOf(readOf(named?.data ?? []))
    expect(events.filter(({ type }) => type === 'tool-delta')).toEqual([
      argue(0, '{"a":1}'),
      argue(1, '{"b":2}'),
    ])
  })

  it('row 38: the encrypted reasoning of an item, once, before what follows it', () => {
    const named = streams.find(({ name }) => name.startsWith('reasoning'))
    const events = eventsOf(readOf(named?.data ?? []))
    const signatures = events.filter(({ type }) => type === 'reasoning-signature')
    expect(signatures).toEqual([
      {
        type: 'reasoning-signature',
        index: 0,
        signature: {
          dialect: 'openai-responses',
          kind: 'encrypted',
          data: expect.stringMatching(/^gAAAAABoISQ24/),
          id: 'rs_68a1',
        },
      },
    ])
    expect(events.findIndex(({ type }) => type === 'reasoning-signature')).toBeLessThan(
      events.findIndex(({ type }) => type === 'tool-start'),
    )
  })

  it('nothing, once it has ended', () => {
    const data = streams[0]?.data ?? []
    const reader = responses.readEvents()
    for (const one of data) reader.read({ event: '', data: one })
    expect(reader.complete).toBe(true)
    for (const one of data) expect(reader.read({ event: '', data: one })).toEqual({ events: [] })
    expect(reader.close()).toEqual({ events: [] })
  })

  it('row 8: the class of service that was served', () => {
    const end = {
      response: native({ status: 'completed', service_tier: 'priority', usage: usage(1, 0, 1, 0) }),
    }
    expect(eventsOf(readOf(stream(['response.completed', end]))).at(-1)).toMatchObject({
      type: 'finish',
      serviceTier: 'priority',
    })
  })

  it('log-probabilities, in the form of chat completions', () => {
    const logprobs = [{ token: 'a', logprob: -0.1, top_logprobs: [] }]
    const delta = { item_id: 'm', output_index: 0, content_index: 0, delta: 'a', logprobs }
    expect(eventsOf(readOf(stream(['response.output_text.delta', delta])))).toContainEqual({
      type: 'logprobs',
      index: 0,
      value: { content: logprobs, refusal: null },
    })
  })

  it('a tool that the vendor runs is a sign of an answer; a message that has begun is none', () => {
    const item = (type: string) =>
      stream(['response.output_item.added', { output_index: 0, item: { id: 'x', type, content: [] } }])
    expect(eventsOf(readOf(item('web_search_call'))).map(({ type }) => type)).toEqual([
      'start',
      'other-delta',
      'error',
    ])
    expect(eventsOf(readOf(item('message'))).map(({ type }) => type)).toEqual(['error'])
  })

  it('the end of an answer that a server calls completed though it was cut short', () => {
    const end = {
      response: native({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
    }
    expect(eventsOf(readOf(stream(['response.completed', end]))).at(-1)).toMatchObject({
      type: 'finish',
      reason: 'length',
    })
  })
})

/** Every event speaks of an item that was added, parts count up, and what is done is what was said. */
function expectConsistent(events: readonly Json[]): void {
  const ids = new Map<unknown, unknown>()
  const text = new Map<string, string>()
  for (const event of events) {
    const index = event['output_index']
    if (event['type'] === added) {
      expect(index).toBe(ids.size)
      ids.set(index, (event['item'] as Json)['id'])
      expect(new Set(ids.values()).size).toBe(ids.size)
    }
    if (event['item_id'] !== undefined) expect(event['item_id']).toBe(ids.get(index))
    if (event['type'] === done) expect((event['item'] as Json)['id']).toBe(ids.get(index))
    const type = String(event['type'])
    const key = `${String(index)}:${String(event['content_index'] ?? event['summary_index'])}:${type.replace(/\.\w+$/, '')}`
    if (type.endsWith('.delta')) text.set(key, (text.get(key) ?? '') + String(event['delta']))
    const whole = event['text'] ?? event['refusal'] ?? event['arguments']
    if (type.endsWith('.done') && whole !== undefined) expect(whole).toBe(text.get(key) ?? '')
  }
}
