// Keys and what they may spend: never more than the limit, never sent upstream without cover, always settled.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openClient, pick, type Reply } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'

/** One micro-dollar an input token, ten an output token. */
const PRICE = { input: 1, output: 10 }
/** Its prompts are counted and not bounded, so that every micro-dollar can be told beforehand. */
const COUNTED = { tokenizer: 'o200k' }
const NAMES = [
  'over',
  'crowd',
  'tokens',
  'rate',
  'clamp',
  'fails',
  'free',
  'window',
  'roomy',
  'crossing',
  'closed',
]

let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: {
      ...Object.fromEntries(
        NAMES.map((name) => [name, { provider: 'lab', model: name, price: PRICE, counting: COUNTED }]),
      ),
      bounded: { provider: 'lab', model: 'bounded', price: PRICE },
      unpriced: { provider: 'lab', model: 'unpriced' },
    },
    retries: { sameTarget: 0 },
  })
})
afterAll(() => scene.stop())

const errorOf = (reply: Reply): unknown => pick(reply.json, 'error')

const USAGE = { prompt: 10, completion: 20 }

describe.concurrent('a budget', () => {
  test('that does not cover a request is 429 insufficient_quota with what is left and when it resets; nothing goes upstream', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 0.00015, window: 'day' }] })
    const id = freshId()
    const reply = await key.client.ask({ model: 'over', max_tokens: 100 }, withId(id))
    expect(reply.status).toBe(429)
    expect(errorOf(reply)).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' })
    expect(pick(reply.json, 'error', 'message')).toMatch(
      /key's budget of \$0\.00015 per day.*\$0\.00015 is left.*resets at \d{4}-\d\d-\d\dT00:00:00\.000Z/,
    )
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(reply.headers.get('x-should-retry')).toBe('false')
    expect(scene.lab.seen('over')).toHaveLength(0)
    expect(await scene.rowOf(id)).toMatchObject({
      end: 'refused',
      status: 429,
      failure: 'over-budget',
      cost_micros: 0,
      attempts: [],
    })
    expect(await scene.settled(key)).toMatchObject({ spent: 0, reserved: 0, remaining: 0.00015 })
  })

  test('that a smaller answer fits into serves it', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 0.0005, window: 'day' }] })
    scene.lab.always('roomy', { usage: USAGE })
    const reply = await key.client.ask({ model: 'roomy', max_tokens: 40 })
    expect(reply.status).toBe(200)
    expect(await scene.settled(key)).toMatchObject({ spent: 0.00021, reserved: 0, remaining: 0.00029 })
  })

  test('is reserved with a bound where nobody knows how the model counts: clamped by it, and refused in words that say so', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 0.0038, window: 'total' }] })
    scene.lab.always('bounded', { usage: { prompt: 500, completion: 16 } })
    const content = 'word '.repeat(500) // likely 501 tokens, some 3,000 at most
    const ask = (max_tokens: number): Promise<Reply> =>
      key.client.ask({ model: 'bounded', max_tokens, messages: [{ role: 'user', content }] })
    const clamped = await ask(100)
    expect(clamped.status).toBe(200)
    const [, limit = 0] = /^max_tokens=(\d+)$/.exec(clamped.headers.get('x-minnow-clamped') ?? '') ?? []
    expect(Number(limit)).toBeGreaterThanOrEqual(16)
    expect(Number(limit)).toBeLessThan(100)
    // What it was reserved with comes back, and is not enough a second time: likely it would do, surely not.
    expect(await scene.settled(key)).toMatchObject({ spent: 0.00066, remaining: 0.00314 })
    const refused = await ask(100)
    expect(refused.status).toBe(429)
    expect(pick(refused.json, 'error', 'message')).toMatch(
      /\$0\.00314 is left\. The prompt is reserved with an upper bound/,
    )
    expect(scene.lab.seen('bounded')).toHaveLength(1)
  })

  test('is not overspent by 64 requests at once', async () => {
    // Each can cost 10 + 20 * 10 = 210 micro-dollars and does.
    const key = await scene.makeKey({ budgets: [{ usd: 0.0022, window: 'total' }] })
    scene.lab.always('crowd', { usage: USAGE, headAfterMs: 100 })
    const ids = Array.from({ length: 64 }, freshId)
    const replies = await Promise.all(
      ids.map((id) => key.client.ask({ model: 'crowd', max_tokens: 20 }, withId(id))),
    )
    const served = replies.filter((reply) => reply.status === 200).length
    expect(replies.filter((reply) => reply.status !== 200 && reply.status !== 429)).toEqual([])
    expect(served).toBe(10)
    expect(scene.lab.seen('crowd')).toHaveLength(served)
    const { spent, remaining } = await scene.settled(key)
    expect(spent).toBe((served * 210) / 1e6)
    expect(spent + remaining).toBeCloseTo(0.0022, 9)
    await scene.rowOf(ids.at(-1) ?? '')
    const rows = (await scene.rows(`&key=${key.id}`)).map((row) => row.request_id)
    expect(rows.toSorted()).toEqual(ids.toSorted())
  })

  test('is not overspent by streams that come one after another, and what failed or was left over comes back', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 0.001, window: 'month' }] })
    let spent = 0
    for (let turn = 0; turn < 12; turn += 1) {
      const good = turn % 3 !== 2
      scene.lab.script('crossing', good ? { usage: USAGE } : { status: 500 })
      const reply = await key.client.stream({ model: 'crossing', max_tokens: 30 })
      if (reply.status === 200) spent += 210
      else expect(reply.status).toBe(reply.text.includes('insufficient_quota') ? 429 : 500)
    }
    expect((await scene.settled(key)).spent).toBe(spent / 1e6)
    expect(spent).toBeLessThanOrEqual(1_000)
    expect(spent).toBeGreaterThan(600)
  })

  test('in tokens counts what the provider reports', async () => {
    const key = await scene.makeKey({ budgets: [{ tokens: 100, window: 'total' }] })
    scene.lab.always('tokens', { usage: USAGE })
    expect((await key.client.ask({ model: 'tokens', max_tokens: 50 })).status).toBe(200)
    expect(await scene.settled(key)).toMatchObject({ spent: 30, remaining: 70 })
    const messages = [{ role: 'user', content: 'word '.repeat(60) }]
    const reply = await key.client.ask({ model: 'tokens', messages, max_tokens: 80 })
    expect(reply.status).toBe(429)
    expect(pick(reply.json, 'error', 'message')).toMatch(
      /100 tokens in total.*70 tokens is left.*does not reset/,
    )
    expect(scene.lab.seen('tokens')).toHaveLength(1)
  })

  test('in requests a minute is a bucket: 429 rate_limit_exceeded with retry-after and what is left', async () => {
    const key = await scene.makeKey({ rpm: 3 })
    const first = await key.client.ask({ model: 'rate' })
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-ratelimit-limit-requests': '3',
      'x-ratelimit-remaining-requests': '2',
      'x-ratelimit-reset-requests': expect.stringMatching(/^(?:19(?:\.\d+)?|20)s$/),
    })
    const replies = [...Array(4).keys()].map(() => key.client.ask({ model: 'rate' }))
    const statuses = (await Promise.all(replies)).map((reply) => reply.status)
    expect(statuses.toSorted()).toEqual([200, 200, 429, 429])
    const last = await key.client.ask({ model: 'rate' })
    expect(errorOf(last)).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded' })
    expect(pick(last.json, 'error', 'message')).toMatch(
      /of the key reached: 3 requests per minute.*Try again in 1\d/,
    )
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(10)
    expect(Number(last.headers.get('retry-after'))).toBeLessThanOrEqual(20)
    expect(last.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(last.headers.get('x-should-retry')).toBeNull()
  })

  test('of several holds each on its own', async () => {
    const key = await scene.makeKey({
      budgets: [
        { usd: 1, window: 'day' },
        { tokens: 45, window: 'hour' },
      ],
    })
    scene.lab.always('window', { usage: USAGE })
    expect((await key.client.ask({ model: 'window', max_tokens: 20 })).status).toBe(200)
    expect((await key.client.ask({ model: 'window', max_tokens: 20 })).status).toBe(429)
    await scene.settled(key)
    expect(await scene.balances(key)).toMatchObject([
      { usd: 1, window: 'day', spent: 0.00021, reserved: 0 },
      { tokens: 45, window: 'hour', spent: 30, reserved: 0, remaining: 15 },
    ])
  })

  test('that is changed holds at once', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 0.000001, window: 'day' }] })
    expect((await key.client.ask({ model: 'roomy', max_tokens: 20 })).status).toBe(429)
    const body = JSON.stringify({ budgets: [{ usd: 1, window: 'day' }] })
    expect((await scene.admin.send(`/admin/keys/${key.id}`, { method: 'PATCH', body })).status).toBe(200)
    expect((await key.client.ask({ model: 'roomy', max_tokens: 20 })).status).toBe(200)
  })

  test('is not charged for an attempt that failed', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })
    scene.lab.always('fails', { status: 500 })
    expect((await key.client.ask({ model: 'fails' })).status).toBe(500)
    expect(await scene.settled(key)).toMatchObject({ spent: 0, remaining: 1 })
  })

  test('in dollars refuses a model that has no price, and says how to give it one', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })
    const reply = await key.client.ask({ model: 'unpriced' })
    expect(reply.status).toBe(400)
    expect(errorOf(reply)).toMatchObject({ code: 'model_without_price', param: 'model' })
    expect(pick(reply.json, 'error', 'message')).toMatch(/PUT \/admin\/prices/)
    expect(scene.lab.seen('unpriced')).toHaveLength(0)
  })

  test('that is empty still leaves what is free', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 0.000001, window: 'total' }] })
    const reply = await key.client.ask({ model: 'micro' })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-minnow-cost')).toBe('0')
  })
})

