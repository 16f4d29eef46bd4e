// Which model answers, through the whole gateway: dials, prices, several vendors, conversations, and what is told of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Fields, pick, type Reply, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'
import { startVendor, type Vendor } from '../lab/vendor.ts'

let scene: Scene
let other: Vendor

beforeAll(async () => {
  other = await startVendor()
  scene = await openScene({
    providers: { other: { baseUrl: other.url } },
    models: {
      small: { provider: 'lab', model: 'small-1', price: { input: 1, cacheRead: 0.1, output: 1 } },
      big: { provider: 'lab', model: 'big-1', price: { input: 5, cacheRead: 0.5, output: 5 } },
      fair: {
        price: { input: 2, cacheRead: 0.2, output: 2 },
        providers: [
          { provider: 'lab', model: 'fair-1', price: { input: 8, cacheRead: 0.8, output: 8 } },
          { provider: 'other', model: 'acme/fair' },
        ],
      },
      paced: {
        providers: [
          { provider: 'lab', model: 'slow' },
          { provider: 'other', model: 'quick' },
        ],
      },
      warmed: {
        price: { input: 4, cacheRead: 0.4, output: 4 },
        providers: [
          { provider: 'lab', model: 'cold' },
          { provider: 'other', model: 'warm' },
        ],
      },
      trial: {
        price: { input: 1, output: 1 },
        providers: [
          { provider: 'lab', model: 'trial-1', weight: 3 },
          { provider: 'other', model: 'trial-2', weight: 1 },
        ],
      },
    },
    routes: {
      auto: { mini: ['small'], frontier: ['big'] },
      fifth: { mini: ['small'], frontier: ['big'], strongShare: 0.2 },
      good: { mini: ['small'], frontier: ['big'], quality: 0.95 },
      thrifty: { mini: ['small'], frontier: ['big'], maxCostPer1k: 0.05 },
      capped: { mini: ['small'], frontier: ['big'], maxPrice: { input: 3 } },
      served: { mini: ['small'], frontier: ['fair'], strongShare: 1 },
    },
    retries: { sameTarget: 0 },
  })
})
afterAll(async () => {
  await scene.stop()
  await other.stop()
})

const ask = (model: string, content: string, more: Fields = {}, sending = {}): Promise<Reply> =>
  scene.client.ask({ model, messages: [user(content)], ...more }, sending)
const by = (reply: Reply): string => reply.headers.get('x-minnow-model') ?? ''
const reason = (reply: Reply): string =>
  /reason=([a-z-]+)/.exec(reply.headers.get('x-minnow-route') ?? '')?.[1] ?? ''

describe('a share', () => {
  const questions = Array.from({ length: 160 }, (_, n) =>
    n < 80
      ? `Hello number ${n}!`
      : `Prove step by step that ${n} * ${n + 1} is even, and derive the general law.`,
  )
  const shareOf = async (model: string, more: Fields = {}): Promise<number> => {
    let strong = 0
    for (const question of questions) if (by(await ask(model, question, more)) === 'lab/big-1') strong += 1
    return strong / questions.length
  }
  // The bound for 160 requests is 1.1 / (0.1 * 160), 6.9 points; most of the time it is far less.
  test('of a route is held when the traffic changes from easy to hard', async () =>
    expect(Math.abs((await shareOf('fifth')) - 0.2)).toBeLessThan(0.05))
  test('of a request is held in place of it', async () =>
    expect(Math.abs((await shareOf('fifth', { minnow: { strongShare: 0.5 } })) - 0.5)).toBeLessThan(0.05))
})

