// `auto` with and without a frontier, decisions without a call, and prices that take effect at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const PRICE = { input: 2, output: 10 }

let scene: Scene
let alone: Scene

beforeAll(async () => {
  ;[scene, alone] = await Promise.all([
    openScene({
      models: {
        big: { provider: 'lab', model: 'big-1', price: PRICE },
        spare: { provider: 'lab', model: 'spare-1', price: PRICE },
      },
      routes: { auto: { mini: ['micro'], frontier: ['big', 'spare'] } },
      retries: { sameTarget: 0 },
    }),
    openScene({}),
  ])
})
afterAll(() => Promise.all([scene.stop(), alone.stop()]))

const EASY = ['Hello!', 'Thanks!', 'hi there']
const HARD = [
  'Write a thread-safe LRU cache in Rust with generics, and explain the lifetimes in its API step by step.',
  'Integrate x^2 * exp(-x) from 0 to infinity and derive the general formula for x^n with a proof by induction.',
]

const ask = (client: Client, content: string, more = {}): ReturnType<Client['ask']> =>
  client.ask({ model: 'auto', messages: [user(content)], ...more })

describe('auto with a frontier', () => {
  test.each(EASY)('answers %j with micro, and nothing goes upstream', async (content) => {
    const before = scene.lab.requests.length
    const reply = await ask(scene.client, content)
    expect(reply.headers.get('x-minnow-model')).toBe('minnow/micro')
    expect(reply.headers.get('x-minnow-route')).toMatch(/^mini; reason=easy; score=0(\.\d+)?$/)
    expect(reply.headers.get('x-minnow-attempts')).toBe('1')
    expect(scene.lab.requests).toHaveLength(before)
  })

  test.each(HARD)('sends %j to the frontier', async (content) => {
    const reply = await ask(scene.client, content)
    expect(reply.headers.get('x-minnow-model')).toBe('lab/big-1')
    expect(reply.headers.get('x-minnow-route')).toMatch(/^frontier; reason=hard; score=0\.[5-9]/)
  })

  const image = {
    role: 'user',
    content: [
      { type: 'text', text: 'Hello!' },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ],
  }
  test.each([
    { reason: 'tools', body: { tools: [{ type: 'function', function: { name: 'clock' } }] } },
    {
      reason: 'format',
      body: {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'x', schema: { type: 'object', properties: {} } },
        },
      },
    },
    { reason: 'format', body: { response_format: { type: 'json_object' } } },
    { reason: 'images', body: { messages: [image] } },
    { reason: 'long', body: { messages: [user('Hello! '.repeat(400))] } },
  ])('sends what micro cannot do to the frontier, however easy: $reason', async ({ reason, body }) => {
    const reply = await ask(scene.client, 'Hello!', body)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-minnow-model')).toBe('lab/big-1')
    expect(reply.headers.get('x-minnow-route')).toMatch(new RegExp(`^frontier; reason=${reason}; score=`))
  })

  test('hands over to the frontier when micro is not sure, streamed too; one row with both attempts', async () => {
    // Which of these the route takes for easy depends on its weights; micro can answer none of them.
    const strange = [
      'Prove that sqrt 2 is irrational',
      'Zxqv blorp wugga?',
      'Who won the chess game yesterday?',
      'Name my cat',
    ]
    const replies = await Promise.all(strange.map((content) => ask(scene.client, content)))
    const declined = replies.findIndex((reply) => reply.headers.get('x-minnow-attempts') === '2')
    const question = strange[declined]
    expect(replies.map((reply) => reply.headers.get('x-minnow-route'))).toContainEqual(
      expect.stringMatching(/reason=easy/),
    )
    expect(question).toBeDefined()
    for (const send of [scene.client.ask, scene.client.stream]) {
      const id = freshId()
      const reply = await send({ model: 'auto', messages: [user(question ?? '')] }, withId(id))
      expect(reply.status).toBe(200)
      expect(reply.text).toContain('big-1')
      expect(reply.headers.get('x-minnow-model')).toBe('lab/big-1')
      expect(reply.headers.get('x-minnow-attempts')).toBe('2')
      expect(reply.headers.get('x-minnow-route')).toMatch(/^frontier; reason=easy/)
      const row = await scene.rowOf(id)
      expect(row).toMatchObject({ tier: 'frontier', reason: 'easy', model: 'lab/big-1', end: 'finish' })
      expect(row.attempts).toMatchObject([
        { target: 'micro', end: 'unsure' },
        { target: 'big', end: 'answered' },
      ])
    }
  })

  test('takes the next frontier model when the first is down', async () => {
    scene.lab.script('big-1', { status: 503 })
    const reply = await ask(scene.client, HARD[0] ?? '')
    expect(reply.headers.get('x-minnow-model')).toBe('lab/spare-1')
  })

  test('does not hide an outage of the frontier behind micro', async () => {
    scene.lab.script('big-1', { status: 503 })
    scene.lab.script('spare-1', { status: 503 })
    const reply = await ask(scene.client, HARD[0] ?? '')
    expect(reply.status).toBe(503)
    expect(pick(reply.json, 'error', 'attempts')).toMatchObject([{ target: 'big' }, { target: 'spare' }])
  })

  test('is the route of a request that names no model', async () => {
    const reply = await scene.client.ask({ messages: [user('Hello!')] })
    expect(reply.headers.get('x-minnow-model')).toBe('minnow/micro')
  })
})

