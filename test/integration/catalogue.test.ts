// The catalogue in the running gateway: prices applied and overridden, models kept from what they cannot serve, lists.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../shared/catalogue.ts'
import { openClient, pick, type Reply, user } from '../lab/client.ts'
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
      corrected: { provider: 'openai', model: 'gpt-4', images: true },
      blind: { provider: 'lab', model: 'blind-1', images: false, audio: false, files: false },
      mute: { provider: 'lab', model: 'mute-1', tools: false },
      small: { provider: 'lab', model: 'small-1', contextWindow: 500 },
      loose: { provider: 'lab', model: 'loose-1', jsonSchema: false },
      vectors: { provider: 'lab', model: 'vectors-1', embedding: true },
      able: { provider: 'lab', model: 'able-1' },
    },
    routes: {
      careful: { order: ['blind', 'mute', 'small', 'loose', 'able'] },
      poor: { order: ['blind', 'mute'] },
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
    const refused = await key.client.ask({ ...body, service_tier: 'priority' })
    expect(refused.status).toBe(429)
    expect((await key.client.ask(body)).status).toBe(200)
  })
})

describe('a request that a model cannot serve', () => {
  const image = {
    role: 'user',
    content: [
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    ],
  }
  const tools = [
    { type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } },
  ]
  const schema = {
    type: 'json_schema',
    json_schema: { name: 'x', schema: { type: 'object', properties: {}, additionalProperties: false } },
  }

  test.each([
    { what: 'a picture', body: { messages: [image] }, skipped: ['blind-1'], by: 'mute', reason: 'images' },
    { what: 'tools', body: { tools }, skipped: ['mute-1'], by: 'blind', reason: 'order' },
    {
      what: 'both',
      body: { messages: [image], tools },
      skipped: ['blind-1', 'mute-1'],
      by: 'small',
      reason: 'images',
    },
    {
      what: 'both in a long prompt',
      body: { messages: [user('word '.repeat(2_000)), image], tools },
      skipped: ['blind-1', 'mute-1', 'small-1'],
      by: 'loose',
      reason: 'images',
    },
  ])('$what goes past those in an order that lack it', async ({ body, skipped, by, reason }) => {
    const seen = (): number[] => skipped.map((model) => scene.lab.seen(model).length)
    const before = seen()
    const reply = await scene.client.ask({ model: 'careful', ...body })
    expect(reply.status, reply.text).toBe(200)
    expect(reply.headers.get('x-minnow-model')).toBe(`lab/${by}-1`)
    expect(reply.headers.get('x-minnow-route')).toContain(`reason=${reason}`)
    expect(seen()).toEqual(before)
  })

  test('a JSON Schema goes first to those that follow one, and last to the others', async () => {
    const messages = [user('word '.repeat(2_000)), image]
    const reply = await scene.client.ask({ model: 'careful', messages, tools, response_format: schema })
    expect(reply.headers.get('x-minnow-model')).toBe('lab/able-1')
    scene.lab.script('able-1', { status: 503 })
    const second = await scene.client.ask({ model: 'careful', messages, tools, response_format: schema })
    expect(second.headers.get('x-minnow-model')).toBe('lab/loose-1')
  })

  test('is refused with 400 where nobody is left, naming what is missing and who lacks it; nothing is sent', async () => {
    const before = scene.lab.requests.length
    const reply = await scene.client.ask({ model: 'poor', messages: [image], tools })
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'message')).toMatch(
      /'poor' cannot serve this request: blind reads no images; mute calls no tools/,
    )
    const text = await scene.client.ask({ model: 'openai/o3-mini', messages: [image] })
    expect(text.status).toBe(400)
    expect(pick(text.json, 'error', 'message')).toContain('openai/o3-mini reads no images')
    expect(scene.lab.requests).toHaveLength(before)
  })

  test('is served where the configuration knows better than the catalogue', async () => {
    expect((await scene.client.ask({ model: 'corrected', messages: [image] })).status).toBe(200)
  })

  test('is refused in the words of context_length_exceeded where the prompt is too long for all', async () => {
    const before = scene.lab.requests.length
    const reply = await scene.client.ask({ model: 'small', messages: [user('word '.repeat(2_000))] })
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'code')).toBe('context_length_exceeded')
    expect(scene.lab.requests).toHaveLength(before)
  })

  test('of vectors reaches no chat model, and of an answer no embedding model', async () => {
    const embed = await scene.client.ask({ model: 'openai/gpt-4.1', input: 'Hi' }, { path: '/v1/embeddings' })
    expect(embed.status).toBe(400)
    expect(pick(embed.json, 'error', 'message')).toContain('makes no embeddings')
    const answer = await scene.client.ask({ model: 'vectors' })
    expect(answer.status).toBe(400)
    expect(pick(answer.json, 'error', 'message')).toContain('vectors makes embeddings only')
  })
})