describe('a promise', () => {
  test('of quality goes to the frontier while there is no evidence, and says so', async () => {
    const reply = await ask('good', 'Hello!')
    expect([by(reply), reason(reply)]).toEqual(['lab/big-1', 'no-evidence'])
  })
  test('of a cost is kept by what requests did cost', async () => {
    // 20 + 5 tokens at $1 are 25 micro-dollars, at $5 they are 125; 50 a request are allowed.
    const usage = { prompt: 20, completion: 5 }
    for (const model of ['small-1', 'big-1']) scene.lab.always(model, { usage })
    let total = 0
    let strong = 0
    for (let n = 0; n < 160; n += 1) {
      const reply = await ask('thrifty', `Question ${n}`)
      total += Number(reply.headers.get('x-minnow-cost'))
      if (by(reply) === 'lab/big-1') strong += 1
    }
    for (const model of ['small-1', 'big-1']) scene.lab.always(model, {})
    expect(strong).toBeGreaterThan(16)
    expect((total / 160) * 1_000).toBeLessThan(0.05 * 1.06)
    expect((total / 160) * 1_000).toBeGreaterThan(0.05 * 0.8)
  })
})

describe('wishes', () => {
  const dialects: readonly [string, (wish: Fields) => Promise<Reply>][] = [
    ['chat completions', (minnow) => ask('auto', 'Hello!', { minnow })],
    [
      'responses',
      (minnow) => scene.client.ask({ model: 'auto', input: 'Hello!', minnow }, { path: '/v1/responses' }),
    ],
    [
      'messages',
      (minnow) =>
        scene.client.ask(
          { model: 'auto', max_tokens: 50, messages: [user('Hello!')], minnow },
          { path: '/v1/messages' },
        ),
    ],
    [
      'gemini',
      (minnow) =>
        scene.client.ask(
          { contents: [{ role: 'user', parts: [{ text: 'Hello!' }] }], minnow },
          { path: '/v1beta/models/auto:generateContent' },
        ),
    ],
  ]
  test.each(dialects)('are read in %s, and no vendor sees them', async (_, send) => {
    const before = scene.lab.requests.length
    expect(by(await send({ strongShare: 1 }))).toBe('lab/big-1')
    expect(by(await send({ strongShare: 0, sort: 'price' }))).toBe('lab/small-1')
    expect(by(await send({ strongShare: 1, maxPrice: { input: 3 } }))).toBe('lab/small-1')
    const sent = scene.lab.requests.slice(before)
    expect(sent).toHaveLength(3)
    for (const request of sent)
      expect(JSON.stringify(request.body)).not.toMatch(/minnow|strongShare|maxPrice/)
  })
  test.each(dialects)('that make no sense are refused in %s, by their name', async (_, send) => {
    for (const wish of [
      { strongShare: 2 },
      { sort: 'best' },
      { maxPrice: 3 },
      { quality: 1, strongShare: 1 },
    ]) {
      const reply = await send(wish)
      expect(reply.status).toBe(400)
      expect(reply.text).toMatch(/minnow/)
    }
  })
  test('for a price that nothing is within are refused, with the prices', async () => {
    const reply = await ask('auto', 'Hello!', { minnow: { maxPrice: { input: 0.5 } } })
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error')).toMatchObject({
      param: 'minnow.maxPrice',
      message: expect.stringContaining('small costs $1 and $1, big costs $5 and $5') as unknown,
    })
  })
  test('a price of the route holds, and no request raises it', async () => {
    const reply = await ask('capped', 'Hello!', { minnow: { strongShare: 1, maxPrice: { input: 100 } } })
    expect([by(reply), reason(reply)]).toEqual(['lab/small-1', 'no-frontier'])
  })
})