describe.concurrent('x-minnow-max-cost', () => {
  const limited = (dollars: string): { headers: Record<string, string> } => ({
    headers: { 'x-minnow-max-cost': dollars },
  })

  test('lowers the output limit to what it pays for, and says so', async () => {
    const reply = await scene.client.ask({ model: 'clamp', max_tokens: 1_000 }, limited('0.00051'))
    expect(reply.status).toBe(200)
    const sent = scene.lab.seen('clamp').at(-1)?.body['max_tokens']
    // Ten prompt tokens and fifty of output.
    expect(sent).toBe(50)
    expect(reply.headers.get('x-minnow-clamped')).toBe('max_tokens=50')
  })

  test('that pays for no answer is refused with the reason, before anything is sent', async () => {
    const before = scene.lab.seen('clamp').length
    const reply = await scene.client.ask(
      { model: 'clamp', messages: [{ role: 'user', content: 'word '.repeat(500) }] },
      limited('0.0001'),
    )
    expect(reply.status).toBe(429)
    expect(pick(reply.json, 'error', 'message')).toMatch(/x-minnow-max-cost of \$0\.0001 does not cover/)
    expect(
      scene.lab
        .seen('clamp')
        .slice(before)
        .filter((request) => request.text.includes('word word')),
    ).toEqual([])
  })

  test.each(['', 'cheap', '-1', 'Infinity'])('of %j is a 400 that names the header', async (value) => {
    const reply = await scene.client.ask({ model: 'free' }, limited(value))
    expect(reply.status).toBe(400)
    expect(errorOf(reply)).toMatchObject({ param: 'x-minnow-max-cost' })
  })
})

