// Routes that learn: from shadows inside a budget of their own, from cascades, from callers' opinions; never from text that
// is kept, and never with a client waiting for it.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Counted, startCounted } from '../../tools/bench/counted.ts'
import { type Client, openClient, pick, user } from '../lab/client.ts'
import { CLIENT_KEY, freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'
import { startVendor, type Vendor } from '../lab/vendor.ts'

const SMALL = { input: 1, output: 2 }
const LARGE = { input: 10, output: 20 }
const USED = { prompt: 100, completion: 10 }
const LARGE_MICROS = 1_200
const CHOICE = 'Which planet is the largest?\nA. Mars\nB. Venus\nC. Jupiter\nAnswer:'
const SECRET = 'xylophonequartz'

const MODELS = {
  small: { provider: 'lab', model: 'small-1', price: SMALL, maxOutput: 20 },
  large: { provider: 'lab', model: 'large-1', price: LARGE, maxOutput: 20 },
  sage: { provider: 'lab', model: 'sage-1', price: SMALL },
}
const TIERS = { mini: ['small'], frontier: ['large'] }

let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: MODELS,
    routes: {
      auto: { ...TIERS, strongShare: 0 },
      shadowed: { ...TIERS, strongShare: 0, shadow: { share: 1, budget: { usd: 2, window: 'day' } } },
      up: { ...TIERS, strongShare: 1, shadow: { share: 1, budget: { usd: 1, window: 'day' } } },
      judged: {
        ...TIERS,
        strongShare: 0,
        shadow: { share: 1, budget: { usd: 1, window: 'day' }, judge: 'sage' },
      },
      thrifty: { ...TIERS, strongShare: 0, shadow: { share: 1, budget: { usd: 0.004, window: 'total' } } },
      checked: { ...TIERS, cascade: true },
    },
    retries: { sameTarget: 0 },
  })
  for (const model of ['small-1', 'large-1', 'sage-1']) scene.lab.always(model, { usage: USED })
})
afterAll(() => scene.stop())

const ask = (client: Client, model: string, content = CHOICE, id = freshId()): ReturnType<Client['ask']> =>
  client.ask({ model, messages: [user(content)] }, withId(id))

const learnerOf = async (route: string, tenant: string): Promise<unknown> =>
  (
    pick((await scene.admin.send(`/admin/routes?route=${route}&tenant=${tenant}`)).json, 'data') as unknown[]
  )[0]

/** What the operator sees once so many labels of a source are there. */
const labelled = (route: string, tenant: string, source: string, count: number): Promise<unknown> =>
  until(`${count} labels of ${source} for ${route}`, async () => {
    const found = await learnerOf(route, tenant)
    return pick(found, 'labels', source) === count && found
  })

