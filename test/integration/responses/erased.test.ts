// What is erased, and what has had its time, leaves nothing anywhere: texts, events, keys and values. And what an earlier
// version wrote down in plain text is read, and sealed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSeals } from '../../../shared/seal.ts'
import { cipher } from '../../../workers/cipher.ts'
import { pick, type Reply } from '../../lab/client.ts'
import { idOf, inside, objectsOf, ringAlarms, valuesIn } from '../../lab/objects.ts'
import { openScene, type Scene } from '../../lab/scene.ts'
import { isResting, until } from '../../lab/until.ts'

const DAY_MS = 86_400_000

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.stop())

const ask = async (body: object, headers: Record<string, string> = {}): Promise<Reply> => {
  const asked = { model: 'micro', messages: undefined, ...body }
  const reply = await scene.client.ask(asked, { path: '/v1/responses', headers })
  expect(reply.status, reply.text).toBe(200)
  return reply
}

const converse = async (): Promise<string> => {
  const made = await scene.client.send('/v1/conversations', { method: 'POST', body: '{}' })
  return String(pick(made.json, 'id'))
}

const statusAt = async (path: string): Promise<number> => (await scene.client.send(path)).status

const remove = async (path: string): Promise<void> =>
  expect((await scene.client.send(path, { method: 'DELETE' })).status).toBe(200)

const tokensOf = ({ json }: Reply): { input: number; cached: number } => ({
  input: Number(pick(json, 'usage', 'input_tokens')),
  cached: Number(pick(json, 'usage', 'input_tokens_details', 'cached_tokens')),
})

const pages = (): number => valuesIn(scene.gateway.state, 'Micro', 'SELECT number FROM sealed_pages').length
const texts = (): number => valuesIn(scene.gateway.state, 'Thread', 'SELECT owner FROM texts').length

/** Until what the model computed is kept, and nothing more is written. */
async function rested(most: number): Promise<void> {
  await until('the pages to be kept', () => pages() > most)
  await until('them to rest', () => isResting(pages))
}

describe('what micro has computed of a thread', () => {
  test('is there at its next turn, a restart later: only what is new is computed', async () => {
    const conversation = await converse()
    const before = pages()
    const first = tokensOf(await ask({ input: 'How do I start the gateway?', conversation }))
    await rested(before)
    await scene.gateway.restart()
    const second = tokensOf(await ask({ input: 'which port does it use', conversation }))
    // All of the first prompt, and all of the answer but its last token, whose keys and values nobody needed yet.
    expect(second.cached).toBeGreaterThanOrEqual(first.input)
    await remove(`/v1/conversations/${conversation}`)
  }, 240_000)

  test('is there for a response that goes on from another, from the second on', async () => {
    const one = await ask({ input: 'How do I start the gateway?' })
    const before = pages()
    const two = await ask({ input: 'which port does it use', previous_response_id: pick(one.json, 'id') })
    await rested(before)
    await scene.gateway.restart()
    const three = await ask({ input: 'Thanks!', previous_response_id: pick(two.json, 'id') })
    expect(tokensOf(three).cached).toBeGreaterThanOrEqual(tokensOf(two).input)
    for (const { json } of [one, two, three]) await remove(`/v1/responses/${String(pick(json, 'id'))}`)
  }, 240_000)
})

