// One call to one provider: what is sent, and what every kind of reply to it means.
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../../shared/dialects/openai-responses/index.ts'
import { Failed } from '../../../../shared/failure.ts'
import { callProvider } from '../../../../workers/providers/call.ts'
import { readRetryAfter } from '../../../../workers/providers/refusal.ts'
import type { Provider, SendOptions } from '../../../../workers/service.ts'
import { collect, cxAt, requestFor, target } from '../../samples.ts'

const WHOLE =
  '{"id":"c","created":1,"model":"m","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}'
const STREAM =
  'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
const type = (contentType: string) => ({ headers: { 'content-type': contentType } })

async function call(reply: () => Response | Promise<Response>, { stream = true, cx = cxAt() } = {}) {
  const sent: { body: object; options: SendOptions }[] = []
  const heads: number[] = []
  const provider: Provider = {
    id: 'lab',
    dialect: openaiChat(),
    send: async ({ body }, options) => {
      sent.push({ body, options })
      return reply()
    },
  }
  const request = requestFor('Hi', { stream, conversation: 'key_1/c' })
  const outcome = await callProvider(
    () => provider,
    async (asked) => asked,
  )({ request, target: target('a'), escalate: true, onHead: (_, status) => heads.push(status) }, cx).then(
    async (answer) => ({ answer, events: await collect(answer.batches), failure: undefined }),
    (error: unknown) => ({
      answer: undefined,
      events: [],
      failure: error instanceof Failed ? error.failure : error,
    }),
  )
  return { ...outcome, sent, heads }
}

describe('a call', () => {
  it('sends the model its own name, the conversation as a hint, and whether it may decline', async () => {
    const { sent, heads } = await call(() => new Response(STREAM, type('text/event-stream')))
    expect(sent).toMatchObject([
      {
        body: { model: 'a-model' },
        options: { requestId: 'req_1', escalate: true, conversation: 'key_1/c' },
      },
    ])
    expect(heads).toEqual([200])
  })

  it('has its pictures fetched for a vendor that wants bytes, unless the client speaks the dialect of one that reads some addresses itself', async () => {
    const asked: string[] = []
    const cases = [
      { inlineMedia: undefined, fetched: [] },
      { inlineMedia: true, fetched: ['openai-chat', 'gemini'] },
      { inlineMedia: 'foreign', fetched: ['gemini'] },
    ] as const
    for (const { inlineMedia, fetched } of cases) {
      asked.length = 0
      const dialect = { ...openaiChat(), ...(inlineMedia === undefined ? {} : { inlineMedia }) }
      const provider: Provider = {
        id: 'lab',
        dialect,
        send: async () => new Response(WHOLE, type('application/json')),
      }
      for (const name of ['openai-chat', 'gemini']) {
        const request = requestFor('Hi', { stream: false, native: { dialect: name, body: { messages: [] } } })
        await callProvider(
          () => provider,
          async (one) => {
            asked.push(one.native.dialect)
            return one
          },
        )({ request, target: target('a'), escalate: true }, cxAt())
      }
      expect(asked).toEqual(fetched)
    }
  })

  it('is written in the wire that the model answers on', async () => {
    const paths: string[] = []
    const provider: Provider = {
      id: 'lab',
      dialect: openaiChat(),
      dialectFor: (model) => (model === 'b-model' ? openaiResponses() : openaiChat()),
      send: async ({ path }) => {
        paths.push(path)
        return new Response('{}', { status: 500 })
      },
    }
    for (const id of ['a', 'b']) {
      await callProvider(
        () => provider,
        async (asked) => asked,
      )({ request: requestFor('Hi'), target: target(id), escalate: true }, cxAt()).catch(() => undefined)
    }
    expect(paths).toEqual(['/chat/completions', '/responses'])
  })
})

