// The catalogue's prices in the running gateway: applied, overridden, and written into D1 edition by edition.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../shared/catalogue.ts'
import { databaseFile } from '../../tools/gateway/migrate.ts'
import { openClient, pick, type Reply } from '../lab/client.ts'
import { ADMIN_KEY, freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const shipped = openCatalogue(
  readFileSync(resolve(import.meta.dirname, '../../shared/catalogue.jsonl'), 'utf8'),
)

/** One dollar less a day than any price here could cost, so that only a wrong one is noticed. */
const RICH = { budgets: [{ usd: 100, window: 'day' }] }

let scene: Scene

beforeAll(async () => {
  scene = await openScene((labUrl) => ({
    providers: {
      openai: { baseUrl: labUrl, apiKey: '$LAB_KEY' },
      second: { vendor: 'openai', baseUrl: labUrl, apiKey: '$LAB_KEY' },
      anthropic: { baseUrl: labUrl, apiKey: '$LAB_KEY' },
    },
    models: {
      nano: { provider: 'openai', model: 'gpt-4.1-nano' },
      own: { provider: 'openai', model: 'gpt-4o', price: { input: 100, output: 200 } },
      able: { provider: 'lab', model: 'able-1' },
    },
    retries: { sameTarget: 0 },
  }))
})
afterAll(() => scene.stop())

const usage = { prompt: 1_000, cached: 400, completion: 100 }

/** What a request was billed, in micro-dollars. */
async function bill(model: string, more: object = {}): Promise<number> {
  const id = freshId()
  const reply = await scene.client.ask({ model, ...more }, withId(id))
  expect(reply.status, reply.text).toBe(200)
  return (await scene.rowOf(id)).cost_micros
}

const costOf = (vendor: string, model: string): number => {
  const price = shipped.find(vendor, model)?.price
  if (price === undefined) throw new Error(`${vendor}/${model} has no price`)
  return Math.ceil(600 * price.input + 400 * price.cacheRead + 100 * price.output)
}

describe('a price of the catalogue', () => {
  test('bills <vendor>/<model> and opens it to dollar budgets, configured nowhere', async () => {
    scene.lab.script('gpt-4.1', { usage })
    expect(await bill('openai/gpt-4.1')).toBe(costOf('openai', 'gpt-4.1'))
    const key = await scene.makeKey(RICH)
    expect((await key.client.ask({ model: 'openai/gpt-4.1' })).status).toBe(200)
    const unknown = await key.client.ask({ model: 'openai/gpt-never' })
    expect(unknown.status).toBe(400)
    expect(pick(unknown.json, 'error', 'code')).toBe('model_without_price')
  })

  test('bills a configured model without a price of its own, and a second account of the vendor', async () => {
    scene.lab.script('gpt-4.1-nano', { usage })
    expect(await bill('nano')).toBe(costOf('openai', 'gpt-4.1-nano'))
    scene.lab.script('gpt-4.1', { usage })
    expect(await bill('second/gpt-4.1')).toBe(costOf('openai', 'gpt-4.1'))
  })

  test("gives way to the configuration's", async () => {
    scene.lab.script('gpt-4o', { usage })
    expect(await bill('own')).toBe(1_000 * 100 + 100 * 200)
  })

  test("gives way to an operator's, for that provider alone; an earlier bill stays as it was", async () => {
    const put = (price: object): Promise<Reply> =>
      scene.admin.send('/admin/prices', { method: 'PUT', body: JSON.stringify(price) })
    scene.lab.script('gpt-4o-mini', { usage }, { usage }, { usage })
    const before = await bill('openai/gpt-4o-mini')
    expect(before).toBe(costOf('openai', 'gpt-4o-mini'))
    const validFrom = new Date(Date.now() + 86_400_000).toISOString()
    expect((await put({ model: 'openai/gpt-4o-mini', input: 999, output: 999, validFrom })).status).toBe(200)
    expect(await bill('openai/gpt-4o-mini'), 'a price of tomorrow').toBe(before)
    // The same moment as the catalogue's own row: both stand, each from its source.
    const dated = new Date(shipped.datedAt).toISOString()
    const tiers = [{ above: 999, input: 50, output: 60 }]
    expect(
      (await put({ model: 'openai/gpt-4o-mini', input: 5, output: 6, tiers, validFrom: dated })).status,
    ).toBe(200)
    expect(await bill('openai/gpt-4o-mini'), 'a tier of an operator').toBe(1_000 * 50 + 100 * 60)
    scene.lab.script('gpt-4o-mini', { usage })
    expect(await bill('second/gpt-4o-mini')).toBe(before)
    const rows = await scene.rows('&model=openai/gpt-4o-mini')
    expect(rows.map((row) => row.cost_micros)).toEqual([56_000, before, before])
    const listed = await scene.admin.send('/admin/prices?model=openai/gpt-4o-mini')
    expect(pick(listed.json, 'data')).toMatchObject([
      { source: 'operator', validFrom, input: 999 },
      { source: 'catalogue', validFrom: dated },
      { source: 'operator', validFrom: dated, input: 5, tiers: [{ above: 999, input: 50, cacheRead: 50 }] },
    ])
  })

  test('row 7: bills a write that lasts an hour at its own price, and no write as prompt too', async () => {
    const price = shipped.find('anthropic', 'claude-haiku-4-5')?.price
    scene.lab.script('claude-haiku-4-5', {
      status: 200,
      body: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-haiku-4-5',
        content: [{ type: 'text', text: 'Yes.' }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: {
          input_tokens: 10,
          output_tokens: 20,
          cache_read_input_tokens: 100,
          cache_creation_input_tokens: 3_000,
          cache_creation: { ephemeral_5m_input_tokens: 1_000, ephemeral_1h_input_tokens: 2_000 },
        },
      },
    })
    const expected =
      10 * (price?.input ?? 0) +
      20 * (price?.output ?? 0) +
      100 * (price?.cacheRead ?? 0) +
      1_000 * (price?.cacheWrite ?? 0) +
      2_000 * (price?.cacheWriteLong ?? 0)
    expect(expected).toBe(10 + 100 + 10 + 1_250 + 4_000)
    expect(await bill('anthropic/claude-haiku-4-5')).toBe(expected)
  })

  test('row 8: bills the tier that the prompt falls into, and the class that was served', async () => {
    const price = shipped.find('openai', 'gpt-5.5')?.price
    const [tier] = price?.tiers ?? []
    scene.lab.script('gpt-5.5', { usage: { prompt: 300_000, completion: 100 } })
    expect(tier?.above).toBeLessThan(300_000)
    expect(await bill('openai/gpt-5.5')).toBe(300_000 * (tier?.input ?? 0) + 100 * (tier?.output ?? 0))
    const served = (service_tier: string): object => ({
      status: 200,
      body: {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: 'gpt-5.5',
        service_tier,
        choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
      },
    })
    for (const [asked, got] of [
      ['priority', 'priority'],
      ['flex', 'flex'],
      ['flex', 'default'],
    ] as const) {
      scene.lab.script('gpt-5.5', served(got))
      const rates = got === 'default' ? price : price?.classes?.[got]
      expect(await bill('openai/gpt-5.5', { service_tier: asked }), `${asked}, served ${got}`).toBe(
        1_000 * (rates?.input ?? 0) + 100 * (rates?.output ?? 0),
      )
    }
  })

  test('row 8: is reserved for at the tier and the class that were asked for', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 0.05, window: 'day' }] })
    const body = { model: 'openai/gpt-5.5', max_completion_tokens: 1_000 }
    // $0.03 for the answer at the usual rates, $0.075 with priority.
    const shortened = await key.client.ask({ ...body, service_tier: 'priority' })
    expect(shortened.status).toBe(200)
    expect(shortened.headers.get('x-minnow-clamped')).toMatch(/^max_tokens=[56]\d\d$/)
    const usual = await key.client.ask(body)
    expect([usual.status, usual.headers.get('x-minnow-clamped')]).toEqual([200, null])
  })
})