describe('several vendors for one model', () => {
  test('are chosen from by price, each asked for the model by its own name; failover goes to the next', async () => {
    // Two of a hundred are trials of the dearer one, by their id.
    const replies = await Promise.all(
      [1, 2, 3, 4].map((n) => ask('fair', 'Hello!', {}, withId(`fixed-name-${n}`))),
    )
    expect(replies.map(by)).toEqual(Array.from({ length: 4 }, () => 'other/acme/fair'))
    expect(new Set(replies.map(reason))).toEqual(new Set(['price']))
    expect(other.seen('acme/fair').at(-1)?.body['model']).toBe('acme/fair')
    other.script('acme/fair', { status: 503 })
    const id = freshId()
    const reply = await ask('fair', 'Hello!', {}, withId(id))
    expect(by(reply)).toBe('lab/fair-1')
    expect((await scene.rowOf(id)).attempts).toMatchObject([
      { target: 'other/acme/fair', end: 'overloaded' },
      { target: 'lab/fair-1', end: 'answered' },
    ])
  })
  test('cost what each of them costs', async () => {
    other.script('acme/fair', { usage: { prompt: 100, completion: 10 } })
    const reply = await ask('fair', 'Hello!', {}, withId('fixed-name-1'))
    expect(reply.headers.get('x-minnow-cost')).toBe('0.00022')
  })
  test('are chosen from within a tier', async () => {
    const reply = await ask('served', 'Hello!', {}, withId('fixed-name-1'))
    expect([by(reply), reason(reply)]).toEqual(['other/acme/fair', 'hard'])
  })
  test('get the share of their weights, the same one in a conversation', async () => {
    const counts = new Map<string, number>()
    for (let n = 0; n < 200; n += 1) {
      const reply = await ask('trial', 'Hello!', {}, withId(`weighed-${n}`))
      counts.set(by(reply), (counts.get(by(reply)) ?? 0) + 1)
    }
    expect(Math.abs((counts.get('other/trial-2') ?? 0) - 50)).toBeLessThan(20)
    for (const name of ['w1', 'w2', 'w3', 'w4', 'w5']) {
      const talk = { headers: { 'x-minnow-conversation': name } }
      const [first, second, third] = [
        await ask('trial', 'One', {}, talk),
        await ask('trial', 'Two', {}, talk),
        await ask('trial', 'Three', {}, talk),
      ]
      expect(new Set([by(first), by(second), by(third)]).size).toBe(1)
    }
  })
  test('are chosen from by what was measured: how long they take, and what their caches have', async () => {
    const measure = async (name: string, behaviour: object): Promise<void> => {
      const [provider = '', model = ''] = name.split('/')
      const vendor = provider === 'lab' ? scene.lab : other
      vendor.always(model, behaviour)
      await Promise.all(Array.from({ length: 25 }, () => ask(name, 'Hello!')))
    }
    // As many calls of each, so that they differ in what is measured alone.
    await measure('lab/slow', { headAfterMs: 4_000 })
    await measure('other/quick', {})
    await measure('lab/cold', { usage: { prompt: 1_000, completion: 1 } })
    await measure('other/warm', { usage: { prompt: 1_000, cached: 900, completion: 1 } })
    const quick = await ask('paced', 'Hello!', {}, withId('fixed-name-1'))
    expect([by(quick), reason(quick)]).toEqual(['other/quick', 'latency'])
    const warm = await ask('warmed', 'Hello! '.repeat(500), {}, withId('fixed-name-1'))
    expect([by(warm), reason(warm)]).toEqual(['other/warm', 'price'])
    const sorted = await ask('paced', 'Hello!', { minnow: { sort: 'latency' } })
    expect([by(sorted), reason(sorted)]).toEqual(['other/quick', 'latency'])
    await ask('other/warm', 'Hello!') // its object is told with the next call
    const shown = await until('the object to be told', async () => {
      const health = pick((await scene.admin.send('/admin/health')).json, 'data') as Fields[]
      return health.find(({ target, cache_hit_share: hits }) => target === 'other/warm' && hits !== null)
    })
    expect(shown).toMatchObject({ cache_hit_share: 0.9, prompt_tokens: 1_000 })
  })
  test('are one model in what is told of routes', async () => {
    const { json } = await scene.admin.send('/admin/routes')
    const routes = pick(json, 'configured') as { route: string; frontier?: string[]; order?: string[] }[]
    expect(routes.find(({ route }) => route === 'served')?.frontier).toEqual(['fair'])
  })

  test('are one model in the list', async () => {
    const { json } = await scene.client.send('/v1/models')
    const entries = (pick(json, 'data') as { id: string; owned_by: string }[]).filter(({ id }) =>
      /fair/.test(id),
    )
    expect(entries).toMatchObject([{ id: 'fair' }])
    expect((await scene.client.send('/v1/models/fair')).json).toMatchObject({ id: 'fair', owned_by: 'lab' })
  })
})

