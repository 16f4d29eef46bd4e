// The wire-level edge cases that gateways get wrong in chat completions, one by one.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { Piece } from '../../../shared/event.ts'
import { noUsage } from '../../../shared/usage.ts'
import { json, unheard } from '../generate.ts'
import { finishOf, saidBy } from '../said.ts'
import { bytesOf, CONTEXT, eventsOf, piecesOf, read, sse, unnative, written } from '../wire.ts'
import { streams } from './streams.ts'

type Json = Record<string, unknown>

const chat = openaiChat()
const chunk = (more: object): string =>
  JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', ...more })
const delta = (fields: object, finish: string | null = null): string =>
  chunk({ choices: [{ index: 0, delta: fields, finish_reason: finish }] })
const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }
const named = (part: string) => {
  const found = streams.find(({ name }) => name.includes(part))
  if (found === undefined) throw new Error(`no stream is called ${part}`)
  return found
}
const passed = (data: readonly string[], streamUsage: boolean): Json[] =>
  written(chat, piecesOf(chat, [bytesOf(sse(data))]), { streamUsage }).map(
    (one) => (one === '[DONE]' ? { done: true } : JSON.parse(one)) as Json,
  )
const ask = (more: object) => ({ model: 'big', messages: [{ role: 'user', content: 'Hi' }], ...more })
const sent = (body: object, options: Parameters<typeof openaiChat>[0] = {}, model = 'big-1'): Json =>
  openaiChat(options).writeRequest(openaiChat().readRequest(body), { model }).body

const USAGE_STREAMS = [
  'chunk of its own',
  'last choice chunk',
  'every chunk',
  'without choices',
  'usage of zero',
  'Azure',
]

