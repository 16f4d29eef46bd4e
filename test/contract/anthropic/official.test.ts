// What clients are sent, read by the official library: streams, whole messages, errors and counts.
import Anthropic, { APIError } from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { writeCount } from '../../../shared/dialects/anthropic/count.ts'
import type { ModelEvent, Piece } from '../../../shared/event.ts'
import type { Failure } from '../../../shared/failure.ts'
import { vendorEntries } from '../dialects.ts'
import { saidBy } from '../said.ts'
import { bytesOf, CONTEXT, encode, eventsOf, piecesOf, sse, unnative } from '../wire.ts'
import { dataOf, streams } from './streams.ts'

const dialect = anthropic()

/** The official client, to which every request is answered with this. */
const clientOf = (respond: () => Response): Anthropic =>
  new Anthropic({
    apiKey: 'mk-test',
    baseURL: 'http://127.0.0.1:1',
    maxRetries: 0,
    fetch: () => Promise.resolve(respond()),
  })

const ask = { model: 'big', max_tokens: 64, messages: [{ role: 'user' as const, content: 'Hi' }] }

const streamed = (pieces: readonly Piece[]): string => {
  const write = dialect.writeEvents({ ...CONTEXT, promptTokens: 11 })
  // The heartbeat may stand between any two events.
  return pieces.map((piece) => write([piece]) + dialect.heartbeat).join('')
}

const streamOf = (text: string) =>
  clientOf(() => new Response(text, { headers: { 'content-type': 'text/event-stream' } })).messages.stream(
    ask,
  )

/** What the library says was answered, in the suite's words. */
function said({ content, stop_reason }: Anthropic.Message) {
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  const reasoning = content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('')
  const calls = content.flatMap((block) =>
    block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
  )
  return { text, reasoning, calls, reason: stop_reason }
}

const REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
}

function expected(events: readonly ModelEvent[]) {
  const [first] = saidBy(events)
  const calls = (first?.calls ?? []).map(({ id, name, json }) => ({
    id,
    name,
    input: JSON.parse(json || '{}') as unknown,
  }))
  const refusal = first?.refusal ?? ''
  // Some vendors end their answers with the same words.
  const isSequence = events.some((event) => event.type === 'choice-end' && event.raw === 'stop_sequence')
  const reason = isSequence ? 'stop_sequence' : REASONS[first?.reason ?? '']
  return {
    text: (first?.text ?? '') + refusal,
    reasoning: first?.reasoning ?? '',
    calls,
    reason: refusal === '' ? reason : 'refusal',
  }
}

for (const entry of vendorEntries) {
  if (entry.dialect.id === dialect.id) continue
  describe(`the official library reads a stream of ${entry.dialect.id}`, () => {
    for (const { name, data, usage } of entry.streams) {
      const pieces = piecesOf(entry.dialect, [encode(entry, data)], entry.binary?.open)
      it(name, async () => {
        const message = await streamOf(streamed(pieces)).finalMessage()
        expect(said(message)).toEqual(expected(eventsOf(pieces)))
        if (usage !== undefined) {
          expect(message.usage).toMatchObject({
            input_tokens: usage.input,
            cache_read_input_tokens: usage.cacheRead,
            output_tokens: usage.output + usage.reasoning,
          })
        }
      })

      it(`${name}, as one message`, async () => {
        const body = dialect.writeReply(pieces, CONTEXT)
        const message = await clientOf(() => Response.json(body)).messages.create(ask)
        expect(said(message)).toEqual(expected(eventsOf(pieces)))
      })
    }
  })
}

