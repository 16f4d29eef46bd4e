// The re-benchmark in real workerd, against vendors with planted differences and micro: what it measures, what it finds,
// whom it does not accuse, what it may cost, and that a restart neither loses nor repeats anything.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fields } from '../lab/client.ts'
import { pick, user } from '../lab/client.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'
import { answersTo, solving } from '../lab/solver.ts'
import { setTimeout as wait } from 'node:timers/promises'

const PRICE = { input: 1, output: 2 }
const SECRET = 'a-secret-for-the-webhook'
const SEEDS = ['one', 'two', 'three', 'four', 'money', 'kill', 'small'].map((seed) => `seed-${seed}`)
const ANSWERS = answersTo(SEEDS)

interface Post {
  readonly body: string
  readonly signature: string | undefined
}

interface Hook {
  readonly url: string
  readonly posts: Post[]
  readonly server: Server
  /** The next posts are answered with these. */
  readonly statuses: number[]
}

function startHook(): Promise<Hook> {
  const [posts, statuses]: [Post[], number[]] = [[], []]
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      posts.push({ body, signature: request.headers['x-minnow-signature']?.toString() })
      response.writeHead(statuses.shift() ?? 200).end()
    })
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
        posts,
        server,
        statuses,
      }),
    ),
  )
}

let scene: Scene
let hook: Hook

beforeAll(async () => {
  hook = await startHook()
  scene = await openScene(
    {
      models: {
        good: { provider: 'lab', model: 'good-1', price: PRICE, contextWindow: 4_000 },
        worse: { provider: 'lab', model: 'worse-1', price: PRICE, contextWindow: 4_000 },
        slow: { provider: 'lab', model: 'slow-1', price: PRICE, contextWindow: 4_000 },
        liar: { provider: 'lab', model: 'liar-1', price: PRICE, contextWindow: 4_000 },
        gone: { provider: 'lab', model: 'gone-1', price: PRICE },
        split: {
          providers: [
            { provider: 'lab', model: 'cheap-1', price: PRICE },
            { provider: 'lab', model: 'dear-1', price: { input: 10, output: 20 } },
          ],
          contextWindow: 4_000,
        },
        priceless: { provider: 'lab', model: 'priceless-1' },
      },
      routes: {
        auto: { mini: ['micro'], frontier: ['good'] },
        ranked: { mini: ['micro'], frontier: ['worse', 'good'] },
      },
      retries: { sameTarget: 0 },
      rebench: {
        everyHours: 0,
        concurrency: 4,
        monthDollars: 2,
        webhook: hook.url,
        webhookSecret: '$HOOK_SECRET',
      },
    },
    { env: { HOOK_SECRET: SECRET } },
  )
  scene.lab.always('good-1', solving(ANSWERS, { accuracy: 0.9 }))
  scene.lab.always('worse-1', solving(ANSWERS, { accuracy: 0.9 }))
  scene.lab.always('slow-1', solving(ANSWERS, { accuracy: 0.9 }))
  scene.lab.always('liar-1', solving(ANSWERS, { accuracy: 0.9, remembers: 1_200 }))
})
afterAll(async () => {
  await scene.stop()
  hook.server.close()
})

const begin = async (body: Fields): Promise<Fields> => {
  const reply = await scene.admin.send('/admin/rebench', { method: 'POST', body: JSON.stringify(body) })
  if (reply.status !== 202) throw new Error(`${reply.status}: ${reply.text}\n${scene.gateway.output()}`)
  return reply.json as Fields
}

const read = async (query = ''): Promise<Fields> =>
  (await scene.admin.send(`/admin/rebench${query}`)).json as Fields

async function ended(id: unknown): Promise<Fields> {
  for (let at = 0; at < 1_200; at += 1) {
    const shown = await read()
    if (shown['running'] === null && pick(shown, 'last_run', 'id') === id) return shown
    await wait(100)
  }
  throw new Error(`the run did not end: ${JSON.stringify(await read())}\n${scene.gateway.output()}`)
}

const run = async (body: Fields): Promise<Fields> => ended((await begin(body))['id'])

const resultOf = (shown: Fields, model: string): Fields =>
  (shown['data'] as Fields[]).find((result) => result['model'] === model) ?? {}

const findingsOf = (shown: Fields, model: string): Fields[] => resultOf(shown, model)['findings'] as Fields[]

