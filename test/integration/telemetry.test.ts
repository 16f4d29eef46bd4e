// The one row that a request leaves: every field of it, its pages, and that no word of a prompt is ever in it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { visit } from '../lab/socket.ts'
import { until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: {
      paid: { provider: 'lab', model: 'paid-1', price: { input: 2, cacheRead: 0.5, output: 10 } },
      spare: { provider: 'lab', model: 'spare-1', price: { input: 1, output: 1 } },
    },
    routes: { solid: { order: ['paid', 'spare'] } },
    retries: { sameTarget: 0 },
  })
})
afterAll(() => scene.stop())

describe('a row', () => {
  test('holds who asked for what, what answered, what it took and what it cost', async () => {
    const key = await scene.makeKey()
    const id = freshId()
    const before = Date.now()
    scene.lab.script('paid-1', { status: 503 })
    scene.lab.script('spare-1', {
      headAfterMs: 120,
      usage: { prompt: 50, cached: 20, completion: 9, reasoning: 4 },
    })
    const reply = await key.client.stream({ model: 'solid' }, withId(id))
    const after = Date.now()
    const row = await scene.rowOf(id)
    expect(row).toEqual({
      id: expect.stringMatching(/^row_[0-9a-z]+_[0-9a-f-]{36}$/) as string,
      request_id: id,
      at: expect.any(String) as string,
      key: key.id,
      operation: 'chat',
      route: 'solid',
      tier: 'fixed',
      reason: 'order',
      score: null,
      routing: null,
      model: 'lab/spare-1',
      attempts: [
        {
          target: 'paid',
          startedAt: expect.any(Number) as number,
          headMs: expect.any(Number) as number,
          status: 503,
          durationMs: expect.any(Number) as number,
          end: 'overloaded',
        },
        {
          target: 'spare',
          startedAt: expect.any(Number) as number,
          headMs: expect.any(Number) as number,
          status: 200,
          durationMs: expect.any(Number) as number,
          end: 'answered',
          usage: { input: 30, cacheRead: 20, cacheWrite: 0, output: 5, reasoning: 4 },
          usageSource: 'reported',
          costMicros: 59,
          promptSavedMicros: 0, // nobody has said that what is cached is cheaper
          price: { source: 'configuration' },
        },
      ],
      tokens: { input: 30, cache_read: 20, cache_write: 0, output: 5, reasoning: 4, source: 'reported' },
      cost: 0.000059,
      cost_micros: 59,
      prompt_cache_saved: 0,
      prompt_cache_saved_micros: 0,
      frontier_cost: null,
      clamped_to: null,
      head_ms: expect.any(Number) as number,
      first_ms: expect.any(Number) as number,
      total_ms: expect.any(Number) as number,
      stream: true,
      status: 200,
      end: 'finish',
      failure: null,
    })
    expect(reply.headers.get('x-request-id')).toBe(id)
    const at = Date.parse(String(row['at']))
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(after)
    expect(row['head_ms']).toBeGreaterThanOrEqual(118)
    expect(row['total_ms']).toBeGreaterThanOrEqual(Number(row['head_ms']))
    expect(row['total_ms']).toBeLessThanOrEqual(after - before + 1_000)
    expect(pick(row, 'attempts', 1, 'headMs')).toBe(row['head_ms'])
  })

  test('is left once by every kind of ending, also under a request id sent twice', async () => {
    const id = freshId()
    await scene.client.ask({ model: 'paid' }, withId(id))
    await scene.client.ask({ model: 'paid' }, withId(id))
    await until(
      'two rows',
      async () => (await scene.rows()).filter((row) => row.request_id === id).length === 2,
    )
    const all = await scene.rows()
    expect(new Set(all.map((row) => row.id)).size).toBe(all.length)
  })

  test('says what was refused and why; nothing is billed for it', async () => {
    const key = await scene.makeKey({
      budgets: [{ usd: 0.000001, window: 'day' }],
      models: ['paid', 'nothing-such'],
    })
    const cases = [
      { model: 'paid', status: 429, failure: 'over-budget' },
      { model: 'nothing-such', status: 404, failure: 'no-route' },
      { model: 'spare', status: 403, failure: 'forbidden' },
    ]
    for (const { model, ...expected } of cases) {
      const id = freshId()
      expect((await key.client.ask({ model }, withId(id))).status).toBe(expected.status)
      expect(await scene.rowOf(id)).toMatchObject({
        ...expected,
        end: 'refused',
        route: model,
        cost_micros: 0,
        attempts: [],
        model: null,
      })
    }
  })

  test('of a hundred requests at once is there for each', async () => {
    const ids = new Set(Array.from({ length: 100 }, freshId))
    await Promise.all([...ids].map((id) => scene.client.ask({ model: 'paid' }, withId(id))))
    const found = await until('a hundred rows', async () => {
      const rows = (await scene.rows()).filter((row) => ids.has(row.request_id))
      return rows.length >= 100 && rows
    })
    expect(found).toHaveLength(100)
  })
})

