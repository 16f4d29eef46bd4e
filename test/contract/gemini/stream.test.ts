// The stream that a client of Gemini reads: the rows of the wire's edge cases, the cost, and both framings.
import { describe, expect, it } from 'vitest'
import type { ReplyContext } from '../../../shared/dialect.ts'
import type { ModelEvent, Piece } from '../../../shared/event.ts'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import { saidBy } from '../said.ts'
import { bytesOf, CONTEXT, eventsOf, piecesOf, read, sse, written } from '../wire.ts'
import { candidate, chunk, counted } from './chunks.ts'

type Json = Record<string, unknown>

const piece = (...events: ModelEvent[]): Piece => ({ events })
const start: ModelEvent = { type: 'start', id: 'msg_1', model: 'claude-x', createdAt: 5 }
const say = (text: string, index = 0): ModelEvent => ({ type: 'text-delta', index, text })
const usage = { input: 10, cacheRead: 4, cacheWrite: 2, output: 5, reasoning: 3 }
const end = (
  reason: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other' = 'stop',
  index = 0,
): ModelEvent => ({
  type: 'choice-end',
  index,
  reason,
})
const finish: ModelEvent = { type: 'finish', reason: 'stop', usage, costMicros: 1234 }

const chunksOf = (events: readonly ModelEvent[]): Json[] =>
  written(
    gemini,
    events.map((event) => piece(event)),
  ).map((data) => JSON.parse(data) as Json)

/** As a provider that speaks the same dialect sent it, ended by the meter with a cost. */
const passed = (
  data: readonly string[],
  last: Partial<Extract<ModelEvent, { type: 'finish' }>> = {},
): string[] => {
  const pieces = piecesOf(gemini, [bytesOf(sse(data))]).map(({ events, ...rest }) => ({
    ...rest,
    events: events.map((event) => (event.type === 'finish' ? { ...event, ...last } : event)),
  }))
  return written(gemini, pieces)
}

