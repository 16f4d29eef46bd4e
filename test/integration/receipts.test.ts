// Receipts: what a request did and cost, for its caller and nobody else; where one target's words end and another's begin.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fields, pick } from '../lab/client.ts'
import { pairs, PRICE, SIXTY } from '../lab/pairs.ts'
import { until } from '../lab/until.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'

const HALF = { input: 1, output: 5 }
const LAB = { source: 'configuration', valid_from: null }

let scene: Scene

interface Money {
  readonly cost_micros: number
  readonly frontier_cost_micros: number | null
}

const receiptOf = async (id: string): Promise<Money> => {
  const { status, json, text } = await scene.client.send(`/v1/receipts/${id}`)
  if (status !== 200) throw new Error(text)
  return json as Money
}

/** Asks, and gives the receipt. */
const paid = async (body: Fields): Promise<Money> => {
  const id = freshId()
  const { status, text } = await scene.client.ask(body, withId(id))
  if (status !== 200) throw new Error(text)
  return receiptOf(id)
}

beforeAll(async () => {
  const { models, routes } = pairs(['plain', 'seam'])
  const priced = (model: string, price?: object): object => ({
    provider: 'lab',
    model,
    ...(price === undefined ? {} : { price }),
  })
  scene = await openScene({
    models: {
      ...models,
      small: priced('small', { input: 0.1, output: 0.4 }),
      large: priced('large', { input: 3, cacheRead: 0.3, output: 15, reasoning: 20 }),
      dear: priced('large-2', { input: 1_000, output: 1_000 }),
      served: priced('served', { ...PRICE, classes: { batch: HALF, priority: { input: 4, output: 20 } } }),
      unpriced: priced('unpriced'),
      dated: priced('dated'),
    },
    routes: {
      ...routes,
      thrifty: { mini: ['small'], frontier: ['large', 'dear'], strongShare: 0 },
      lavish: { mini: ['small'], frontier: ['large', 'dear'], strongShare: 1 },
      blind: { mini: ['small'], frontier: ['unpriced'], strongShare: 0 },
    },
    retries: { sameTarget: 0 },
  })
})
afterAll(() => scene.stop())

