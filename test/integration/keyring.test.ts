// Several keys of one provider: a refused one is set aside, the next is tried, and the caller notices nothing of it;
// M07 of the faults.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { pick, type Reply } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'

/** Of no known form, so that nothing but its value gives one away. */
const KEYS = ['first-key-of-the-lab', 'second-key-of-the-lab', 'third-key-of-the-lab'] as const
const CASES = [401, 402, 403, 429] as const
const VARIABLES = ['$KEY_1', '$KEY_2', '$KEY_3']

let scene: Scene

beforeAll(async () => {
  scene = await openScene(
    (baseUrl) => ({
      providers: Object.fromEntries(
        [...CASES.map((status) => `keys-${status}`), 'all', 'limited', 'models'].map((id) => [
          id,
          { baseUrl, apiKey: VARIABLES },
        ]),
      ),
      models: {
        spare: { provider: 'lab', model: 'spare' },
        'limited-1': { provider: 'limited', model: 'm' },
      },
      routes: { 'limited-route': { order: ['limited-1', 'spare'] } },
      retries: { sameTarget: 0 },
    }),
    { env: { KEY_1: KEYS[0], KEY_2: KEYS[1], KEY_3: KEYS[2] } },
  )
})
afterEach(() => scene.lab.admit(undefined))
afterAll(() => scene.stop())

/** The keys with which a model was asked for, in order. */
const used = (model: string): string[] =>
  scene.lab.seen(model).map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))

const visible = (reply: Reply): string => [...reply.headers].flat().join('\n') + reply.text

test.each(CASES)('M07 a key that is answered %i is set aside, and the next one answers', async (status) => {
  const model = `m-${status}`
  scene.lab.admit([KEYS[1]], status)
  const id = freshId()
  const reply = await scene.client.stream({ model: `keys-${status}/${model}` }, withId(id))
  expect(reply).toMatchObject({ status: 200, isDone: true, error: undefined })
  expect(used(model)).toEqual([KEYS[0], KEYS[1]])
  const row = await scene.rowOf(id)
  expect(row.attempts.map(({ end }) => end)).toEqual(['answered']) // one attempt: the request was never at fault
  expect((await scene.client.ask({ model: `keys-${status}/${model}` })).status).toBe(200)
  expect((await scene.client.ask({ model: `keys-${status}/${model}` })).status).toBe(200)
  // The third key is met once, and then only the one that is left.
  expect(used(model)).toEqual([KEYS[0], KEYS[1], KEYS[2], KEYS[1], KEYS[1]])
})

test('M07 where every key is dead the caller is told 502, never 401, and each was asked once', async () => {
  scene.lab.admit([])
  const id = freshId()
  const reply = await scene.client.ask({ model: 'all/dead' }, withId(id))
  expect(reply.status).toBe(502)
  expect(pick(reply.json, 'error', 'code')).toBe('upstream_credentials')
  expect(used('dead')).toEqual([...KEYS])
  // All are aside now: one of them is asked all the same, in case somebody has paid.
  expect((await scene.client.ask({ model: 'all/dead' })).status).toBe(502)
  expect(used('dead')).toHaveLength(4)
  scene.lab.admit(undefined)
  expect((await scene.client.ask({ model: 'all/dead' })).status).toBe(200)
  const rows = JSON.stringify(await scene.rowOf(id))
  for (const key of KEYS) expect(visible(reply) + rows).not.toContain(key)
})

test('where every key is at its limit the next target answers, as with one key', async () => {
  scene.lab.always('m', { status: 429, headers: { 'retry-after': '30' } })
  const id = freshId()
  const reply = await scene.client.stream({ model: 'limited-route' }, withId(id))
  expect(reply.headers.get('x-minnow-model')).toBe('lab/spare')
  const row = await scene.rowOf(id)
  expect(row.attempts.map(({ end, status }) => [end, status])).toEqual([
    ['rate-limited', 429],
    ['answered', 200],
  ])
  expect(used('m')).toEqual([...KEYS])
})

test('a model that a key may not use does not cost the others that key', async () => {
  scene.lab.script('gated', { status: 403, body: { error: { message: 'no access to this model' } } })
  expect((await scene.client.ask({ model: 'models/gated' })).status).toBe(200)
  expect(used('gated')).toEqual([KEYS[0], KEYS[1]])
  for (let turn = 0; turn < 3; turn += 1) await scene.client.ask({ model: 'models/open' })
  expect(used('open').toSorted()).toEqual([...KEYS].toSorted())
})

test('a refusal on policy is no key, and no other key is asked', async () => {
  const body = { error: { message: 'against our policy', code: 'content_policy_violation' } }
  scene.lab.always('policy', { status: 403, body })
  const reply = await scene.client.ask({ model: 'models/policy' })
  expect(reply.status).toBe(403)
  expect(used('policy')).toHaveLength(1)
})
