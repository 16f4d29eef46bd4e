// Receipts: what a request did and cost, for its caller and nobody else; where one target's words end and another's begin.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairs, PRICE, SIXTY } from '../lab/pairs.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene({ ...pairs(['plain', 'seam']), retries: { sameTarget: 0 } })
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
      attempts: [{ target: 'plain', status: 200, end: 'answered' }],
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
