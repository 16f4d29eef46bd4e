// Trying targets in order, hedged and bounded, and what stands on the wire on both sides of the gateway.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick, user } from '../lab/client.ts'
import { pairs, PRICE, SPARE } from '../lab/pairs.ts'
import { freshId, LAB_KEY, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const SECOND_KEY = 'sk-lab-second-9876543210'
const NAMES = ['order', 'hedge', 'prompt', 'both', 'rejected', 'late', 'fallen', 'poor']

let scene: Scene

beforeAll(async () => {
  const { models, routes } = pairs(NAMES)
  const many = Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((at) => [`many-${at}`, { provider: 'lab', model: `many-${at}`, price: PRICE }]),
  )
  scene = await openScene(
    (labUrl) => ({
      providers: {
        twins: { baseUrl: labUrl, apiKey: ['$LAB_KEY', '$LAB_KEY_TWO'] },
        refused: { baseUrl: labUrl, apiKey: ['$LAB_KEY', '$LAB_KEY_TWO'] },
        gone: { baseUrl: 'http://127.0.0.1:1/v1' },
      },
      models: { ...models, ...many },
      routes: {
        ...routes,
        'hedge-route': { order: ['hedge', 'hedge-spare'], hedgeAfterMs: 300 },
        'prompt-route': { order: ['prompt', 'prompt-spare'], hedgeAfterMs: 8_000 },
        'poor-route': { order: ['poor', 'poor-spare'], hedgeAfterMs: 200 },
        'both-route': { order: ['both', 'both-spare'], hedgeAfterMs: 200 },
        'late-route': { order: ['late', 'late-spare'], timeouts: { totalMs: 3_000 } },
        'many-route': { order: Object.keys(many) },
      },
      retries: { sameTarget: 0, total: 4 },
    }),
    { env: { LAB_KEY_TWO: SECOND_KEY } },
  )
  for (const name of NAMES) scene.lab.always(`${name}-spare`, { text: SPARE })
})
afterAll(() => scene.stop())