test('auto without a frontier lets micro answer all, and says so', async () => {
  for (const content of [...EASY, ...HARD]) {
    const reply = await ask(alone.client, content)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-minnow-route')).toMatch(/^mini; reason=no-frontier; score=/)
  }
  expect(alone.lab.requests).toHaveLength(0)
})

test('POST /v1/route tells the decision that the same request would get, without a call', async () => {
  const before = scene.lab.requests.length
  const decide = async (content: string, more = {}): Promise<unknown> =>
    (await scene.client.ask({ model: 'auto', messages: [user(content)], ...more }, { path: '/v1/route' }))
      .json
  const easy = await decide('Hello!')
  expect(easy).toMatchObject({
    target: 'micro',
    tier: 'mini',
    reason: 'easy',
    features: { code: 0 },
    fallbacks: ['big', 'spare'],
  })
  const hard = await decide(HARD[0] ?? '')
  expect(hard).toMatchObject({ target: 'big', tier: 'frontier', reason: 'hard' })
  expect(Number(pick(hard, 'score'))).toBeGreaterThan(Number(pick(easy, 'score')))
  expect(Number(pick(easy, 'score'))).toBeLessThanOrEqual(Number(pick(easy, 'cut')))
  expect(await decide('Hello!', { model: 'big' })).toMatchObject({
    target: 'big',
    tier: 'fixed',
    score: null,
  })
  expect(await decide('Hello!', { model: 'nothing-such' })).toMatchObject({
    error: { code: 'model_not_found' },
  })
  expect(scene.lab.requests).toHaveLength(before)
})

describe('a price', () => {
  const put = (price: object): ReturnType<Client['send']> =>
    scene.admin.send('/admin/prices', { method: 'PUT', body: JSON.stringify(price) })
  const bill = async (model: string): Promise<number> => {
    const id = freshId()
    scene.lab.script(model.slice(4), { usage: { prompt: 1_000, cached: 400, completion: 100 } })
    await scene.client.ask({ model }, withId(id))
    return (await scene.rowOf(id)).cost_micros
  }

  test('opens a model to dollar budgets at once, and a later one rewrites no earlier bill', async () => {
    const model = 'lab/priced'
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })
    expect((await key.client.ask({ model })).status).toBe(400)
    expect((await put({ model, input: 1, output: 5, cacheRead: 0.5 })).status).toBe(200)
    expect((await key.client.ask({ model })).status).toBe(200)
    expect(await bill(model)).toBe(600 * 1 + 400 * 0.5 + 100 * 5)
    await until('the clock to move on', () =>
      put({ model, input: 2, output: 10, cacheRead: 1 }).then((reply) => reply.status === 200),
    )
    expect(await bill(model)).toBe(2 * 1_300)
    const costs = (await scene.rows(`&model=${model}`)).map((row) => row.cost_micros)
    expect(costs.slice(0, 2)).toEqual([2_600, 1_300])
  })

  test('with a date in the future does not hold yet, and stands in the book with its date', async () => {
    const model = 'lab/tomorrow'
    await put({ model, input: 1, output: 1 })
    const validFrom = new Date(Date.now() + 86_400_000).toISOString()
    await put({ model, input: 100, output: 100, validFrom })
    expect(await bill(model)).toBe(1_100)
    const book = pick((await scene.admin.send('/admin/prices')).json, 'data') as {
      model: string
      validFrom: string
      input: number
    }[]
    expect(book.filter((price) => price.model === model)).toMatchObject([
      { input: 100, validFrom },
      { input: 1 },
    ])
  })

  test('for a date that has one already is refused', async () => {
    const price = { model: 'lab/twice', input: 1, output: 1, validFrom: '2026-01-01T00:00:00Z' }
    expect((await put(price)).status).toBe(200)
    const second = await put({ ...price, input: 2 })
    expect(second.status).toBe(409)
    expect(pick(second.json, 'error', 'code')).toBe('price_exists')
  })

  test('in the configuration comes before the book', async () => {
    await put({ model: 'big', input: 1_000, output: 1_000 })
    scene.lab.script('big-1', { usage: { prompt: 10, completion: 1 } })
    const reply = await scene.client.ask({ model: 'big' })
    expect(reply.headers.get('x-minnow-cost')).toBe('0.00003')
  })
})