describe.concurrent('a key', () => {
  test('that is missing, wrong, revoked or expired is 401 in words, and leaves no row', async () => {
    const revoked = await scene.makeKey()
    expect((await revoked.client.ask({ model: 'closed' })).status).toBe(200)
    expect((await scene.admin.send(`/admin/keys/${revoked.id}`, { method: 'DELETE' })).status).toBe(200)
    const expired = await scene.makeKey({ expiresAt: '2020-01-01T00:00:00Z' })
    const before = scene.lab.seen('closed').length
    const cases = [
      { client: openClient(scene.gateway.url, undefined), code: 'invalid_api_key', says: /No API key/ },
      { client: openClient(scene.gateway.url, 'mk-wrong'), code: 'invalid_api_key', says: /not known/ },
      { client: openClient(scene.gateway.url, 'mk-admin-local'), code: 'invalid_api_key', says: /not known/ },
      { client: revoked.client, code: 'invalid_api_key', says: /revoked/ },
      { client: expired.client, code: 'invalid_api_key', says: /expired at 2020/ },
    ]
    for (const { client, code, says } of cases) {
      for (const reply of [await client.ask({ model: 'closed' }), await client.send('/v1/models')]) {
        expect(reply.status).toBe(401)
        expect(errorOf(reply)).toMatchObject({ code })
        expect(pick(reply.json, 'error', 'message')).toMatch(says)
      }
    }
    expect(scene.lab.seen('closed')).toHaveLength(before)
    expect(await scene.rows(`&key=${expired.id}`)).toEqual([])
  })

  test('travels in any of three headers', async () => {
    const { key } = await scene.makeKey()
    const nobody = openClient(scene.gateway.url, undefined)
    for (const headers of [{ authorization: `bearer ${key}` }, { 'x-api-key': key }, { 'api-key': key }]) {
      expect((await nobody.ask({ model: 'free' }, { headers })).status).toBe(200)
    }
  })

  test('with a list of models may use no other, and sees no other', async () => {
    const key = await scene.makeKey({ models: ['free', 'micro'] })
    expect((await key.client.ask({ model: 'free' })).status).toBe(200)
    const before = scene.lab.seen('roomy').length
    for (const model of ['roomy', 'auto', 'lab/roomy', 'lab/free']) {
      const reply = await key.client.ask({ model })
      expect([model, reply.status, pick(reply.json, 'error', 'code')]).toEqual([
        model,
        403,
        'model_not_allowed',
      ])
    }
    expect(scene.lab.seen('roomy')).toHaveLength(before)
    const listed = pick((await key.client.send('/v1/models')).json, 'data') as { id: string }[]
    expect(listed.map(({ id }) => id).toSorted()).toEqual(['free', 'micro'])
    expect((await key.client.send('/v1/models/roomy')).status).toBe(404)
  })

  test('for browsers works on its origins only, with CORS headers there and nowhere else', async () => {
    const { key, client } = await scene.makeKey({ origins: ['https://shop.example'] })
    expect(key).toMatch(/^pk-/)
    const good = await client.ask({ model: 'free' }, { headers: { origin: 'https://shop.example' } })
    expect(good.status).toBe(200)
    expect(good.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(good.headers.get('access-control-expose-headers')).toContain('x-request-id')
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'https://shop.example.evil.example' },
      {},
    ]) {
      const reply = await client.ask({ model: 'free' }, { headers })
      expect(reply.status).toBe(403)
      expect(errorOf(reply)).toMatchObject({ code: 'origin_not_allowed' })
      expect(reply.headers.get('access-control-allow-origin')).toBeNull()
    }
    const secret = await scene.client.ask({ model: 'free' }, { headers: { origin: 'https://shop.example' } })
    expect(secret.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('for browsers gets readable errors on its own origin', async () => {
    const { client } = await scene.makeKey({ origins: ['https://shop.example'] })
    const reply = await client.ask({ model: 'nothing-such' }, { headers: { origin: 'https://shop.example' } })
    expect(reply.status).toBe(404)
    expect(reply.headers.get('access-control-allow-origin')).toBe('https://shop.example')
  })

  test('is not needed for a preflight, which allows what the official client sends', async () => {
    const reply = await openClient(scene.gateway.url, undefined).send('/v1/chat/completions', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type, x-stainless-lang, x-evil',
      },
    })
    expect(reply.status).toBe(204)
    expect(reply.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(reply.headers.get('access-control-allow-headers')).toContain('x-stainless-lang')
    expect(reply.headers.get('access-control-allow-headers')).not.toContain('x-evil')
    expect(reply.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('is shown once, stored hashed, and listed without itself', async () => {
    const { id, key } = await scene.makeKey({ name: 'shown once' })
    const shown = await scene.admin.send(`/admin/keys/${id}`)
    const listed = await scene.admin.send('/admin/keys')
    expect(listed.text).toContain(id)
    expect(shown.text + listed.text).not.toContain(key)
  })

  test('of an operator opens the admin API and nothing else does', async () => {
    for (const key of [undefined, 'mk-local', 'mk-wrong']) {
      const client = openClient(scene.gateway.url, key)
      for (const path of ['/admin/keys', '/admin/requests', '/admin/prices']) {
        const reply = await client.send(path)
        expect([path, reply.status]).toEqual([path, 401])
        expect(errorOf(reply)).toMatchObject({ type: 'invalid_request_error' })
      }
    }
  })
})