describe.concurrent('failover', () => {
  test('takes the first target that works and says which one it was', async () => {
    const id = freshId()
    const first = await scene.client.ask({ model: 'order-route' })
    expect(first.headers.get('x-minnow-model')).toBe('lab/order')
    scene.lab.always('order', { status: 503 })
    const second = await scene.client.ask({ model: 'order-route' }, withId(id))
    expect(second.headers.get('x-minnow-model')).toBe('lab/order-spare')
    expect(second.headers.get('x-minnow-attempts')).toBe('2')
    expect(second.headers.get('x-minnow-route')).toBe('fixed; reason=order')
    expect(second.headers.get('x-request-id')).toBe(id)
    expect(second.headers.get('server-timing')).toMatch(/^gateway;dur=\d+, upstream;dur=\d+$/)
    expect((await scene.rowOf(id)).attempts).toMatchObject([
      { target: 'order', status: 503, end: 'overloaded' },
      { target: 'order-spare', status: 200, end: 'answered' },
    ])
  })

  test('a hedge starts when the first keeps us waiting, wins, and the loser is cancelled and its cost known', async () => {
    scene.lab.always('hedge', { headAfterMs: 60_000 })
    const id = freshId()
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })
    scene.lab.always('hedge-spare', { text: SPARE, usage: { prompt: 10, completion: 4 } })
    const reply = await key.client.stream({ model: 'hedge-route' }, withId(id))
    expect(reply.said).toBe(SPARE)
    await until('the loser to be cancelled', () => scene.lab.seen('hedge')[0]?.leftAt)
    const row = await scene.rowOf(id)
    const [loser, winner] = row.attempts
    expect(loser).toMatchObject({ target: 'hedge', end: 'lost', usageSource: 'estimated' })
    expect(winner).toMatchObject({ target: 'hedge-spare', end: 'answered', costMicros: 10 * 2 + 4 * 10 })
    // The loser read the prompt, as far as anybody knows.
    const lost = Number(pick(loser, 'costMicros'))
    expect(lost).toBe(Number(pick(loser, 'usage', 'input')) * PRICE.input)
    expect(row.cost_micros).toBe(60 + lost)
    expect((await scene.settled(key)).spent).toBe((60 + lost) / 1e6)
  })

  test('a hedge that the budget does not cover is not started', async () => {
    scene.lab.always('poor', { text: 'slow but sure', headAfterMs: 700 })
    const key = await scene.makeKey({ budgets: [{ usd: 0.0015, window: 'day' }] }) // one call of 100 tokens, not two
    const reply = await key.client.stream({ model: 'poor-route', max_tokens: 100 })
    expect(reply.said).toBe('slow but sure')
    expect(scene.lab.seen('poor-spare')).toHaveLength(0)
  })

  test('a hedge does not start while the first answers in time', async () => {
    expect((await scene.client.ask({ model: 'prompt-route' })).status).toBe(200)
    expect(scene.lab.seen('prompt-spare')).toHaveLength(0)
  })

  test('with a hedge running, the first one to fail does not end the race', async () => {
    scene.lab.always('both', { headAfterMs: 500, status: 500 })
    scene.lab.always('both-spare', { text: SPARE, headAfterMs: 1_000 })
    const reply = await scene.client.stream({ model: 'both-route' })
    expect(reply.said).toBe(SPARE)
    expect(reply.headers.get('x-minnow-attempts')).toBe('2')
  })

  test('the calls of one request are bounded, however many targets there are', async () => {
    for (let at = 1; at <= 6; at += 1) scene.lab.always(`many-${at}`, { status: 500 })
    const reply = await scene.client.ask({ model: 'many-route' })
    expect(reply.status).toBe(500)
    expect(pick(reply.json, 'error', 'attempts')).toHaveLength(4)
    expect(scene.lab.requests.filter((request) => request.model.startsWith('many-'))).toHaveLength(4)
  })

  test('a request that the provider rejects goes nowhere else and comes back with its reason', async () => {
    const error = {
      message: "Invalid 'temperature' for this model.",
      type: 'invalid_request_error',
      param: 'temperature',
      code: 'unsupported_value',
    }
    scene.lab.always('rejected', { status: 400, body: { error } })
    const reply = await scene.client.ask({ model: 'rejected-route' })
    expect(reply.status).toBe(400)
    expect(reply.json).toEqual({ error })
    expect(scene.lab.seen('rejected-spare')).toHaveLength(0)
  })

  test('the total limit ends everything, also before the first token', async () => {
    scene.lab.always('late', { headAfterMs: 60_000 })
    scene.lab.always('late-spare', { headAfterMs: 60_000 })
    const id = freshId()
    const reply = await scene.client.stream({ model: 'late-route' }, withId(id))
    expect(reply.status).toBe(504)
    expect(reply.json).toMatchObject({ error: { code: 'upstream_timeout' } })
    expect(await scene.rowOf(id)).toMatchObject({ end: 'error', failure: 'timeout-total', cost_micros: 0 })
    await until('the lab to be hung up on', () => scene.lab.seen('late')[0]?.leftAt)
  })

  test('a provider that is not there at all is failed over like one that fails', async () => {
    const reply = await scene.client.ask({ model: 'gone/anything' })
    expect(reply.status).toBe(502)
    expect(reply.json).toMatchObject({ error: { code: 'upstream_unreachable' } })
  })
})