describe('a shadow', () => {
  test('asks the other tier too, pays for it itself, and the route learns what was gained', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })
    const before = scene.lab.seen('large-1').length
    scene.lab.script('small-1', { text: 'A', usage: USED })
    scene.lab.script('large-1', { text: 'C. Jupiter', usage: USED })
    const reply = await ask(key.client, 'shadowed')
    expect(pick(reply.json, 'choices', 0, 'message', 'content')).toBe('A')
    expect(await labelled('shadowed', key.id, 'shadow', 1)).toMatchObject({
      route: 'shadowed',
      tenant: key.id,
      labels: { total: 1, shadow: 1 },
      learner: { on: false },
    })
    const sent = scene.lab.seen('large-1').slice(before)
    expect(sent).toHaveLength(1)
    expect(sent[0]?.body).toMatchObject({ messages: [{ role: 'user', content: CHOICE }] })
    expect((await scene.settled(key)).spent).toBeCloseTo(120 / 1e6, 9)
    const rows = await until('its row', async () => {
      const found = await scene.rows('&key=shadow-shadowed')
      return found.length > 0 && found
    })
    expect(rows).toMatchObject([{ model: 'lab/large-1', cost_micros: LARGE_MICROS, tier: 'fixed' }])
  })

  test('of a request that the large model answered asks the small one', async () => {
    const key = await scene.makeKey()
    const before = scene.lab.seen('small-1').length
    await ask(key.client, 'up')
    await labelled('up', key.id, 'shadow', 1)
    expect(scene.lab.seen('small-1')).toHaveLength(before + 1)
  })

  test('in free words goes to the judge in both orders, and who prefers a place has judged nothing', async () => {
    const key = await scene.makeKey()
    const before = scene.lab.seen('sage-1').length
    scene.lab.always('sage-1', { text: '1', usage: USED })
    scene.lab.script('small-1', { text: 'It was a small dog that ran far away from here.', usage: USED })
    scene.lab.script('large-1', { text: 'There once lived a large cat that slept in the sun.', usage: USED })
    await ask(key.client, 'judged', 'Tell me a story.')
    await labelled('judged', key.id, 'shadow', 1)
    const texts = scene.lab
      .seen('sage-1')
      .slice(before)
      .map(({ body }) => String(pick(body, 'messages', 1, 'content')))
    expect(texts).toHaveLength(2)
    const order = texts.map((text) => text.indexOf('small dog') < text.indexOf('large cat'))
    expect(order.toSorted()).toEqual([false, true])
  })

  test('spends no more than its budget, however many requests there are', async () => {
    const key = await scene.makeKey()
    const before = scene.lab.seen('large-1').length
    for (let round = 0; round < 3; round += 1)
      await Promise.all(Array.from({ length: 8 }, () => ask(key.client, 'thrifty')))
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const rows = await scene.rows('&key=shadow-thrifty')
    const spent = rows.reduce((sum, { cost_micros: cost }) => sum + cost, 0)
    const asked = scene.lab.seen('large-1').length - before
    expect(rows.length).toBe(24)
    expect(spent).toBe(asked * LARGE_MICROS)
    expect(asked).toBeGreaterThan(0)
    expect(spent).toBeLessThanOrEqual(4_000)
  }, 180_000)
})

test('a cascade teaches its route', async () => {
  const key = await scene.makeKey()
  scene.lab.script('small-1', { text: 'C', usage: USED }, { text: 'B', usage: USED })
  scene.lab.script('large-1', { text: 'A', usage: USED })
  await ask(key.client, 'checked')
  scene.lab.script('small-1', { text: 'C', usage: USED }, { text: 'C', usage: USED })
  await ask(key.client, 'checked')
  await labelled('checked', key.id, 'cascade', 2)
})

describe('an opinion', () => {
  const tell = async (client: Client, body: unknown, headers: Record<string, string> = {}) =>
    client.send('/v1/feedback', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })

  test('is learned, and a later one takes its place', async () => {
    const key = await scene.makeKey()
    const id = freshId()
    await ask(key.client, 'auto', CHOICE, id)
    const reply = await tell(key.client, { request_id: id, score: -1 })
    expect([reply.status, reply.json]).toEqual([
      200,
      { object: 'feedback', request_id: id, score: -1, learned: true },
    ])
    await labelled('auto', key.id, 'feedback', 1)
    expect((await tell(key.client, { request_id: id, score: 0.5 })).json).toMatchObject({ learned: true })
    const second = freshId()
    await ask(key.client, 'auto', CHOICE, second)
    await tell(key.client, { request_id: second, score: 1 })
    expect(await labelled('auto', key.id, 'feedback', 2)).toMatchObject({ labels: { total: 2, feedback: 2 } })
  })

  test('of a model that was asked by name has nothing to teach, and says so', async () => {
    const id = freshId()
    await ask(scene.client, 'large', CHOICE, id)
    expect((await tell(scene.client, { request_id: id, score: 1 })).json).toMatchObject({
      learned: false,
      reason: expect.stringContaining('without a choice'),
    })
  })

  test('of another key’s request, or of none, is refused in the caller’s dialect', async () => {
    const [mine, theirs] = [await scene.makeKey(), await scene.makeKey()]
    const id = freshId()
    await ask(mine.client, 'auto', CHOICE, id)
    for (const request_id of [id, 'req-nobody']) {
      const reply = await tell(theirs.client, { request_id, score: 1 })
      expect(reply.status).toBe(404)
      expect(pick(reply.json, 'error', 'code')).toBe('receipt_not_found')
    }
    const anthropic = await tell(
      theirs.client,
      { request_id: id, score: 1 },
      { 'anthropic-version': '2023-06-01' },
    )
    expect([anthropic.status, pick(anthropic.json, 'type'), pick(anthropic.json, 'error', 'type')]).toEqual([
      404,
      'error',
      'not_found_error',
    ])
  })

  test.each([
    [{ score: 1 }, 'request_id'],
    [{ request_id: 7, score: 1 }, 'request_id'],
    [{ request_id: 'x' }, 'score'],
    [{ request_id: 'x', score: 2 }, 'score'],
    [{ request_id: 'x', score: '1' }, 'score'],
    [[], null],
  ])('%j is refused: %s', async (body, param) => {
    const reply = await tell(scene.client, body)
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'param')).toBe(param)
  })

  test('needs a key', async () => {
    expect((await tell(openClient(scene.gateway.url, undefined), { request_id: 'x', score: 1 })).status).toBe(
      401,
    )
  })
})