describe('nothing is left', () => {
  test('of a conversation that was erased, nor of the responses that were made in it', async () => {
    const conversation = await converse()
    const [textsBefore, pagesBefore] = [texts(), pages()]
    const reply = await ask({ input: 'Hello!', conversation })
    await rested(pagesBefore)
    expect(texts()).toBeGreaterThan(textsBefore)
    await remove(`/v1/conversations/${conversation}`)
    expect(await statusAt(`/v1/responses/${String(pick(reply.json, 'id'))}`)).toBe(404)
    await until('its texts and pages to be gone', () => texts() <= textsBefore && pages() <= pagesBefore)
  }, 240_000)

  test('of a response that was erased, nor of its stream', async () => {
    const rows = (): number => valuesIn(scene.gateway.state, 'Replay', 'SELECT start FROM rows').length
    const before = rows()
    const reply = await scene.client.send('/v1/responses', {
      method: 'POST',
      headers: { 'x-minnow-resumable': 'true' },
      body: JSON.stringify({ model: 'micro', input: 'Hello!', stream: true }),
    })
    const id = /"id":"(resp_\w+)"/.exec(reply.text)?.[1] ?? ''
    await until('the stream to be kept', () => rows() > before)
    await until('the response to be kept', async () => (await statusAt(`/v1/responses/${id}`)) === 200)
    await remove(`/v1/responses/${id}`)
    await until('its stream to be gone', () => rows() === before)
  }, 240_000)

  test('of a conversation in which nobody spoke for 30 days; one that is younger by its last word stays', async () => {
    const [silent, spoken] = [await converse(), await converse()]
    for (const conversation of [silent, spoken]) await ask({ input: 'Hello!', conversation, store: false })
    await scene.gateway.kill()
    const age = (file: string, days: number): void =>
      inside(file, (database) => {
        const update = database.prepare('UPDATE conversation SET created_at = ?1, used_at = ?2')
        update.run(Date.now() - 100 * DAY_MS, Date.now() - days * DAY_MS)
      })
    for (const file of withConversations()) {
      const id = inside(file, (database) => database.prepare('SELECT id FROM conversation').get()?.['id'])
      if (id === silent) age(file, 30)
      if (id === spoken) age(file, 29)
    }
    ringAlarms(scene.gateway.state, 'Thread')
    await scene.gateway.restart()
    await until('it to be gone', async () => (await statusAt(`/v1/conversations/${silent}`)) === 404)
    expect(await statusAt(`/v1/conversations/${spoken}/items`)).toBe(200)
    const left = valuesIn(scene.gateway.state, 'Thread', 'SELECT id FROM conversation')
    expect([left.includes(silent), left.includes(spoken)]).toEqual([false, true])
    await ask({ input: 'Still here?', conversation: spoken })
    const used = (): number =>
      Number(
        valuesIn(scene.gateway.state, 'Thread', `SELECT used_at FROM conversation WHERE id = '${spoken}'`)[0],
      )
    await until('its time to begin anew', () => Date.now() - used() < DAY_MS)
  }, 240_000)
})

test('what an earlier version wrote down in plain text is read as ever, and sealed by that', async () => {
  const conversation = await converse()
  const reply = await ask({ input: 'Hello!', conversation })
  const path = `/v1/responses/${String(pick(reply.json, 'id'))}`
  const shown = (await scene.client.send(path)).text
  await scene.gateway.kill()
  const seals = openSeals(readFileSync(join(scene.gateway.state, 'data-keys'), 'utf8').trim(), cipher)
  for (const file of withConversations())
    inside(file, (database) => {
      const seal = seals.at('thread', idOf(file))
      const rows = database.prepare('SELECT owner, part, text FROM texts').all()
      for (const { owner, part, text } of rows) {
        const plain = seal.open(bufferOf(text), `texts/${String(owner)}/${Number(part)}`)
        database
          .prepare('UPDATE texts SET text = ? WHERE owner = ? AND part = ?')
          .run(plain, owner ?? null, part ?? null)
      }
      // Its conversations had no such column, and their metadata was plain.
      database.exec("UPDATE conversation SET metadata = '{}'; ALTER TABLE conversation DROP COLUMN used_at")
    })
  await scene.gateway.restart()
  expect((await scene.client.send(path)).text).toBe(shown)
  const items = await scene.client.send(`/v1/conversations/${conversation}/items`)
  expect(items.text).toContain('Hello!')
  expect((await scene.client.send(`/v1/conversations/${conversation}`)).json).toMatchObject({ metadata: {} })
  await ask({ input: 'Thanks!', conversation })
  const [metadata] = valuesIn(
    scene.gateway.state,
    'Thread',
    `SELECT metadata FROM conversation WHERE id = '${conversation}'`,
  )
  expect(metadata).toBeInstanceOf(Uint8Array)
  const plain = valuesIn(
    scene.gateway.state,
    'Thread',
    `SELECT owner FROM texts WHERE typeof(text) = 'text' AND owner LIKE '%${String(pick(reply.json, 'id'))}/response'`,
  )
  expect(plain).toEqual([])
}, 240_000)

const withConversations = (): string[] =>
  objectsOf(scene.gateway.state, 'Thread').filter((file) =>
    inside(file, (database) => {
      const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'conversation'").get()
      return table !== undefined && database.prepare('SELECT 1 FROM conversation').get() !== undefined
    }),
  )

const bufferOf = (value: unknown): ArrayBuffer | string =>
  value instanceof Uint8Array ? Uint8Array.from(value).buffer : String(value)
