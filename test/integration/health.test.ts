// Targets that are down: passed over by everybody, tried by one request an interval, asked again once they answer.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { objectId } from '../../tools/gateway/object-id.ts'
import type { Fields, Reply } from '../lab/client.ts'
import { pick } from '../lab/client.ts'
import { pairs, SPARE } from '../lab/pairs.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const PROBE_MS = 1_000
const NAMES = ['outage', 'silent', 'limited', 'slow', 'cut', 'usual', 'kept', 'alone', 'lost']

const config: Fields = {
  ...pairs(NAMES),
  health: { probeMs: PROBE_MS },
  timeouts: { headMs: 6_000, firstTokenMs: 6_000 },
  retries: { sameTarget: 1, total: 4 },
}

let scene: Scene
/** Where nothing is tried again while a test looks. */
let calm: Scene

beforeAll(async () => {
  ;[scene, calm] = await Promise.all([
    openScene(config),
    openScene({ ...config, health: { probeMs: 300_000 } }),
  ])
  for (const { lab } of [scene, calm]) for (const name of NAMES) lab.always(`${name}-spare`, { text: SPARE })
})
afterAll(() => Promise.all([scene.stop(), calm.stop()]))

interface Shown extends Fields {
  readonly target: string
  readonly state: string
  readonly requests: number
}
const shownIn = async ({ admin }: Scene, model: string): Promise<Shown> => {
  const { json } = await admin.send('/admin/health')
  const all = pick(json, 'data') as readonly Shown[]
  const found = all.find(({ target }) => target === `lab/${model}`)
  if (found === undefined) throw new Error(`${model} is not shown`)
  return found
}
const shown = (model: string): Promise<Shown> => shownIn(scene, model)

const ask = (name: string, from = scene): Promise<Reply> => from.client.stream({ model: `${name}-route` })
const answeredBy = (reply: Reply): string | null => reply.headers.get('x-minnow-model')
const calls = (model: string): number => scene.lab.seen(model).length

/** Opens the circuit of a target by failing three times. */
async function fell(name: string): Promise<void> {
  scene.lab.always(name, { status: 503 })
  while (calls(name) < 3) expect((await ask(name)).status).toBe(200)
  await until('the circuit to open', async () => (await shown(name)).state === 'open')
}

describe.concurrent('a target', () => {
  test('that fails is passed over, tried once an interval, and asked again once it answers', async () => {
    await fell('outage')
    const first = calls('outage')
    const began = Date.now()
    let asked = 0
    while (Date.now() - began < 6_000 || calls('outage') < first + 2) {
      // Several at once, so that most of them are not the one that tries it, however slow they are.
      for (const reply of await Promise.all([ask('outage'), ask('outage'), ask('outage')])) {
        expect([reply.status, answeredBy(reply)]).toEqual([200, 'lab/outage-spare'])
        asked += 1
      }
      await wait(100)
    }
    const times = scene.lab.seen('outage').map(({ at }) => at)
    // Two attempts of two requests, then one an interval that grows to twice its length.
    expect(first).toBe(4)
    const tries = times.slice(first)
    expect(tries.length).toBeLessThanOrEqual(5 * Math.max(1, (Date.now() - began) / 6_000))
    expect(asked).toBeGreaterThan(2 * tries.length)
    tries.forEach((at, index) => {
      if (index > 0) expect(at - (tries[index - 1] ?? 0)).toBeGreaterThanOrEqual(PROBE_MS * 0.9)
    })
    // One of two at once may be the one that tries it.
    const passedOver = (await Promise.all([ask('outage'), ask('outage')])).map(({ headers }) => [
      headers.get('x-minnow-route'),
      headers.get('x-minnow-attempts'),
    ])
    expect(passedOver).toContainEqual(['fixed; reason=health', '1'])
    expect(await shown('outage')).toMatchObject({ state: expect.stringMatching(/open/), success: 0 })

    scene.lab.always('outage', {})
    const recovered = Date.now()
    await until('the first to answer again', async () => answeredBy(await ask('outage')) === 'lab/outage')
    const backAt = scene.lab.seen('outage').find(({ at }) => at >= recovered)?.at ?? Number.NaN
    expect(backAt - recovered).toBeLessThan(3 * PROBE_MS)
    const before = calls('outage-spare')
    for (let turn = 0; turn < 5; turn += 1) expect(answeredBy(await ask('outage'))).toBe('lab/outage')
    expect(calls('outage-spare')).toBe(before)
    await until('everybody to know', async () => (await shown('outage')).state === 'closed')
  })

  test('that is silent is not asked again after one timeout', async () => {
    calm.lab.always('silent', { headAfterMs: 60_000 })
    for (let turn = 0; turn < 6; turn += 1)
      expect(answeredBy(await ask('silent', calm))).toBe('lab/silent-spare')
    expect(calm.lab.seen('silent')).toHaveLength(1)
    expect(await shownIn(calm, 'silent')).toMatchObject({ reason: 'timeout-head' })
  })

  test('that asked to be left alone is, for so long', async () => {
    scene.lab.script('limited', { status: 429, headers: { 'retry-after': '2' } })
    expect(answeredBy(await ask('limited'))).toBe('lab/limited-spare')
    await until('it to be asked again', async () => {
      await wait(50)
      return answeredBy(await ask('limited')) === 'lab/limited'
    })
    const [first, second] = scene.lab.seen('limited').map(({ at }) => at)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_950)
    expect((second ?? 0) - (first ?? 0)).toBeLessThan(8_000)
  })

  test('that answers again, but slower than another, is found to be up all the same', async () => {
    await fell('slow')
    scene.lab.always('slow', { headAfterMs: 3_500 })
    const answers: (string | null)[] = []
    await until('the circuit to close', async () => {
      answers.push(answeredBy(await ask('slow')))
      await wait(200)
      return (await shown('slow')).state === 'closed'
    })
    // Who tried it waited a second for it, and then for the other.
    const most = answers.slice(0, Math.max(1, answers.length - 1))
    expect(new Set(most)).toEqual(new Set(['lab/slow-spare']))
    expect(answeredBy(await ask('slow'))).toBe('lab/slow')
  })

  test('whose streams die is passed over too', async () => {
    calm.lab.always('cut', { text: 'one two three four', cutAfter: 3 })
    for (let turn = 0; turn < 3; turn += 1) expect((await ask('cut', calm)).status).toBe(200)
    await until('the circuit to open', async () => (await shownIn(calm, 'cut')).state === 'open')
    expect(answeredBy(await ask('cut', calm))).toBe('lab/cut-spare')
  })

  test('without another is asked all the same', async () => {
    scene.lab.always('alone', { status: 503 })
    for (let turn = 0; turn < 4; turn += 1)
      expect((await scene.client.ask({ model: 'alone' })).status).toBe(503)
    expect(calls('alone')).toBeGreaterThanOrEqual(4)
  })

  test('shows how it does: calls, success, and how long it takes', async () => {
    scene.lab.always('usual', { firstAfterMs: 60 })
    for (let turn = 0; turn < 20; turn += 1) await ask('usual')
    await scene.client.ask({ model: 'usual-route' })
    const seen = await until('all of it to be told', async () => {
      const now = await shown('usual')
      return now.requests === 21 && now
    })
    expect(seen).toMatchObject({
      target: 'lab/usual',
      provider: 'lab',
      model: 'usual',
      state: 'closed',
      since: null,
      success: 1,
      requests: 21,
      latency: { stream: { samples: 20 }, whole: { samples: 1, p95: null } },
    })
    const stream = pick(seen, 'latency', 'stream')
    for (const word of ['p50', 'p95', 'ewma']) expect(pick(stream, word)).toBeGreaterThanOrEqual(57)
    expect(pick(stream, 'p50')).toBeLessThan(6_000)
    expect(seen).not.toHaveProperty('probe_at')
  })
})