test('what was learned survives a crash, and no word of a prompt or an answer is on disk', async () => {
  const key = await scene.makeKey()
  const id = freshId()
  scene.lab.script('small-1', { text: `The ${SECRET} answer is A.`, usage: USED })
  scene.lab.script('large-1', { text: `The ${SECRET} answer is C.`, usage: USED })
  await ask(key.client, 'shadowed', `${SECRET} ${CHOICE}`, id)
  await labelled('shadowed', key.id, 'shadow', 1)
  await scene.gateway.kill()
  await scene.gateway.restart()
  const opinion = { method: 'POST', body: JSON.stringify({ request_id: id, score: 1 }) }
  expect((await key.client.send('/v1/feedback', opinion)).json).toMatchObject({ learned: true })
  expect(await labelled('shadowed', key.id, 'feedback', 1)).toMatchObject({ labels: { shadow: 1, total: 2 } })
  const files = readdirSync(scene.gateway.state, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  )
  const telling = files.filter((file) => readFileSync(join(file.parentPath, file.name)).includes(SECRET))
  expect(files.length).toBeGreaterThan(5)
  expect(telling.map(({ name }) => name)).toEqual([])
})

describe('a route that is over its head with some of its traffic', () => {
  const STARS =
    'orbit comet nebula quasar galaxy pulsar eclipse meteor parallax redshift aphelion corona'.split(' ')
  const MEALS = 'butter basil simmer roast garlic flour oven broth pepper saffron whisk marinade'.split(' ')
  /** Four of the twelve, in any of 20,736 ways. */
  const pickFrom = (words: readonly string[], seed: number): string =>
    [0, 1, 2, 3].map((at) => words[Math.floor(((seed * 7_919) % 20_736) / 12 ** at) % 12]).join(' and ')
  const about = (words: readonly string[], seed: number): string =>
    `Which one is meant by ${pickFrom(words, seed)}?\nA. first\nB. second\nC. third\nAnswer:`

  test('learns which, against what it was shipped with, and decides by it from then on', async () => {
    const key = await scene.makeKey()
    const scoreOf = async (content: string): Promise<number> => {
      const asked = { model: 'shadowed', messages: [user(content)] }
      return Number(pick((await key.client.ask(asked, { path: '/v1/route' })).json, 'score'))
    }
    /** Of prompts that the route is not taught by. */
    const scores = (words: readonly string[]): Promise<number[]> =>
      Promise.all(Array.from({ length: 8 }, (_, at) => scoreOf(about(words, 1_000 + at))))
    const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length
    const shipped = [await scores(STARS), await scores(MEALS)] as const
    // What the shipped prior takes for easier is what will be beyond the small model.
    const [hard, easy] = mean(shipped[0]) < mean(shipped[1]) ? [STARS, MEALS] : [MEALS, STARS]
    const before = await scores(hard)
    const send = (at: number): Promise<unknown> => {
      const isHard = at % 2 === 0
      return key.client.ask({
        model: 'shadowed',
        messages: [user(about(isHard ? hard : easy, at))],
        lab: { text: isHard ? 'A' : 'C' },
      })
    }
    scene.lab.always('large-1', { text: 'C', usage: USED })
    for (let at = 0; at < 240; at += 8)
      await Promise.all(Array.from({ length: 8 }, (_, more) => send(at + more)))
    const found = await until('the learner to be on', async () => {
      const one = await learnerOf('shadowed', key.id)
      return pick(one, 'labels', 'shadow') === 240 && one
    })
    expect(found).toMatchObject({ learner: { on: true }, curve: { weak: expect.closeTo(0.5, 1), strong: 1 } })
    await scene.gateway.restart() // an isolate that knows nothing yet
    await send(0)
    const after = await until('the isolate to know', async () => {
      const now = await scores(hard)
      return now[0] !== before[0] && now
    })
    const others = await scores(easy)
    const isAbove = after.flatMap((one) => others.map((other) => one > other))
    expect(isAbove.filter(Boolean).length / isAbove.length).toBeGreaterThan(0.9)
  }, 400_000)

  test('does not hear a learner that does worse than what was shipped, and says so', async () => {
    const key = await scene.makeKey()
    const teach = async (hard: readonly string[], easy: readonly string[], from: number): Promise<void> => {
      for (let at = from; at < from + 104; at += 8)
        await Promise.all(
          Array.from({ length: 8 }, (_, more) => {
            const isHard = more % 2 === 0
            const content = about(isHard ? hard : easy, at + more)
            const lab = { text: isHard ? 'A' : 'C' }
            return key.client.ask({ model: 'shadowed', messages: [user(content)], lab })
          }),
        )
    }
    const asked = { model: 'shadowed', messages: [user(about(STARS, 9_000))] }
    const decision = async (): Promise<unknown> => (await key.client.ask(asked, { path: '/v1/route' })).json
    const shipped = pick(await decision(), 'score')
    scene.lab.always('large-1', { text: 'C', usage: USED })
    await teach(STARS, MEALS, 0)
    await teach(MEALS, STARS, 1_000) // the traffic turns over: what it expects is the contrary of what comes
    const reason = expect.stringMatching(/^Off: 0\.\d+ on its last 150 held-out labels/) as unknown
    const found = await until('all labels', async () => {
      const one = await learnerOf('shadowed', key.id)
      return pick(one, 'labels', 'shadow') === 208 && one
    })
    expect(found).toMatchObject({ learner: { on: false, reason } })
    await scene.gateway.restart() // an isolate that begins hears of the learner with its first request
    await key.client.ask({ ...asked, lab: { text: 'C' } })
    const heard = await until('the isolate to know', async () => {
      const now = await decision()
      return String(pick(now, 'expected', 'evidence')).startsWith('Off: 0.') && now
    })
    expect(heard).toMatchObject({ score: shipped, expected: { evidence: reason } })
  }, 400_000)
})