describe('the list of models', () => {
  const listed = async (
    path: string,
    headers: Record<string, string> = {},
    client = scene.client,
  ): Promise<unknown> => {
    const reply = await client.send(path, { headers })
    expect(reply.status, reply.text).toBe(200)
    return reply.json
  }
  const idsIn = (json: unknown): string[] => (pick(json, 'data') as { id: string }[]).map(({ id }) => id) // the list was answered with 200

  test('has routes, configured models and what the catalogue knows of every provider', async () => {
    const list = await listed('/v1/models')
    const ids = idsIn(list)
    expect(ids).toEqual(
      expect.arrayContaining(['auto', 'careful', 'micro', 'nano', 'openai/gpt-4.1', 'second/gpt-4.1']),
    )
    expect(ids.filter((id) => id.startsWith('openai/'))).toHaveLength(shipped.names('openai').length)
    expect(ids.some((id) => id.startsWith('mistral/'))).toBe(false)
    expect(new Set(ids).size).toBe(ids.length)
    expect((pick(list, 'data') as object[])[ids.indexOf('openai/gpt-4.1')]).toMatchObject({
      object: 'model',
      owned_by: 'openai',
      context_window: 1_047_576,
      max_output_tokens: 32_768,
      capabilities: { tools: true, images: true, json_schema: true, embedding: false },
      pricing: { input: 2, output: 8, cache_read: 0.5, classes: { flex: { input: 1 } } },
    })
    expect(await listed('/v1/models/openai/gpt-4.1')).toMatchObject({ context_window: 1_047_576 })
  })

  test('has for each key what that key may use', async () => {
    const key = await scene.makeKey({ models: ['nano', 'openai/gpt-4.1', 'careful'] })
    const only = ['careful', 'nano', 'openai/gpt-4.1']
    expect(idsIn(await listed('/v1/models', {}, key.client))).toEqual(only)
    expect((await key.client.send('/v1/models/openai/gpt-4o')).status).toBe(404)
    const version = { 'anthropic-version': '2023-06-01' }
    expect(idsIn(await listed('/v1/models', version, key.client))).toEqual(only)
    expect(await listed('/v1beta/models', {}, key.client)).toEqual({
      models: only.map((id) => expect.objectContaining({ name: `models/${id}` }) as unknown),
    })
  })

  test("has Anthropic's shape, pages and errors for Anthropic's clients", async () => {
    const headers = { 'anthropic-version': '2023-06-01' }
    const all = idsIn(await listed('/v1/models'))
    const walked: string[] = []
    for (let after = ''; ;) {
      const page = await listed(
        `/v1/models?limit=50${after === '' ? '' : `&after_id=${encodeURIComponent(after)}`}`,
        headers,
      )
      walked.push(...idsIn(page))
      if (pick(page, 'has_more') !== true) break
      after = String(pick(page, 'last_id'))
    }
    expect(walked).toEqual(all)
    expect(await listed('/v1/models/anthropic/claude-haiku-4-5', headers)).toMatchObject({
      type: 'model',
      display_name: 'anthropic/claude-haiku-4-5',
      max_input_tokens: 200_000,
    })
    const missing = await scene.client.send('/v1/models/nothing-such', { headers })
    expect(missing.status).toBe(404)
    expect(missing.json).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })

  test("has Gemini's shape at Gemini's address", async () => {
    expect(await listed('/v1beta/models/openai/gpt-4.1')).toMatchObject({
      name: 'models/openai/gpt-4.1',
      inputTokenLimit: 1_047_576,
      outputTokenLimit: 32_768,
    })
    const page = await listed('/v1beta/models?pageSize=2')
    expect(pick(page, 'models')).toHaveLength(2)
    const next = await listed(
      `/v1beta/models?pageSize=2&pageToken=${encodeURIComponent(String(pick(page, 'nextPageToken')))}`,
    )
    expect(pick(next, 'models', 0, 'name')).not.toBe(pick(page, 'models', 1, 'name'))
    const missing = await scene.client.send('/v1beta/models/nothing-such')
    expect(missing.status).toBe(404)
    expect(pick(missing.json, 'error', 'status')).toBe('NOT_FOUND')
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
}, 60_000)