describe('a run', () => {
  test(
    'measures micro and a priced model: everything that is asked for is there',
    { timeout: 400_000 },
    async () => {
      const shown = await run({
        seed: 'seed-small',
        models: ['good', 'micro', 'priceless'],
        tasks: 40,
        latency: 8,
        bursts: 3,
      })
      const good = resultOf(shown, 'good')
      expect(good).toMatchObject({ target: 'lab/good-1', marked: false, findings: [] })
      expect(pick(good, 'accuracy', 'total')).toBe(40)
      expect(pick(good, 'accuracy', 'share')).toBeGreaterThan(0.7)
      expect(Object.keys(pick(good, 'accuracy', 'kinds') as Fields)).toHaveLength(10)
      expect(pick(good, 'latency', 'first_ms', 'samples')).toBe(8)
      expect(pick(good, 'latency', 'token_ms', 'samples')).toBe(8)
      expect(pick(good, 'throughput', 'requests_per_second')).toBeGreaterThan(0)
      expect(pick(good, 'throughput', 'tokens_per_second')).toBeGreaterThan(0)
      expect(pick(good, 'cost', 'per_1000_requests')).toBeGreaterThan(0)
      expect(Number(pick(good, 'cost', 'per_correct_answer')) * 1_000).toBeGreaterThan(
        Number(pick(good, 'cost', 'per_1000_requests')),
      )
      expect(pick(good, 'context', 'stated')).toBe(4_000)
      expect(pick(good, 'context', 'handled')).toBe(pick(good, 'context', 'tried'))
      expect(Number(pick(good, 'context', 'tried'))).toBeGreaterThan(3_000)
      const depths = pick(good, 'context', 'depths') as Fields[]
      expect(depths.map(({ depth }) => depth)).toEqual([0.02, 0.25, 0.5, 0.75, 0.98])
      expect(depths.every(({ right, total }) => right === total && Number(total) > 2)).toBe(true)

      const micro = resultOf(shown, 'micro')
      expect(pick(micro, 'memory', 'weights_bytes')).toBe(2_999_072)
      expect(pick(micro, 'memory', 'cache_bytes_per_token')).toBeGreaterThan(100)
      expect(pick(micro, 'accuracy', 'total')).toBe(40)
      expect(pick(micro, 'unanswered', 'count')).toBe(0)
      expect(pick(micro, 'cost', 'measuring')).toBe(0)

      expect(resultOf(shown, 'priceless')).toMatchObject({ marked: false, skipped: { 'no-price': 59 } })
      expect(scene.lab.seen('priceless-1')).toEqual([])

      const table = await scene.admin.send('/admin/rebench', { headers: { accept: 'text/markdown' } })
      expect(table.headers.get('content-type')).toMatch(/^text\/markdown/)
      expect(table.text).toMatch(/\| model \| right \|/)
      for (const model of ['good', 'micro', 'priceless']) expect(table.text).toContain(`\n| ${model} |`)
    },
  )

  test('teaches the route between the two which tasks a larger model gains', async () => {
    const learnt = await until('labels of the route', async () => {
      const { json } = await scene.admin.send('/admin/routes?route=auto')
      return (pick(json, 'data') as Fields[]).find(({ tenant }) => tenant === null)
    })
    // Two tasks whose sketches are the same are one label.
    expect(pick(learnt, 'labels', 'rebench')).toBeGreaterThan(30)
    expect(pick(learnt, 'labels', 'rebench')).toBeLessThanOrEqual(40)
  })

  test('leaves rows of its own caller, with true costs', async () => {
    const rows = (await scene.rows('&key=rebench')).filter((row) => row['model'] === 'lab/good-1')
    expect(rows.length).toBeGreaterThan(60)
    expect(rows.every((row) => row['tier'] === 'fixed' && row['end'] === 'finish')).toBe(true)
  })

  test('is the only one: whoever asks for a second is told the first', { timeout: 240_000 }, async () => {
    const order = { seed: 'seed-small', models: ['good'], tasks: 20, latency: 0, bursts: 0, context: false }
    const [first, second] = await Promise.all([begin(order), begin(order)])
    expect(second['id']).toBe(first['id'])
    expect([first['started'], second['started']].toSorted()).toEqual([false, true])
    await ended(first['id'])
  })

  test(
    'spends no more than it may, and never begins a call that it could not pay',
    { timeout: 240_000 },
    async () => {
      const before = scene.lab.seen('good-1').length
      const shown = await run({
        seed: 'seed-money',
        models: ['good'],
        dollars: 0.006,
        latency: 0,
        bursts: 0,
        context: false,
      })
      expect(pick(shown, 'last_run', 'limit')).toBe(0.006)
      expect(pick(shown, 'last_run', 'cost')).toBeLessThanOrEqual(0.006)
      const asked = scene.lab.seen('good-1').length - before
      expect(asked).toBeGreaterThan(10)
      expect(pick(resultOf(shown, 'good'), 'skipped', 'budget')).toBe(300 - asked)
    },
  )

  test(
    'measures every vendor of a model, and says whose figures they are',
    { timeout: 400_000 },
    async () => {
      scene.lab.always('cheap-1', solving(ANSWERS, { accuracy: 0 }))
      scene.lab.always('dear-1', solving(ANSWERS, { accuracy: 1 }))
      const asked = { models: ['split'], tasks: 20, latency: 1, bursts: 1, context: false }
      const shown = await run({ seed: 'seed-small', ...asked })
      const results = ['lab/cheap-1', 'lab/dear-1'].map((name) => resultOf(shown, name))
      expect(results.map((result) => result['target'])).toEqual(['lab/cheap-1', 'lab/dear-1'])
      const [cheap, dear] = results.map((result) => Number(pick(result, 'accuracy', 'share')))
      expect(cheap).toBeLessThan(0.3)
      expect(dear).toBeGreaterThan(0.9)
      expect(scene.lab.seen('cheap-1')).toHaveLength(20 + 1 + 4)
      expect(scene.lab.seen('dear-1')).toHaveLength(20 + 1 + 4)
      const history = (await read('?model=split'))['data'] as Fields[]
      expect(history.map((result) => result['model']).toSorted()).toEqual(['lab/cheap-1', 'lab/dear-1'])
    },
  )

  test('refuses what it does not know', async () => {
    for (const body of [{ models: ['nobody'] }, { models: ['auto'] }, { tasks: -1 }, { weather: 'fine' }]) {
      const reply = await scene.admin.send('/admin/rebench', { method: 'POST', body: JSON.stringify(body) })
      expect(reply.status).toBe(400)
    }
    expect((await scene.client.send('/admin/rebench', { method: 'POST' })).status).toBe(401)
  })
})

