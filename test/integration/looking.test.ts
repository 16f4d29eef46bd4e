// Cascades that have learned to look at answers, through the whole Worker: wrong sums are not given, a share of escalated
// answers is held, and the operator and the receipt say so.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Curve, qualityAt } from '../../workers/routing/calibrate.ts'
import { type Fields, pick, user } from '../lab/client.ts'
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
  const send = async (at: number, dial?: Fields) => {
    const id = freshId()
    const minnow = dial === undefined ? {} : { minnow: dial }
    const asked = { model: 'sums', messages: [user(question(at))], lab: { text: answer(at) }, ...minnow }
    const reply = await key.client.ask(asked, withId(id))
    expect(reply.status, reply.text).toBe(200)
    return { id, isLarge: reply.headers.get('x-minnow-model') === 'lab/large-1' }
  }
  const sendAll = async (from: number, count: number, dial?: Fields) => {
    const sent: { readonly at: number; readonly id: string; readonly isLarge: boolean }[] = []
    for (let at = from; at < from + count; at += 8)
      sent.push(
        ...(await Promise.all(
          Array.from({ length: 8 }, async (_, more) => ({
            at: at + more,
            ...(await send(at + more, dial)),
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

  await sendAll(18, 320, { strongShare: 0 })
  const taught = await until('the look to be on', async () => {
    const one = await stands()
    return pick(one, 'labels', 'total') === 328 && one
  })
  expect(taught).toMatchObject({ look: { on: true, labels: 328 } })
  expect(Number(pick(taught, 'look', 'apgr'))).toBeGreaterThan(Number(pick(taught, 'look', 'question_apgr')))

  await scene.gateway.restart() // an isolate that knows nothing yet
  await until('the isolate to know', async () => {
    const { id } = await send(400, { strongShare: 0 })
    return pick(await receiptOf(id), 'attempts', 0, 'look') !== undefined
  })
  const sent = await sendAll(400, 160, { strongShare: 0.3 })
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

  // A quality: as many as the look's own curve says, the same number for the client, and for the operator's what-if.
  const curve = pick(taught, 'look', 'curve') as Curve
  const asked = { model: 'sums', messages: [user(question(700))], minnow: { quality: 0.9 } }
  const { json: decision } = await key.client.ask(asked, { path: '/v1/route' })
  const share = Number(pick(decision, 'share'))
  expect(share).toBeGreaterThan(0.1)
  expect(share).toBeLessThan(0.6)
  expect(qualityAt(curve, share)).toBeCloseTo(0.9 * curve.strong, 2)
  expect(decision).toMatchObject({
    tier: 'mini',
    reason: 'cascade',
    expected: { by: 'look', quality: expect.closeTo(0.9, 2), evidence: expect.stringMatching(/^On: /) },
  })
  const good = await sendAll(720, 160, { quality: 0.9 })
  const right = good.filter(({ at, isLarge }) => isLarge || !isWrong(at))
  // Half would be right without it. Calibrated on some 160 labels, of smaller numbers than are asked here.
  expect(right.length / good.length).toBeGreaterThan(0.75)
  const escalated = good.filter(({ isLarge }) => isLarge).length / good.length
  expect(Math.abs(escalated - share)).toBeLessThan(0.06)

  // A cost: a small answer is 120 micro-dollars and a large one 1,200, so a fifth may go on.
  const thrifty = await sendAll(880, 160, { maxCostPer1k: 0.36 })
  const costs = await Promise.all(
    thrifty.map(async ({ id }) => Number(pick(await receiptOf(id), 'cost_micros'))),
  )
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length
  expect(mean).toBeLessThan(360 * 1.08)
  expect(mean).toBeGreaterThan(360 * 0.8)
  expect(thrifty.filter(({ at, isLarge }) => isLarge && isWrong(at)).length).toBeGreaterThan(
    0.8 * thrifty.filter(({ isLarge }) => isLarge).length,
  )
  const whatIf = await until('what was looked at', async () => {
    const { json } = await scene.admin.send('/admin/routes/sums/what-if')
    return pick(json, 'look') !== null && json
  })
  expect(pick(whatIf, 'look', 'points', 0, 'per_1k')).toBeCloseTo(0.12, 2)
  expect(pick(whatIf, 'look', 'points', 20, 'per_1k')).toBeCloseTo(1.32, 2)

  // Without a share the answers that a larger model has gained on are not given.
  const free = await sendAll(560, 80)
  const just = free.filter(({ at, isLarge }) => isLarge === isWrong(at))
  expect(just.length / free.length).toBeGreaterThan(0.7)
}, 900_000)