describe('usage in a stream', () => {
  for (const part of USAGE_STREAMS) {
    const { data, usage } = named(part)

    it(`row 1: comes once, in a chunk with no choices, after the last finish reason and before [DONE]: ${part}`, () => {
      const out = passed(data, true)
      const withUsage = out.filter((one) => one['usage'] !== undefined && one['usage'] !== null)
      expect(withUsage).toHaveLength(1)
      expect(out.at(-2)).toBe(withUsage[0])
      expect(out.at(-1)).toEqual({ done: true })
      expect(withUsage[0]?.['choices']).toEqual([])
      expect(finishOf(read(chat, sse(written(chat, piecesOf(chat, [bytesOf(sse(data))])))))?.usage).toEqual(
        usage,
      )
    })

    it(`row 2: does not come when the client did not ask, nor a chunk without choices in its place: ${part}`, () => {
      const out = passed(data, false)
      expect(out.filter((one) => 'usage' in one)).toEqual([])
      const surprises = out.filter(
        (one) =>
          !('done' in one) &&
          !('prompt_filter_results' in one) &&
          !((one['choices'] as unknown[] | undefined)?.length ?? 0),
      )
      expect(surprises).toEqual([])
    })
  }

  it('row 1: is there for who asked even when the provider reported none', () => {
    const pieces: Piece[] = [...piecesOf(chat, [bytesOf(sse([delta({ content: 'Hi' }, 'stop')]))])]
    const metered = pieces.map((piece) => ({
      ...piece,
      events: piece.events.map((event) =>
        event.type === 'finish'
          ? { ...event, usage: { ...noUsage, input: 2, output: 1 }, costMicros: 30 }
          : event,
      ),
    }))
    const out = written(chat, metered)
    expect(JSON.parse(out.at(-2) ?? '')).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3, cost: 0.00003 },
    })
  })

  it('row 2: is always asked for upstream, whatever the client said', () => {
    expect(sent(ask({ stream: true }))['stream_options']).toEqual({ include_usage: true })
    expect(
      sent(ask({ stream: true, stream_options: { include_usage: false, include_obfuscation: false } }))[
        'stream_options'
      ],
    ).toEqual({
      include_usage: true,
      include_obfuscation: false,
    })
    expect(sent(ask({ stream: true, stream_options: null }))['stream_options']).toEqual({
      include_usage: true,
    })
    expect(sent(ask({}))['stream_options']).toBeUndefined()
    expect(sent(ask({ stream: true }), { streamOptions: false })['stream_options']).toBeUndefined()
  })

  it('row 4: is taken from any chunk, and absent (not zero) when no chunk has it', () => {
    expect(
      finishOf(read(chat, sse([chunk({ choices: [], usage: USAGE }), delta({ content: 'Hi' }, 'stop')])))
        ?.usage,
    ).toMatchObject({ input: 9, output: 3 })
    expect(finishOf(read(chat, sse([delta({ content: 'Hi' }, 'stop')])))).not.toHaveProperty('usage')
    for (const usage of [null, {}, [], 'none', 5]) {
      expect(
        finishOf(
          read(
            chat,
            sse([chunk({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }], usage })]),
          ),
        ),
      ).not.toHaveProperty('usage')
    }
  })

  it('row 4: keeps what an earlier chunk said when a later one says null', () => {
    const data = [
      chunk({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }], usage: USAGE }),
      chunk({ choices: [], usage: null }),
    ]
    expect(finishOf(read(chat, sse(data)))?.usage).toMatchObject({ input: 9, output: 3 })
  })

  it('row 5: of zero is zero, and not missing', () => {
    expect(finishOf(read(chat, sse(named('usage of zero').data)))?.usage).toEqual(noUsage)
  })

  it('row 9: counts reasoning inside completion tokens, itemised', () => {
    const native = { ...USAGE, completion_tokens: 300, completion_tokens_details: { reasoning_tokens: 256 } }
    const events = read(
      chat,
      sse([delta({ content: 'a' }, 'stop'), chunk({ choices: [], usage: native }), '[DONE]']),
    )
    expect(finishOf(events)?.usage).toMatchObject({ output: 44, reasoning: 256 })
    const body = chat.writeReply([{ events }], CONTEXT)
    expect(body['usage']).toMatchObject({
      completion_tokens: 300,
      total_tokens: 309,
      completion_tokens_details: { reasoning_tokens: 256 },
    })
  })

  it('row 9: never goes below zero where a provider counts its parts larger than the whole', () => {
    const odd = {
      prompt_tokens: 5,
      completion_tokens: 2,
      prompt_tokens_details: { cached_tokens: 50, cache_write_tokens: 9 },
      completion_tokens_details: { reasoning_tokens: 20 },
    }
    expect(
      finishOf(read(chat, sse([delta({ content: 'a' }, 'stop'), chunk({ choices: [], usage: odd })])))?.usage,
    ).toEqual({
      input: 0,
      cacheRead: 5,
      cacheWrite: 0,
      output: 0,
      reasoning: 2,
    })
    const wild = {
      prompt_tokens: -5,
      completion_tokens: 'many',
      prompt_tokens_details: null,
      completion_tokens_details: 7,
    }
    expect(
      finishOf(read(chat, sse([delta({ content: 'a' }, 'stop'), chunk({ choices: [], usage: wild })])))
        ?.usage,
    ).toEqual(noUsage)
  })
})