describe.concurrent('a receipt', () => {
  test('of one call adds up', async () => {
    const id = freshId()
    scene.lab.always('plain', { text: SIXTY, usage: { prompt: 100, completion: 60 } })
    await scene.client.stream({ model: 'plain-route' }, withId(id))
    const { status, json } = await scene.client.send(`/v1/receipts/${id}`)
    expect(status).toBe(200)
    expect(json).toMatchObject({
      object: 'receipt',
      id,
      route: 'plain-route',
      model: 'lab/plain',
      end: 'finish',
      tokens: { input: 100, output: 60, source: 'reported' },
      cost_micros: 100 * PRICE.input + 60 * PRICE.output,
      cache_hit_share: 0,
      clamped: null,
      frontier_cost: null,
      attempts: [
        {
          target: 'plain',
          status: 200,
          end: 'answered',
          tokens: { input: 100, output: 60, source: 'reported' },
          cost_micros: 100 * PRICE.input + 60 * PRICE.output,
          price: LAB,
        },
      ],
      seams: [],
    })
  })

  test('of a rescued answer says where the seam is and what each part cost', async () => {
    const id = freshId()
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })
    scene.lab.always('seam', { text: SIXTY, cutAfter: 41, cut: 'fin' })
    scene.lab.always('seam-spare', { text: SIXTY, usage: { prompt: 100, completion: 60 } })
    const reply = await key.client.stream(
      { model: 'seam-route', stream_options: { include_usage: true } },
      withId(id),
    )
    expect(reply.said).toBe(SIXTY)
    expect(reply.isDone).toBe(true)
    const { json } = await key.client.send(`/v1/receipts/${id}`)
    const receipt = json as { attempts: { cost_micros: number }[]; cost_micros: number }
    expect(json).toMatchObject({
      model: 'lab/seam',
      end: 'finish',
      attempts: [
        { target: 'seam', end: 'cut-unreachable', tokens: { source: 'estimated' } },
        { target: 'seam-spare', end: 'answered', tokens: { input: 100, output: 60, source: 'reported' } },
      ],
      seams: [
        {
          at_char: SIXTY.indexOf(' word40'),
          from: 'seam',
          to: 'seam-spare',
          why: 'cut-unreachable',
          how: 'asked',
        },
      ],
    })
    expect(receipt.attempts.reduce((sum, attempt) => sum + attempt.cost_micros, 0)).toBe(receipt.cost_micros)
    expect(reply.usage).toMatchObject({ completion_tokens: 60, cost: receipt.cost_micros / 1e6 })
    expect((await scene.settled(key)).spent).toBe(receipt.cost_micros / 1e6)
  })

  test('says what was read from a cache, and to what the answer was shortened', async () => {
    const id = freshId()
    scene.lab.script('plain-spare', { usage: { prompt: 300, cached: 100, completion: 5 } })
    const limit = { ...withId(id).headers, 'x-minnow-max-cost': '0.0005' }
    const reply = await scene.client.ask({ model: 'plain-spare', max_tokens: 4_000 }, { headers: limit })
    const clamped = Number(/max_tokens=(\d+)/.exec(reply.headers.get('x-minnow-clamped') ?? '')?.[1])
    expect(clamped).toBeGreaterThan(15)
    expect(await receiptOf(id)).toMatchObject({
      cache_hit_share: 0.3333,
      clamped: { max_tokens: clamped },
      tokens: { input: 200, cache_read: 100 },
    })
  })

  test('says what the first of the frontier would have cost for the same tokens', async () => {
    const usage = { prompt: 1_000, cached: 400, completion: 100, reasoning: 30 }
    scene.lab.always('small', { usage })
    scene.lab.always('large', { usage })
    const dear = 600 * 3 + 400 * 0.3 + 70 * 15 + 30 * 20
    const [cheap, strong, blind] = [
      await paid({ model: 'thrifty' }),
      await paid({ model: 'lavish' }),
      await paid({ model: 'blind' }),
    ]
    expect(cheap).toMatchObject({ tier: 'mini', cost_micros: 140, frontier_cost_micros: dear })
    expect(strong).toMatchObject({ tier: 'frontier', cost_micros: dear, frontier_cost_micros: dear })
    expect(blind).toMatchObject({ tier: 'mini', cost_micros: 140, frontier_cost: null })
    const saved = await until('the usage of the route', async () => {
      const { json } = await scene.admin.send('/admin/usage?group=route')
      const routes = pick(json, 'data') as readonly Fields[]
      return routes.find(({ route, requests }) => route === 'thrifty' && requests === 1)
    })
    expect(saved['saved']).toBe((dear - 140) / 1e6)
  })

  test('names the class of service that was billed, where it has a price of its own', async () => {
    const body = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'served' }
    const choices = [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }]
    const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 }
    const classes = [
      ['batch', 150, { ...LAB, class: 'batch' }],
      ['priority', 600, { ...LAB, class: 'priority' }],
      ['default', 300, LAB],
    ] as const
    for (const [service_tier, cost_micros, price] of classes) {
      scene.lab.script('served', { status: 200, body: { ...body, service_tier, choices, usage } })
      expect(await paid({ model: 'served' })).toMatchObject({ attempts: [{ cost_micros, price }] })
    }
  })

  test('stays as it was when prices change, and the next one names the new price', async () => {
    scene.lab.always('dated', { usage: { prompt: 100, completion: 10, reasoning: 4 } })
    const priced = async (price: Fields): Promise<unknown> => {
      const body = JSON.stringify({ model: 'dated', ...price })
      const { status, json, text } = await scene.admin.send('/admin/prices', { method: 'PUT', body })
      expect(status, text).toBeLessThan(300)
      return pick(json, 'validFrom')
    }
    const [first, second, third] = [freshId(), freshId(), freshId()]
    await scene.client.ask({ model: 'dated' }, withId(first))
    const unpriced = await receiptOf(first)
    expect(unpriced).toMatchObject({ cost_micros: 0, attempts: [{ tokens: { input: 100 } }] })
    expect(pick(unpriced, 'attempts', 0)).not.toHaveProperty('cost')

    const [from, old] = [await priced({ input: 2, output: 10, reasoning: 1 }), { source: 'operator' }]
    await scene.client.ask({ model: 'dated' }, withId(second))
    const before = await receiptOf(second)
    expect(before).toMatchObject({ attempts: [{ cost_micros: 264, price: { ...old, valid_from: from } }] })

    const since = await priced({ input: 4, output: 20 })
    await scene.client.ask({ model: 'dated' }, withId(third))
    expect(await receiptOf(third)).toMatchObject({
      attempts: [{ cost_micros: 600, price: { source: 'operator', valid_from: since } }],
    })
    expect(await receiptOf(second)).toEqual(before)
    expect(await receiptOf(first)).toEqual(unpriced)
    const { json } = await scene.admin.send('/admin/prices?model=dated')
    expect(pick(json, 'data')).toMatchObject([{ output: 20 }, { output: 10, reasoning: 1 }])
  })

  test('of another key, or of nothing, is not found', async () => {
    const id = freshId()
    await scene.client.ask({ model: 'plain-route' }, withId(id))
    expect((await scene.client.send(`/v1/receipts/${id}`)).status).toBe(200)
    const stranger = await scene.makeKey()
    const { status, json } = await stranger.client.send(`/v1/receipts/${id}`)
    expect(status).toBe(404)
    expect(json).toMatchObject({ error: { code: 'receipt_not_found' } })
  })
})
