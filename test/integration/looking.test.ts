// Cascades that have learned to look at answers, through the whole Worker: wrong sums are not given, a share of escalated
// answers is held, and the operator and the receipt say so.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const USED = { prompt: 100, completion: 10 }
const TERMS = { secondAnswer: false }
const SHADOW = { share: 1, budget: { usd: 5, window: 'day' } }

let scene: Scene

beforeAll(async () => {
  const price = { input: 1, output: 2 }
  const tiers = { mini: ['small'], frontier: ['large'], cascade: TERMS }
  scene = await openScene({
    models: {
      small: { provider: 'lab', model: 'small-1', price },
      large: { provider: 'lab', model: 'large-1', price: { input: 10, output: 20 } },
    },
    routes: { sums: { ...tiers, shadow: SHADOW } },
    retries: { sameTarget: 0 },
  })
  scene.lab.always('small-1', { usage: USED })
  scene.lab.always('large-1', { usage: USED })
})
afterAll(() => scene.stop())

/** Seven are left, whatever the numbers. */
const question = (at: number): string =>
  `Ann has ${at + 7} pears and gives ${at} of them away. How many pears are left?`
/** Of no pattern that a question shows. */
const isWrong = (at: number): boolean => (at * 2_654_435_761) % 4_294_967_296 > 2_147_483_648
const answer = (at: number): string => {
  const told = isWrong(at) ? 12 : 7
  return `${at + 7} - ${at} = ${told}. #### ${told}`
}

test('a cascade that was taught by shadows looks at answers, holds a share of escalations, and says so', async () => {
  const key = await scene.makeKey()
  scene.lab.always('large-1', { text: 'They are 7. #### 7', usage: USED })
  const send = async (at: number, strongShare?: number) => {
    const id = freshId()
    const minnow = strongShare === undefined ? {} : { minnow: { strongShare } }
    const asked = { model: 'sums', messages: [user(question(at))], lab: { text: answer(at) }, ...minnow }
    const reply = await key.client.ask(asked, withId(id))
    expect(reply.status, reply.text).toBe(200)
    return { id, isLarge: reply.headers.get('x-minnow-model') === 'lab/large-1' }
  }
  const sendAll = async (from: number, count: number, strongShare?: number) => {
    const sent: { readonly at: number; readonly id: string; readonly isLarge: boolean }[] = []
    for (let at = from; at < from + count; at += 8)
      sent.push(
        ...(await Promise.all(
          Array.from({ length: 8 }, async (_, more) => ({
            at: at + more,
            ...(await send(at + more, strongShare)),
          })),
        )),
      )
    return sent
  }
  const stands = async () =>
    (pick((await scene.admin.send(`/admin/routes?route=sums&tenant=${key.id}`)).json, 'data') as unknown[])[0]
  const receiptOf = async (id: string) => (await key.client.send(`/v1/receipts/${id}`)).json

  const before = await sendAll(10, 8)
  expect(before.some(({ isLarge }) => isLarge)).toBe(false)
  expect(await until('the first labels', stands)).toMatchObject({
    look: { on: false, reason: expect.stringMatching(/^Off: 0 of 150/) },
  })

  await sendAll(18, 320, 0)
  const taught = await until('the look to be on', async () => {
    const one = await stands()
    return pick(one, 'labels', 'total') === 328 && one
  })
  expect(taught).toMatchObject({ look: { on: true, labels: 328 } })
  expect(Number(pick(taught, 'look', 'apgr'))).toBeGreaterThan(Number(pick(taught, 'look', 'question_apgr')))

  await scene.gateway.restart() // an isolate that knows nothing yet
  await until('the isolate to know', async () => {
    const { id } = await send(400, 0)
    return pick(await receiptOf(id), 'attempts', 0, 'look') !== undefined
  })
  const sent = await sendAll(400, 160, 0.3)
  const large = sent.filter(({ isLarge }) => isLarge)
  expect(Math.abs(large.length / sent.length - 0.3)).toBeLessThan(0.05)
  expect(large.filter(({ at }) => isWrong(at)).length / large.length).toBeGreaterThan(0.8)
  const [one] = large
  expect(await receiptOf(one?.id ?? '')).toMatchObject({
    tier: 'frontier',
    attempts: [
      { target: 'small', end: 'rejected-look', aside: true, look: expect.any(Number) },
      { target: 'large', end: 'answered' },
    ],
  })

  // Without a share the answers that a larger model has gained on are not given.
  const free = await sendAll(560, 80)
  const just = free.filter(({ at, isLarge }) => isLarge === isWrong(at))
  expect(just.length / free.length).toBeGreaterThan(0.7)
}, 180_000)