describe('chunks', () => {
  it('row 3: without choices, with null and with empty ones, are passed on and mean nothing', () => {
    const odd = [
      '{}',
      '{"choices":[]}',
      '{"choices":null}',
      '{"choices":{}}',
      '{"choices":[null]}',
      '{"choices":[{}],"x":1}',
      '{"choices":[{"index":0,"delta":null}]}',
    ]
    for (const one of odd) {
      const data = [delta({ content: 'a' }), one, delta({ content: 'b' }), delta({}, 'stop'), '[DONE]']
      expect(saidBy(read(chat, sse(data)))).toEqual([{ text: 'ab', reason: 'stop' }])
      expect(written(chat, piecesOf(chat, [bytesOf(sse(data))]), { streamUsage: false })).toEqual(data)
    }
  })

  it('row 43: with unknown fields survive untouched, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), unheard, unheard), { minLength: 1 }), (list) => {
        const data = list.map(([content, inDelta, around]) =>
          chunk({ choices: [{ index: 0, delta: { ...inDelta, content } }], ...around }),
        )
        const whole = [...data, delta({}, 'stop'), '[DONE]']
        expect(written(chat, piecesOf(chat, [bytesOf(sse(whole))]), { streamUsage: false })).toEqual(whole)
      }),
    )
  })

  it('row 44: cut inside a character are put together again', () => {
    const { data, says } = named('text')
    const bytes = bytesOf(sse(data))
    for (let size = 1; size < 8; size += 1) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      )
      const events = eventsOf(piecesOf(chat, pieces))
      expect(saidBy(events)).toEqual(says)
      expect(JSON.stringify(events)).not.toContain('\uFFFD')
    }
  })

  it('row 16: that cannot be read are left out, and those around them pass', () => {
    const data = [delta({ content: 'a' }), delta({ content: 'b' }), delta({}, 'stop'), '[DONE]']
    const spoilt = data.toSpliced(1, 0, '{"choices":[{"del')
    expect(written(chat, piecesOf(chat, [bytesOf(sse(spoilt))]), { streamUsage: false })).toEqual(data)
  })
})

describe('the end of a stream', () => {
  it('row 14: that comes too early is an error event and nothing after it, no [DONE]', () => {
    const pieces = piecesOf(chat, [
      bytesOf(sse([delta({ role: 'assistant', content: '' }), delta({ content: 'Hal' })])),
    ])
    const out = written(chat, pieces)
    expect(JSON.parse(out.at(-1) ?? '')).toEqual({
      error: {
        message: expect.stringContaining('finish reason'),
        type: 'upstream_error',
        param: null,
        code: 'upstream_malformed',
      },
    })
    expect(out).not.toContain('[DONE]')
  })

  it('row 15: without [DONE] is complete at once, and gets its [DONE]', () => {
    const reader = chat.readEvents()
    reader.read({ event: '', data: delta({ content: 'Hi' }) })
    expect(reader.complete).toBe(false)
    const last = reader.read({ event: '', data: delta({}, 'stop') })
    expect(reader.complete).toBe(true)
    const pieces = [last, reader.close()]
    expect(written(chat, pieces, { streamUsage: false }).at(-1)).toBe('[DONE]')
  })

  it('row 15: with [DONE] and without a finish reason has stopped', () => {
    const data = [delta({ content: 'Hi' }), '[DONE]']
    expect(saidBy(read(chat, sse(data)))).toEqual([{ text: 'Hi', reason: 'stop' }])
    const out = passed(data, false)
    expect(out.map((one) => (one['choices'] as Json[] | undefined)?.[0]?.['finish_reason'])).toEqual([
      null,
      'stop',
      undefined,
    ])
  })

  it('row 22: can come first, as an error in a 200, and is then an error like any other', () => {
    const cases: readonly [object | string, object][] = [
      [
        { message: 'Too fast', code: 429 },
        { kind: 'rate-limited', status: 429 },
      ],
      [{ message: 'Too fast', type: 'rate_limit_error' }, { kind: 'rate-limited' }],
      [
        { message: 'No', code: 503 },
        { kind: 'overloaded', status: 503 },
      ],
      [{ message: 'No' }, { kind: 'overloaded', status: 500 }],
      ['just text', { kind: 'overloaded' }],
      [{ message: 'Long', code: 'context_length_exceeded' }, { kind: 'context-length' }],
      [
        { message: 'Bad', type: 'invalid_request_error', param: 'stop' },
        { kind: 'rejected', status: 400, param: 'stop' },
      ],
      [
        { message: 'Who', code: 'invalid_api_key' },
        { kind: 'credentials', status: 401 },
      ],
      [{ message: 'Filtered', code: 'content_filter' }, { kind: 'refused' }],
    ]
    for (const [error, failure] of cases) {
      const body = JSON.stringify({ error })
      expect(eventsOf(chat.readReply(body)), body).toMatchObject([{ type: 'error', failure }])
      expect(read(chat, sse([body])), body).toMatchObject([{ type: 'error', failure }])
    }
  })
})

