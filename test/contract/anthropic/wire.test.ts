// The wire-level edge cases that touch this dialect: usage, ends, calls, reasons.
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { ModelEvent, Piece } from '../../../shared/event.ts'
import { noUsage } from '../../../shared/usage.ts'
import { streams as chatStreams } from '../openai-chat/streams.ts'
import { expectWellFormed, finishOf, saidBy } from '../said.ts'
import { bytesOf, CONTEXT, eventsOf, piecesOf, read, sse, unnative, written } from '../wire.ts'
import { begin, call, dataOf, delta, end, open, PING, say, shut, STOP, streams } from './streams.ts'

type Json = Record<string, unknown>

const dialect = anthropic()
const chat = openaiChat()

const named = (part: string) => {
  const found = streams.find(({ name }) => name.includes(part))
  if (found === undefined) throw new Error(`no stream is called ${part}`)
  return found
}
const parsed = (out: readonly string[]): Json[] => out.map((one) => JSON.parse(one) as Json)
const pieces = (data: readonly string[]): Piece[] => piecesOf(dialect, [bytesOf(sse(data))])
const alone = (events: readonly ModelEvent[]): Piece[] => events.map((event) => ({ events: [event] }))
const priced = (some: readonly Piece[], costMicros: number): Piece[] =>
  some.map((piece) => ({
    ...piece,
    events: piece.events.map((event) => (event.type === 'finish' ? { ...event, costMicros } : event)),
  }))
const start: ModelEvent = { type: 'start', id: 'r', model: 'm', createdAt: 1 }
const finish: ModelEvent = { type: 'finish', reason: 'stop' }
const ended = (reason: 'stop' | 'tool-calls' = 'stop'): ModelEvent => ({
  type: 'choice-end',
  index: 0,
  reason,
})

describe('usage', () => {
  it('row 6: of chat completions is told with the cached tokens beside the others, and back again inside them', () => {
    const { data } = chatStreams.find(({ usage }) => (usage?.cacheRead ?? 0) > 0) ?? { data: [] }
    const events = eventsOf(piecesOf(chat, [bytesOf(sse(data))]))
    const usage = finishOf(events)?.usage ?? noUsage
    const body = dialect.writeReply([{ events }], CONTEXT)
    expect(body['usage']).toMatchObject({
      input_tokens: usage.input,
      cache_read_input_tokens: usage.cacheRead,
      cache_creation_input_tokens: usage.cacheWrite,
    })
    const again = chat.writeReply([{ events: eventsOf(dialect.readReply(JSON.stringify(body))) }], CONTEXT)
    expect(again['usage']).toMatchObject({
      prompt_tokens: usage.input + usage.cacheRead + usage.cacheWrite,
      prompt_tokens_details: { cached_tokens: usage.cacheRead },
    })
  })

  it('row 7: tells writes that last an hour from those that last minutes', () => {
    expect(finishOf(read(dialect, sse(named('written to a cache').data)))?.usage).toMatchObject({
      cacheWrite: 456,
      cacheWriteLong: 100,
    })
    const usage = { ...noUsage, cacheWrite: 4, cacheWriteLong: 5 }
    const out = parsed(written(dialect, alone([start, ended(), { ...finish, usage }])))
    expect(out.at(-2)?.['usage']).toMatchObject({
      cache_creation_input_tokens: 9,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 5 },
    })
  })

  it('row 4: comes from any frame; a later count replaces an earlier one, what it leaves out stays', () => {
    const data = dataOf([
      begin({ input_tokens: 9, cache_read_input_tokens: 4, output_tokens: 1 }),
      ...say(0, 'Hi'),
      end('end_turn', { input_tokens: 12, output_tokens: 7, cache_read_input_tokens: null }),
      STOP,
    ])
    expect(finishOf(read(dialect, sse(data)))?.usage).toEqual({
      ...noUsage,
      input: 12,
      cacheRead: 4,
      output: 7,
    })
  })

  it('row 9: has the thoughts inside the output for this dialect, and apart for us', () => {
    const usage = finishOf(read(dialect, sse(named('with their signature').data)))?.usage
    expect(usage).toMatchObject({ output: 10, reasoning: 30 })
    expect(
      parsed(written(dialect, unnative(pieces(named('with their signature').data)))).at(-2),
    ).toMatchObject({
      usage: { output_tokens: 40, output_tokens_details: { thinking_tokens: 30 } },
    })
  })

  it('row 5: of zero is data', () => {
    expect(finishOf(read(dialect, sse(named('usage of zero').data)))?.usage).toEqual(noUsage)
  })

  it('counts the summaries that the server made, which the totals leave out', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500, cache_read_input_tokens: 10 },
      { type: 'message', input_tokens: 23_000, output_tokens: 1_000 },
    ]
    const body = {
      id: 'm',
      content: [],
      stop_reason: 'end_turn',
      usage: { input_tokens: 23_000, output_tokens: 1_000, iterations },
    }
    expect(finishOf(eventsOf(dialect.readReply(JSON.stringify(body))))?.usage).toEqual({
      ...noUsage,
      input: 203_000,
      cacheRead: 10,
      output: 4_500,
    })
  })

  it('row 8: says in which class of service the answer was made, if it is a class of its own', () => {
    const tier = (service_tier: string) =>
      finishOf(
        read(
          dialect,
          sse(dataOf([begin({ input_tokens: 1, output_tokens: 1, service_tier }), end('end_turn'), STOP])),
        ),
      )?.serviceTier
    expect([tier('standard'), tier('priority'), tier('batch')]).toEqual([undefined, 'priority', 'batch'])
  })

  it("row 10: of the prompt stands in the first event, counted before, and the provider's in the last", () => {
    const events: ModelEvent[] = [
      start,
      { type: 'text-delta', index: 0, text: 'Hi' },
      ended(),
      { ...finish, usage: { ...noUsage, input: 12, output: 3 } },
    ]
    const out = parsed(written(dialect, alone(events), { promptTokens: 11 }))
    expect(out[0]).toMatchObject({
      type: 'message_start',
      message: { usage: { input_tokens: 11, output_tokens: 0 } },
    })
    expect(out.at(-2)).toMatchObject({ type: 'message_delta', usage: { input_tokens: 12, output_tokens: 3 } })
    expect(dialect.countsFirst).toBe(true)
  })

  it('carries the cost: in the last event of a stream, and in a whole message, beside what the provider said', () => {
    const { data } = named('tool of the server')
    const out = parsed(written(dialect, priced(pieces(data), 1_250)))
    expect(out.at(-2)).toMatchObject({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { cost: 0.00125, server_tool_use: { web_search_requests: 1 }, output_tokens: 510 },
    })
    expect(out.at(-1)).toEqual({ type: 'message_stop' })
    const body = JSON.stringify({
      id: 'm',
      type: 'message',
      content: [],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 2, x: 3 },
    })
    expect(dialect.writeReply(priced(dialect.readReply(body), 50), CONTEXT)['usage']).toEqual({
      input_tokens: 1,
      output_tokens: 2,
      x: 3,
      cost: 0.00005,
    })
  })

  it('is told of a provider that said none, as it was estimated', () => {
    const estimated = pieces(named('no usage').data).map((piece) => ({
      ...piece,
      events: piece.events.map((event) =>
        event.type === 'finish' ? { ...event, usage: { ...noUsage, input: 2, output: 1 } } : event,
      ),
    }))
    expect(parsed(written(dialect, estimated)).at(-2)).toMatchObject({
      usage: { input_tokens: 2, output_tokens: 1 },
    })
  })
})

