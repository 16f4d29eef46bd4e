// Gone means gone: a conversation that is erased takes along what its turns have left elsewhere. Everything that is kept is
// looked for by its seals, which are opened, so that what is not found is not there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSeals, type Purpose, storedIn } from '../../shared/seal.ts'
import { cipher } from '../../workers/cipher.ts'
import { openTexts } from '../../workers/telemetry/texts.ts'
import { canary } from '../lab/canary.ts'
import { type Fields, pick, type Reply, user } from '../lab/client.ts'
import { databaseOf, idOf, objectsOf } from '../lab/objects.ts'
import { freshId, type Key, openScene, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

let scene: Scene
let key: Key

beforeAll(async () => {
  scene = await openScene({ models: { one: { provider: 'lab', model: 'one' } } })
  key = await scene.makeKey({ storeText: true })
})
afterAll(() => scene.stop())

const seals = () => openSeals(readFileSync(join(scene.gateway.state, 'data-keys'), 'utf8').trim(), cipher)

interface Place {
  readonly object: string
  readonly purpose: Purpose
  readonly table: string
  readonly columns: string
  /** The text in a row, and the place that it was sealed for. */
  readonly read: (row: Fields) => readonly [unknown, string]
}

const PLACES: readonly Place[] = [
  {
    object: 'Conversation',
    purpose: 'conversation',
    table: 'texts',
    columns: 'text, owner, piece',
    read: ({ text, owner, piece }) => [text, `${owner}/${piece}`],
  },
  {
    object: 'Conversation',
    purpose: 'conversation',
    table: 'drafts',
    columns: 'text, turn, start',
    read: ({ text, turn, start }) => [text, `drafts/${turn}/${start}`],
  },
  {
    object: 'Thread',
    purpose: 'thread',
    table: 'texts',
    columns: 'text, owner, part',
    read: ({ text, owner, part }) => [text, `texts/${owner}/${part}`],
  },
  {
    object: 'Replay',
    purpose: 'replay',
    table: 'rows',
    columns: 'text, stream, start',
    read: ({ text, stream, start }) => [text, `rows/${stream}/${start}`],
  },
  {
    object: 'Replay',
    purpose: 'replay',
    table: 'streams',
    columns: 'head, id',
    read: ({ head, id }) => [head, `streams/${id}`],
  },
]

function rowsIn(file: string, table: string, query: string): readonly Fields[] {
  using database = new DatabaseSync(file, { readOnly: true, timeout: 2_000 })
  const there = database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table)
  return there === undefined ? [] : database.prepare(query).all()
}

/** Where a word stands in what the gateway keeps, with every seal opened. */
function placesOf(word: string): readonly string[] {
  const { state } = scene.gateway
  const found: string[] = []
  for (const { object, purpose, table, columns, read } of PLACES)
    for (const file of objectsOf(state, object)) {
      const seal = seals().at(purpose, idOf(file))
      for (const row of rowsIn(file, table, `SELECT ${columns} FROM ${table}`)) {
        const [sealed, place] = read(row)
        const stored = sealed instanceof Uint8Array ? Uint8Array.from(sealed).buffer : String(sealed)
        if (seal.open(storedIn(stored), place).includes(word)) found.push(`${object}.${table}`)
      }
    }
  const texts = openTexts(seals(), () => undefined)
  const said = (id: unknown, text: unknown): boolean =>
    JSON.stringify(texts.open(String(text), String(id))).includes(word)
  for (const { row_id: id, text } of rowsIn(databaseOf(state), 'texts', 'SELECT row_id, text FROM texts'))
    if (said(id, text)) found.push('D1.texts')
  for (const file of objectsOf(state, 'Outbox'))
    for (const { text } of rowsIn(file, 'queue', 'SELECT text FROM queue'))
      for (const [, id, sealed] of String(text).matchAll(/\["(row_[^"]+)"[^\n]*?"(sealed:[^"]+)"\]/g))
        if (said(id, sealed)) found.push('Outbox.queue')
  return [...new Set(found)].sort()
}

const ok = (reply: Reply): Reply => {
  expect(reply.status, reply.text).toBeLessThan(300)
  return reply
}

/** Asks in every way that leaves something, the same word each time. */
async function speak(
  say: (text: string, stream: boolean, headers: Record<string, string>) => Promise<Reply>,
): Promise<string> {
  const word = canary('erased')
  const text = `Say ${word}.`
  scene.lab.always('one', { text })
  ok(await say(text, false, { 'idempotency-key': freshId() }))
  ok(await say(text, true, { 'x-minnow-resumable': 'true' }))
  ok(await say(text, true, { 'x-minnow-resumable': 'true', 'idempotency-key': freshId() }))
  return word
}

const post = (path: string, body: Fields, headers: Record<string, string>): Promise<Reply> =>
  key.client.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

const speakIn =
  (talk: string) =>
  (text: string, stream: boolean, headers: Record<string, string>): Promise<Reply> =>
    post(
      '/v1/chat/completions',
      { model: 'one', messages: [user(text)], stream },
      { 'x-minnow-conversation': talk, ...headers },
    )

