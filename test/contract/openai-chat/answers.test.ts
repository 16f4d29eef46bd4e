// Answers of chat completions in their finer points: usage wherever it stands, ends, tiers, choices, log-probabilities.
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { Usage } from '../../../shared/usage.ts'
import { requestFor } from '../../unit/samples.ts'
import { finishOf, saidBy } from '../said.ts'
import { bytesOf, CONTEXT, eventsOf, piecesOf, read, sse, unnative, written } from '../wire.ts'
import { chat, chunk, delta, deltas, END, type Json, named, pieces, say, START, think } from './chunks.ts'

describe('usage', () => {
  const usageOf = (usage: object, options: Parameters<typeof openaiChat>[0] = {}): Usage | undefined =>
    finishOf(
      eventsOf(
        openaiChat(options).readReply(
          chunk({ choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }], usage }),
        ),
      ),
    )?.usage
  const base = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
  const none = { input: 100, cacheRead: 0, cacheWrite: 0, output: 20, reasoning: 0 }
  const cases: readonly [string, object, Usage, Parameters<typeof openaiChat>[0]?][] = [
    ['without details', base, none],
    [
      "row 6: OpenAI's, with what was read from and written to the cache inside the prompt",
      { ...base, prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 } },
      { ...none, input: 10, cacheRead: 60, cacheWrite: 30 },
    ],
    [
      "DeepSeek's cache",
      { ...base, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
      { ...none, input: 36, cacheRead: 64 },
    ],
    ["Moonshot's cache", { ...base, cached_tokens: 64 }, { ...none, input: 36, cacheRead: 64 }],
    ["Mistral's cache", { ...base, num_cached_tokens: 64 }, { ...none, input: 36, cacheRead: 64 }],
    [
      "Alibaba's cache",
      { ...base, prompt_tokens_details: { cached_tokens: 0, cache_creation_input_tokens: 40 } },
      { ...none, input: 60, cacheWrite: 40 },
    ],
    [
      'row 9: reasoning inside the completion',
      { ...base, completion_tokens_details: { reasoning_tokens: 15 } },
      { ...none, output: 5, reasoning: 15 },
    ],
    [
      'row 9: reasoning beside the completion, as the total tells (xAI)',
      { ...base, total_tokens: 170, completion_tokens_details: { reasoning_tokens: 50 } },
      { ...none, reasoning: 50 },
    ],
    [
      'row 9: reasoning beside the completion, in the total only, where the record says so',
      { ...base, total_tokens: 170 },
      { ...none, reasoning: 50 },
      { reasoningBeside: true },
    ],
    ['row 9: a total that is larger for no known reason adds nothing', { ...base, total_tokens: 170 }, none],
    ['row 5: of zero', { prompt_tokens: 0, completion_tokens: 0 }, { ...none, input: 0, output: 0 }],
  ]
  for (const [name, usage, expected, options] of cases)
    it(name, () => expect(usageOf(usage, options)).toEqual(expected))

  it('row 6: adds up for a client, whatever the provider counted beside', () => {
    const native = { ...base, total_tokens: 170, completion_tokens_details: { reasoning_tokens: 50 } }
    const body = chunk({
      choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }],
      usage: native,
    })
    expect(chat.writeReply(chat.readReply(body), CONTEXT)['usage']).toEqual({
      ...native,
      completion_tokens: 70,
      total_tokens: 170,
    })
  })

  it('rows 6 and 7: of another dialect adds up, long-lived writes included', () => {
    const usage: Usage = {
      input: 10,
      cacheRead: 60,
      cacheWrite: 20,
      cacheWriteLong: 10,
      output: 5,
      reasoning: 15,
    }
    const body = chat.writeReply(
      pieces(
        START,
        say('a'),
        { type: 'choice-end', index: 0, reason: 'stop' },
        {
          type: 'finish',
          reason: 'stop',
          usage,
          costMicros: 1_500,
          serviceTier: 'standard',
        },
      ),
      CONTEXT,
    )
    expect(body['usage']).toEqual({
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      completion_tokens_details: { reasoning_tokens: 15 },
      cost: 0.0015,
    })
    expect(body['service_tier']).toBe('default')
  })
})

describe('the class of service', () => {
  const tierOf = (data: readonly string[]): string | undefined => finishOf(read(chat, sse(data)))?.serviceTier
  it('is read from any chunk, and from usage', () => {
    expect(tierOf([chunk({ choices: [], service_tier: 'flex' }), delta({ content: 'a' }, 'stop')])).toBe(
      'flex',
    )
    expect(
      tierOf([
        delta({ content: 'a' }, 'stop'),
        chunk({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, service_tier: 'flex' } }),
      ]),
    ).toBe('flex')
    expect(tierOf([delta({ content: 'a' }, 'stop')])).toBeUndefined()
  })

  it("is written in OpenAI's words, others' are left out", () => {
    const write = (serviceTier: string): unknown => {
      const out = written(
        chat,
        pieces(
          START,
          say('a'),
          { type: 'choice-end', index: 0, reason: 'stop' },
          {
            type: 'finish',
            reason: 'stop',
            serviceTier,
          },
        ),
      )
      return (JSON.parse(out.at(-2) ?? '{}') as Json)['service_tier']
    }
    expect([write('priority'), write('standard'), write('performance')]).toEqual([
      'priority',
      'default',
      undefined,
    ])
  })
})

