// An answer that ended well is a kept turn: its last word goes out once the turn is on the disk, in every dialect, and
// where that takes too long the client is told and the turn is written all the same. What a crash cuts off is kept as far
// as it was heard.
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fields, pick, type Reply, user } from '../lab/client.ts'
import { inside, objectsOf } from '../lab/objects.ts'
import { freshId, openScene, type Scene } from '../lab/scene.ts'
import { transcriptOf } from '../lab/transcript.ts'
import { until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene({ retries: { sameTarget: 0 } })
})
afterAll(() => scene.stop())

interface Dialect {
  readonly path: (model: string) => string
  readonly body: (model: string, text: string) => Fields
  readonly end: string
}

const DIALECTS: readonly (readonly [string, Dialect])[] = [
  [
    'chat',
    {
      path: () => '/v1/chat/completions',
      body: (model, text) => ({ model, messages: [user(text)], stream: true }),
      end: 'data: [DONE]',
    },
  ],
  [
    'messages',
    {
      path: () => '/v1/messages',
      body: (model, text) => ({ model, messages: [user(text)], max_tokens: 500, stream: true }),
      end: 'message_stop',
    },
  ],
  [
    'responses',
    {
      path: () => '/v1/responses',
      body: (model, input) => ({ model, input, store: false, stream: true }),
      end: 'response.completed',
    },
  ],
  [
    'gemini',
    {
      path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
      body: (_, text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
      end: '"finishReason"',
    },
  ],
]

const chat = DIALECTS[0]?.[1] as Dialect
const responses = DIALECTS[2]?.[1] as Dialect

const ask = (dialect: Dialect, talk: string, text: string, headers: Fields = {}): Promise<Response> =>
  fetch(`${scene.gateway.url}${dialect.path(`lab/${talk}`)}`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer mk-local',
      'content-type': 'application/json',
      ...(talk === '' ? {} : { 'x-minnow-conversation': talk }),
      ...(headers as Record<string, string>),
    },
    body: JSON.stringify(dialect.body(`lab/${talk}`, text)),
  })

/** Reads up to the end of an answer, and not a byte further. */
async function readTo(response: Response, end: string): Promise<string> {
  expect(response.status).toBe(200)
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    if (text.includes(end)) break
  }
  expect(text).toContain(end)
  return text
}

const read = async (talk: string): Promise<readonly Fields[]> => {
  const { json } = await scene.client.send(`/v1/conversations/${talk}/messages`)
  return (pick(json, 'data') ?? []) as readonly Fields[]
}

const textsOf = async (talk: string): Promise<readonly unknown[]> =>
  (await read(talk)).map(({ content }) => content)

const told = (model: string): readonly string[] => {
  const last = scene.lab.seen(model).at(-1)
  return last === undefined ? [] : transcriptOf(last)
}

describe.each(DIALECTS)('a stream of %s', (name, dialect) => {
  test('has ended once its turn is kept: a gateway that is killed then has it', async () => {
    const talk = `killed-${name}`
    scene.lab.always(talk, { text: 'yes' })
    await readTo(await ask(dialect, talk, 'one'), dialect.end)
    await scene.gateway.kill()
    await scene.gateway.restart()
    expect(await textsOf(talk)).toEqual(['one', 'yes'])
    await readTo(await ask(dialect, talk, 'two'), dialect.end)
    expect(told(talk)).toEqual(['user: one', 'assistant: yes', 'user: two'])
  }, 240_000)
})

describe.each([
  ['a stream', true],
  ['a whole reply', false],
])('%s of the Responses API', (_, stream) => {
  test('has ended once its response is kept, and its conversation has it', async () => {
    const model = `items-${stream}`
    scene.lab.always(model, { text: 'yes' })
    const conversation = String(pick((await post('/v1/conversations', {})).json, 'id'))
    const asked = { model: `lab/${model}`, input: 'one', conversation, stream }
    const dialect = { ...responses, body: () => asked }
    const text = await readTo(await ask(dialect, '', 'one'), stream ? responses.end : '"status":"completed"')
    await scene.gateway.kill()
    await scene.gateway.restart()
    const id = /"(resp_\w+)"/.exec(text)?.[1]
    expect((await scene.client.send(`/v1/responses/${id}`)).status).toBe(200)
    const { json } = await scene.client.send(`/v1/conversations/${conversation}/items?order=asc`)
    const items = pick(json, 'data') as readonly Fields[]
    expect(items.map((item) => pick(item, 'content', 0, 'text'))).toEqual(['one', 'yes'])
  }, 240_000)
})