describe('a stream of another dialect', () => {
  it('is chunks with a part each, the last with the reason, the usage and the cost', () => {
    expect(chunksOf([start, say('Grü'), say('ß Gott'), end(), finish])).toEqual([
      { candidates: [candidate([{ text: 'Grü' }])], modelVersion: 'claude-x', responseId: 'msg_1' },
      { candidates: [candidate([{ text: 'ß Gott' }])], modelVersion: 'claude-x', responseId: 'msg_1' },
      {
        candidates: [candidate([{ text: '' }], { finishReason: 'STOP' })],
        usageMetadata: {
          promptTokenCount: 16,
          cachedContentTokenCount: 4,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 3,
          totalTokenCount: 24,
          cost: 0.001234,
        },
        modelVersion: 'claude-x',
        responseId: 'msg_1',
      },
    ])
  })

  it('row 30: bears one id in every chunk, ours where the provider had none', () => {
    const ids = chunksOf([{ ...start, id: '' }, say('a'), say('b'), end(), finish]).map(
      (one) => one['responseId'],
    )
    expect(new Set(ids)).toEqual(new Set([CONTEXT.requestId]))
  })

  const reasons: readonly [ModelEvent, string][] = [
    [end('stop'), 'STOP'],
    [end('tool-calls'), 'STOP'],
    [end('length'), 'MAX_TOKENS'],
    [end('content-filter'), 'SAFETY'],
    [end('other'), 'OTHER'],
  ]
  for (const [event, word] of reasons) {
    it(`row 36: ends with a word of Google's: ${word}`, () =>
      expect(chunksOf([say('a'), event, finish]).at(-1)?.['candidates']).toMatchObject([
        { finishReason: word },
      ]))
  }

  it('rows 31 and 32: gathers parallel calls, whatever order their pieces come in, and sends them whole', () => {
    const chunks = chunksOf([
      say('I look. '),
      { type: 'tool-start', index: 0, call: 0, id: 'a', name: 'f' },
      { type: 'tool-delta', index: 0, call: 0, json: '{"x"' },
      { type: 'tool-start', index: 0, call: 1, id: 'b', name: 'g' },
      say('And ask.'),
      { type: 'tool-delta', index: 0, call: 1, json: '' },
      { type: 'tool-delta', index: 0, call: 0, json: ':[1]}' },
      end('tool-calls'),
      finish,
    ])
    expect(chunks.map((one) => (one['candidates'] as { content: Json }[])[0]?.content['parts'])).toEqual([
      [{ text: 'I look. ' }],
      [{ text: 'And ask.' }],
      [
        { functionCall: { id: 'a', name: 'f', args: { x: [1] } } },
        { functionCall: { id: 'b', name: 'g', args: {} } },
      ],
      [{ text: '' }],
    ])
  })

  it('says of arguments that are no object what Google says, with the words; at the limit it is the limit', () => {
    const call: readonly ModelEvent[] = [
      { type: 'tool-start', index: 0, call: 0, id: 'a', name: 'f' },
      { type: 'tool-delta', index: 0, call: 0, json: '{"x":' },
    ]
    expect(chunksOf([...call, end('tool-calls'), finish]).at(-1)).toMatchObject({
      candidates: [
        { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'Malformed function call: f({"x":)' },
      ],
    })
    expect(chunksOf([...call, end('length'), finish]).at(-1)).toMatchObject({
      candidates: [{ finishReason: 'MAX_TOKENS' }],
    })
    expect(gemini.writeReply([piece(...call, end('tool-calls'), finish)], CONTEXT)).toMatchObject({
      candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL', content: { parts: [{ text: '' }] } }],
    })
  })

  it('row 39: marks thoughts, and keeps them out of the answer', () => {
    const [thought] = chunksOf([{ type: 'reasoning-delta', index: 0, text: 'Hm.' }, end(), finish])
    expect(thought?.['candidates']).toEqual([candidate([{ text: 'Hm.', thought: true }])])
  })

  it('row 53: keeps the choices apart, and translates log-probabilities', () => {
    const value = {
      content: [
        { token: 'a', logprob: -0.5, bytes: null, top_logprobs: [{ token: 'b', logprob: -1, bytes: null }] },
      ],
      refusal: null,
    }
    const events: ModelEvent[] = [
      say('one', 0),
      say('two', 1),
      { type: 'logprobs', index: 1, value },
      end('stop', 1),
      end('length', 0),
      finish,
    ]
    const chunks = chunksOf(events)
    expect(chunks.at(-1)?.['candidates']).toEqual(
      [
        candidate([{ text: '' }], {
          finishReason: 'STOP',
          logprobsResult: {
            topCandidates: [{ candidates: [{ token: 'b', logProbability: -1 }] }],
            chosenCandidates: [{ token: 'a', logProbability: -0.5 }],
          },
          index: 1,
        }),
        candidate([{ text: '' }], { finishReason: 'MAX_TOKENS' }),
      ].map((one, at) => ({ ...one, index: at === 0 ? 1 : 0 })),
    )
    const again = read(gemini, sse(chunks.map((one) => JSON.stringify(one))))
    expect(again.find(({ type }) => type === 'logprobs')).toEqual({ type: 'logprobs', index: 1, value })
    const reply = eventsOf(gemini.readReply(JSON.stringify(gemini.writeReply([piece(...events)], CONTEXT))))
    expect(reply.find(({ type }) => type === 'logprobs')).toEqual({ type: 'logprobs', index: 1, value })
  })

  it('row 14: that breaks off ends with an error, without a finish reason and without usage', () => {
    const chunks = chunksOf([
      say('Hal'),
      end(),
      { type: 'error', failure: { kind: 'unreachable', reason: 'gone' } },
    ])
    expect(chunks.at(-1)).toMatchObject({ error: { code: 502, status: 'UNAVAILABLE' } })
    expect(JSON.stringify(chunks)).not.toMatch(/finishReason|usageMetadata/)
  })
})

