// Conversations at rest: taken over from earlier versions, sealed, erased when their time is over, a thousand at a time.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Fields, pick, type Reply, user } from '../lab/client.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { asleep, awake } from '../lab/sleep.ts'
import { until } from '../lab/until.ts'

const EXPIRES_MS = 3_000
let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    routes: { brief: { order: ['lab/brief'], conversations: { expireDays: EXPIRES_MS / 86_400_000 } } },
    retries: { sameTarget: 1 }, // a connection that the lab let go of
    timeouts: { headMs: 60_000, firstTokenMs: 60_000, idleMs: 60_000 }, // a machine with much else to do
  })
})
afterAll(() => scene.stop())

const say = (conversation: string, text: string, model = `lab/${conversation}`): Promise<Reply> =>
  scene.client.ask({ model, messages: [user(text)] }, { headers: { 'x-minnow-conversation': conversation } })

const folder = (name: string): string => join(scene.gateway.state, 'objects', `minnow-${name}`)

const files = (name: string): string[] =>
  readdirSync(folder(name))
    .filter((file) => /^[0-9a-f]+\.sqlite$/.test(file))
    .map((file) => join(folder(name), file))

const stored = (conversation: string, turns: number, client: Client = scene.client): Promise<unknown> =>
  until(`${turns} turns`, async () => {
    const about = await client.send(`/v1/conversations/${conversation}`)
    return pick(about.json, 'turns') === turns
  })

const told = (name: string): unknown[] => {
  const messages = scene.lab.seen(name).at(-1)?.body['messages']
  return Array.isArray(messages) ? messages.map((message) => pick(message, 'content')) : []
}

test('a conversation of an earlier version goes on, and none of its plain text stays', async () => {
  scene.lab.always('older', { text: 'yes' })
  await say('older', 'to be replaced')
  await stored('older', 1)
  await scene.gateway.kill()
  const file = files('Conversation').find((path) => {
    using database = new DatabaseSync(path)
    return database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'tree'").all().length > 0
  })
  if (file === undefined) throw new Error('no object')
  {
    using database = new DatabaseSync(file)
    for (const table of ['tree', 'texts', 'instructions', 'summaries', 'facts'])
      database.exec(`DROP TABLE ${table}`)
    database.exec(
      'CREATE TABLE turns (position INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, turn TEXT NOT NULL)',
    )
    database.exec('CREATE TABLE allowed (only INTEGER PRIMARY KEY, micros INTEGER NOT NULL)')
    const turn = {
      requestId: '00000000-0000-4000-8000-000000000001',
      at: Date.now(),
      messages: [user('canary-one'), { role: 'assistant', content: 'canary-two' }],
      cut: false,
    }
    database
      .prepare('INSERT INTO turns (request_id, turn) VALUES (?, ?)')
      .run(turn.requestId, JSON.stringify(turn))
  }
  await scene.gateway.restart()
  await say('older', 'and now?')
  expect(told('older')).toEqual(['canary-one', 'canary-two', 'and now?'])
  await stored('older', 2)
  await scene.gateway.kill()
  using database = new DatabaseSync(file)
  // What was dropped lies in free pages and in the log until they are written again.
  database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  expect(readFileSync(file, 'latin1').includes('canary')).toBe(false)
  await scene.gateway.restart()
}, 240_000)

test('a conversation is erased when its time is over, and leaves its list', async () => {
  scene.lab.always('brief', { text: 'yes' })
  await say('brief', 'one', 'brief')
  await stored('brief', 1)
  const listed = async (): Promise<unknown[]> => {
    const list = await scene.client.send('/v1/conversations')
    return (pick(list.json, 'data') as Fields[]).map(({ id }) => id)
  }
  expect(await listed()).toContain('brief')
  await say('brief', 'two', 'brief')
  expect(told('brief')).toHaveLength(3)
  await until('its end', async () => (await scene.client.send('/v1/conversations/brief')).status === 404)
  expect(await listed()).not.toContain('brief')
  await say('brief', 'anew', 'brief')
  expect(told('brief')).toEqual(['anew'])
}, 240_000)

test('a thousand conversations are told their own turns only, each stored once, and memory is bounded', async () => {
  const [count, again] = [1_000, 60]
  scene.lab.always('many', { text: 'yes' })
  const memory = (): number => {
    const status = readFileSync(`/proc/${scene.gateway.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024
  }
  const round = async (from: number, to: number, text: (at: number) => string): Promise<void> => {
    let next = from
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let at = (next += 1) - 1; at < to; at = (next += 1) - 1) {
          // A busy machine refuses a connection now and then, and nothing is kept of that.
          const talk = `many-${at}`
          await until(talk, async () => (await say(talk, text(at), 'lab/many')).status === 200)
        }
      }),
    )
  }
  const first = (at: number): string => `one ${at} ${'word '.repeat(400)}`
  /** The most objects that were awake at a time. */
  const most = async (from: number, to: number): Promise<number> => {
    let seen = 0
    const look = (): void => void (seen = Math.max(seen, awake(scene.gateway, ['Conversation'])))
    const looking = setInterval(look, 250)
    await round(from, to, first).finally(() => clearInterval(looking))
    look()
    return seen
  }
  // An object that is awake has an SQLite of workerd's open. The process keeps that memory when they rest, for the next ones.
  const objectMb = 0.6 // 0.4 to 0.5 were seen
  const otherMb = 40 // what any traffic makes it grow by in the beginning: 23 were seen
  const before = memory()
  const atOnce = await most(0, count / 2)
  const after = memory()
  expect(after - before).toBeLessThan(atOnce * objectMb + otherMb)
  await asleep(scene.gateway, ['Conversation'])
  const laterAtOnce = await most(count / 2, count)
  expect(memory() - after).toBeLessThan(Math.max(0, laterAtOnce - atOnce) * objectMb + otherMb)
  await asleep(scene.gateway, ['Conversation'])
  expect(awake(scene.gateway, ['Conversation'])).toBe(0)
  await round(0, again, (at) => `two ${at}`)
  const second = scene.lab.seen('many').slice(count)
  expect(second).toHaveLength(again)
  for (const { body } of second) {
    const [question, answer, last] = body['messages'] as Fields[]
    const at = Number(String(last?.['content']).split(' ')[1])
    expect([answer?.['content'], question?.['content']]).toEqual(['yes', first(at)])
  }
}, 1_800_000)