test('a whole reply is given once its turn is kept', async () => {
  scene.lab.always('whole', { text: 'yes' })
  const headers = { headers: { 'x-minnow-conversation': 'whole' } }
  const reply = await scene.client.ask({ model: 'lab/whole', messages: [user('one')] }, headers)
  expect([reply.status, reply.headers.get('x-minnow-kept')]).toEqual([200, null])
  await scene.gateway.kill()
  await scene.gateway.restart()
  expect(await textsOf('whole')).toEqual(['one', 'yes'])
}, 240_000)

describe.concurrent('a storage that takes nothing for ten seconds', () => {
  const refusing = (talk: string, isRefusing: boolean): void => {
    const files = objectsOf(scene.gateway.state, 'Conversation').filter((file) =>
      inside(file, (database) => {
        const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'facts'").get()
        if (table === undefined) return false
        const named = database.prepare("SELECT value FROM facts WHERE name = 'name'").get()
        return String(named?.['value']).endsWith(`/${talk}`)
      }),
    )
    expect(files).toHaveLength(1)
    for (const file of files)
      inside(file, (database) =>
        database.exec(
          isRefusing
            ? "CREATE TRIGGER refused BEFORE INSERT ON tree BEGIN SELECT RAISE(FAIL, 'no room'); END"
            : 'DROP TRIGGER refused',
        ),
      )
  }

  test.each([
    ['a stream', true],
    ['a whole reply', false],
  ])(
    'holds the end of %s back for five, says so, and loses no turn',
    async (_, stream) => {
      const talk = `refused-${stream}`
      const body = (text: string): Fields => ({ ...chat.body(`lab/${talk}`, text), stream })
      const dialect = { ...chat, body: (__: string, text: string) => body(text) }
      scene.lab.script(talk, { text: 'a1' }, { text: 'a2' }, { text: 'a3' })
      await (await ask(dialect, talk, 'q1')).text()
      refusing(talk, true)
      const startedAt = Date.now()
      const lifted = wait(10_000).then(() => refusing(talk, false))
      const id = freshId()
      const reply = await ask(dialect, talk, 'q2', { 'x-request-id': id })
      const text = await reply.text()
      const heldMs = Date.now() - startedAt
      expect(heldMs).toBeGreaterThan(4_900)
      expect(heldMs).toBeLessThan(9_500) // before its storage takes anything again
      expect(text).toContain('a2')
      if (stream)
        expect(text).toMatch(
          /\n: x-minnow-kept: false\ndata: .+\n\ndata: \[DONE\]|: x-minnow-kept: false\ndata: \[DONE\]/,
        )
      else expect(reply.headers.get('x-minnow-kept')).toBe('false')
      const receipt = await scene.client.send(`/v1/receipts/${id}`)
      expect(pick(receipt.json, 'context', 'kept')).toBe(false)
      // The next turn waits until this one can be written.
      const third = freshId()
      await (await ask(dialect, talk, 'q3', { 'x-request-id': third })).text()
      await lifted
      expect(told(talk)).toEqual(['user: q1', 'assistant: a1', 'user: q2', 'assistant: a2', 'user: q3'])
      expect(await textsOf(talk)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3'])
      const kept = await scene.client.send(`/v1/receipts/${third}`)
      expect([kept.status, pick(kept.json, 'context', 'kept')]).toEqual([200, undefined])
    },
    240_000,
  )
})

const post = (path: string, body: Fields, headers: Record<string, string> = {}): Promise<Reply> =>
  scene.client.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe.concurrent('a conversation of the Responses API whose storage takes nothing for twenty seconds', () => {
  const inConversation = <T>(id: string, work: (database: DatabaseSync) => T): T[] =>
    objectsOf(scene.gateway.state, 'Thread').flatMap((file) =>
      inside(file, (database) => {
        const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'conversation'").get()
        const found = table && database.prepare('SELECT 1 FROM conversation WHERE id = ?').get(id)
        return found === undefined ? [] : [work(database)]
      }),
    )

  test('ends after five and says so, lets the next turn speak after fifteen, and has both in order', async () => {
    const model = 'items-refused'
    scene.lab.script(model, { text: 'a1' }, { text: 'a2' }, { text: 'a3' }, { text: 'a4' })
    const conversation = String(pick((await post('/v1/conversations', {})).json, 'id'))
    const say = (input: string, id = freshId()): Promise<Reply> =>
      post('/v1/responses', { model: `lab/${model}`, input, conversation }, { 'x-request-id': id })
    await say('q1')
    const refuse = "CREATE TRIGGER refused BEFORE INSERT ON items BEGIN SELECT RAISE(FAIL, 'no room'); END"
    expect(inConversation(conversation, (database) => database.exec(refuse))).toHaveLength(1)
    const lifted = wait(20_000).then(() =>
      inConversation(conversation, (database) => database.exec('DROP TRIGGER refused')),
    )
    const startedAt = Date.now()
    const id = freshId()
    const second = await say('q2', id)
    expect(Date.now() - startedAt).toBeGreaterThan(4_900)
    expect([second.status, second.headers.get('x-minnow-kept')]).toEqual([200, 'false'])
    const receipt = await scene.client.send(`/v1/receipts/${id}`)
    expect([receipt.status, pick(receipt.json, 'context', 'kept')]).toEqual([200, false])
    expect((await say('q3')).status).toBe(200)
    expect(Date.now() - startedAt).toBeGreaterThan(14_500)
    await lifted
    const last = freshId()
    await say('q4', last)
    expect(told(model)).toEqual(
      ['q1', 'a1', 'q2', 'a2', 'q3', 'a3', 'q4'].map(
        (text) => `${text[0] === 'q' ? 'user' : 'assistant'}: ${text}`,
      ),
    )
    const path = `/v1/conversations/${conversation}/items?order=asc`
    const items = pick((await scene.client.send(path)).json, 'data') as readonly Fields[]
    expect(items.map((item) => pick(item, 'content', 0, 'text'))).toEqual(
      [1, 2, 3, 4].flatMap((at) => [`q${at}`, `a${at}`]),
    )
    const kept = await scene.client.send(`/v1/receipts/${last}`)
    expect([kept.status, pick(kept.json, 'context', 'kept')]).toEqual([200, undefined])
  }, 300_000)

  test('keeps what was answered in the background, too', async () => {
    const model = 'items-aside'
    scene.lab.script(model, { text: 'a1' }, { text: 'a2', headAfterMs: 500 }, { text: 'a3' })
    const conversation = String(pick((await post('/v1/conversations', {})).json, 'id'))
    const say = (input: string, more: Fields = {}): Promise<Reply> =>
      post('/v1/responses', { model: `lab/${model}`, input, conversation, ...more })
    await say('q1')
    const begun = await say('q2', { background: true })
    await until('it to be asked', () => scene.lab.seen(model).length === 2)
    const refuse = "CREATE TRIGGER refused BEFORE INSERT ON items BEGIN SELECT RAISE(FAIL, 'no room'); END"
    inConversation(conversation, (database) => database.exec(refuse))
    await wait(4_000)
    inConversation(conversation, (database) => database.exec('DROP TRIGGER refused'))
    await say('q3')
    expect(told(model)).toEqual(['user: q1', 'assistant: a1', 'user: q2', 'assistant: a2', 'user: q3'])
    const response = await scene.client.send(`/v1/responses/${String(pick(begun.json, 'id'))}`)
    expect(pick(response.json, 'status')).toBe('completed')
  }, 240_000)
})

describe('a crash in mid-turn of the Responses API', () => {
  const draftsLeft = (): readonly unknown[] =>
    objectsOf(scene.gateway.state, 'Thread').flatMap((file) =>
      inside(file, (database) => {
        const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'texts'").get()
        const query = "SELECT owner FROM texts WHERE owner LIKE 'draft/%' OR owner LIKE 'heard/%'"
        return table === undefined ? [] : database.prepare(query).all()
      }),
    )

  test.each([
    ['a conversation', true, true],
    ['a conversation, which is all that is kept', true, false],
    ['a line of responses', false, true],
  ])(
    'leaves the question and what was heard in %s, marked as incomplete',
    async (_, isConversation, store) => {
      const model = `crashed-items-${isConversation}-${store}`
      scene.lab.script(
        model,
        { text: 'before' },
        { text: 'word '.repeat(1_000), everyMs: 20 },
        { text: 'on' },
        { text: 'and on' },
      )
      const conversation = isConversation
        ? { conversation: String(pick((await post('/v1/conversations', {})).json, 'id')) }
        : undefined
      const first = await post('/v1/responses', {
        model: `lab/${model}`,
        input: 'q1',
        store,
        ...conversation,
      })
      const goesOn = conversation ?? { previous_response_id: pick(first.json, 'id') }
      let text = ''
      const asked = { model: `lab/${model}`, input: 'long?', stream: true, store, ...goesOn }
      const listen = async (): Promise<void> => {
        const response = await ask({ ...responses, body: () => asked }, '', '')
        const decoder = new TextDecoder()
        for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true })
      }
      const streaming = listen()
      streaming.catch(() => undefined)
      await until('the stream to run', () => (scene.lab.seen(model).at(-1)?.events ?? 0) > 60)
      await scene.gateway.kill()
      await expect(streaming).rejects.toThrow()
      await scene.gateway.restart()
      const id = /"(resp_\w+)"/.exec(text)?.[1] ?? ''
      const on = conversation ?? { previous_response_id: id }
      const next = await post('/v1/responses', { model: `lab/${model}`, input: 'go on', store, ...on })
      expect(next.status, next.text).toBe(200)
      const [, , question, answer, ...rest] = told(model)
      expect([question, answer]).toEqual([
        'user: long?',
        expect.stringMatching(/^assistant: (word )+(word)?$/),
      ])
      expect(rest).toEqual(['user: go on'])
      const kept = await scene.client.send(`/v1/responses/${id}`)
      expect(kept.status).toBe(store ? 200 : 404)
      if (store) {
        expect([pick(kept.json, 'status'), pick(kept.json, 'incomplete_details', 'reason')]).toEqual([
          'incomplete',
          'interrupted',
        ])
        expect(`assistant: ${String(pick(kept.json, 'output', 0, 'content', 0, 'text'))}`).toBe(answer)
      }
      if (conversation !== undefined) {
        const path = `/v1/conversations/${conversation.conversation}/items?order=asc`
        const items = pick((await scene.client.send(path)).json, 'data') as readonly Fields[]
        expect(items.map((item) => pick(item, 'status'))).toEqual([
          'completed',
          'completed',
          'completed',
          'incomplete',
          'completed',
          'completed',
        ])
      }
      expect(draftsLeft()).toEqual([])
    },
    240_000,
  )
})