describe('on the path of a request', () => {
  let vendor: Vendor
  let counted: Counted
  const state = mkdtempSync(join(tmpdir(), 'minnow-learning-'))

  beforeAll(async () => {
    vendor = await startVendor()
    counted = await startCounted(resolve(import.meta.dirname, '../..'), state, {
      providers: { lab: { baseUrl: vendor.url, apiKey: '$BENCH_KEY' } },
      models: MODELS,
      routes: {
        auto: { ...TIERS, cascade: true, shadow: { share: 1, budget: { usd: 1, window: 'day' } } },
      },
    })
  })
  afterAll(async () => {
    await counted.stop()
    await vendor.stop()
    rmSync(state, { recursive: true, force: true })
  })

  test('no object is asked, though every one of them is slow', async () => {
    const client = openClient(`http://127.0.0.1:${counted.port}`, CLIENT_KEY)
    vendor.always('small-1', { text: 'C', usage: USED })
    const once = async (): Promise<number> => {
      const startedAt = performance.now()
      const reply = await client.ask({ model: 'auto', messages: [user(CHOICE)] })
      expect(reply.status).toBe(200)
      return performance.now() - startedAt
    }
    for (let warm = 0; warm < 3; warm += 1) await once()
    await counted.take(3_000)
    const took = [await once(), await once(), await once()]
    expect(Math.min(...took)).toBeLessThan(1_000)
    const calls = await until('news of them', async () => {
      const seen = await counted.take(0)
      return (seen['LEARNER'] ?? 0) > 0 && seen
    })
    expect(calls['LEARNER']).toBeGreaterThan(0)
  })
})
