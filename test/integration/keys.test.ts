// Keys over real workerd: kinds of endpoint, the audit of every change, a revocation that another isolate made.
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseFile } from '../../tools/gateway/migrate.ts'
import { openClient, pick, type Reply } from '../lab/client.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene({ retries: { sameTarget: 0 } })
})
afterAll(() => scene.stop())

const send = async (path: string, method: string, body?: unknown): Promise<Reply> =>
  scene.admin.send(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

describe.concurrent('a key for some kinds of endpoint', () => {
  test("is 403 elsewhere, in the caller's dialect, before anything is sent", async () => {
    const key = await scene.makeKey({ endpoints: ['chat', 'embeddings'] })
    expect((await key.client.ask({ model: 'lab/kinds' })).status).toBe(200)
    expect((await key.client.send('/v1/models')).status).toBe(200)
    const before = scene.lab.seen('kinds').length
    const post = (path: string, body: unknown): Promise<Reply> =>
      key.client.send(path, { method: 'POST', body: JSON.stringify(body) })
    const messages = [{ role: 'user', content: 'Hi' }]
    const anthropic = await post('/v1/messages', { model: 'lab/kinds', max_tokens: 9, messages })
    expect(anthropic.status).toBe(403)
    expect(anthropic.json).toMatchObject({
      type: 'error',
      error: { type: 'permission_error', message: expect.stringMatching(/may not use .*\(messages\)/) },
    })
    const responses = await post('/v1/responses', { model: 'lab/kinds', input: 'Hi' })
    expect([responses.status, pick(responses.json, 'error', 'code')]).toEqual([403, 'endpoint_not_allowed'])
    const gemini = await post('/v1beta/models/lab/kinds:generateContent', { contents: [] })
    expect([gemini.status, pick(gemini.json, 'error', 'status')]).toEqual([403, 'PERMISSION_DENIED'])
    expect((await post('/v1/images/generations', { model: 'lab/kinds', prompt: 'x' })).status).toBe(403)
    expect(scene.lab.seen('kinds')).toHaveLength(before)
  })

  test('may be given every kind again', async () => {
    const key = await scene.makeKey({ endpoints: ['embeddings'] })
    expect((await key.client.ask({ model: 'lab/kinds' })).status).toBe(403)
    await send(`/admin/keys/${key.id}`, 'PATCH', { endpoints: null })
    expect((await key.client.ask({ model: 'lab/kinds' })).status).toBe(200)
  })

  test('that does not exist is a 400 that names the field', async () => {
    const reply = await send('/admin/keys', 'POST', { name: 'x', endpoints: ['chats'] })
    expect([reply.status, pick(reply.json, 'error', 'param')]).toEqual([400, 'endpoints.0'])
  })
})

test('a key may name models and routes apart', async () => {
  const key = await scene.makeKey({ models: ['lab/kinds'], routes: ['auto'] })
  expect((await key.client.ask({ model: 'auto' })).status).toBe(200)
  expect((await key.client.ask({ model: 'lab/kinds' })).status).toBe(200)
  expect((await key.client.ask({ model: 'lab/other' })).status).toBe(403)
})

test('every change by an operator leaves a row: who, what, before and after, no secret', async () => {
  const made = await send('/admin/keys', 'POST', { name: 'audited', budgets: [{ usd: 1, window: 'day' }] })
  const [id, secret] = [String(pick(made.json, 'id')), String(pick(made.json, 'key'))]
  await send(`/admin/keys/${id}`, 'PATCH', { name: 'renamed', rpm: 5 })
  await send(`/admin/keys/${id}`, 'PATCH', { nonsense: true })
  await send(`/admin/keys/${id}`, 'DELETE')
  await send(`/admin/keys/${id}`, 'DELETE') // changes nothing
  const listed = await send(`/admin/audit?target=${id}`, 'GET')
  const rows = pick(listed.json, 'data') as Record<string, unknown>[]
  expect(rows.map(({ action }) => action)).toEqual(['key.revoke', 'key.change', 'key.create'])
  expect(rows[1]).toMatchObject({
    actor: expect.stringMatching(/^admin:[0-9a-f]{12}$/),
    target: id,
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    before: { name: 'audited', rpm: null },
    after: { name: 'renamed', rpm: 5, budgets: [{ usd: 1, window: 'day' }] },
  })
  expect(rows[2]).toMatchObject({ before: null, after: { name: 'audited' } })
  expect(listed.text).not.toContain(secret)
  const pages: unknown[] = []
  for (let before = ''; pages.length < 3;) {
    const page = await send(`/admin/audit?target=${id}&limit=1${before}`, 'GET')
    pages.push(pick(page.json, 'data', 0, 'action'))
    before = `&before=${String(pick(page.json, 'data', 0, 'id'))}`
  }
  expect(pages).toEqual(['key.revoke', 'key.change', 'key.create'])
})

test('a price leaves its row only where it is written', async () => {
  const price = { model: 'lab/priced', input: 1, output: 2, validFrom: '2030-01-01T00:00:00Z' }
  expect((await send('/admin/prices', 'PUT', price)).status).toBe(200)
  expect((await send('/admin/prices', 'PUT', price)).status).toBe(409)
  const listed = await send('/admin/audit?target=lab/priced', 'GET')
  expect(pick(listed.json, 'data')).toHaveLength(1)
  expect(pick(listed.json, 'data', 0)).toMatchObject({ action: 'price.add', after: { input: 1, output: 2 } })
})

test('the audit is for operators only', async () => {
  const reply = await openClient(scene.gateway.url, 'mk-local').send('/admin/audit')
  expect(reply.status).toBe(401)
})

describe.concurrent('a key that another isolate revoked', () => {
  /** As another isolate would: nothing of this one is told. */
  const revoke = (id: string): void => {
    const database = new DatabaseSync(databaseFile(scene.gateway.state), { timeout: 5_000 })
    try {
      database.prepare('UPDATE keys SET revoked_at = ? WHERE id = ?').run(Date.now(), id)
    } finally {
      database.close()
    }
  }

  test.each([9_500, 13_000])(
    'is refused after %i ms of rest before a byte is told, and its call upstream ends',
    { timeout: 180_000 },
    async (restMs) => {
      const model = `slow-${restMs}`
      scene.lab.always(model, { headAfterMs: 60_000 })
      scene.lab.script(model, {})
      const key = await scene.makeKey()
      expect((await key.client.ask({ model: `lab/${model}` })).status).toBe(200)
      revoke(key.id)
      await wait(restMs)
      const reply = await key.client.stream({ model: `lab/${model}` })
      expect(reply.status).toBe(401)
      expect(reply.text).toMatch(/revoked/)
      expect(reply.data).toEqual([])
      await until('the upstream call to be given up', () => {
        const calls = scene.lab.seen(model).slice(1)
        return calls.every((call) => call.leftAt !== undefined || call.endedAt !== undefined)
      })
      expect((await key.client.ask({ model: `lab/${model}` })).status).toBe(401)
    },
  )

  test('begins nothing that would go on without its client', { timeout: 180_000 }, async () => {
    const key = await scene.makeKey()
    expect((await key.client.ask({ model: 'lab/kept' })).status).toBe(200)
    revoke(key.id)
    await wait(9_500)
    const headers = { 'idempotency-key': 'once' }
    const kept = await key.client.ask({ model: 'lab/kept' }, { headers })
    expect(kept.status).toBe(401)
    expect(scene.lab.seen('kept')).toHaveLength(1)
  })
})
