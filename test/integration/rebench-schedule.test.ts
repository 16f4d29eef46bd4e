// The re-benchmark on its schedule, in real workerd: the cron begins it, and never a second one beside one under way.
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fields, pick } from '../lab/client.ts'
import { ringCron } from '../lab/objects.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const TASKS = 12

let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: { plain: { provider: 'lab', model: 'plain-1', price: { input: 1, output: 2 } } },
    rebench: {
      everyHours: 0.1, // it is due whenever the cron comes
      models: ['plain'],
      tasks: TASKS,
      latency: 0,
      bursts: 0,
      context: false,
      concurrency: 2,
    },
  })
  scene.lab.always('plain-1', { text: 'No idea.' })
})
afterAll(() => scene.stop())

const read = async (query = ''): Promise<Fields> =>
  (await scene.admin.send(`/admin/rebench${query}`)).json as Fields

const history = async (): Promise<Fields[]> => (await read('?model=plain'))['data'] as Fields[]

const asked = (): number => scene.lab.seen('plain-1').length

/** What comes every quarter of an hour comes now. */
async function ring(): Promise<void> {
  await scene.gateway.kill()
  ringCron(scene.gateway.state)
  await scene.gateway.restart()
}

const ended = (reason: string): Promise<Fields> =>
  until(`a run by ${reason} to end`, async () => {
    const shown = await read()
    return shown['running'] === null && pick(shown, 'last_run', 'reason') === reason && shown
  })

test('the cron begins a run that nobody has asked for, with what the configuration says', async () => {
  await ring()
  const shown = await ended('schedule')
  expect(shown['last_run']).toMatchObject({ probes: TASKS, skipped: 0, limit: 0.5 })
  expect(shown['data']).toMatchObject([
    { model: 'plain', target: 'lab/plain-1', accuracy: { total: TASKS }, run: pick(shown, 'last_run', 'id') },
  ])
  expect(asked()).toBe(TASKS)
}, 240_000)

test('one that is under way is gone on with, and no second one is begun', async () => {
  scene.lab.always('plain-1', { text: 'No idea.', firstAfterMs: 150 })
  const before = asked()
  const body = JSON.stringify({ tasks: 40, seed: 'an order' })
  const begun = await scene.admin.send('/admin/rebench', { method: 'POST', body })
  expect(begun.json).toMatchObject({ started: true, reason: 'operator' })
  await until('some tasks to be asked', () => Promise.resolve(asked() - before >= 6))
  await ring()
  expect((await read())['running']).toMatchObject({ id: pick(begun.json, 'id'), probes: 40 })
  const shown = await ended('operator')
  expect(pick(shown, 'last_run', 'id')).toBe(pick(begun.json, 'id'))
  expect((await history()).map(({ run }) => run)).toEqual([
    pick(begun.json, 'id'),
    expect.not.stringMatching(String(pick(begun.json, 'id'))),
  ])
  expect(asked() - before).toBeGreaterThanOrEqual(40)
  expect(asked() - before).toBeLessThanOrEqual(42) // those that were under way, once more
}, 240_000)

test('one that is longer than a slice of the alarm goes on in the next, and nothing is asked twice', async () => {
  scene.lab.always('plain-1', { text: 'No idea.', firstAfterMs: 450 })
  const [before, tasks] = [asked(), 100] // two at a time: 22.5 s, and a slice is 20
  const body = JSON.stringify({ tasks, seed: 'a long one' })
  const begun = await scene.admin.send('/admin/rebench', { method: 'POST', body })
  const id = pick(begun.json, 'id')
  const isOver = async (): Promise<boolean> => pick(await read(), 'last_run', 'id') === id
  while (!(await isOver())) await wait(250)
  const { last_run: last, data } = await read()
  const [startedAt, endedAt] = ['started_at', 'ended_at'].map((name) => Date.parse(String(pick(last, name))))
  expect(Number(endedAt) - Number(startedAt)).toBeGreaterThan(20_000)
  expect(last).toMatchObject({ probes: tasks, skipped: 0 })
  expect(data).toMatchObject([{ accuracy: { total: tasks } }])
  expect(asked() - before).toBe(tasks)
}, 240_000)
