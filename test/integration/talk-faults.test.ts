// What can go wrong with what is kept of a conversation, through the whole gateway: its storage cannot be written for a
// while or for good, what it holds is damaged, micro's memory is full. No answer is wrong, no turn is lost, and nobody
// waits in vain.
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fields, pick, type Reply, user } from '../lab/client.ts'
import { inside, objectsOf } from '../lab/objects.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { transcriptOf } from '../lab/transcript.ts'
import { until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: { paid: { provider: 'lab', model: 'paid', price: { input: 1, output: 10 } } },
    retries: { sameTarget: 0 },
  })
})
afterAll(() => scene.stop())

interface Talk {
  readonly object: string
  /** Where its turns are written. */
  readonly table: string
  /** A turn. */
  say(text: string, id?: string): Promise<Reply>
  /** What is kept, as texts. */
  read(): Promise<readonly unknown[]>
}

const post = (path: string, body: Fields, headers: Record<string, string> = {}): Promise<Reply> =>
  scene.client.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

function named(name: string): Talk {
  const headers = { 'x-minnow-conversation': name }
  return {
    object: 'Conversation',
    table: 'tree',
    say: (text, id = freshId()) =>
      post(
        '/v1/chat/completions',
        { model: `lab/${name}`, messages: [user(text)] },
        { ...headers, ...withId(id).headers },
      ),
    async read() {
      const { json } = await scene.client.send(`/v1/conversations/${name}/messages`)
      return ((pick(json, 'data') ?? []) as readonly Fields[]).map(({ content }) => content)
    },
  }
}

async function ofResponses(name: string): Promise<Talk> {
  const conversation = String(pick((await post('/v1/conversations', {})).json, 'id'))
  return {
    object: 'Thread',
    table: 'items',
    say: (text, id = freshId()) =>
      post('/v1/responses', { model: `lab/${name}`, input: text, conversation }, withId(id).headers),
    async read() {
      const { json } = await scene.client.send(`/v1/conversations/${conversation}/items?order=asc&limit=100`)
      return ((pick(json, 'data') ?? []) as readonly Fields[]).map((item) => pick(item, 'content', 0, 'text'))
    },
  }
}

const KINDS: readonly (readonly [string, string, (name: string) => Talk | Promise<Talk>])[] = [
  ['a conversation', 'named', named],
  ['a conversation of the Responses API', 'items', ofResponses],
]

const files = ({ object }: Talk): readonly string[] => objectsOf(scene.gateway.state, object)

/** Nobody else can write into the objects' databases until this is called. */
function lock(talk: Talk): () => void {
  const databases = files(talk).map((file) => {
    const database = new DatabaseSync(file, { timeout: 2_000 })
    database.exec('BEGIN IMMEDIATE')
    return database
  })
  return () => {
    for (const database of databases) {
      database.exec('ROLLBACK')
      database.close()
    }
  }
}

/** Its tables take no turn, though they can be read. */
function refuse(talk: Talk): void {
  const trigger = `CREATE TRIGGER refused BEFORE INSERT ON ${talk.table} BEGIN SELECT RAISE(FAIL, 'no room'); END`
  for (const file of files(talk)) inside(file, (database) => database.exec(trigger))
}

const allow = (talk: Talk): void => {
  for (const file of files(talk)) inside(file, (database) => database.exec('DROP TRIGGER IF EXISTS refused'))
}

const told = (name: string): readonly string[] => {
  const last = scene.lab.seen(name).at(-1)
  return last === undefined ? [] : transcriptOf(last)
}

// What waits most waits for both kinds at once; the objects of one know nothing of the other's.
describe('storage that cannot be written for a while keeps the turn all the same, once', () => {
  test.concurrent.each(KINDS)(
    '%s',
    async (_, word, open) => {
      const name = `${word}-while`
      const talk = await open(name)
      scene.lab.script(name, { text: 'a1' }, { text: 'a2', headAfterMs: 300 }, { text: 'a3' })
      await talk.say('q1')
      await until('the first turn', async () => (await talk.read()).length === 2)
      const second = talk.say('q2')
      await until('the second upstream', () => scene.lab.seen(name).length === 2)
      const unlock = lock(talk)
      expect((await second).status).toBe(200)
      await wait(700)
      unlock()
      expect((await talk.say('q3')).status).toBe(200)
      expect(told(name)).toEqual(['user: q1', 'assistant: a1', 'user: q2', 'assistant: a2', 'user: q3'])
      await until('the third turn', async () => (await talk.read()).length === 6)
      expect(await talk.read()).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3'])
    },
    240_000,
  )
})

