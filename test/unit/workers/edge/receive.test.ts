// A client's bytes at the door: bounded, decoded, parsed once, refused in words that help.
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import { Failed } from '../../../../shared/failure.ts'
import { parse, readBody, receive } from '../../../../workers/edge/receive.ts'
import { callerWith } from '../../samples.ts'

const chat = openaiChat()
const BODY = '{"messages":[{"role":"user","content":"Hi"}]}'
const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
  new Request('http://minnow/v1', { method: 'POST', body, headers })
const taken = (request: Request) => receive(request, chat, callerWith(), 1_000)
async function failureIn(work: Promise<unknown>) {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  return error instanceof Failed ? error.failure : error
}
function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}
const streamed = (...chunks: Uint8Array[]): Request => {
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: streamOf(...chunks), duplex: 'half' }
  return new Request('http://minnow/v1', init)
}

describe('a body', () => {
  it('is a model request, auto unless it says otherwise', async () => {
    expect(await taken(post(BODY))).toMatchObject({
      model: 'auto',
      stream: false,
      messages: [{ role: 'user' }],
    })
  })

  const wrong: readonly [string, string, RegExp][] = [
    ['empty', '', /empty/],
    ['of white space', '  \n', /empty/],
    ['not JSON', '{"messages":', /not valid JSON/],
    [
      'of a secret that is not JSON',
      '{"key": sk-secret-123}',
      /^The request body is not valid JSON(?: \(near character \d+\))?\.$/,
    ],
    ['an array', '[]', /JSON object/],
    ['without messages', '{}', /'messages'/],
  ]
  for (const [name, body, words] of wrong) {
    it(`that is ${name} is refused: ${String(words)}`, async () => {
      expect(await failureIn(taken(post(body)))).toMatchObject({
        kind: 'invalid-request',
        message: expect.stringMatching(words),
      })
    })
  }

  it('that is missing is refused', async () => {
    expect(await failureIn(taken(post(null)))).toMatchObject({ kind: 'invalid-request' })
  })

  it('that is not UTF-8 is refused', async () => {
    expect(await failureIn(taken(post(Uint8Array.of(0x7b, 0xff, 0x7d))))).toMatchObject({
      kind: 'invalid-request',
      message: expect.stringContaining('UTF-8'),
    })
  })

  it('may be nested deeply without harm', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    expect(
      await failureIn(
        receive(
          post(`{"messages":[{"role":"user","content":"a"}],"x":${deep}}`),
          chat,
          callerWith(),
          1_000_000,
        ),
      ).then((result) => (result as { kind?: string }).kind ?? 'read'),
    ).toMatch(/^(?:read|invalid-request)$/)
  })

  it('that declares more than anybody would drop is refused unread', async () => {
    const request = post('x', { 'content-length': String(64 * 1024 * 1024 + 1) })
    expect(await failureIn(readBody(request, 1_000))).toEqual({ kind: 'too-large', limitBytes: 1_000 })
    expect(request.bodyUsed).toBe(false)
  })

  it('that is too long is read to its end before it is refused, so that the client hears why', async () => {
    for (const headers of [{}, { 'content-length': '1001' }]) {
      const request = post('x'.repeat(1_001), headers)
      expect(await failureIn(readBody(request, 1_000))).toEqual({ kind: 'too-large', limitBytes: 1_000 })
      expect(request.bodyUsed).toBe(true)
    }
  })

  it('of exactly the limit is taken', async () => {
    expect(await readBody(post('x'.repeat(1_000), { 'content-length': '1000' }), 1_000)).toHaveLength(1_000)
  })

  it('that declares nothing is counted, and refused once it is too much', async () => {
    const part = new Uint8Array(600).fill(97)
    expect(await readBody(streamed(part), 1_000)).toBe('a'.repeat(600))
    expect(await failureIn(readBody(streamed(part, part), 1_000))).toEqual({
      kind: 'too-large',
      limitBytes: 1_000,
    })
  })

  it('that is cut inside a character is put together', async () => {
    const bytes = new TextEncoder().encode('"世界"')
    expect(parse(await readBody(streamed(...Array.from(bytes, (byte) => Uint8Array.of(byte))), 1_000))).toBe(
      '世界',
    )
  })
})

describe('headers', () => {
  it('name a conversation, scoped to the key', async () => {
    expect((await taken(post(BODY, { 'x-minnow-conversation': 'c:1' }))).conversation).toBe('key_1/c:1')
    expect(await taken(post(BODY))).not.toHaveProperty('conversation')
  })

  for (const name of ['a b', 'a/b', 'x'.repeat(129), 'ü']) {
    it(`cannot name a conversation ${JSON.stringify(name.slice(0, 9))}`, async () => {
      expect(await failureIn(taken(post(BODY, { 'x-minnow-conversation': name })))).toMatchObject({
        kind: 'invalid-request',
        param: 'x-minnow-conversation',
      })
    })
  }

  it('limit the cost in US dollars', async () => {
    expect((await taken(post(BODY, { 'x-minnow-max-cost': '0.05' }))).limits).toEqual({
      maxCostMicros: 50_000,
    })
    expect((await taken(post(BODY, { 'x-minnow-max-cost': '0' }))).limits).toEqual({ maxCostMicros: 0 })
    expect(
      (await taken(post(`${BODY.slice(0, -1)},"max_tokens":5}`, { 'x-minnow-max-cost': '1' }))).limits,
    ).toEqual({ maxOutput: 5, maxCostMicros: 1_000_000 })
  })

  for (const cost of ['$5', '', '-1', 'NaN', 'Infinity', '1,5']) {
    it(`cannot limit the cost to ${JSON.stringify(cost)}`, async () => {
      expect(await failureIn(taken(post(BODY, { 'x-minnow-max-cost': cost })))).toMatchObject({
        kind: 'invalid-request',
        param: 'x-minnow-max-cost',
      })
    })
  }
})