describe('a crash in mid-turn', () => {
  test.each([
    ['a first turn', []],
    ['a later turn', ['before']],
  ])(
    'leaves the question of %s and what was heard of the answer, marked as cut',
    async (_, before) => {
      const talk = `crashed-${before.length}`
      scene.lab.script(
        talk,
        ...before.map((text) => ({ text })),
        { text: 'word '.repeat(1_000), everyMs: 20 },
        { text: 'on' },
        { text: 'and on' },
      )
      for (const text of before) await readTo(await ask(chat, talk, text), chat.end)
      const streaming = ask(chat, talk, 'long?').then((response) => readTo(response, chat.end))
      streaming.catch(() => undefined)
      await until('the stream to run', () => (scene.lab.seen(talk).at(-1)?.events ?? 0) > 60)
      await scene.gateway.kill()
      await expect(streaming).rejects.toThrow()
      await scene.gateway.restart()
      await readTo(await ask(chat, talk, 'go on'), chat.end)
      const messages = await read(talk)
      const [question, answer, ...rest] = messages.slice(before.length * 2)
      expect([question?.['content'], answer?.['cut']]).toEqual(['long?', true])
      expect(answer?.['content']).toMatch(/^(word )+(?:word)?$/)
      expect(rest.map(({ content }) => content)).toEqual(['go on', 'on'])
      expect(told(talk).slice(before.length * 2)).toEqual([
        'user: long?',
        `assistant: ${String(answer?.['content'])}`,
        'user: go on',
      ])
      const left = objectsOf(scene.gateway.state, 'Conversation').flatMap((file) =>
        inside(file, (database) => {
          const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'drafts'").get()
          return table === undefined ? [] : database.prepare('SELECT turn FROM drafts').all()
        }),
      )
      expect(left).toEqual([])
    },
    240_000,
  )
})
