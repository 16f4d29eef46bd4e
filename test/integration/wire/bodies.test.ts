// Row 56: bodies that are too large, no text, no JSON, too deep or strange, at every address, each told in its dialect.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick } from '../../lab/client.ts'
import { openScene, type Scene } from '../../lab/scene.ts'
import { anthropic, chat, gemini, responses, type Tongue } from './clients.ts'
import { env, providers } from './vendors.ts'

let scene: Scene
beforeAll(async () => {
  const limits = { bodyBytes: 300_000 }
  scene = await openScene((_, origin) => ({ providers: providers(origin), limits }), { env })
})
afterAll(() => scene.stop())

interface Address {
  readonly name: string
  readonly path: string
  readonly tongue: Tongue
  /** A good body around some text, as JSON. */
  readonly around: (text: string) => string
  /** Around a field that nobody knows. */
  readonly beside: (field: string) => string
  /** Where the text arrives at the vendor. */
  readonly arrived?: readonly (string | number)[]
}

const MODEL = 'lab/bodies'
const around = (fields: (text: string) => string): Pick<Address, 'around' | 'beside'> => ({
  around: (text) => `{${fields(text)}}`,
  beside: (field) => `{${fields('"Hi"')},${field}}`,
})

const ADDRESSES: readonly Address[] = [
  {
    name: 'chat completions',
    path: '/v1/chat/completions',
    tongue: chat,
    ...around((text) => `"model":"${MODEL}","messages":[{"role":"user","content":${text}}]`),
    arrived: ['messages', 0, 'content'],
  },
  {
    name: 'responses',
    path: '/v1/responses',
    tongue: responses,
    ...around((text) => `"model":"${MODEL}","store":false,"input":${text}`),
    arrived: ['messages', 0, 'content'],
  },
  {
    name: 'messages',
    path: '/v1/messages',
    tongue: anthropic,
    ...around((text) => `"model":"${MODEL}","max_tokens":9,"messages":[{"role":"user","content":${text}}]`),
    arrived: ['messages', 0, 'content'],
  },
  {
    name: 'count_tokens',
    path: '/v1/messages/count_tokens',
    tongue: anthropic,
    ...around((text) => `"model":"${MODEL}","messages":[{"role":"user","content":${text}}]`),
  },
  {
    name: 'generateContent',
    path: `/v1beta/models/${MODEL}:generateContent`,
    tongue: gemini,
    ...around((text) => `"contents":[{"role":"user","parts":[{"text":${text}}]}]`),
    arrived: ['messages', 0, 'content'],
  },
  {
    name: 'embeddings',
    path: '/v1/embeddings',
    tongue: chat,
    ...around((text) => `"model":"${MODEL}","input":${text}`),
    arrived: ['input'],
  },
]

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