describe('a stream of the same dialect', () => {
  const data = [
    chunk([candidate([{ text: 'a', x: 1 }])], counted(5, 1)),
    chunk([candidate([{ text: 'b' }], { finishReason: 'STOP', groundingMetadata: { y: 2 } })], counted(5, 2)),
  ]

  it('row 43: passes byte for byte, the last chunk too where nobody knows a cost', () =>
    expect(passed(data)).toEqual(data))

  it('is told its cost in the last chunk, which is otherwise as it came', () => {
    const out = passed(data, { costMicros: 2_000_000 })
    expect(out[0]).toBe(data[0])
    const came = JSON.parse(data[1] ?? '') as { usageMetadata: Json }
    expect(JSON.parse(out[1] ?? '')).toEqual({ ...came, usageMetadata: { ...came.usageMetadata, cost: 2 } })
  })

  it('row 4: is told an estimate where the provider reported no usage', () => {
    const bare = [chunk([candidate([{ text: 'a' }], { finishReason: 'STOP' })])]
    const [out] = passed(bare, { usage, costMicros: 1 })
    expect(JSON.parse(out ?? '')).toMatchObject({ usageMetadata: { promptTokenCount: 16, cost: 0.000_001 } })
  })

  it('keeps its order when usage follows the reasons', () => {
    const late = [
      data[0] ?? '',
      chunk([candidate([{ text: 'b' }], { finishReason: 'STOP' })]),
      chunk([], counted(5, 2)),
    ]
    expect(passed(late)).toEqual(late)
    const out = passed(late, { costMicros: 1 })
    expect(out.slice(0, 2)).toEqual(late.slice(0, 2))
    expect(JSON.parse(out[2] ?? '')).toMatchObject({ usageMetadata: { cost: 0.000_001 } })
  })

  it('gives out the chunk that it held, before an error', () => {
    const pieces = piecesOf(gemini, [bytesOf(sse(data))]).slice(0, 2)
    const failure = { kind: 'unreachable', reason: 'gone' } as const
    const out = written(gemini, [...pieces, piece({ type: 'error', failure })])
    expect(out.slice(0, 2)).toEqual(data)
    expect(JSON.parse(out[2] ?? '')).toHaveProperty('error')
  })

  it('holds nothing back while a candidate is still open', () => {
    const write = gemini.writeEvents(CONTEXT)
    const reader = gemini.readEvents(2)
    const one = chunk([
      candidate([{ text: 'a' }]),
      { ...candidate([{ text: 'b' }], { finishReason: 'STOP' }), index: 1 },
    ])
    expect(write([reader.read({ event: '', data: one })])).toContain('"b"')
  })

  it('row 15: is complete with its last finish reason, and not before', () => {
    const reader = gemini.readEvents(2)
    reader.read({ event: '', data: chunk([candidate([{ text: 'a' }], { finishReason: 'STOP' })]) })
    expect(reader.complete).toBe(false)
    expect(reader.close().events).toMatchObject([{ type: 'error', failure: { kind: 'malformed' } }])
    const whole = gemini.readEvents()
    whole.read({ event: '', data: data[0] ?? '' })
    expect(whole.complete).toBe(false)
    whole.read({ event: '', data: data[1] ?? '' })
    expect(whole.complete).toBe(true)
  })
})