const erase = async (id: string): Promise<void> =>
  void ok(await key.client.send(`/v1/conversations/${id}`, { method: 'DELETE' }))

describe('an erased conversation', () => {
  test('of ours leaves nothing in streams and answers that are kept for clients, nor beside rows', async () => {
    const other = await speak(speakIn('stays'))
    const word = await speak(speakIn('goes'))
    const everywhere = ['Conversation.texts', 'Outbox.queue', 'Replay.rows']
    for (const each of [other, word])
      await until(`${each} everywhere`, () => placesOf(each).join() === everywhere.join())
    await erase('goes')
    await until('all of it to be gone', () => placesOf(word).length === 0)
    expect(placesOf(other)).toEqual(everywhere)
    // And nothing comes later.
    await new Promise((done) => setTimeout(done, 11_000))
    expect(placesOf(word)).toEqual([])
    const left = () =>
      objectsOf(scene.gateway.state, 'Conversation').flatMap((file) =>
        rowsIn(file, 'traces', 'SELECT name FROM traces WHERE erased = 1'),
      )
    await until('nothing to be left to erase', () => left().length === 0)
    // The rows themselves are no words.
    const rows = () => scene.rows(`&key=${key.id}`)
    await until('the rows of all six requests', async () => (await rows()).length >= 6)
    expect(await rows()).toHaveLength(6)
  }, 300_000)

  test('while it is answered leaves nothing either', async () => {
    const word = canary('erased')
    scene.lab.always('one', { text: `Say ${word}. `.repeat(20), everyMs: 20 })
    const saying = speakIn('at-once')(word, true, { 'x-minnow-resumable': 'true' })
    await until('it to be written down', () => placesOf(word).includes('Replay.rows'))
    await erase('at-once')
    await saying.catch(() => undefined)
    await until('all of it to be gone', () => placesOf(word).length === 0)
    await new Promise((done) => setTimeout(done, 2_000))
    expect(placesOf(word)).toEqual([])
    expect((await key.client.send('/v1/conversations/at-once')).status).toBe(404)
  }, 240_000)

  test('of the Responses API while it is answered leaves nothing either, however long that takes', async () => {
    const word = canary('erased')
    // It would take minutes; its end comes when it is let go, more than ten seconds after the erasing.
    scene.lab.always('one', { text: `Say ${word}. `.repeat(200), everyMs: 700 })
    const made = ok(await post('/v1/conversations', {}, {}))
    const conversation = String(pick(made.json, 'id'))
    const earlier = scene.lab.seen('one').length
    const saying = post('/v1/responses', { model: 'one', input: word, stream: true, conversation }, {})
    let isOver = false
    const over = saying.finally(() => void (isOver = true))
    await until('some of it', () => (scene.lab.seen('one')[earlier]?.events ?? 0) > 5)
    await erase(conversation)
    await new Promise((done) => setTimeout(done, 11_000))
    expect(isOver).toBe(false)
    scene.lab.release('one')
    const reply = await over
    expect(reply.text).toContain('response.completed')
    await new Promise((done) => setTimeout(done, 12_000))
    expect(placesOf(word)).toEqual([])
    const id = /"id":"(resp_\w+)"/.exec(reply.text)?.[1]
    expect((await key.client.send(`/v1/responses/${id}`)).status).toBe(404)
  }, 300_000)

  test('whose only turn came to nothing leaves no words of it', async () => {
    const word = canary('erased')
    scene.lab.always('one', { status: 500 })
    expect((await speakIn('nothing')(word, false, {})).status).toBe(500)
    await until('its words', () => placesOf(word).join() === 'Outbox.queue')
    await erase('nothing')
    await until('all of it to be gone', () => placesOf(word).length === 0)
    expect(pick((await key.client.send('/v1/conversations/nothing')).json, 'error')).toBeDefined()
  }, 240_000)

  test('of the Responses API leaves nothing either, and a response takes along what is its own', async () => {
    const respondIn =
      (conversation: string | undefined, ids: string[] = []) =>
      async (input: string, stream: boolean, headers: Record<string, string>): Promise<Reply> => {
        const reply = await post('/v1/responses', { model: 'one', input, stream, conversation }, headers)
        ids.push(/"id":"(resp_\w+)"/.exec(reply.text)?.[1] ?? '')
        return reply
      }
    const made = ok(await post('/v1/conversations', {}, {}))
    const conversation = String(pick(made.json, 'id'))
    const [goes, ids]: [string, string[]] = [await speak(respondIn(conversation)), []]
    const alone = await speak(respondIn(undefined, ids))
    const everywhere = 'Outbox.queue,Replay.rows,Thread.texts'
    for (const each of [goes, alone])
      await until(`${each} everywhere`, () => placesOf(each).join() === everywhere)
    await erase(conversation)
    await until('all of it to be gone', () => placesOf(goes).length === 0)
    expect(placesOf(alone).join()).toBe(everywhere)
    for (const id of ids) ok(await key.client.send(`/v1/responses/${id}`, { method: 'DELETE' }))
    await until('that to be gone', () => placesOf(alone).length === 0)
  }, 240_000)
})