describe('a stream of the same dialect', () => {
  for (const { name, data } of streams) {
    it(`row 43: passes byte for byte when nothing had to be added: ${name}`, () => {
      const out = written(dialect, pieces(data))
      const withUsage = data.filter((one) => !one.includes('"message_delta"') || one.includes('"usage"'))
      expect(out.filter((one) => data.includes(one))).toEqual(withUsage)
      expect(out).toHaveLength(data.length)
    })
  }

  it('whose end mark is missing is ended', () => {
    const { data } = named('pings')
    const out = written(dialect, pieces(data.slice(0, -1)))
    expect(out).toEqual(data)
  })
})

describe('the end of a stream', () => {
  it('row 14: without a stop reason is an error, whatever was said before', () => {
    for (const upTo of [1, 3, 5]) {
      const events = read(dialect, sse(named('pings').data.slice(0, upTo)))
      expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind: 'malformed' } })
    }
  })

  it('row 15: is there as soon as the reason is known, without its mark', () => {
    const { data, says } = named('pings')
    const events = read(dialect, sse(data.slice(0, -1)))
    expectWellFormed(events)
    expect(saidBy(events)).toEqual(says)
    expect(finishOf(events)?.usage).toBeDefined()
  })

  it('row 15: by its mark alone is an end too', () => {
    const events = read(dialect, sse(dataOf([begin(), ...say(0, 'Hi'), STOP])))
    expect(saidBy(events)).toEqual([{ text: 'Hi', reason: 'stop' }])
  })

  it('row 22: of a whole reply that is an error is that error', () => {
    const events = eventsOf(
      dialect.readReply('{"type":"error","error":{"type":"overloaded_error","message":"x"}}'),
    )
    expect(events).toMatchObject([{ type: 'error', failure: { kind: 'overloaded', status: 529 } }])
  })
})