describe('a conversation', () => {
  const HARD =
    'Write a thread-safe LRU cache in Rust with generics, and explain the lifetimes in its API step by step.'
  const talk = async (client: Client, name: string, cached: number): Promise<Reply[]> => {
    const headers = { 'x-minnow-conversation': name }
    scene.lab.script('big-1', { usage: { prompt: 10_000, cached, completion: 50 } })
    const say = (content: string): Promise<Reply> =>
      client.ask({ model: 'auto', messages: [user(content)], max_tokens: 100 }, { headers })
    return [await say(HARD), await say('Thanks!')]
  }
  test('stays with the model that has it cached, where that is cheaper', async () => {
    const [first, second] = await talk(scene.client, 'cached', 9_990)
    expect(first && by(first)).toBe('lab/big-1')
    expect(second && [by(second), reason(second)]).toEqual(['lab/big-1', 'conversation'])
  })
  test('that its client keeps itself stays, too, for the key that began it', async () => {
    const question = `${HARD} For a client with a memory.`
    scene.lab.script('big-1', { text: 'Like so.', usage: { prompt: 10_000, cached: 9_990, completion: 50 } })
    const first = await ask('auto', question)
    expect(by(first)).toBe('lab/big-1')
    const history = [user(question), { role: 'assistant', content: 'Like so.' }, user('Thanks!')]
    const next = (client: Client): Promise<Reply> =>
      client.ask({ model: 'auto', messages: history, max_tokens: 100 })
    const second = await next(scene.client)
    expect([by(second), reason(second)]).toEqual(['lab/big-1', 'conversation'])
    const stranger = await next((await scene.makeKey()).client)
    expect([by(stranger), reason(stranger)]).toEqual(['lab/small-1', 'easy'])
  })
  test('with nothing cached goes by each of its messages', async () => {
    const [first, second] = await talk(scene.client, 'uncached', 0)
    expect(first && by(first)).toBe('lab/big-1')
    expect(second && [by(second), reason(second)]).toEqual(['lab/small-1', 'easy'])
  })
})

describe('a decision is told', () => {
  test('by POST /v1/route, with the share and the dial, and nothing is called', async () => {
    const before = scene.lab.requests.length + other.requests.length
    const decide = async (body: Fields): Promise<unknown> =>
      (await scene.client.ask({ messages: [user('Hello!')], ...body }, { path: '/v1/route' })).json
    expect(await decide({ model: 'fifth', minnow: { strongShare: 1 } })).toMatchObject({
      target: 'big',
      tier: 'frontier',
      reason: 'hard',
      share: 1,
      dial: { strongShare: 1 },
      cut: 0,
      chosen_by: null,
      fallbacks: ['small'],
    })
    expect(await decide({ model: 'fair' })).toMatchObject({
      tier: 'fixed',
      score: null,
      cut: null,
      share: null,
    })
    expect(await decide({ model: 'auto', minnow: { sort: 'speed' } })).toMatchObject({
      error: { param: 'minnow.sort' },
    })
    expect(scene.lab.requests.length + other.requests.length).toBe(before)
  })
  test('by the receipt, with score, cut, features and what the frontier would have cost', async () => {
    const id = freshId()
    scene.lab.script('small-1', { usage: { prompt: 100, completion: 10 } })
    await ask('auto', 'Hello!', { minnow: { strongShare: 0 } }, withId(id))
    await scene.rowOf(id)
    const receipt = (await scene.client.send(`/v1/receipts/${id}`)).json
    expect(receipt).toMatchObject({
      tier: 'mini',
      reason: 'easy',
      cut: 1,
      share: 0,
      dial: { strongShare: 0 },
      chosen_by: null,
      features: { code: 0 },
      cost_micros: 110,
      frontier_cost_micros: 550,
    })
    expect(Number(pick(receipt, 'score'))).toBeGreaterThanOrEqual(0)
    expect(await scene.rowOf(id)).toMatchObject({ routing: { cut: 1, share: 0 } })
  })
})