describe('tool calls', () => {
  it('row 31: have an index of their own from 0; id and name come first and once; arguments add up', () => {
    const { data } = named('in parallel')
    const out = written(chat, unnative(piecesOf(chat, [bytesOf(sse(data))]))).filter(
      (one) => one !== '[DONE]',
    )
    const calls = out.flatMap((one) =>
      (JSON.parse(one) as { choices: { delta: { tool_calls?: Json[] } }[] }).choices.flatMap(
        ({ delta }) => delta.tool_calls ?? [],
      ),
    )
    expect(calls.map((call) => call['index'])).toEqual([0, 1, 1, 0, 1, 1, 0])
    expect(calls.filter((call) => 'id' in call)).toEqual([
      { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } },
      { index: 1, id: 'call_2', type: 'function', function: { name: 'time', arguments: '' } },
    ])
    const args = (index: number) =>
      calls
        .filter((call) => call['index'] === index)
        .map((call) => (call['function'] as Json)['arguments'])
        .join('')
    expect([args(0), args(1)]).toEqual(['{"city":"Rom"}', '{"zone":1}'])
  })

  it('row 33: whose arguments come in one piece at the end are complete', () => {
    const data = [
      delta({ tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }, 'tool_calls'),
    ]
    expect(saidBy(read(chat, sse(data)))).toEqual([
      { calls: [{ id: 'c', name: 'f', json: '{"a":1}' }], reason: 'tool-calls' },
    ])
  })

  it('row 34: in an empty list are no tool turn', () => {
    const events = read(
      chat,
      sse([delta({ content: 'Hi', tool_calls: [] }), delta({ tool_calls: null }, 'stop')]),
    )
    expect(events.map((event) => event.type)).toEqual(['start', 'text-delta', 'choice-end', 'finish'])
    const reply = eventsOf(
      chat.readReply(
        JSON.stringify({
          choices: [{ index: 0, message: { content: 'Hi', tool_calls: [] }, finish_reason: 'stop' }],
        }),
      ),
    )
    expect(saidBy(reply)).toEqual([{ text: 'Hi', reason: 'stop' }])
  })

  it('row 42: alone leave the content null', () => {
    const events = read(chat, sse(named('one tool call').data))
    const body = chat.writeReply([{ events }], CONTEXT) as { choices: { message: Json }[] }
    expect(body.choices[0]?.message['content']).toBeNull()
  })
})

describe('finish reasons', () => {
  const known: readonly [string, string, string][] = [
    ['stop', 'stop', 'stop'],
    ['length', 'length', 'length'],
    ['tool_calls', 'tool-calls', 'tool_calls'],
    ['function_call', 'tool-calls', 'tool_calls'],
    ['content_filter', 'content-filter', 'content_filter'],
    ['eos', 'other', 'stop'],
    ['constructor', 'other', 'stop'],
  ]
  for (const [raw, reason, written_] of known) {
    it(`row 36: '${raw}' is ${reason} and is written '${written_}', never a provider's word`, () => {
      const events = read(chat, sse([delta({ content: 'Hi' }, raw)]))
      expect(events).toContainEqual({ type: 'choice-end', index: 0, reason, raw })
      const out = written(chat, [{ events }]).join('\n')
      expect(out).toContain(`"finish_reason":"${written_}"`)
      if (raw !== written_) expect(out).not.toContain(`"${raw}"`)
    })
  }

  it("row 36: '' is no finish reason", () => {
    expect(read(chat, sse([delta({ content: 'Hi' }, '')])).at(-1)).toMatchObject({ type: 'error' })
  })
})

describe('reasoning', () => {
  it('row 39: is read under either name, and once where a server sends both', () => {
    for (const fields of [
      { reasoning: 'hm' },
      { reasoning_content: 'hm' },
      { reasoning: 'hm', reasoning_content: 'hm' },
    ]) {
      const events = read(chat, sse([delta(fields), delta({ content: 'Yes' }, 'stop')]))
      expect(saidBy(events)).toEqual([{ text: 'Yes', reasoning: 'hm', reason: 'stop' }])
    }
  })
})