describe('a reply', () => {
  const answers: readonly [string, boolean, () => Response][] = [
    ['a stream', true, () => new Response(STREAM, type('text/event-stream; charset=utf-8'))],
    ['a stream that does not say so', true, () => new Response(STREAM, type('text/plain'))],
    ['a whole reply', false, () => new Response(WHOLE, type('application/json'))],
    ['a whole reply to a request for a stream', true, () => new Response(WHOLE, type('application/json'))],
    ['a stream nobody asked for', false, () => new Response(STREAM, type('text/event-stream'))],
    [
      'a whole reply that declares its length',
      false,
      () => new Response(WHOLE, { headers: { 'content-length': String(WHOLE.length) } }),
    ],
  ]
  for (const [name, stream, reply] of answers) {
    it(`may be ${name}`, async () => {
      const { events } = await call(reply, { stream })
      expect(events.map((event) => event.type)).toEqual(['start', 'text-delta', 'choice-end', 'finish'])
    })
  }

  const failures: readonly [string, () => Response, object][] = [
    [
      '429 with a time',
      () => new Response('', { status: 429, headers: { 'retry-after': '2' } }),
      { kind: 'rate-limited', status: 429, retryAfterMs: 2_000 },
    ],
    ['503', () => new Response('<html>', { status: 503 }), { kind: 'overloaded', status: 503 }],
    [
      '401',
      () => new Response('{"error":{"message":"sk-secret-key is wrong"}}', { status: 401 }),
      { kind: 'credentials', status: 401 },
    ],
    [
      'a redirect',
      () => new Response('', { status: 302, headers: { location: 'https://elsewhere.example' } }),
      { kind: 'malformed' },
    ],
    ['a 200 without a body', () => new Response(null), { kind: 'malformed', reason: 'an empty body' }],
  ]
  for (const [name, reply, failure] of failures) {
    it(`of ${name} is ${JSON.stringify(failure)}`, async () =>
      expect((await call(reply)).failure).toMatchObject(failure))
  }

  it('with an error in its 200 says so as its only event', async () => {
    const { events } = await call(
      () => new Response('{"error":{"message":"a","code":503}}', type('application/json')),
      { stream: false },
    )
    expect(events).toMatchObject([{ type: 'error', failure: { kind: 'overloaded', status: 503 } }])
  })

  it('whose body breaks while it is read is unreachable', async () => {
    const body = new ReadableStream(
      { pull: (controller) => controller.error(new Error('ECONNRESET 10.0.0.1')) },
      { highWaterMark: 0 },
    )
    const { failure } = await call(() => new Response(body, type('application/json')), { stream: false })
    expect(failure).toMatchObject({ kind: 'unreachable' })
    expect(JSON.stringify(failure)).not.toContain('10.0.0.1')
  })

  it('of an error whose body breaks is judged by its status', async () => {
    const body = new ReadableStream(
      { pull: (controller) => controller.error(new Error('gone')) },
      { highWaterMark: 0 },
    )
    expect((await call(() => new Response(body, { status: 500 }))).failure).toMatchObject({
      kind: 'overloaded',
      status: 500,
    })
  })

  it('of an endless error body is read up to a bound', async () => {
    let pulls = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => void ((pulls += 1), controller.enqueue(new Uint8Array(16_384).fill(120))),
    })
    expect((await call(() => new Response(body, { status: 500 }))).failure).toMatchObject({
      kind: 'overloaded',
    })
    expect(pulls).toBeLessThan(20)
  })
})

describe('a connection', () => {
  it('that cannot be made is unreachable, and the words of the error stay inside', async () => {
    const { failure } = await call(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1:443')))
    expect(failure).toMatchObject({ kind: 'unreachable' })
    expect(JSON.stringify(failure)).not.toContain('10.0.0.1')
  })

  it('that was given up is what it was given up for', async () => {
    const cx = cxAt()
    const { failure } = await call(
      () => (
        cx.abort(new Failed({ kind: 'timeout', phase: 'head', limitMs: 5 })),
        Promise.reject(new Error('aborted'))
      ),
      { cx },
    )
    expect(failure).toMatchObject({ kind: 'timeout', phase: 'head' })
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-11-23T12:00:00Z')
  const cases: readonly [Record<string, string>, number | undefined][] = [
    [{}, undefined],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after-ms': '' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after-ms': '150', 'retry-after': '2' }, 150],
    [{ 'retry-after-ms': 'x', 'retry-after': '2' }, 2_000],
    [{ 'retry-after': 'Infinity' }, undefined],
  ]
  for (const [headers, ms] of cases) {
    it(`of ${JSON.stringify(headers)} is ${ms ?? 'nothing'}`, () =>
      expect(readRetryAfter(new Headers(headers), now)).toBe(ms))
  }
})