test('the prices stand dated in D1 once, also after restarts, and what an operator said is not touched', async () => {
  const admin = openClient(scene.gateway.url, ADMIN_KEY)
  const book = async (query: string): Promise<unknown[]> =>
    pick((await admin.send(`/admin/prices?${query}`)).json, 'data') as unknown[]
  const priced = shipped.vendors
    .flatMap((vendor) => shipped.names(vendor).map((model) => shipped.find(vendor, model)?.price))
    .filter((price) => price !== undefined).length
  await scene.admin.send('/admin/prices', {
    method: 'PUT',
    body: JSON.stringify({ model: 'openai/o3', input: 7, output: 8, cacheWriteLong: 9, request: 0.5 }),
  })
  await scene.client.ask({ model: 'able' })
  const seeded = await until('the catalogue in D1', async () => {
    const rows = await book('source=catalogue')
    return rows.length > 0 && rows
  })
  expect(seeded).toHaveLength(priced)
  expect(seeded).toContainEqual({
    model: 'openai/gpt-4.1-nano',
    source: 'catalogue',
    validFrom: new Date(shipped.datedAt).toISOString(),
    ...shipped.find('openai', 'gpt-4.1-nano')?.price,
  })
  const operators = await book('source=operator')
  for (const stop of [scene.gateway.kill, undefined]) {
    await stop?.()
    await scene.gateway.restart()
    expect((await scene.client.ask({ model: 'able' })).status).toBe(200)
    await scene.rowOf(await barrier())
    expect(await book('source=catalogue')).toEqual(seeded)
    expect(await book('source=operator')).toEqual(operators)
  }
  expect(operators).toContainEqual(
    expect.objectContaining({ model: 'openai/o3', cacheWriteLong: 9, request: 0.5 }),
  )

  async function barrier(): Promise<string> {
    const id = freshId()
    await scene.client.ask({ model: 'able' }, withId(id))
    return id
  }
}, 240_000)