describe('storage that takes nothing more: answers, holds nobody up for good, and goes on when it does again', () => {
  test.concurrent.each(KINDS)(
    '%s',
    async (_, word, open) => {
      const name = `${word}-good`
      const talk = await open(name)
      const answers = ['a1', 'a2', 'a3'].map((text) => ({ text }))
      scene.lab.script(name, ...answers, { status: 500 }, { text: 'a4' })
      await talk.say('q1')
      await until('the first turn', async () => (await talk.read()).length === 2)
      refuse(talk)
      for (const at of [2, 3]) {
        const id = freshId()
        const reply = await talk.say(`q${at}`, id)
        expect([reply.status, reply.text]).toEqual([200, expect.stringContaining(`a${at}`)])
        expect((await scene.rowOf(id)).attempts).toHaveLength(1)
      }
      expect(told(name)).toEqual(['user: q1', 'assistant: a1', 'user: q3'])
      expect((await talk.say('comes to nothing')).status).toBe(500) // after it nobody tries to write any more
      allow(talk)
      await talk.say('q4')
      await until('the fourth turn', async () => (await talk.read()).includes('a4'))
      // What was told and could not be written is written as soon as it can be.
      const said = [1, 2, 3, 4].flatMap((at) => [`q${at}`, `a${at}`])
      expect(await talk.read()).toEqual(said)
      expect(told(name)).toHaveLength(said.length - 1)
    },
    400_000,
  )
})

describe('a damaged text: refuses to go on, and asks nobody with half of what was said', () => {
  test.each(KINDS)(
    '%s',
    async (_, word, open) => {
      const name = `${word}-damaged`
      const talk = await open(name)
      scene.lab.always(name, { text: 'a' })
      await talk.say('q1')
      await until('the first turn', async () => (await talk.read()).length === 2)
      await scene.gateway.kill()
      for (const file of files(talk))
        inside(file, (database) => {
          for (const row of database.prepare('SELECT owner, text FROM texts').all()) {
            const text = row['text']
            if (!(text instanceof Uint8Array)) continue
            const changed = Uint8Array.from(text)
            changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
            database.prepare('UPDATE texts SET text = ? WHERE owner = ?').run(changed, row['owner'] as string)
          }
        })
      await scene.gateway.restart()
      const before = scene.lab.seen(name).length
      const reply = await talk.say('q2')
      expect([reply.status, pick(reply.json, 'error', 'message')]).toEqual([503, expect.any(String)])
      expect(scene.lab.seen(name)).toHaveLength(before)
    },
    240_000,
  )
})

describe('more conversations with micro at once than its memory holds', () => {
  /** Of nearly 200 tokens each, of which nothing is shared; there is room for fewer than half of them. */
  const AT_ONCE = 100
  const words = (at: number): string =>
    `${at} ${Array.from({ length: 60 }, (_, word) => (at * 7 + word * 31) % 97).join(' ')}`

  const ask = (at: number, round: string): Promise<Reply> =>
    scene.client.ask(
      { model: 'micro', messages: [user(words(at))], temperature: 0, max_tokens: 12 },
      { headers: { 'x-minnow-conversation': `arena-${round}-${at}` } },
    )
  const textOf = (reply: Reply | undefined): unknown => pick(reply?.json, 'choices', 0, 'message', 'content')
  const all = Array.from({ length: AT_ONCE }, (_, at) => at)

  test('are answered as each would be alone, or told to come again', async () => {
    const together = await Promise.all(all.map((at) => ask(at, 'together')))
    const refused = together.filter(({ status }) => status !== 200)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(AT_ONCE * 0.75)
    for (const { status, json } of refused)
      expect([status, pick(json, 'error', 'attempts', 0, 'reason')]).toEqual([503, 'overloaded'])
    for (const at of all.filter((each) => each % 4 === 0)) {
      const alone = await ask(at, 'alone')
      const reply = together[at]?.status === 200 ? together[at] : await ask(at, 'together')
      expect([at, reply?.status, textOf(reply)]).toEqual([at, 200, textOf(alone)])
    }
  }, 400_000)
})