describe('the list of requests', () => {
  test('comes newest first, in pages that neither overlap nor leave a gap', async () => {
    const key = await scene.makeKey()
    const ids = Array.from({ length: 7 }, freshId)
    for (const id of ids) await key.client.ask({ model: 'paid' }, withId(id))
    await scene.rowOf(ids.at(-1) ?? '')
    const seen: string[] = []
    let before = ''
    for (;;) {
      const page = await scene.admin.send(
        `/admin/requests?limit=3&key=${key.id}${before === '' ? '' : `&before=${before}`}`,
      )
      const rows = pick(page.json, 'data') as { id: string; request_id: string }[]
      if (rows.length === 0) break
      expect(rows.length).toBeLessThanOrEqual(3)
      seen.push(...rows.map((row) => row.request_id))
      before = rows.at(-1)?.id ?? ''
    }
    expect(seen.toSorted()).toEqual(ids.toSorted())
    expect(seen[0]).toBe(ids.at(-1))
  })

  test('can be narrowed to a model, and to a time', async () => {
    scene.lab.script('paid-1', { status: 503 })
    const id = freshId()
    await scene.client.ask({ model: 'solid' }, withId(id))
    const row = await scene.rowOf(id)
    const spare = await scene.rows('&model=lab/spare-1')
    expect(spare.map((entry) => entry.id)).toContain(row.id)
    expect(spare.every((entry) => entry['model'] === 'lab/spare-1')).toBe(true)
    const earlier = await scene.rows(`&before=${Date.parse(String(row['at']))}`)
    expect(earlier.map((entry) => entry.id)).not.toContain(row.id)
  })

  test.each(['limit=0', 'limit=1001', 'limit=x', 'colour=red'])('refuses ?%s', async (query) => {
    const reply = await scene.admin.send(`/admin/requests?${query}`)
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'message')).toMatch(/^Invalid/)
  })
})

test('no word of a prompt, an answer or a tool call is ever in the database or an outbox, whatever the ending', async () => {
  const secret = 'xylophone-jellybean'
  const text = `The ${secret} is out.`
  const body = {
    model: 'paid',
    messages: [{ role: 'system', content: secret }, user(`Tell me of ${secret}`)],
    user: secret,
    metadata: { secret },
  }
  const ids = Array.from({ length: 6 }, freshId)
  const [whole = '', streamed = '', cut = '', tool = '', failed = '', left = ''] = ids
  scene.lab.script('paid-1', { text })
  await scene.client.ask(body, withId(whole))
  scene.lab.script('paid-1', { text, reasoning: secret })
  await scene.client.stream(body, withId(streamed))
  scene.lab.script('paid-1', { text, cutAfter: 3 })
  await scene.client.stream(body, withId(cut))
  scene.lab.script('paid-1', { toolCalls: [{ name: 'f', arguments: { secret } }] })
  await scene.client.ask(body, withId(tool))
  scene.lab.script('paid-1', {
    status: 400,
    body: { error: { message: `I will not speak of ${secret}`, code: 'content_policy_violation' } },
  })
  await scene.client.ask(body, withId(failed))
  scene.lab.script('paid-1', { text: `${secret} `.repeat(500), everyMs: 20 })
  const leaving = visit(
    scene.gateway.port,
    '/v1/chat/completions',
    JSON.stringify({ ...body, stream: true }),
    {
      authorization: 'Bearer mk-local',
      'x-request-id': left,
      'x-minnow-conversation': 'telemetry',
    },
  )
  await until('the first words', () => leaving.received().includes(secret))
  leaving.close()
  for (const id of ids) await scene.rowOf(id)
  expect(scene.gateway.output()).not.toContain(secret)
  const files = ['d1', 'objects/minnow-Outbox'].flatMap((folder) =>
    readdirSync(join(scene.gateway.state, folder), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    ),
  )
  const bytes = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  expect(bytes.join('')).toContain(whole) // the rows are in these files, so the search means something
  for (const file of bytes) {
    expect(file.includes(secret)).toBe(false)
    expect(file.includes('jellybean')).toBe(false)
  }
})
