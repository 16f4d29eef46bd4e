// The room of kept answers, and questions in other words by an embedding model's vectors.
import { afterAll, describe, expect, test } from 'vitest'
import { type Fields, pick, type Reply, user } from '../lab/client.ts'
import { freshId, openScene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const scene = await openScene({
  streams: { keepAliveMs: 0 },
  models: {
    near: { provider: 'lab', model: 'near', price: { input: 2, output: 8 } },
    vectors: { provider: 'lab', model: 'vectors', embedding: true, price: { input: 1, output: 0 } },
  },
  cache: { tenantBytes: 65_536, embeddings: 'vectors', threshold: 0.7 },
})
afterAll(() => scene.stop())
const { lab, admin } = scene

const routeOf = ({ headers }: Reply): string => headers.get('x-minnow-route') ?? ''

test('a tenant has so much room, and what was given longest ago goes first', async () => {
  const key = await scene.makeKey({ cache: { mode: 'exact' } })
  lab.always('room', { text: 'x'.repeat(20_000) })
  const asked = (at: number): Fields => ({ model: 'lab/room', messages: [user(`Question ${at}?`)] })
  const stats = async (): Promise<unknown> => (await admin.send(`/admin/cache?tenant=${key.id}`)).json
  await key.client.ask(asked(0))
  await until('the first', async () => pick(await stats(), 'stored') === 1)
  for (let at = 1; at < 60; at += 1) {
    await key.client.ask(asked(at))
    await key.client.ask(asked(0)) // which is wanted all the time, so no other that shares its object is newer
  }
  await until('all stored', async () => Number(pick(await stats(), 'stored')) >= 60)
  const shown = await stats()
  expect(Number(pick(shown, 'bytes'))).toBeLessThanOrEqual(512 * 1024) // the least that a tenant has
  expect(Number(pick(shown, 'evicted'))).toBeGreaterThan(10)
  expect(Number(pick(shown, 'entries'))).toBeLessThan(50)
  expect(routeOf(await key.client.ask(asked(0)))).toBe('cache; reason=exact')
  expect(routeOf(await key.client.ask(asked(59)))).toBe('cache; reason=exact')
})

test('an answer that is too long is told to all who wait for it, and kept for nobody', async () => {
  const key = await scene.makeKey({ cache: { mode: 'exact' } })
  lab.always('long', { pieces: Array.from({ length: 100 }, () => 'y'.repeat(1_000)) })
  const asked = { model: 'lab/long', messages: [user('All of it?')] }
  for (let time = 0; time < 2; time += 1) {
    const stream = await key.client.stream(asked)
    expect(stream.said.length).toBe(100_000)
    expect(stream.headers.get('x-minnow-route')).not.toMatch(/^cache/)
  }
  expect((await admin.send(`/admin/cache?tenant=${key.id}`)).json).toMatchObject({ entries: 0 })
})

describe('an embedding model', () => {
  test('is asked only where there is something to compare, and is paid', async () => {
    const key = await scene.makeKey({ cache: { mode: 'semantic' }, budgets: [{ usd: 1, window: 'total' }] })
    lab.always('near', { text: 'Paris' })
    lab.always('vectors', { usage: { prompt: 9 } })
    const ask = (text: string, id = freshId()): Promise<Reply> =>
      key.client.ask({ model: 'near', messages: [user(text)] }, { headers: { 'x-request-id': id } })
    await ask('What is the capital of France?')
    const stats = async (): Promise<unknown> => (await admin.send(`/admin/cache?tenant=${key.id}`)).json
    await until('it is kept', async () => pick(await stats(), 'stored') === 1)
    expect(lab.seen('vectors')).toHaveLength(1) // to be found later; nothing was there to compare it with
    const near = await ask('Tell me what the capital of France is')
    expect(routeOf(near)).toBe('cache; reason=semantic')
    expect(pick(near.json, 'choices', 0, 'message', 'content')).toBe('Paris')
    expect(routeOf(await ask('Tell me what the capital of Spain is'))).not.toMatch(/^cache/)
    expect(routeOf(await ask('Tell me what the capital of France was'))).not.toMatch(/^cache/)
    const id = freshId()
    expect(routeOf(await ask('Please tell me what the capital of France is', id))).toMatch(/semantic/)
    const row = await scene.rowOf(id)
    expect(row).toMatchObject({ tier: 'cache', reason: 'semantic', cost_micros: 0 })
    expect(Number(pick(row, 'routing', 'cache', 'similarity'))).toBeGreaterThan(0.7)
    expect(await scene.rowOf(`${id}-embedding`)).toMatchObject({
      key: key.id,
      operation: 'embeddings',
      cost_micros: 9,
    })
  })

  test('that is down costs no answer', async () => {
    const key = await scene.makeKey({ cache: { mode: 'semantic' } })
    lab.always('alone', { text: 'well' })
    lab.always('vectors', { status: 500 })
    const ask = (text: string): Promise<Reply> =>
      key.client.ask({ model: 'lab/alone', messages: [user(text)] })
    expect((await ask('How do I get a dog?')).status).toBe(200)
    await until(
      'the same words',
      async () => routeOf(await ask('How do I get a dog?')) === 'cache; reason=exact',
    )
    expect((await ask('How can I get a dog?')).status).toBe(200)
  })
})