describe('tool calls', () => {
  const COMPACT = (events: readonly Json[]) =>
    events
      .filter(({ type }) => type === 'content_block_start' || type === 'content_block_stop')
      .map(({ type, index }) => `${String(type) === 'content_block_start' ? '+' : '-'}${String(index)}`)
      .join(' ')

  it('row 32: of this dialect have a number of their own for others, and the text between stays', () => {
    const { data } = named('in parallel')
    const { body } = {
      body: chat.writeReply(unnative(pieces(data)), CONTEXT) as { choices: { message: Json }[] },
    }
    expect(body.choices[0]?.message['content']).toBe('Okay, both. And the time. ')
    const out = written(chat, unnative(pieces(data))).filter((one) => one !== '[DONE]')
    const calls = parsed(out).flatMap(({ choices }) =>
      (choices as { delta: { tool_calls?: Json[] } }[]).flatMap(({ delta }) => delta.tool_calls ?? []),
    )
    expect(calls.filter(({ id }) => id !== undefined).map(({ index }) => index)).toEqual([0, 1])
  })

  it('row 33: that come whole with their block are told whole', () => {
    expect(saidBy(read(dialect, sse(named('came with it').data)))[0]?.calls).toEqual([
      { id: 'toolu_1', name: 'now', json: '{}' },
      { id: 'toolu_2', name: 'add', json: '{"a":1}' },
    ])
  })

  it('row 33: are whole when the message ends before their block does (other servers)', () => {
    const data = dataOf([
      begin(),
      open(0, { type: 'thinking', thinking: 'hm', signature: 'EqQB' }),
      open(1, { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } }),
      end('tool_use'),
    ])
    const events = read(dialect, sse(data))
    expect(saidBy(events)[0]?.calls).toEqual([{ id: 'toolu_1', name: 'f', json: '{"a":1}' }])
    expect(events.filter(({ type }) => type === 'reasoning-signature')).toHaveLength(1)
  })

  it('row 35: that take turns are sent one block after the other, each with all of its arguments', () => {
    const events: ModelEvent[] = [
      start,
      { type: 'tool-start', index: 0, call: 0, id: 'a', name: 'f' },
      { type: 'tool-start', index: 0, call: 1, id: 'b', name: 'g' },
      { type: 'tool-delta', index: 0, call: 0, json: '{"x":{"z":1}' },
      { type: 'tool-delta', index: 0, call: 1, json: '{"y":{}' },
      { type: 'tool-delta', index: 0, call: 0, json: '}' },
      { type: 'tool-delta', index: 0, call: 1, json: '}' },
      { type: 'text-delta', index: 0, text: 'Done.' },
      ended('tool-calls'),
      finish,
    ]
    const out = parsed(written(dialect, alone(events)))
    expect(COMPACT(out)).toBe('+0 -0 +1 -1 +2 -2')
    const json = (index: number) =>
      out
        .filter((one) => one['type'] === 'content_block_delta' && one['index'] === index)
        .map((one) => (one['delta'] as Json)['partial_json'])
        .join('')
    expect([json(0), json(1)]).toEqual(['{"x":{"z":1}}', '{"y":{}}'])
  })

  it('row 35: are sent while they are made, as long as they come one after the other', () => {
    const write = dialect.writeEvents(CONTEXT)
    const send = (event: ModelEvent) => write([{ events: [event] }])
    send(start)
    send({ type: 'tool-start', index: 0, call: 0, id: 'a', name: 'f' })
    expect(send({ type: 'tool-delta', index: 0, call: 0, json: '{"x":' })).toContain(
      '"partial_json":"{\\"x\\":"',
    )
    expect(send({ type: 'tool-delta', index: 0, call: 0, json: '1}' })).toContain('"partial_json":"1}"')
    const next = send({ type: 'tool-start', index: 0, call: 1, id: 'b', name: 'g' })
    expect(next).toContain('content_block_stop')
    expect(next).toContain('"name":"g"')
  })

  it('without an id get one, the same for the stream and the whole message', () => {
    const events: ModelEvent[] = [
      start,
      { type: 'tool-start', index: 0, call: 0, id: '', name: 'f' },
      ended('tool-calls'),
      finish,
    ]
    const body = dialect.writeReply([{ events }], CONTEXT) as { content: Json[] }
    const out = parsed(written(dialect, alone(events)))
    expect(body.content[0]?.['id']).toBe('toolu_r_0')
    expect(out[1]).toMatchObject({ content_block: { id: 'toolu_r_0' } })
    const nameless = dataOf([
      begin(),
      open(0, { type: 'tool_use', name: 'f', input: {} }),
      shut(0),
      end('tool_use'),
      STOP,
    ])
    expect(saidBy(read(dialect, sse(nameless)))[0]?.calls?.[0]?.id).toBe(
      'toolu_msg_01XFDUDYJgAACzvnptvVoYEL_0',
    )
  })

  it('of a server are content, and no call of the client', () => {
    const events = read(dialect, sse(named('tool of the server').data))
    expect(events.some(({ type }) => type === 'tool-start')).toBe(false)
    expect(events.filter(({ type }) => type === 'other-delta').length).toBeGreaterThan(0)
  })

  it('row 16: a delta of a block that never began is skipped, a text of one is not lost', () => {
    const data = dataOf([
      begin(),
      delta(4, { type: 'input_json_delta', partial_json: '{}' }),
      delta(5, { type: 'text_delta', text: 'Hi' }),
      end('end_turn'),
      STOP,
    ])
    expect(saidBy(read(dialect, sse(data)))).toEqual([{ text: 'Hi', reason: 'stop' }])
  })
})