describe('a stream as one JSON array', () => {
  const context: ReplyContext = {
    ...CONTEXT,
    request: gemini.readRequest(
      { contents: [{ parts: [{ text: 'Hi' }] }] },
      { stream: true, framing: 'array' },
    ),
  }
  const array = (pieces: readonly Piece[]): string => {
    const write = gemini.writeEvents(context)
    // A sign of life may come between any two writes.
    return pieces.map((one) => `${write([one])}${gemini.heartbeat}`).join('')
  }
  const events: readonly ModelEvent[] = [start, say('a'), say('b'), end(), finish]

  it('holds the chunks that server-sent events would carry', () =>
    expect(JSON.parse(array(events.map((event) => piece(event))))).toEqual(chunksOf(events)))

  it('passes chunks of the same dialect', () => {
    const data = [
      chunk([candidate([{ text: 'a' }])]),
      chunk([candidate([{ text: 'b' }], { finishReason: 'STOP' })], counted(1, 2)),
    ]
    const pieces = piecesOf(gemini, [bytesOf(sse(data))])
    expect(JSON.parse(array(pieces))).toEqual(data.map((one) => JSON.parse(one) as Json))
  })

  it('ends with an error as its last element, first or not', () => {
    const error = piece({ type: 'error', failure: { kind: 'timeout', phase: 'idle', limitMs: 5 } })
    for (const pieces of [[error], [piece(start), piece(say('a')), error]]) {
      const list = JSON.parse(array(pieces)) as Json[]
      expect(list.at(-1)).toMatchObject({ error: { code: 504 } })
    }
  })

  it('is read as an answer where a vendor sends it', () => {
    const body = array(events.map((event) => piece(event)))
    expect(saidBy(eventsOf(gemini.readReply(body)))).toEqual([{ text: 'ab', reason: 'stop' }])
  })

  it('is not what clients of another dialect are written', () => {
    const write = gemini.writeEvents({
      ...context,
      request: { ...context.request, native: { dialect: 'x', body: {}, framing: 'array' } },
    })
    expect(write([piece(say('a'))])).toMatch(/^data: /)
  })
})

describe('usage', () => {
  const of = (usageMetadata: Json): unknown =>
    eventsOf(
      gemini.readReply(chunk([candidate([{ text: 'a' }], { finishReason: 'STOP' })], { usageMetadata })),
    ).at(-1)

  it('row 6: takes the cached part out of the prompt, and adds what tools have read', () =>
    expect(
      of({
        promptTokenCount: 100,
        cachedContentTokenCount: 60,
        toolUsePromptTokenCount: 7,
        candidatesTokenCount: 3,
        totalTokenCount: 110,
      }),
    ).toMatchObject({
      usage: { input: 47, cacheRead: 60, cacheWrite: 0, output: 3, reasoning: 0 },
    }))

  it('row 9: counts thoughts beside the answer, and inside it where the total says so', () => {
    expect(
      of({ promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 20, totalTokenCount: 35 }),
    ).toMatchObject({
      usage: { output: 5, reasoning: 20 },
    })
    expect(
      of({ promptTokenCount: 10, candidatesTokenCount: 25, thoughtsTokenCount: 20, totalTokenCount: 35 }),
    ).toMatchObject({
      usage: { output: 5, reasoning: 20 },
    })
  })

  const tiers: readonly [Json, string | undefined][] = [
    [{}, undefined],
    [{ serviceTier: 'flex' }, 'flex'],
    [{ serviceTier: 'STANDARD' }, 'default'],
    [{ trafficType: 'ON_DEMAND' }, 'default'],
    [{ trafficType: 'ON_DEMAND_PRIORITY' }, 'priority'],
    [{ trafficType: 'PROVISIONED_THROUGHPUT' }, undefined],
  ]
  for (const [more, tier] of tiers) {
    it(`row 8: names the class of service: ${JSON.stringify(more)}`, () =>
      expect(Reflect.get(Object(of({ promptTokenCount: 1, ...more })), 'serviceTier')).toBe(tier))
  }

  it('is merged from every chunk, the last word of each count', () => {
    const events = read(
      gemini,
      sse([
        chunk([candidate([{ text: 'a' }])], {
          usageMetadata: { promptTokenCount: 9, thoughtsTokenCount: 4, candidatesTokenCount: 1 },
        }),
        chunk([candidate([{ text: 'b' }], { finishReason: 'STOP' })], {
          usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2 },
        }),
      ]),
    )
    expect(events.at(-1)).toMatchObject({ usage: { input: 9, output: 2, reasoning: 4 } })
  })
})