describe('planted differences', () => {
  const models = ['good', 'worse', 'slow', 'liar']

  test('are found, told once and signed; the healthy one is not accused', { timeout: 900_000 }, async () => {
    const order = { models, tasks: 50, latency: 10, bursts: 0 }
    for (const seed of ['seed-one', 'seed-two']) {
      const shown = await run({ ...order, seed })
      for (const model of ['good', 'worse', 'slow'])
        expect([model, findingsOf(shown, model)]).toEqual([model, []])
      // It lies from the first day on, so no history is needed.
      expect(findingsOf(shown, 'liar')).toMatchObject([{ what: 'context', was: 4_000 }])
      expect(pick(resultOf(shown, 'liar'), 'context', 'handled')).toBeLessThan(1_300)
      expect(resultOf(shown, 'liar')['marked']).toBe(true)
    }
    expect(hook.posts.map(({ body }) => JSON.parse(body) as Fields)).toMatchObject([
      { type: 'rebench.regression', models: [{ model: 'liar', findings: [{ what: 'context' }] }] },
    ])

    hook.statuses.push(503) // the first time it is told, it does not listen
    scene.lab.always('worse-1', solving(ANSWERS, { accuracy: 0.5 }))
    scene.lab.always('slow-1', solving(ANSWERS, { accuracy: 0.9, behaviour: { firstAfterMs: 600 } }))
    scene.lab.always('liar-1', solving(ANSWERS, { accuracy: 0.4, remembers: 1_200 }))
    const shown = await run({ ...order, seed: 'seed-three' })
    expect(findingsOf(shown, 'good')).toEqual([])
    const [worse] = findingsOf(shown, 'worse')
    expect(worse).toMatchObject({ what: 'accuracy' })
    expect(worse?.['kind']).toBeUndefined() // of all tasks together; it may be told of a kind as well
    expect(findingsOf(shown, 'worse').every(({ what }) => what === 'accuracy')).toBe(true)
    // What it never could is no reason to forget what it could.
    expect(findingsOf(shown, 'liar').map(({ what }) => what)).toEqual(['accuracy', 'context'])
    expect(findingsOf(shown, 'slow').map(({ what }) => what)).toContain('first-token')
    expect(['good', 'worse', 'slow', 'liar'].map((model) => resultOf(shown, model)['marked'])).toEqual([
      false,
      true,
      true,
      true,
    ])
    for (let at = 0; at < 100 && hook.posts.length < 3; at += 1) await wait(100)
    const [, refused, taken] = hook.posts
    expect(taken?.body).toBe(refused?.body)
    expect(taken?.signature).toBe(
      `sha256=${createHmac('sha256', SECRET)
        .update(taken?.body ?? '')
        .digest('hex')}`,
    )
    const named = (JSON.parse(taken?.body ?? '{}') as { models: Fields[] }).models
    expect(named.map(({ model }) => model)).toEqual(['worse', 'slow', 'liar'])
    expect(named[2]?.['findings']).toMatchObject([{ what: 'accuracy' }])
    expect(hook.posts.every(({ body }) => !body.includes('sk-lab') && !body.includes(SECRET))).toBe(true)

    const history = await read('?model=worse&limit=2')
    expect((history['data'] as Fields[]).map((result) => result['marked'])).toEqual([true, false])
  })
})

