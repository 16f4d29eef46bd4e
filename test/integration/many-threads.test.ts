// Many conversations of the Responses API on one isolate: each is told its own turns, memory is bounded, and the
// objects of those that rest are put away.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fields, pick, type Reply } from '../lab/client.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { asleep, awake } from '../lab/sleep.ts'
import { transcriptOf } from '../lab/transcript.ts'

const COUNT = 300
/** By then the process has grown as any traffic makes it grow. */
const FIRST = 100
const AGAIN = 60
const AT_ONCE = 16
let scene: Scene

beforeAll(async () => {
  scene = await openScene({ retries: { sameTarget: 0 } })
})
afterAll(() => scene.stop())

const post = (path: string, body: Fields): Promise<Reply> =>
  scene.client.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const say = (conversation: string, input: string): Promise<Reply> =>
  post('/v1/responses', { model: 'lab/many', input, conversation })

/** Some at a time, in no order. */
async function each(from: number, to: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = from
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < to) await work(next++)
    }),
  )
}

const megabytes = (): number => {
  const status = readFileSync(`/proc/${scene.gateway.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024
}

test('hundreds of conversations of the Responses API are told their own turns only, and memory is bounded', async () => {
  scene.lab.always('many', { text: 'yes' })
  const ids: string[] = []
  const first = async (at: number): Promise<void> => {
    ids[at] = String(pick((await post('/v1/conversations', {})).json, 'id'))
    expect((await say(ids[at], `one ${at} ${'word '.repeat(400)}`)).status).toBe(200)
  }
  await each(0, FIRST, first)
  const before = megabytes()
  await each(FIRST, COUNT, first)
  // What workerd itself holds of an object that is awake, its SQLite above all.
  expect(megabytes() - before).toBeLessThan((COUNT - FIRST) * 0.5)
  await asleep(scene.gateway, ['Thread'])
  expect(awake(scene.gateway, ['Thread'])).toBe(0)
  await each(0, AGAIN, async (at) => expect((await say(ids[at] ?? '', `two ${at}`)).status).toBe(200))
  const second = scene.lab.seen('many').slice(COUNT)
  expect(second).toHaveLength(AGAIN)
  const numbers = second.map((request) => {
    const [question, answer, last] = transcriptOf(request)
    const at = Number(last?.split(' ')[2])
    expect([question?.startsWith(`user: one ${at} word`), answer]).toEqual([true, 'assistant: yes'])
    return at
  })
  expect(new Set(numbers).size).toBe(AGAIN)
}, 900_000)
