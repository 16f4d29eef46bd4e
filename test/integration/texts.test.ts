// Prompts and answers are kept where a key wants it, for the operator alone; of every other key no word is anywhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick, user } from '../lab/client.ts'
import { freshId, type Key, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene({ models: { one: { provider: 'lab', model: 'one' } }, logs: 'json' })
})
afterAll(() => scene.stop())

const change = async (key: Key, body: object): Promise<unknown> =>
  (await scene.admin.send(`/admin/keys/${key.id}`, { method: 'PATCH', body: JSON.stringify(body) })).json

const full = async (id: string): Promise<Record<string, unknown>> => {
  const { status, json, text } = await scene.admin.send(`/admin/requests/${id}`)
  if (status !== 200) throw new Error(text)
  return json as Record<string, unknown>
}

/** Everything that telemetry has written down, and the log. */
const everything = (): string =>
  ['d1', 'objects/minnow-Outbox']
    .flatMap((folder) =>
      readdirSync(join(scene.gateway.state, folder), { recursive: true, withFileTypes: true }),
    )
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('') + scene.gateway.output()

const ask = async (key: Key, secret: string, stream = false): Promise<string> => {
  const id = freshId()
  scene.lab.script('one', { text: `The ${secret} is out.` })
  const body = { model: 'one', messages: [{ role: 'system', content: 'Be brief.' }, user(`Of ${secret}`)] }
  await (stream ? key.client.stream(body, withId(id)) : key.client.ask(body, withId(id)))
  return (await scene.rowOf(id)).id
}

describe('a key', () => {
  test('keeps nothing unless it says so, not even while another does', async () => {
    const [key, open] = [await scene.makeKey(), await scene.makeKey({ storeText: true })]
    const id = await ask(key, 'marmalade')
    const kept = await ask(open, 'gooseberry')
    expect(await full(id)).toMatchObject({ id, key: key.id, text: null })
    expect(await full(kept)).toMatchObject({ id: kept, key: open.id })
    expect(everything()).toContain(kept) // so the search means something
    for (const word of ['marmalade', 'gooseberry']) expect(everything()).not.toContain(word)
  })

  test.each([false, true])('that says so has its prompts and answers kept (stream %s)', async (stream) => {
    const key = await scene.makeKey({ storeText: true })
    const id = await ask(key, 'quince', stream)
    const row = await full(id)
    expect(row).toMatchObject({ id, key: key.id, model: 'lab/one', end: 'finish' })
    expect(row['text']).toEqual({
      prompt: [
        { role: 'system', text: 'Be brief.' },
        { role: 'user', text: 'Of quince' },
      ],
      prompt_clipped: false,
      answers: ['The quince is out.'],
      answers_clipped: false,
    })
    expect(scene.gateway.output()).not.toContain('quince')
    const { text } = await scene.admin.send('/admin/requests?limit=1000')
    expect(text).toContain(id)
    expect(text).not.toContain('quince')
  })

  test('begins and stops when the operator says so, and is shown as it is', async () => {
    const key = await scene.makeKey()
    expect(pick((await scene.admin.send(`/admin/keys/${key.id}`)).json, 'storeText')).toBe(false)
    expect(pick(await change(key, { storeText: true }), 'storeText')).toBe(true)
    expect((await full(await ask(key, 'medlar')))['text']).not.toBeNull()
    expect(pick(await change(key, { name: 'same' }), 'storeText')).toBe(true)
    expect(pick(await change(key, { storeText: false }), 'storeText')).toBe(false)
    expect((await full(await ask(key, 'damson')))['text']).toBeNull()
    expect(everything()).not.toContain('damson')
  })
})

const askAgain = async (key: Key): Promise<unknown> => {
  scene.lab.always('one', { text: 'The cloudberry is out.' })
  return key.client.ask({ model: 'one', messages: [user('Well?')] })
}

test('what was said is there after a crash, and moves to D1 with its row', async () => {
  const key = await scene.makeKey({ storeText: true })
  const id = await ask(key, 'bilberry')
  await scene.gateway.kill()
  await scene.gateway.restart()
  expect(pick(await full(id), 'text', 'answers')).toEqual(['The bilberry is out.'])
  for (let round = 0; round < 14; round += 1)
    await Promise.all(Array.from({ length: 16 }, () => askAgain(key)))
  const sealedIn = (file: string): number =>
    (existsSync(file) ? readFileSync(file, 'latin1') : '').split('sealed:').length
  const inDatabase = (): number =>
    readdirSync(join(scene.gateway.state, 'd1'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + sealedIn(join(entry.parentPath, entry.name)), 0)
  await until('a page of them in D1', () => inDatabase() > 100)
  const rows = await until('every row', async () => {
    const found = await scene.rows(`&key=${key.id}`)
    return found.length === 14 * 16 + 1 ? found : false
  })
  for (const row of [...rows.slice(0, 5), ...rows.slice(-5)])
    expect(pick(await full(row.id), 'text', 'answers', 0)).toMatch(/^The (?:cloud|bil)berry is out\.$/)
}, 240_000)

test.each(['row_nothing', 'x'])('a row %s that is not there is not found', async (id) => {
  const { status, json } = await scene.admin.send(`/admin/requests/${id}`)
  expect([status, pick(json, 'error', 'code')]).toEqual([404, 'request_not_found'])
})