describe.concurrent('on the wire', () => {
  test('the provider gets the request as it was sent, under its own model name, with its own key and no header of the client', async () => {
    const sent = {
      model: 'lab/wire-request',
      messages: [{ role: 'developer', content: 'Be brief.', name: 'boss' }, user('Grüß Gott')],
      temperature: 0.3,
      logit_bias: { 50256: -100 },
      vendor_thing: { nested: [1, null, 'x'] },
      minnow: { strongShare: 0.5 },
      max_tokens: 77,
      stream_options: { include_obfuscation: false },
    }
    await scene.client.stream(sent, { headers: { cookie: 'a=b', 'openai-organization': 'org-client' } })
    const [request, ...more] = scene.lab.seen('wire-request')
    expect(more).toEqual([])
    const { minnow: _, model: __, stream_options: ___, messages: ____, ...untouched } = sent
    expect(request?.body).toMatchObject({ ...untouched, model: 'wire-request', stream: true })
    expect(request?.body).not.toHaveProperty('minnow')
    expect(request?.body['stream_options']).toEqual({ include_obfuscation: false, include_usage: true })
    // Other servers than OpenAI know no developer role.
    expect(request?.body['messages']).toEqual([
      { role: 'system', content: 'Be brief.', name: 'boss' },
      user('Grüß Gott'),
    ])
    expect(request?.headers.authorization).toBe(`Bearer ${LAB_KEY}`)
    expect(request?.headers).not.toHaveProperty('cookie')
    expect(request?.headers).not.toHaveProperty('openai-organization')
    expect(request?.rawHeaders.join(' ')).not.toContain('mk-local')
  })

  test('chunks reach the client as the provider wrote them; usage only when asked for', async () => {
    const model = 'lab/wire-chunks'
    scene.lab.always('wire-chunks', { text: 'one two three' })
    const asked = { model, n: 2, logprobs: true, top_logprobs: 2, seed: 11 }
    const plain = await scene.client.stream(asked)
    const full = await scene.client.stream({ ...asked, stream_options: { include_usage: true } })
    expect(plain.text).not.toContain('usage')
    expect(plain.chunks[0]).toMatchObject({ system_fingerprint: 'fp_lab_seed_11', service_tier: 'default' })
    expect(pick(plain.chunks[2], 'choices', 0, 'logprobs', 'content', 0, 'top_logprobs')).toHaveLength(2)
    expect(plain.chunks.filter((chunk) => pick(chunk, 'choices', 0, 'index') === 1)).toHaveLength(5)
    expect(full.chunks.filter((chunk) => chunk['usage'] === null)).toHaveLength(plain.chunks.length)
    expect(full.chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { completion_tokens_details: { audio_tokens: 0 } },
    })
  })

  test('parallel tool calls arrive in pieces that add up, and in a whole reply untouched', async () => {
    const calls = [
      { name: 'weather', arguments: { city: 'Oslo' }, id: 'call_a' },
      { name: 'clock', arguments: { zone: 'Europe/Oslo', note: '"quoted" \\ and ü' }, id: 'call_b' },
    ]
    scene.lab.always('wire-tools', { toolCalls: calls })
    const reply = await scene.client.stream({
      model: 'lab/wire-tools',
      tools: [{ type: 'function', function: { name: 'weather' } }],
    })
    const built = new Map<unknown, { id: unknown; name: unknown; json: string }>()
    for (const chunk of reply.chunks) {
      const call = pick(chunk, 'choices', 0, 'delta', 'tool_calls', 0)
      if (call === undefined) continue
      const known = built.get(pick(call, 'index')) ?? {
        id: pick(call, 'id'),
        name: pick(call, 'function', 'name'),
        json: '',
      }
      known.json += String(pick(call, 'function', 'arguments'))
      built.set(pick(call, 'index'), known)
    }
    expect(
      [...built.values()].map(({ json, ...about }) => ({ ...about, arguments: JSON.parse(json) as unknown })),
    ).toEqual(calls)
    const whole = await scene.client.ask({ model: 'lab/wire-tools' })
    expect(pick(whole.json, 'choices', 0, 'message', 'tool_calls')).toMatchObject([
      { id: 'call_a' },
      { id: 'call_b' },
    ])
    expect(pick(whole.json, 'choices', 0, 'finish_reason')).toBe('tool_calls')
  })

  test('several keys of a provider take turns', async () => {
    for (let turn = 0; turn < 4; turn += 1) await scene.client.ask({ model: 'twins/turns' })
    const keys = scene.lab.seen('turns').map((request) => request.headers.authorization)
    expect(new Set(keys)).toEqual(new Set([`Bearer ${LAB_KEY}`, `Bearer ${SECOND_KEY}`]))
    expect(keys[0]).toBe(keys[2])
    expect(keys[1]).toBe(keys[3])
  })

  test('a refused key of a provider is set aside, and the caller does not notice', async () => {
    scene.lab.script('dead', { status: 401, body: { error: { message: 'Incorrect API key provided' } } })
    for (let turn = 0; turn < 4; turn += 1) {
      expect((await scene.client.ask({ model: 'refused/dead' })).status).toBe(200)
    }
    const [refused, ...rest] = scene.lab.seen('dead').map((request) => request.headers.authorization)
    expect(rest).toHaveLength(4)
    expect(rest).not.toContain(refused)
  })
})
