// The wire-level edge cases that gateways get wrong in streams: usage, odd chunks, ends.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Piece } from '../../../shared/event.ts'
import { noUsage } from '../../../shared/usage.ts'
import { unheard } from '../generate.ts'
import { finishOf, saidBy } from '../said.ts'
import { bytesOf, CONTEXT, eventsOf, piecesOf, read, sse, written } from '../wire.ts'
import { ask, chat, chunk, delta, type Json, named, passed, sent, USAGE } from './chunks.ts'

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

  it('row 21: of a reply without an answer in it is a failure, with nothing to bill', () => {
    const empty = [
      '',
      '{}',
      '{"id":"c","object":"chat.completion","choices":[]}',
      `{"id":"c","choices":[],"usage":${JSON.stringify(USAGE)}}`,
    ]
    for (const body of empty) {
      expect(eventsOf(chat.readReply(body)).at(-1)).toMatchObject({
        type: 'error',
        failure: { kind: 'malformed' },
      })
      expect(finishOf(eventsOf(chat.readReply(body)))).toBeUndefined()
      const streamed = read(chat, body === '' ? '' : sse([body, '[DONE]']))
      expect(streamed.at(-1)).toMatchObject({ type: 'error', failure: { kind: 'malformed' } })
    }
  })

  it('between two choices that come one after the other is no end', () => {
    const reader = chat.readEvents(2)
    const choice = (index: number, content: string, finish: string | null = null): string =>
      JSON.stringify({ choices: [{ index, delta: { content }, finish_reason: finish }] })
    reader.read({ event: '', data: choice(0, 'one', 'stop') })
    expect(reader.complete).toBe(false)
    expect(reader.close().events).toMatchObject([{ type: 'error', failure: { kind: 'malformed' } }])
    const whole = chat.readEvents(2)
    whole.read({ event: '', data: choice(0, 'one', 'stop') })
    whole.read({ event: '', data: choice(1, 'two', 'stop') })
    expect(whole.complete).toBe(true)
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