describe('stop reasons', () => {
  // https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
  const known: readonly [string, string, string][] = [
    ['end_turn', 'stop', 'stop'],
    ['stop_sequence', 'stop', 'stop'],
    ['max_tokens', 'length', 'length'],
    ['model_context_window_exceeded', 'length', 'length'],
    ['tool_use', 'tool-calls', 'tool_calls'],
    ['refusal', 'content-filter', 'content_filter'],
    ['pause_turn', 'other', 'stop'],
    ['constructor', 'other', 'stop'],
  ]
  for (const [raw, reason, elsewhere] of known) {
    it(`row 36: '${raw}' is ${reason}, '${elsewhere}' for chat completions, and comes back as it was`, () => {
      const data = dataOf([
        begin(),
        ...call(0, 'toolu_1', 'f', '{}').slice(0, raw === 'tool_use' ? 3 : 0),
        end(raw),
        STOP,
      ])
      const events = read(dialect, sse(data))
      expect(events).toContainEqual({ type: 'choice-end', index: 0, reason, raw })
      expect(written(chat, [{ events }]).join('\n')).toContain(`"finish_reason":"${elsewhere}"`)
      const back = written(dialect, [{ events }]).join('\n')
      expect(back).toContain(`"stop_reason":"${raw === 'constructor' ? 'end_turn' : raw}"`)
    })
  }

  it("row 36: of others are told in this dialect's words", () => {
    const words = (['stop', 'length', 'tool-calls', 'content-filter', 'other'] as const).map((reason) => {
      const events: ModelEvent[] = [
        start,
        { type: 'choice-end', index: 0, reason, raw: 'eos' },
        { type: 'finish', reason },
      ]
      return dialect.writeReply([{ events }], CONTEXT)['stop_reason']
    })
    expect(words).toEqual(['end_turn', 'max_tokens', 'tool_use', 'refusal', 'end_turn'])
  })

  it('row 36: a message with a call that just ended waits for the result', () => {
    const events: ModelEvent[] = [
      start,
      { type: 'tool-start', index: 0, call: 0, id: 'a', name: 'f' },
      ended(),
      finish,
    ]
    expect(dialect.writeReply([{ events }], CONTEXT)['stop_reason']).toBe('tool_use')
    expect(written(dialect, alone(events)).join('')).toContain('"stop_reason":"tool_use"')
  })

  it('row 36: a refusal in words is text, and the reason says that it is one', () => {
    const events: ModelEvent[] = [start, { type: 'refusal-delta', index: 0, text: 'No.' }, ended(), finish]
    expect(dialect.writeReply([{ events }], CONTEXT)).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal' },
    })
  })
})

describe('signs of life', () => {
  it('row 46: are the pings that the API documents, and are read as nothing', () => {
    expect(dialect.heartbeat).toBe('event: ping\ndata: {"type":"ping"}\n\n')
    const { data, says } = named('parallel')
    const withPings = data.flatMap((one) => [JSON.stringify(PING), one])
    expect(saidBy(read(dialect, sse(withPings)))).toEqual(says)
  })

  it('row 20: nothing before the first words is an answer', () => {
    const events = read(dialect, sse(dataOf([begin(), PING, open(0, { type: 'text', text: '' })])))
    expect(events.slice(0, -1).map(({ type }) => type)).toEqual(['start'])
  })

  it('row 30: one id stands in all events of one stream, ours where the provider has none', () => {
    const events: ModelEvent[] = [
      { ...start, id: '' },
      { type: 'text-delta', index: 0, text: 'Hi' },
      ended(),
      finish,
    ]
    const out = parsed(written(dialect, alone(events)))
    expect(out[0]).toMatchObject({ message: { id: 'msg_req_1' } })
    expect(dialect.writeReply([{ events }], CONTEXT)['id']).toBe('msg_req_1')
  })
})