describe('the official library reads a stream of this dialect', () => {
  for (const { name, data, says } of streams) {
    const pieces = piecesOf(dialect, [bytesOf(sse(data))])
    const [first] = says
    if (name.includes('other servers') || name.includes('no usage') || name.includes('odd spacing')) continue
    it(`${name}, passed on`, async () => {
      const message = await streamOf(streamed(pieces)).finalMessage()
      expect(said(message)).toMatchObject({ text: first?.text ?? '', reasoning: first?.reasoning ?? '' })
    })
    it(`${name}, as another provider's`, async () => {
      const message = await streamOf(streamed(unnative(pieces))).finalMessage()
      expect(said(message)).toMatchObject({ text: first?.text ?? '', reasoning: first?.reasoning ?? '' })
    })
  }

  it('and every event has its name, its index and its place', async () => {
    const [text] = streams
    const events: Anthropic.RawMessageStreamEvent[] = []
    const pieces = unnative(piecesOf(dialect, [bytesOf(sse(text?.data ?? []))]))
    for await (const event of streamOf(streamed(pieces))) events.push(event)
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    for (const line of streamed(pieces).split('\n\n')) {
      if (line === '') continue
      const [event = '', data = ''] = line.split('\n')
      expect(event).toBe(`event: ${String((JSON.parse(data.slice(6)) as { type: string }).type)}`)
    }
  })

  it('and finds every field that its types promise', async () => {
    const sample: Anthropic.Message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Hi', citations: null }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        input_tokens: 2,
        output_tokens: 3,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens_details: null,
        server_tool_use: null,
        service_tier: null,
        inference_geo: null,
        speed: null,
      },
    }
    const events: ModelEvent[] = [
      { type: 'start', id: 'msg_1', model: 'm', createdAt: 0 },
      { type: 'text-delta', index: 0, text: 'Hi' },
      { type: 'choice-end', index: 0, reason: 'stop' },
      {
        type: 'finish',
        reason: 'stop',
        usage: { input: 2, cacheRead: 0, cacheWrite: 0, output: 3, reasoning: 0 },
      },
    ]
    expect(dialect.writeReply([{ events }], CONTEXT)).toEqual(sample)
    const message = await streamOf(streamed(events.map((event) => ({ events: [event] })))).finalMessage()
    expect({ ...message, usage: { ...message.usage, ...sample.usage } }).toMatchObject(sample)
    expect(Object.keys(message.usage)).toEqual(expect.arrayContaining(Object.keys(sample.usage)))
  })
})

describe('the official library reads an error', () => {
  const cases: readonly [Failure, number, string, string][] = [
    [{ kind: 'invalid-request', message: 'No.' }, 400, 'invalid_request_error', 'invalid-request'],
    [
      { kind: 'unauthenticated', message: 'No.', code: 'invalid_api_key' },
      401,
      'authentication_error',
      'invalid_api_key',
    ],
    [
      { kind: 'forbidden', message: 'No.', code: 'model_not_allowed' },
      403,
      'permission_error',
      'model_not_allowed',
    ],
    [{ kind: 'no-route', model: 'x', message: 'No.' }, 404, 'not_found_error', 'model_not_found'],
    [{ kind: 'too-large', limitBytes: 5 }, 413, 'request_too_large', 'too-large'],
    [{ kind: 'rate-limited', status: 429 }, 429, 'rate_limit_error', 'upstream_rate_limited'],
    [{ kind: 'internal', message: 'secret' }, 500, 'api_error', 'internal_error'],
    [{ kind: 'timeout', phase: 'head', limitMs: 5 }, 504, 'timeout_error', 'upstream_timeout'],
    [{ kind: 'overloaded', status: 529 }, 529, 'overloaded_error', 'upstream_failed'],
  ]
  for (const [failure, status, type, code] of cases) {
    it(`${failure.kind}, whole`, async () => {
      const written = dialect.writeFailure(failure, 'req_1')
      const client = clientOf(() => Response.json(written.body, { status: written.status }))
      const error: unknown = await client.messages.create(ask).catch((thrown: unknown) => thrown)
      if (!(error instanceof APIError)) throw new Error('no error was thrown')
      expect(error).toMatchObject({ status, type, errorCode: code })
      expect(error.error).toMatchObject({ type: 'error', request_id: 'req_1' })
      expect(error.message).not.toContain('secret')
    })

    it(`${failure.kind}, in the middle of a stream`, async () => {
      const [first] = streams
      const pieces = piecesOf(dialect, [bytesOf(sse(first?.data.slice(0, 4) ?? []))]).slice(0, -1)
      const text = streamed([...pieces, { events: [{ type: 'error', failure }] }])
      const error: unknown = await streamOf(text)
        .finalMessage()
        .catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(APIError)
      expect(error).toMatchObject({ type, errorCode: code })
    })
  }
})

describe('the official library counts tokens', () => {
  it('and reads the number', async () => {
    const client = clientOf(() => Response.json(writeCount(2_095)))
    const { max_tokens: _, ...counted } = ask
    expect(await client.messages.countTokens(counted)).toEqual({ input_tokens: 2_095 })
  })
})

describe('the official tool runner', () => {
  it('row 35: is given the arguments of every call, whoever made it', async () => {
    const [, tools] = streams
    const pieces = unnative(piecesOf(dialect, [bytesOf(sse(tools?.data ?? dataOf([])))]))
    const blocks: unknown[] = []
    const stream = streamOf(streamed(pieces))
    stream.on('contentBlock', (block) => block.type === 'tool_use' && blocks.push(block.input))
    await stream.done()
    expect(blocks).toEqual([{ location: 'San Francisco, CA' }, { zone: 'CET' }])
  })
})
