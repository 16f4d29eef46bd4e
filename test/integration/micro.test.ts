// The embedded model's conversations in the real gateway, across restarts and whatever can happen to what is kept of them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorkerd } from '../../tools/bench/micro/local.ts'
import { type Client, pick, type Reply, user } from '../lab/client.ts'
import { freshId, openScene, type Scene } from '../lab/scene.ts'
import { isResting, until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.stop())

const TURNS = [
  'Hello!',
  'How do I start the gateway?',
  'which port does it use',
  "what's 37 + 48?",
  'Thanks!',
]

interface Said {
  readonly text: string
  readonly prompt: number
  readonly cached: number
}

const read = (reply: Reply): Said => {
  expect(reply.status, reply.text).toBe(200)
  return {
    text: String(pick(reply.json, 'choices', 0, 'message', 'content')),
    prompt: Number(pick(reply.json, 'usage', 'prompt_tokens')),
    cached: Number(pick(reply.json, 'usage', 'prompt_tokens_details', 'cached_tokens')),
  }
}

const say = async (name: string, content: string, client: Client = scene.client): Promise<Said> =>
  read(
    await client.ask(
      { model: 'micro', messages: [user(content)] },
      { headers: { 'x-minnow-conversation': name } },
    ),
  )

/** The database files of the objects of the embedded model that keep pages. */
const kept = (): string[] => {
  const folder = join(scene.gateway.state, 'objects/minnow-Micro')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sqlite') && file !== 'metadata.sqlite')
    .map((file) => join(folder, file))
}

function inside<T>(file: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file)
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const pagesIn = (file: string): number =>
  inside(file, (database) => {
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sealed_pages'").get()
    return table === undefined
      ? 0
      : Number(database.prepare('SELECT count(*) AS n FROM sealed_pages').get()?.['n'])
  })

/** Waits until what the conversations hold now is kept, and nothing more is written. */
async function rested(files: number): Promise<void> {
  await until('the pages to be kept', () => kept().filter((file) => pagesIn(file) > 0).length >= files)
  await until('them to rest', () => isResting(() => kept().map(pagesIn).join()))
}

/** What the same turns are answered where nothing is ever interrupted. */
let whole: Said[]
beforeAll(async () => {
  const undisturbed = await scene.makeKey()
  whole = []
  for (const content of TURNS) whole.push(await say('whole', content, undisturbed.client))
})

describe('a conversation with micro', () => {
  test('that is woken after a restart prefills nothing of its past, and answers as if nothing had been', async () => {
    const { client } = await scene.makeKey()
    const said: Said[] = []
    const some = TURNS.slice(0, 3)
    for (const content of some) {
      const before = kept().filter((file) => pagesIn(file) > 0).length
      said.push(await say('woken', content, client))
      await rested(Math.max(1, before))
      await scene.gateway.restart()
    }
    // The same answers, and as many tokens from the cache, as where the pages never left memory.
    expect(said).toEqual(whole.slice(0, some.length))
    expect(said.at(-1)?.cached).toBeGreaterThan(40)
  }, 240_000)

  test('answers rightly after a crash in the middle of everything', async () => {
    const { client } = await scene.makeKey()
    const said: Said[] = []
    for (const content of TURNS.slice(0, 3)) {
      said.push(await say('crash', content, client))
      await scene.gateway.kill()
      await scene.gateway.restart()
    }
    // A turn is stored behind its answer, so a crash may take the last one with it; what is said fits what is known.
    expect(said.every(({ text }) => text.length > 0)).toBe(true)
    expect(said[0]?.text).toBe(whole[0]?.text)
  })

  test('does not use damaged pages: it computes them again and answers the same', async () => {
    const { client } = await scene.makeKey()
    for (const content of TURNS.slice(0, 3)) await say('damaged', content, client)
    await rested(kept().length > 0 ? 1 : 0)
    await scene.gateway.kill()
    for (const file of kept())
      inside(file, (database) => {
        if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sealed_pages'").get() === undefined)
          return
        for (const { number, bytes } of database.prepare('SELECT number, bytes FROM sealed_pages').all()) {
          const changed = Uint8Array.from(bytes as Uint8Array)
          changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 0x40
          database
            .prepare('UPDATE sealed_pages SET bytes = ? WHERE number = ?')
            .run(changed, number as number)
        }
      })
    await scene.gateway.restart()
    const next = await say('damaged', TURNS[3] ?? '', client)
    expect(next).toEqual({ ...whole[3], cached: 0 })
    expect(scene.gateway.output()).toContain('of a conversation is damaged')
    expect((await say('damaged', TURNS[4] ?? '', client)).text).toBe(whole[4]?.text)
  })

  test('does not use the pages of another build', async () => {
    const { client } = await scene.makeKey()
    for (const content of TURNS.slice(0, 3)) await say('outdated', content, client)
    await rested(1)
    await scene.gateway.kill()
    for (const file of kept())
      inside(file, (database) => {
        if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sealed_pages'").get() === undefined)
          return
        database.exec("UPDATE sealed_pages SET stamp = 'another'")
      })
    await scene.gateway.restart()
    expect(await say('outdated', TURNS[3] ?? '', client)).toEqual({ ...whole[3], cached: 0 })
  })

  test('is answered all the same where its pages cannot be written', async () => {
    const { client } = await scene.makeKey()
    for (const content of TURNS.slice(0, 2)) await say('unwritten', content, client)
    await rested(1)
    await scene.gateway.kill()
    for (const file of kept())
      inside(file, (database) => {
        if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'sealed_pages'").get() === undefined)
          return
        database.exec(
          "CREATE TRIGGER IF NOT EXISTS refused BEFORE INSERT ON sealed_pages BEGIN SELECT RAISE(FAIL, 'no room'); END",
        )
      })
    await scene.gateway.restart()
    expect((await say('unwritten', TURNS[2] ?? '', client)).text).toBe(whole[2]?.text)
    await until('the failure to be told', () => scene.gateway.output().includes('could not be kept'))
    for (const at of [3, 4]) expect(await say('unwritten', TURNS[at] ?? '', client)).toEqual(whole[at])
    await scene.gateway.kill()
    for (const file of kept()) inside(file, (database) => database.exec('DROP TRIGGER IF EXISTS refused'))
    await scene.gateway.restart()
  })

  test('takes two turns at once, one after the other', async () => {
    const { client } = await scene.makeKey()
    await say('both', 'Hello!', client)
    const both = await Promise.all([say('both', 'Thanks!', client), say('both', "what's 37 + 48?", client)])
    expect(both.every(({ text }) => text.length > 0)).toBe(true)
    expect(new Set(both.map(({ prompt }) => prompt)).size).toBe(2)
  })

  test('shares what the others of its key begin with, and nothing with other keys', async () => {
    const [one, other] = await Promise.all([scene.makeKey(), scene.makeKey()])
    const system = { role: 'system', content: 'You answer questions about a gateway. '.repeat(6) }
    const ask = async (client: Client): Promise<Said> =>
      read(
        await client.ask(
          { model: 'micro', messages: [system, user('Hello!')] },
          { headers: { 'x-minnow-conversation': freshId() } },
        ),
      )
    expect((await ask(one.client)).cached).toBe(0)
    expect((await ask(one.client)).cached).toBeGreaterThan(50)
    expect((await ask(other.client)).cached).toBe(0)
  })
})

