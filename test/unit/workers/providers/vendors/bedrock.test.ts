// Bedrock from end to end: a real server sends its bytes, in whatever pieces and however spoilt, and events come out.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../../../shared/event.ts'
import { Failed, type Failure } from '../../../../../shared/failure.ts'
import { callProvider } from '../../../../../workers/providers/call.ts'
import { openProviders } from '../../../../../workers/providers/registry.ts'
import { event, exception } from '../../../../contract/bedrock/message.ts'
import { joined } from '../../../../../shared/bytes.ts'
import { collect, cxAt, requestFor, target } from '../../../samples.ts'

interface Reply {
  readonly status?: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
  /** How many bytes at a time. */
  readonly size?: number
}

let server: Server
let reply: Reply
let baseUrl: string
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      response.writeHead(reply.status ?? 200, reply.headers)
      const { bytes, size = bytes.length } = reply
      let from = 0
      const more = (): void => {
        if (from >= bytes.length) return void response.end()
        response.write(bytes.subarray(from, (from += size)), () => setImmediate(more))
      }
      more()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // listening on TCP
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const STREAM = { 'content-type': 'application/vnd.amazon.eventstream' }
const bytes = joined([
  event('messageStart', '{"role":"assistant"}'),
  event('contentBlockDelta', '{"contentBlockIndex":0,"delta":{"text":"Grüße 🌍"}}'),
  event('contentBlockStop', '{"contentBlockIndex":0}'),
  event('messageStop', '{"stopReason":"end_turn"}'),
  event('metadata', '{"usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7}}'),
])

async function ask(given: Reply, stream = true): Promise<ModelEvent[] | Failure> {
  reply = given
  const providers = openProviders(
    { providers: { bedrock: { baseUrl, apiKey: '$K' } } },
    () => 'ABSKkey',
    fetch,
  )
  const call = callProvider(
    (id) => providers.get(id),
    async (request) => request,
  )
  const where = target('a', { provider: 'bedrock', model: 'amazon.nova-lite-v1:0' })
  try {
    const answer = await call(
      { request: requestFor('Hi', { stream }), target: where, escalate: false },
      cxAt(),
    )
    return await collect(answer.batches)
  } catch (error) {
    if (error instanceof Failed) return error.failure
    throw error
  }
}

const said: object[] = [
  { type: 'start' },
  { type: 'text-delta', text: 'Grüße 🌍' },
  { type: 'choice-end', reason: 'stop' },
  { type: 'finish', usage: { input: 3, output: 4 } },
]

describe('a stream', () => {
  for (const size of [1, 7, 100, bytes.length]) {
    it(`is read in pieces of ${size} bytes`, async () =>
      expect(await ask({ headers: STREAM, bytes, size })).toMatchObject(said))
  }

  it('that nobody asked for is read all the same', async () =>
    expect(await ask({ headers: STREAM, bytes }, false)).toMatchObject(said))

  it('that ends too early is an error', async () =>
    expect(await ask({ headers: STREAM, bytes: bytes.subarray(0, 200) })).toMatchObject([
      { type: 'start' },
      { type: 'error', failure: { kind: 'malformed', reason: expect.stringContaining('stop reason') } },
    ]))

  it('whose bytes are spoilt is an error that says so, and nothing after it', async () => {
    const spoilt = Uint8Array.from(bytes)
    spoilt[200] = (spoilt[200] ?? 0) ^ 1
    const events = await ask({ headers: STREAM, bytes: spoilt, size: 50 })
    expect(events).toMatchObject([
      { type: 'start' },
      { type: 'error', failure: { kind: 'malformed', reason: expect.stringContaining('checksum') } },
    ])
  })

  it('that is none is an error', async () =>
    expect(
      await ask({ headers: STREAM, bytes: new TextEncoder().encode('<html>Bad gateway</html>') }),
    ).toMatchObject([{ type: 'error', failure: { kind: 'malformed' } }]))

  it('row 20: that begins with an exception fails before any content', async () =>
    expect(
      await ask({
        headers: STREAM,
        bytes: exception('throttlingException', '{"message":"Too many requests"}'),
      }),
    ).toEqual([{ type: 'error', failure: { kind: 'rate-limited', status: 429 } }]))
})

describe('a reply', () => {
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const JSON_TYPE = { 'content-type': 'application/json' }

  it('to a request without a stream is read whole', async () => {
    const answer = {
      output: { message: { role: 'assistant', content: [{ text: 'Grüße 🌍' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
    }
    expect(await ask({ headers: JSON_TYPE, bytes: json(answer) }, false)).toMatchObject(said)
  })

  it('that fails is told by the name in its header', async () => {
    const headers = {
      ...JSON_TYPE,
      'x-amzn-errortype': 'ServiceQuotaExceededException:http://internal.amazon.com/',
    }
    expect(await ask({ status: 400, headers, bytes: json({ message: 'Too much.' }) })).toEqual({
      kind: 'rate-limited',
      status: 429,
    })
    expect(await ask({ status: 400, headers: JSON_TYPE, bytes: json({ message: 'Bad.' }) })).toMatchObject({
      kind: 'rejected',
      message: 'Bad.',
    })
  })
})