describe('the output limit', () => {
  const modern = { completionTokens: /^(?:o\d|gpt-5)/ }
  const cases: readonly [string, object, string, Json][] = [
    ['max_tokens stays for a model that knows it', { max_tokens: 5 }, 'gpt-4.1', { max_tokens: 5 }],
    [
      'max_tokens becomes max_completion_tokens for one that refuses it',
      { max_tokens: 5 },
      'gpt-5-mini',
      { max_completion_tokens: 5 },
    ],
    ['max_completion_tokens stays', { max_completion_tokens: 5 }, 'o3', { max_completion_tokens: 5 }],
    [
      'of two, the modern one counts',
      { max_tokens: 9, max_completion_tokens: 5 },
      'gpt-4.1',
      { max_completion_tokens: 5 },
    ],
    ['null is none', { max_tokens: null, max_completion_tokens: null }, 'o3', {}],
    [
      'null beside a limit is none',
      { max_tokens: 5, max_completion_tokens: null },
      'gpt-4.1',
      { max_tokens: 5 },
    ],
  ]
  for (const [name, limits, model, expected] of cases) {
    it(`row 40: ${name}`, () => {
      const body = sent(ask(limits), modern, model)
      const { max_tokens, max_completion_tokens } = body
      expect({
        ...(max_tokens === undefined ? {} : { max_tokens }),
        ...(max_completion_tokens === undefined ? {} : { max_completion_tokens }),
      }).toEqual(expected)
      expect('max_tokens' in body && 'max_completion_tokens' in body).toBe(false)
    })
  }

  it('row 40: is the one that was reserved for, never the larger one that the client sent', () => {
    const request = { ...chat.readRequest(ask({ max_tokens: 5_000 })), limits: { maxOutput: 100 } }
    expect(chat.writeRequest(request, { model: 'big-1' }).body).toMatchObject({ max_tokens: 100 })
  })
})

describe('messages', () => {
  const roles = (body: Json): unknown[] => (body['messages'] as Json[]).map((message) => message['role'])
  const messages = [
    { role: 'developer', content: 'a', weight: 1 },
    { role: 'system', content: 'b' },
    { role: 'user', content: 'c' },
    { role: 'developer', content: 'd' },
  ]

  it('row 41: keep the developer role where it is known', () =>
    expect(roles(sent(ask({ messages })))).toEqual(['developer', 'system', 'user', 'developer']))

  it('row 41: turn it into system elsewhere, in their order, with their other fields', () => {
    const body = sent(ask({ messages }), { systemRole: 'system' })
    expect(roles(body)).toEqual(['system', 'system', 'user', 'system'])
    expect(body['messages']).toEqual(
      messages.map((message) => (message.role === 'developer' ? { ...message, role: 'system' } : message)),
    )
  })

  it('row 42: without content, with null or empty content are sent as they came', () => {
    const odd = [
      { role: 'assistant', content: null },
      { role: 'assistant' },
      { role: 'assistant', content: '' },
      { role: 'user', content: [] },
    ]
    expect(sent(ask({ messages: odd }))['messages']).toEqual(odd)
  })
})

describe('unknown parameters', () => {
  it('row 43: survive at every level; only the name of the model and what is ours change', () => {
    fc.assert(
      fc.property(unheard, unheard, unheard, json, (top, inMessage, inPart, value) => {
        const body = ask({
          ...top,
          messages: [
            {
              role: 'user',
              ...inMessage,
              content: [
                { type: 'text', text: 'Hi', ...inPart },
                { type: 'x_part', x: value },
              ],
            },
          ],
        })
        expect(sent({ ...body, minnow: { strongShare: 0.5 } })).toEqual({ ...body, model: 'big-1' })
      }),
    )
  })

  it('row 43: of the gateway itself never reach a vendor', () => {
    expect(sent(ask({ minnow: { strongShare: 0.1, later: true } }))).not.toHaveProperty('minnow')
    expect(chat.readRequest(ask({ minnow: { strongShare: 0.1 } })).dial).toEqual({ strongShare: 0.1 })
  })
})