/** A task's 1,024 tokens of answer, and the most that its prompt can be. */
const WORST_MICROS = 2 * 1_024 + 800

const microsIn = (reported: Fields | undefined): number =>
  Number(reported?.['prompt_tokens'] ?? 0) * PRICE.input +
  Number(reported?.['completion_tokens'] ?? 0) * PRICE.output

test('a vendor that is away is found at once, tried again, and given up', { timeout: 240_000 }, async () => {
  scene.lab.always('gone-1', { status: 503 })
  const shown = await run({ models: ['gone'], tasks: 20, latency: 0, bursts: 0, context: false })
  const gone = resultOf(shown, 'gone')
  expect(gone).toMatchObject({ marked: true, findings: [{ what: 'failures', is: 1 }] })
  const failed = Number(pick(gone, 'unanswered', 'count'))
  expect(failed).toBeGreaterThanOrEqual(6)
  expect(pick(gone, 'skipped', 'unreachable')).toBe(20 - failed)
  expect(pick(gone, 'unanswered', 'reasons')).toEqual({ overloaded: failed })
  expect(pick(gone, 'cost', 'measuring')).toBe(0)
  expect(scene.lab.seen('gone-1').length).toBeGreaterThanOrEqual(2 * 20)
  expect(scene.lab.seen('gone-1').length).toBeLessThanOrEqual(3 * 20)
})

describe('a kill midway', () => {
  test(
    'the run goes on, nothing is in the results twice, and what was lost is paid',
    { timeout: 400_000 },
    async () => {
      scene.lab.always('good-1', solving(ANSWERS, { accuracy: 0.9, behaviour: { firstAfterMs: 60 } }))
      const before = scene.lab.seen('good-1').length
      const order = { seed: 'seed-kill', models: ['good'], tasks: 100, latency: 0, bursts: 0, context: false }
      const { id } = await begin(order)
      for (let at = 0; at < 200 && scene.lab.seen('good-1').length - before < 40; at += 1) await wait(50)
      await scene.gateway.kill()
      await scene.gateway.restart()
      const shown = await ended(id)
      const asked = scene.lab.seen('good-1').length - before
      expect(pick(shown, 'last_run', 'probes')).toBe(100)
      expect(pick(resultOf(shown, 'good'), 'accuracy', 'total')).toBe(100)
      expect(asked).toBeGreaterThanOrEqual(100)
      expect(asked).toBeLessThanOrEqual(104) // those that were under way, once more
      const told = scene.lab.seen('good-1').slice(before)
      const billed = told.reduce((sum, { reported }) => sum + microsIn(reported), 0)
      const cost = Math.round(Number(pick(shown, 'last_run', 'cost')) * 1e6)
      expect(cost).toBeGreaterThanOrEqual(Math.floor(billed))
      expect(cost).toBeLessThanOrEqual(billed + told.length + 4 * WORST_MICROS) // each rounded up, and the lost ones whole
      expect((await read('?model=good'))['data']).toSatisfy(
        (results: Fields[]) => results.filter((result) => result['run'] === id).length === 1,
      )
    },
  )

  test('an isolate that starts asks what got worse after its equals', async () => {
    const content =
      'Write a thread-safe LRU cache in Rust with generics, and explain the lifetimes in its API step by step.'
    const reply = await until('the ratings', async () => {
      const asked = await scene.client.ask({ model: 'ranked', messages: [user(content)] })
      return asked.headers.get('x-minnow-model') === 'lab/good-1' && asked
    })
    expect(reply.headers.get('x-minnow-route')).toMatch(/^frontier; reason=/)
    expect((await scene.client.ask({ model: 'worse' })).headers.get('x-minnow-model')).toBe('lab/worse-1')
  })
})