describe('what is known of a target', () => {
  test('is for operators only', async () => {
    expect((await scene.client.send('/admin/health')).status).toBe(401)
  })

  test('changes no order where the operator wants none changed', async () => {
    const other = await openScene({ ...config, health: { breaker: false } })
    try {
      other.lab.always('outage', { status: 503 })
      for (let turn = 0; turn < 4; turn += 1) {
        const reply = await other.client.ask({ model: 'outage-route' })
        expect(reply.headers.get('x-minnow-route')).toBe('fixed; reason=order')
      }
      await until('it to be seen all the same', async () => (await shownIn(other, 'outage')).state === 'open')
    } finally {
      await other.stop()
    }
  })

  test('is kept over a restart; a fresh isolate learns it with its first request', async () => {
    const state = mkdtempSync(join(tmpdir(), 'minnow-health-'))
    const other = await openScene({ ...config, health: { probeMs: 60_000 } }, { state })
    try {
      other.lab.always('kept', { status: 503 })
      for (let turn = 0; turn < 3; turn += 1) await other.client.ask({ model: 'kept-route' })
      const before = await until('the circuit to open', async () => {
        const now = await shownIn(other, 'kept')
        return now.state === 'open' && now
      })
      await other.gateway.restart()
      const after = await shownIn(other, 'kept')
      expect(after).toMatchObject({ state: 'open', since: before['since'], reason: 'overloaded' })
      // The failures that opened it; one more is written down within ten seconds, or not before a restart.
      expect(after.requests).toBeGreaterThanOrEqual(3)
      const calls = other.lab.seen('kept').length
      await until('the fresh isolate to know', async () => {
        const reply = await other.client.ask({ model: 'kept-route' })
        return reply.headers.get('x-minnow-route') === 'fixed; reason=health'
      })
      // It needed no three failures of its own.
      expect(other.lab.seen('kept').length - calls).toBeLessThanOrEqual(2)
    } finally {
      await other.stop()
      rmSync(state, { recursive: true, force: true })
    }
  })

  test("is each isolate's own where the object cannot be reached", async () => {
    const state = mkdtempSync(join(tmpdir(), 'minnow-health-'))
    // A folder stands where the target's object would keep its rows.
    const rows = `${objectId('minnow-Health', 'lab/lost')}.sqlite`
    mkdirSync(join(state, 'objects', 'minnow-Health', rows), { recursive: true })
    const other = await openScene({ ...config, health: { probeMs: 5_000 } }, { state })
    try {
      other.lab.always('lost', { status: 503 })
      for (let turn = 0; turn < 3; turn += 1)
        expect((await other.client.ask({ model: 'lost-route' })).status).toBe(200)
      const reply = await other.client.ask({ model: 'lost-route' })
      expect(reply.headers.get('x-minnow-route')).toBe('fixed; reason=health')
      expect(await shownIn(other, 'lost')).toMatchObject({ state: 'open', success: 0 })
      other.lab.always('lost', {})
      await until('it to be asked again', async () => {
        const again = await other.client.ask({ model: 'lost-route' })
        return again.headers.get('x-minnow-model') === 'lab/lost'
      })
    } finally {
      await other.stop()
      rmSync(state, { recursive: true, force: true })
    }
  })
})