describe.concurrent.each(ADDRESSES)('$name', ({ path, tongue, around, beside, arrived }) => {
  const send = (body: BodyInit, more: RequestInit = {}) =>
    scene.client.send(path, { method: 'POST', headers: tongue.headers, body, ...more })

  const expectRefused = async (
    body: BodyInit,
    status: number,
    says: RegExp,
    more?: RequestInit,
  ): Promise<void> => {
    const reply = await send(body, more)
    expect(reply.status, reply.text.slice(0, 300)).toBe(status)
    expect(tongue.isError(reply.json), reply.text.slice(0, 300)).toBe(true)
    expect(pick(reply.json, 'error', 'message')).toMatch(says)
    expect(reply.text).not.toMatch(/\bat \S+ \(|\.ts:\d|\.js:\d|ZodError|SyntaxError|RangeError/)
    expect(reply.headers.get('x-request-id')).toBeTruthy()
  }

  test('row 56: a body that is too large is a 413', async () => {
    await expectRefused(around(JSON.stringify('x'.repeat(400_000))), 413, /300000 bytes/)
  })

  test('row 56: also where nobody said how long it is', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let part = 0; part < 8; part += 1) controller.enqueue(new Uint8Array(50_000).fill(32))
        controller.close()
      },
    })
    await expectRefused(body, 413, /300000 bytes/, { duplex: 'half' } as RequestInit)
  })

  test.each([
    { what: 'bytes that are no UTF-8', bytes: [0x22, 0xff, 0xfe, 0x22] },
    { what: 'a character that is cut', bytes: [0x22, 0xe2, 0x82, 0x22] },
    { what: 'an overlong character', bytes: [0x22, 0xc0, 0xaf, 0x22] },
    { what: 'a surrogate in bytes', bytes: [0x22, 0xed, 0xa0, 0x80, 0x22] },
  ])('row 56: $what are a 400', async ({ bytes }) => {
    const [before = '', after = ''] = around('~').split('~')
    const encoder = new TextEncoder()
    await expectRefused(
      Buffer.from([...encoder.encode(before), ...bytes, ...encoder.encode(after)]),
      400,
      /UTF-8/,
    )
  })

  test.each([
    { what: 'nothing', body: '', says: /empty/ },
    { what: 'white space', body: ' \n ', says: /empty/ },
    { what: 'cut', body: '{"model":"lab/bo', says: /JSON/ },
    { what: 'a list', body: '[]', says: /object/ },
    { what: 'a text', body: '"hello"', says: /object/ },
    { what: 'null', body: 'null', says: /object/ },
    { what: 'NaN', body: '{"model":NaN}', says: /JSON/ },
    { what: 'a form', body: 'model=x&messages=y', says: /JSON/ },
    { what: 'two values', body: '{} {}', says: /JSON/ },
  ])('row 56: $what is a 400', async ({ body, says }) => {
    await expectRefused(body, 400, says)
  })

  test('row 56: ten thousand levels where a text belongs are a 400', async () => {
    await expectRefused(around(deep(10_000)), 400, /\w/)
    await expectRefused(around(nested(10_000)), 400, /\w/)
  })

  test('row 56: ten thousand levels in a field that nobody knows crash nothing', async () => {
    for (const value of [deep(10_000), nested(10_000)]) {
      const reply = await send(beside(`"unheard_of":${value}`))
      expect([200, 400]).toContain(reply.status)
      if (reply.status === 400) expect(tongue.isError(reply.json)).toBe(true)
    }
  })

  test('row 56: huge numbers, keys said twice and names of the prototype change nothing', async () => {
    for (const field of [
      '"unheard_of":1e999',
      '"unheard_of":123456789012345678901234567890',
      '"unheard_of":1,"unheard_of":2',
      '"__proto__":{"stream":true}',
      '"constructor":{"prototype":{"stream":true}}',
      '"toString":"x","hasOwnProperty":1',
    ]) {
      const reply = await send(beside(field))
      expect(reply.status, `${field}: ${reply.text}`).toBe(200)
      expect(reply.headers.get('content-type')).toMatch(/^application\/json/)
    }
  })

  test.runIf(arrived !== undefined)(
    'row 56: half a surrogate pair, NUL and separators arrive as they were',
    async () => {
      const text = '"a\\ud83d b\\u0000c\\u2028d\\ud83d\\ude00"'
      const before = scene.lab.seen('bodies').length
      const reply = await send(around(text), {
        headers: { ...tongue.headers, 'x-request-id': `odd-${path.length}` },
      })
      expect(reply.status, reply.text).toBe(200)
      const seen = scene.lab
        .seen('bodies')
        .slice(before)
        .find(({ headers }) => headers['x-request-id'] === `odd-${path.length}`)
      const value = pick(seen?.body, ...(arrived ?? []))
      const said = Array.isArray(value) ? (pick(value, 0, 'text') ?? value[0]) : value
      expect(said).toBe(JSON.parse(text))
    },
  )
})

test('row 56: after all of this the gateway is alive, and has nothing to complain about', async () => {
  expect((await scene.client.ask({ model: 'lab/fine' })).status).toBe(200)
  expect(scene.gateway.output()).not.toMatch(/error|exception|stack/i)
})