describe('errors for clients', () => {
  it('row 27: have message, type, param and code, always', () => {
    const out = chat.writeFailure({ kind: 'rejected', status: 404, message: 'No such model.' }, 'req_1')
    expect(out).toEqual({
      status: 404,
      body: {
        error: { message: 'No such model.', type: 'invalid_request_error', param: null, code: 'rejected' },
      },
    })
  })

  it('row 27: name every attempt when all failed, and hold no body', () => {
    const attempts = [{ target: 'big', status: 503, reason: 'overloaded', durationMs: 3 }]
    const out = chat.writeFailure(
      { kind: 'exhausted', attempts, last: { kind: 'overloaded', status: 503 } },
      'req_1',
    )
    expect(out).toMatchObject({
      status: 503,
      body: { error: { type: 'upstream_error', code: 'upstream_failed', attempts } },
    })
  })

  it('row 27: of a provider that answered in HTML say nothing of it', () => {
    const failure = chat.readFailure({ status: 400, body: '<html><b>nginx</b></html>' })
    expect(JSON.stringify(chat.writeFailure(failure, 'req_1'))).not.toContain('nginx')
  })

  const statuses: readonly [number, string, string, number][] = [
    [400, '{"error":{"message":"a"}}', 'rejected', 400],
    [400, '{"error":{"message":"a","code":"context_length_exceeded"}}', 'context-length', 400],
    [
      400,
      `{"error":{"message":"This model's maximum context length is 8192 tokens."}}`,
      'context-length',
      400,
    ],
    [400, '{"error":{"message":"a","code":"content_policy_violation"}}', 'refused', 400],
    [401, '{"error":{"message":"a"}}', 'credentials', 502],
    [402, '{"error":{"message":"a"}}', 'credentials', 502],
    [403, '{"error":{"message":"a"}}', 'credentials', 502],
    [404, '{"error":{"message":"a"}}', 'rejected', 404],
    [408, '', 'overloaded', 502],
    [413, '', 'rejected', 413],
    [422, '{"detail":"a"}', 'rejected', 422],
    [422, '{"error":{"message":"a","code":"low_confidence"}}', 'unsure', 422],
    [429, '', 'rate-limited', 429],
    [500, '', 'overloaded', 500],
    [503, '<html>', 'overloaded', 503],
    [529, '', 'overloaded', 529],
    [302, '', 'malformed', 502],
  ]
  for (const [status, body, kind, told] of statuses) {
    it(`row 28: ${status} ${body} is ${kind} and reaches the caller as ${told}`, () => {
      const failure = chat.readFailure({ status, body })
      expect(failure.kind).toBe(kind)
      expect(chat.writeFailure(failure, 'req_1').status).toBe(told)
    })
  }

  it('row 25: keep how long the provider asked to wait', () => {
    expect(chat.readFailure({ status: 429, body: '', retryAfterMs: 2_000 })).toEqual({
      kind: 'rate-limited',
      status: 429,
      retryAfterMs: 2_000,
    })
    expect(chat.readFailure({ status: 503, body: '', retryAfterMs: 5 })).toMatchObject({ retryAfterMs: 5 })
  })
})

describe('several choices', () => {
  it('row 53: keep their indices, log-probabilities and refusals, whole and streamed', () => {
    const choices = [
      {
        index: 0,
        message: { role: 'assistant', content: 'a', refusal: null },
        logprobs: { content: [{ token: 'a', logprob: -1 }] },
        finish_reason: 'stop',
      },
      {
        index: 1,
        message: { role: 'assistant', content: '', refusal: 'No.' },
        logprobs: null,
        finish_reason: 'stop',
      },
    ]
    const events = eventsOf(chat.readReply(JSON.stringify({ id: 'c', created: 1, model: 'm', choices })))
    const body = chat.writeReply([{ events }], CONTEXT)
    expect(body['choices']).toEqual(choices)
  })
})
