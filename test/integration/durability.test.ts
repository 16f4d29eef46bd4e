// What survives: turns and books after a restart and after kill -9. What was lent and never accounted for stays reserved.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: { paid: { provider: 'lab', model: 'paid', price: { input: 1, output: 10 } } },
  })
})
afterAll(() => scene.stop())

const talk = { headers: { 'x-minnow-conversation': 'long' } }

/** What the last request told the model. */
const said = (model: string): unknown[] => {
  const messages = scene.lab.seen(model).at(-1)?.body['messages']
  return Array.isArray(messages) ? messages.map((message) => pick(message, 'content')) : []
}

describe('after', () => {
  test('a restart a conversation goes on, in order, and keys, books and rows are still there', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'total' }] })
    const id = freshId()
    scene.lab.always('paid', { usage: { prompt: 10, completion: 20 } })
    scene.lab.script('talk', { text: 'a1' }, { text: 'a2' })
    await key.client.ask({ model: 'paid' }, withId(id))
    await scene.client.ask({ model: 'lab/talk', messages: [user('u1')] }, talk)
    await scene.client.ask({ model: 'lab/talk', messages: [user('u2')] }, talk)
    const row = await scene.rowOf(id)
    await scene.settled(key)
    await scene.gateway.restart()
    await scene.client.ask({ model: 'lab/talk', messages: [user('u3')] }, talk)
    expect(said('talk')).toEqual(['u1', 'a1', 'u2', 'a2', 'u3'])
    expect(await scene.settled(key)).toMatchObject({ spent: 0.00021, reserved: 0 })
    expect((await key.client.ask({ model: 'paid' })).status).toBe(200)
    expect(await scene.rowOf(id)).toEqual(row)
  })

  test('a crash in mid-stream the reservation still counts, and finished turns are kept', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 0.01, window: 'total' }] })
    scene.lab.script('paid', { usage: { prompt: 10, completion: 20 } })
    expect((await key.client.ask({ model: 'paid', max_tokens: 20 })).status).toBe(200)
    expect((await scene.settled(key)).spent).toBe(0.00021)
    scene.lab.script('talk', { text: 'a3' })
    await scene.client.ask({ model: 'lab/talk', messages: [user('u4')] }, talk)
    await scene.rowOf(await recorded())

    scene.lab.script('paid', { text: 'word '.repeat(1_000), everyMs: 20 })
    const lost = key.client.stream({ model: 'paid', max_tokens: 500 })
    lost.catch(() => undefined)
    await until('the stream to run', () => (scene.lab.seen('paid').at(-1)?.events ?? 0) > 3)
    await scene.gateway.kill()
    await expect(lost).rejects.toThrow()
    await scene.gateway.restart()

    const [balance] = await scene.balances(key)
    expect(balance?.spent).toBe(0.00021)
    // The lost request could cost its prompt and 500 tokens of output.
    expect(balance?.reserved).toBeGreaterThanOrEqual(0.005)
    expect(balance?.remaining).toBeLessThanOrEqual(0.01 - 0.00021 - 0.005)
    // What is left can still be spent, what was lent cannot.
    expect((await key.client.ask({ model: 'paid', max_tokens: 400 })).status).toBe(200)
    const shorter = await key.client.ask({ model: 'paid', max_tokens: 480 })
    expect(Number(shorter.headers.get('x-minnow-clamped')?.split('=')[1])).toBeLessThan(480)
    await scene.client.ask({ model: 'lab/talk', messages: [user('u5')] }, talk)
    expect(said('talk').slice(-3)).toEqual(['u4', 'a3', 'u5'])
  })

  test('a crash in mid-turn the conversation is free again', async () => {
    const sending = { headers: { 'x-minnow-conversation': 'interrupted' } }
    scene.lab.script('turn', { text: 'kept' }, { headAfterMs: 60_000 })
    await scene.client.ask({ model: 'lab/turn', messages: [user('one')] }, sending)
    const lost = scene.client.ask({ model: 'lab/turn', messages: [user('two')] }, sending)
    lost.catch(() => undefined)
    await until('the second turn upstream', () => scene.lab.seen('turn').length === 2)
    await scene.gateway.kill()
    await expect(lost).rejects.toThrow()
    await scene.gateway.restart()
    await scene.client.ask({ model: 'lab/turn', messages: [user('three')] }, sending)
    expect(said('turn')).toEqual(['one', 'kept', 'three'])
  })
})

/** A request that is certainly recorded, so that everything before it is too. */
async function recorded(): Promise<string> {
  const id = freshId()
  await scene.client.ask({ model: 'lab/barrier' }, withId(id))
  return id
}