test('a thousand conversations on one isolate are all answered, and the memory is bounded', async () => {
  const server = await startWorkerd(readFileSync('models/micro.gguf').buffer.slice(0))
  try {
    const ask = async (index: number, messages: readonly object[]): Promise<Said> => {
      const reply = await fetch(`${server.url}/chat`, {
        method: 'POST',
        headers: { 'x-minnow-conversation': `many-${index}`, 'x-minnow-scope': 'bench' },
        body: JSON.stringify({ messages, max_tokens: 2 }),
      })
      return read({ status: reply.status, text: '', json: await reply.json() } as Reply)
    }
    const memory = (): number => {
      const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
      return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024
    }
    const prompt = (index: number): object[] => [user(`Hello from ${index}!`)]
    const answers: Said[] = []
    const block = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at += 20)
        answers.push(
          ...(await Promise.all(Array.from({ length: 20 }, (_, i) => ask(at + i, prompt(at + i))))),
        )
    }
    await block(0, 200)
    const after200 = memory()
    await block(200, 1_000)
    expect(answers).toHaveLength(1_000)
    // The arena has a fixed size; what grows is what workerd itself holds of an object that is awake, its SQLite above
    // all: 0.2 to 0.3 MB each.
    expect(memory() - after200).toBeLessThan(800 * 0.5)
    // The first ones were evicted from the arena long ago.
    await new Promise((done) => setTimeout(done, 1_500))
    const [first] = answers
    const next = [...prompt(0), { role: 'assistant', content: first?.text }, user('Thanks!')]
    const woken = await ask(0, next)
    expect(woken.cached).toBeGreaterThanOrEqual(first?.prompt ?? Number.NaN)
    expect(woken.text).toBe((await ask(5_000, next)).text)
  } finally {
    await server.stop()
  }
}, 900_000)

test('erasing a conversation removes its pages from memory and from storage', async () => {
  const server = await startWorkerd(readFileSync('models/micro.gguf').buffer.slice(0))
  try {
    const headers = { 'x-minnow-conversation': 'erased', 'x-minnow-scope': 'bench' }
    const call = (path: string, body?: object): Promise<Response> =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    const cached = async (): Promise<number> =>
      Number(
        pick(
          await (await call('/chat', { messages: [user('Hello!')] })).json(),
          'usage',
          'prompt_tokens_details',
          'cached_tokens',
        ),
      )
    expect(await cached()).toBe(0)
    await until('its pages on its shelf', async () => {
      await new Promise((done) => setTimeout(done, 1_500))
      await call('/forget')
      return (await cached()) > 0
    })
    await call('/erase')
    expect(await cached()).toBe(0)
    await call('/erase')
    await new Promise((done) => setTimeout(done, 1_500))
    expect(await cached()).toBe(0)
  } finally {
    await server.stop()
  }
})