describe('editions of the catalogue', () => {
  /** Changes D1 while the gateway is stopped, as another version of it might have left it. */
  const withDatabase = (state: string, change: (database: DatabaseSync) => void): void => {
    const database = new DatabaseSync(databaseFile(state))
    try {
      change(database)
    } finally {
      database.close()
    }
  }
  const DAY_MS = 86_400_000

  test('a newer one writes what differs from the last, and leaves what an operator said', async () => {
    const id = 'openai/gpt-4.1'
    await scene.gateway.kill()
    withDatabase(scene.gateway.state, (database) => {
      const before = shipped.datedAt - DAY_MS
      database.prepare('UPDATE catalogues SET dated_at = ?').run(before)
      database.prepare("UPDATE prices SET valid_from = ? WHERE source = 'catalogue'").run(before)
      database.prepare("UPDATE prices SET input = 1234 WHERE source = 'catalogue' AND model = ?").run(id)
      database
        .prepare("UPDATE prices SET tiers = '[]' WHERE source = 'catalogue' AND model = 'openai/gpt-5.5'")
        .run()
      database.prepare("DELETE FROM prices WHERE source = 'catalogue' AND model = 'openai/o1'").run()
    })
    await scene.gateway.restart()
    scene.lab.script('gpt-4.1', { usage })
    expect(await bill(id), 'the file serves before D1 has it').toBe(costOf('openai', 'gpt-4.1'))
    const fresh = await until('the newer edition in D1', async () => {
      const rows = pick((await scene.admin.send('/admin/prices?source=catalogue')).json, 'data') as {
        model: string
        validFrom: string
      }[]
      const found = rows.filter(({ validFrom }) => Date.parse(validFrom) === shipped.datedAt)
      return found.length > 0 && found
    })
    expect(fresh.map(({ model }) => model)).toEqual([id, 'openai/gpt-5.5', 'openai/o1'])
    const operators = pick(
      (await scene.admin.send('/admin/prices?source=operator&model=openai/o3')).json,
      'data',
    )
    expect(operators).toHaveLength(1)
  })

  test('a later one in D1 holds over the file of a version that was put back, and an operator over both', async () => {
    await scene.gateway.kill()
    withDatabase(scene.gateway.state, (database) => {
      const later = shipped.datedAt + 1
      database.prepare('INSERT INTO catalogues VALUES (?, ?, 1, 0)').run(later, 'x@9')
      for (const [model, from] of [
        ['openai/gpt-4.1', later],
        ['openai/o3', later],
        ['openai/gpt-4.1-nano', Date.now() + DAY_MS],
      ] as const) {
        database
          .prepare(
            "INSERT INTO prices VALUES ('catalogue', ?, ?, 20, 20, 20, NULL, 30, NULL, NULL, NULL, NULL)",
          )
          .run(model, from)
      }
    })
    await scene.gateway.restart()
    const plain = { usage: { prompt: 100, completion: 10 } }
    for (const model of ['gpt-4.1', 'o3', 'gpt-4.1-nano']) scene.lab.script(model, plain)
    expect(await bill('openai/gpt-4.1')).toBe(100 * 20 + 10 * 30)
    expect(await bill('openai/o3'), "the operator's, with its price for each request").toBe(
      700 + 80 + 500_000,
    )
    const price = shipped.find('openai', 'gpt-4.1-nano')?.price
    expect(await bill('openai/gpt-4.1-nano'), 'one of tomorrow').toBe(
      Math.ceil(100 * (price?.input ?? 0) + 10 * (price?.output ?? 0)),
    )
  })
})