describe('a stream for a client', () => {
  const events = [START, think('hm'), say('a'), say('b'), ...END]
  it('row 30: bears one id, one time and one model over all its chunks', () => {
    const out = written(chat, pieces(...events)).filter((one) => one !== '[DONE]')
    const heads = out.map((one) => {
      const { id, object, created, model } = JSON.parse(one) as Json
      return { id, object, created, model }
    })
    expect(new Set(heads.map((head) => JSON.stringify(head)))).toEqual(
      new Set([
        JSON.stringify({
          id: 'chatcmpl-msg_01',
          object: 'chat.completion.chunk',
          created: 1_760_000_000,
          model: 'claude',
        }),
      ]),
    )
  })

  it('row 53: says first who speaks, in each of its choices', () => {
    const out = written(chat, pieces(...events), { request: requestFor('Hi', { choices: 2 }) })
    expect(out.slice(0, 2).map((one) => (JSON.parse(one) as { choices: Json[] }).choices)).toEqual(
      [0, 1].map((index) => [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
    )
  })

  it('row 53: keeps log-probabilities, refusals and choices apart, also as a whole reply', () => {
    const { data } = named('log-probabilities')
    const spoken = unnative(piecesOf(chat, [bytesOf(sse(data))]))
    const value = spoken.flatMap(({ events }) => events).find((event) => event.type === 'logprobs')
    expect(read(chat, sse(written(chat, spoken)))).toContainEqual(value)
    const token = (text: string) => ({ token: text, logprob: -0.1, bytes: null, top_logprobs: [] })
    const probable = (text: string): ModelEvent => ({
      type: 'logprobs',
      index: 0,
      value: { content: [token(text)], refusal: null },
    })
    const body = chat.writeReply(
      pieces(START, say('a'), probable('a'), say('b'), probable('b'), ...END),
      CONTEXT,
    ) as { choices: Json[] }
    expect(body.choices[0]?.['logprobs']).toEqual({ content: [token('a'), token('b')], refusal: null })
  })
})

describe("a provider's own way with what every client reads", () => {
  it('row 39: thoughts among the parts become thoughts beside a text (Mistral)', () => {
    const out = written(chat, piecesOf(chat, [bytesOf(sse(named('content as parts').data))]), {
      streamUsage: false,
    })
    expect(deltas(out).slice(1, 5)).toEqual([
      { content: '', reasoning_content: 'Zuerst ' },
      { content: '', reasoning_content: '世界.' },
      { content: 'Ja' },
      { content: ', so.' },
    ])
    const message = {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
        { type: 'text', text: 'Yes' },
      ],
    }
    const reply = chat.readReply(chunk({ choices: [{ index: 0, message, finish_reason: 'stop' }], x: 1 }))
    expect(saidBy(eventsOf(reply))).toEqual([{ text: 'Yes', reasoning: 'hm', reason: 'stop' }])
    expect(chat.writeReply(reply, CONTEXT)).toMatchObject({
      x: 1,
      choices: [{ message: { role: 'assistant', content: 'Yes', reasoning_content: 'hm' } }],
    })
  })

  it('row 36: a foreign finish reason becomes a known one and is kept beside it; an empty one is none', () => {
    const data = named('finish reasons of its own').data
    const out = written(chat, piecesOf(chat, [bytesOf(sse(data))]), { streamUsage: false })
    const choices = out
      .filter((one) => one !== '[DONE]')
      .flatMap((one) => (JSON.parse(one) as { choices: Json[] }).choices)
    expect(choices.map((choice) => choice['finish_reason'])).toEqual([null, null, 'length'])
    expect(choices[2]?.['native_finish_reason']).toBe('model_length')
  })

  const reasons: readonly [string, string][] = [
    ['eos_token', 'stop'],
    ['stop_sequence', 'stop'],
    ['model_length', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['sensitive', 'content-filter'],
  ]
  for (const [raw, reason] of reasons) {
    it(`row 36: '${raw}' is ${reason}`, () =>
      expect(read(chat, sse([delta({ content: 'a' }, raw)]))).toContainEqual({
        type: 'choice-end',
        index: 0,
        reason,
        raw,
      }))
  }

  for (const raw of ['error', 'network_error', 'insufficient_system_resource']) {
    it(`row 14: '${raw}' is no end of an answer`, () =>
      expect(read(chat, sse([delta({ content: 'a' }), delta({}, raw), '[DONE]'])).at(-1)).toEqual({
        type: 'error',
        failure: { kind: 'overloaded', status: 503 },
      }))
  }

  it("row 20: Azure's first chunk about the prompt begins no answer, so it can still fail over", () => {
    const reader = chat.readEvents()
    const [first = '', second = ''] = named('Azure').data
    expect(reader.read({ event: '', data: first }).events).toEqual([])
    expect(reader.read({ event: '', data: second }).events).toMatchObject([
      { type: 'start', id: 'chatcmpl-B9' },
    ])
  })
})
