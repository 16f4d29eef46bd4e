// Answers that are kept: streams whose clients lost the connection, and requests that are asked again.
import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { type Client, type Fields, pick, type Reply, type Streamed, user } from '../lab/client.ts'
import { CLIENT_KEY, freshId, openScene, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'
import { alone } from '../lab/slowdown.ts'

const KEEP_MS = 60_000
// Signs of life in every little silence: they are no events of the answer.
const config = { streams: { keepMs: KEEP_MS, keepAliveMs: 10 }, retries: { sameTarget: 0 } }
const scene = await openScene((_, origin) => ({
  ...config,
  providers: {
    claude: { dialect: 'anthropic', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
    gem: { dialect: 'gemini', baseUrl: `${origin}/v1beta`, apiKey: '$LAB_KEY' },
  },
}))
afterAll(() => scene.stop())
const { lab, client } = scene

const words = (count: number): string => Array.from({ length: count }, (_, at) => `w${at}`).join(' ')
const LONG = { text: words(60), everyMs: 20 }
const RESUMABLE = { 'x-minnow-resumable': 'true' }
const ask = (model: string, more: Fields = {}): Fields => ({
  model: `lab/${model}`,
  messages: [user('Go.')],
  ...more,
})

/** Without signs of life, which are those of a connection. */
const quiet = (text: string): string => text.replaceAll(': \n\n', '').replaceAll(/\n{3,}/g, '\n\n')
const lastId = (text: string): string => [...text.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? ''
const said = (text: string): string =>
  [...text.matchAll(/"content":"([^"]*)"/g)].map(([, word]) => word).join('')

/** Asks, and slams the door once the marker has come; resolves with the whole events that came, as a client keeps them. */
async function lose(
  from: Scene,
  path: string,
  asked: Fields,
  headers: Readonly<Record<string, string>>,
  marker = 'w20',
): Promise<string> {
  let received = ''
  const common = { authorization: `Bearer ${CLIENT_KEY}`, 'content-type': 'application/json' }
  const asking = request(`${from.gateway.url}${path}`, { method: 'POST', headers: { ...common, ...headers } })
  asking.on('error', () => undefined) // leaving is the point
  asking.on('response', (response) => {
    response.on('error', () => undefined)
    response.setEncoding('utf8').on('data', (text) => (received += String(text)))
  })
  asking.end(JSON.stringify({ ...asked, stream: true }))
  await until(marker, () => received.includes(marker))
  asking.socket?.resetAndDestroy()
  return quiet(received.slice(0, received.lastIndexOf('\n\n') + 2))
}

/** An object's storage: its file goes with the last table, and one that is in use is looked at again. */
function isEmpty(file: string): boolean {
  if (!existsSync(file)) return true
  try {
    using database = new DatabaseSync(file, { readOnly: true })
    const select = "SELECT name FROM sqlite_master WHERE name IN ('streams', 'rows')"
    return database.prepare(select).all().length === 0
  } catch {
    return false // locked, or gone a moment ago
  }
}

const goOn = (from: Client, id: string, path = '/v1/chat/completions', method = 'GET'): Promise<Reply> =>
  from.send(path, { method, headers: { 'last-event-id': id } })

describe.concurrent('a stream that can be resumed', () => {
  test('gives its rest to a client that lost it, live, with one call upstream and one row', async () => {
    const id = freshId()
    lab.script('cut', LONG)
    const first = await lose(scene, '/v1/chat/completions', ask('cut'), { ...RESUMABLE, 'x-request-id': id })
    const rest = await client.stream(ask('cut'), { headers: { 'last-event-id': lastId(first) } })
    expect(rest.status).toBe(200)
    expect(rest.headers.get('x-minnow-replay')).toBe('true')
    expect(rest.headers.get('x-request-id')).toBe(id)
    expect(rest.headers.get('x-minnow-model')).toBe('lab/cut')
    expect(rest.isDone).toBe(true)
    expect(said(first) + rest.said).toBe(words(60))
    const numbers = [...first.matchAll(/^id: \S+\.(\d+)$/gm), ...rest.text.matchAll(/^id: \S+\.(\d+)$/gm)]
    expect(numbers.map(([, number]) => Number(number))).toEqual(numbers.map((_, at) => at + 1))
    expect(lab.seen('cut')).toHaveLength(1)
    expect(await scene.rowOf(id)).toMatchObject({ end: 'finish', status: 200 })
  })

  test('goes on without its client, is settled once, and is there to be had after its end', async () => {
    const id = freshId()
    lab.script('alone', { text: words(40), everyMs: 15 })
    const key = await scene.makeKey({ budgets: [{ tokens: 100_000, window: 'day' }] })
    const headers = { ...RESUMABLE, authorization: `Bearer ${key.key}`, 'x-request-id': id }
    const first = await lose(scene, '/v1/chat/completions', ask('alone'), headers, 'w5')
    expect(await scene.rowOf(id)).toMatchObject({ end: 'finish' })
    expect((await scene.settled(key)).spent).toBeGreaterThan(40)
    for (const from of [lastId(first), lastId(first)]) {
      const rest = await goOn(key.client, from)
      expect(said(first) + said(rest.text)).toBe(words(40))
      expect(rest.text).toMatch(/data: \[DONE\]\n\n$/)
    }
    expect(lab.seen('alone')).toHaveLength(1)
    expect(lab.seen('alone')[0]?.leftAt).toBeUndefined()
  })

  test('is resumed in the other dialects too, at their addresses', async () => {
    for (const path of ['/v1/messages', '/v1/responses']) {
      const name = `dialect${path.length}`
      lab.script(name, LONG)
      const asked =
        path === '/v1/messages'
          ? { ...ask(name), model: `claude/${name}`, max_tokens: 200 }
          : { model: `lab/${name}`, input: 'Go.' }
      const first = await lose(scene, path, asked, RESUMABLE)
      const rest = await goOn(client, lastId(first), path)
      expect(rest.headers.get('x-minnow-replay')).toBe('true')
      const deltas = [...(first + rest.text).matchAll(/^data: (\{.*_?delta".*)$/gm)].map(([, json]) => {
        const delta = pick(JSON.parse(json ?? ''), 'delta')
        return String(typeof delta === 'string' ? delta : (pick(delta, 'text') ?? ''))
      })
      expect(deltas.join('')).toBe(words(60))
      expect(rest.text).toMatch(/^event: (?:message_stop|response\.completed)$/m)
      expect(lab.seen(name)).toHaveLength(1)
      expect((await goOn(client, lastId(first), '/v1/chat/completions')).status).toBe(404)
    }
  })

  test('is asked for in the body as well', async () => {
    lab.script('wish', LONG)
    const first = await lose(scene, '/v1/chat/completions', ask('wish', { minnow: { resumable: true } }), {})
    expect(lastId(first)).toMatch(/^s[0-9a-f]{20}\.\d+$/)
    expect(said(first) + said((await goOn(client, lastId(first))).text)).toBe(words(60))
    expect(lab.seen('wish')[0]?.body).not.toHaveProperty('minnow')
  })

  test('waits for a follower that does not read, and the run does not wait for it', async () => {
    const id = freshId()
    const long = 'x'.repeat(2_000)
    lab.script('slow', { pieces: Array.from({ length: 1_500 }, () => long), everyMs: 0 })
    const response = await fetch(`${scene.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${CLIENT_KEY}`,
        'content-type': 'application/json',
        ...RESUMABLE,
        'x-request-id': id,
      },
      body: JSON.stringify(ask('slow', { stream: true })),
    })
    expect(await scene.rowOf(id)).toMatchObject({ end: 'finish' }) // over, and nothing of it was read
    const text = await response.text()
    expect([...text.matchAll(/x{2000}/g)]).toHaveLength(1_500)
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  })

  test('is refused where it cannot be: Gemini has no ids, a wish is true or false', async () => {
    const contents = [{ role: 'user', parts: [{ text: 'Go.' }] }]
    const path = '/v1beta/models/gem%2Fx:streamGenerateContent?alt=sse'
    const send = (headers: Record<string, string>): Promise<Reply> =>
      client.send(path, { method: 'POST', headers, body: JSON.stringify({ contents }) })
    const refused = await send(RESUMABLE)
    expect(refused.status).toBe(400)
    expect(pick(refused.json, 'error', 'message')).toMatch(/cannot be resumed/)
    const plain = await send({})
    expect(plain.status).toBe(200)
    expect(plain.text).not.toMatch(/^id:/m)
    expect((await client.ask(ask('x'), { headers: { 'x-minnow-resumable': 'maybe' } })).status).toBe(
      200 + 200,
    )
  })
})

describe.concurrent('a last-event-id', () => {
  test('of a stream that is not kept is a 404 that says so, and nobody is asked again', async () => {
    lab.always('plain', { text: 'one two' })
    const plain = await client.stream(ask('plain'))
    expect(plain.ids).toEqual(plain.data.map((_, at) => `${plain.ids[0]?.split('.')[0]}.${at + 1}`))
    for (const id of [
      plain.ids[1] ?? '',
      `s${'0'.repeat(20)}.3`,
      `i${'0'.repeat(20)}-0000.3`,
      `resp_${'0'.repeat(40)}.2`,
    ]) {
      const chat = await client.ask(ask('plain'), { headers: { 'last-event-id': id } })
      expect(chat.status).toBe(404)
      expect(chat.json).toMatchObject({ error: { code: 'stream_not_found', param: 'last-event-id' } })
      const messages = await goOn(client, id, '/v1/messages', 'POST')
      expect(messages.json).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
    }
    expect(lab.seen('plain')).toHaveLength(1)
  })

  test('that no event ever had is a 400', async () => {
    for (const id of ['x', 's12.', '-1', `s${'0'.repeat(20)}`])
      expect((await goOn(client, id)).status).toBe(400)
    expect((await client.send('/v1/chat/completions')).status).toBe(404)
  })

  test("of another key's stream is a 404", async () => {
    const stream = await client.stream(ask('own'), { headers: RESUMABLE })
    const other = await scene.makeKey()
    expect((await goOn(other.client, stream.ids[0] ?? '')).status).toBe(404)
    expect((await goOn(client, stream.ids[0] ?? '')).status).toBe(200)
  })
})

test('what is not to be kept costs what it did: upstream hears within a second that the client has left', async () => {
  const id = freshId()
  lab.script('leaves', { text: words(2_000), everyMs: 20 })
  await lose(scene, '/v1/chat/completions', ask('leaves'), { 'x-request-id': id }, 'w5')
  const leftAt = Date.now()
  const gone = await until('the cancel upstream', () => lab.seen('leaves')[0]?.leftAt)
  expect(alone(gone - leftAt, 1_000)).toBeLessThan(1_000)
  expect(await scene.rowOf(id)).toMatchObject({ end: 'cancelled' })
})

describe.concurrent('the same idempotency-key', () => {
  const keyed = (key: string, id?: string): { headers: Record<string, string> } => ({
    headers: { 'idempotency-key': key, ...(id === undefined ? {} : { 'x-request-id': id }) },
  })

  test('ten times at once is one call, one row, ten equal streams', async () => {
    const ids = Array.from({ length: 10 }, freshId)
    lab.script('flight', LONG)
    const all = await Promise.all(
      ids.map((id) =>
        client.stream(ask('flight', { stream_options: { include_usage: true } }), keyed('flight', id)),
      ),
    )
    expect(lab.seen('flight')).toHaveLength(1)
    expect(new Set(all.map(({ text }) => quiet(text))).size).toBe(1)
    expect(all[0]?.said).toBe(words(60))
    expect(all.filter(({ headers }) => headers.get('x-minnow-replay') === 'true')).toHaveLength(9)
    const told = new Set(all.map(({ headers }) => headers.get('x-request-id')))
    expect(told.size).toBe(1)
    const [first = ''] = told
    expect(await scene.rowOf(first ?? '')).toMatchObject({ end: 'finish' })
    expect((await scene.rows()).filter((row) => ids.includes(row.request_id))).toHaveLength(1)
  })

  test('gives whole replies again, with status, headers and cost, and bills them once', async () => {
    const key = await scene.makeKey({ budgets: [{ tokens: 100_000, window: 'day' }] })
    const id = freshId()
    const replies: Reply[] = [await key.client.ask(ask('whole'), keyed('whole', id))]
    const { spent } = await scene.settled(key)
    // The order of fields says nothing.
    replies.push(await key.client.ask({ messages: [user('Go.')], model: 'lab/whole' }, keyed('whole')))
    replies.push(await key.client.ask(ask('whole'), keyed('whole')))
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1)
    for (const name of [
      'x-request-id',
      'x-minnow-cost',
      'x-minnow-model',
      'x-minnow-attempts',
      'content-type',
    ])
      expect(new Set(replies.map(({ headers }) => headers.get(name))).size).toBe(1)
    expect(replies.map(({ headers }) => headers.get('x-minnow-replay'))).toEqual([null, 'true', 'true'])
    expect(lab.seen('whole')).toHaveLength(1)
    expect((await scene.settled(key)).spent).toBe(spent)
    expect(await scene.rowOf(id)).toMatchObject({ stream: false })
  })

  test('works for messages, responses, embeddings and generateContent', async () => {
    const contents = [{ role: 'user', parts: [{ text: 'Go.' }] }]
    const cases: readonly [string, Fields, string][] = [
      ['/v1/messages', { ...ask('m'), model: 'claude/many-m', max_tokens: 9 }, 'many-m'],
      ['/v1/responses', { model: 'lab/many-r', input: 'Go.' }, 'many-r'],
      ['/v1/embeddings', { model: 'lab/many-e', input: 'Go.' }, 'many-e'],
      ['/v1beta/models/gem%2Fmany-g:generateContent', { contents }, 'many-g'],
      ['/v1beta/models/gem%2Fmany-s:streamGenerateContent', { contents }, 'many-s'],
      ['/v1beta/models/gem%2Fmany-t:streamGenerateContent?alt=sse', { contents }, 'many-t'],
    ]
    for (const [path, asked, model] of cases) {
      const send = (): Promise<Reply> =>
        client.send(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': 'many' },
          body: JSON.stringify(asked),
        })
      const [first, second] = [await send(), await send()]
      expect(first.status, first.text).toBe(200)
      const [once, again] = [first, second].map(({ json, text }) => json ?? quiet(text))
      expect(again, path).toEqual(once)
      expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
      expect(second.headers.get('x-minnow-replay')).toBe('true')
      expect(lab.seen(model), path).toHaveLength(1)
    }
  })

  test('with another body is a 422, at another address or of another key another request', async () => {
    lab.always('other', { text: 'hello' })
    await client.ask(ask('other'), keyed('other'))
    const changed = await client.ask(ask('other', { temperature: 0.5 }), keyed('other'))
    expect(changed.status).toBe(422)
    expect(changed.json).toMatchObject({
      error: { code: 'idempotency_key_reused', param: 'idempotency-key' },
    })
    expect((await client.stream(ask('other'), keyed('other'))).status).toBe(422)
    expect(lab.seen('other')).toHaveLength(1)
    const stranger = await scene.makeKey()
    expect(
      (await stranger.client.ask(ask('other'), keyed('other'))).headers.get('x-minnow-replay'),
    ).toBeNull()
    expect(
      (await client.ask({ model: 'lab/other', input: 'x' }, { ...keyed('other'), path: '/v1/responses' }))
        .status,
    ).toBe(200)
    expect(lab.seen('other')).toHaveLength(3)
    const messages = { ...ask('x'), model: 'claude/x', max_tokens: 5 }
    await client.ask(messages, { ...keyed('shape'), path: '/v1/messages' })
    const shape = await client.ask(
      { ...messages, max_tokens: 6 },
      { ...keyed('shape'), path: '/v1/messages' },
    )
    expect(shape.status).toBe(422)
    expect(shape.json).toMatchObject({
      type: 'error',
      error: { details: { error_code: 'idempotency_key_reused' } },
    })
  })

  test('of 1 to 255 printable characters only', async () => {
    for (const key of ['', 'x'.repeat(256), 'Schlüssel'])
      expect((await client.ask(ask('x'), keyed(key))).json).toMatchObject({
        error: { param: 'idempotency-key' },
      })
    expect((await client.ask(ask('x'), keyed('x'.repeat(255)))).status).toBe(200)
  })

  test('tries a failure anew, which is told to all who waited for it', async () => {
    lab.script('fails', { status: 500, headAfterMs: 300 }, { text: 'better' })
    const waited = await Promise.all([1, 2, 3].map(() => client.ask(ask('fails'), keyed('fails'))))
    expect(new Set(waited.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(waited[0]?.status).toBe(500)
    expect(lab.seen('fails')).toHaveLength(1)
    const again = await client.ask(ask('fails'), keyed('fails'))
    expect(pick(again.json, 'choices', 0, 'message', 'content')).toBe('better')
    expect((await client.ask(ask('fails'), keyed('fails'))).text).toBe(again.text)
    expect(lab.seen('fails')).toHaveLength(2)
  })

  test('tries a stream anew that ended in an error, which can still be had by the id of an event', async () => {
    lab.script('breaks', { text: words(10), failAt: 5 }, { text: words(10) })
    const broken = await client.stream(ask('breaks', { minnow: { rescue: false } }), keyed('breaks'))
    expect(broken.error).toBeDefined()
    const all = quiet(broken.text)
    const rest = await goOn(client, broken.ids[0] ?? '')
    expect(quiet(rest.text)).toBe(all.slice(all.indexOf('\n\n') + 2))
    const again = await client.stream(ask('breaks', { minnow: { rescue: false } }), keyed('breaks'))
    expect(again.said).toBe(words(10))
    expect(lab.seen('breaks')).toHaveLength(2)
  })

  test('answers a client that left and asks again', async () => {
    lab.script('back', LONG)
    const first = await lose(scene, '/v1/chat/completions', ask('back'), { 'idempotency-key': 'back' })
    const again = await client.stream(ask('back'), keyed('back'))
    expect(quiet(again.text).startsWith(first)).toBe(true)
    expect(again.said).toBe(words(60))
    expect(lab.seen('back')).toHaveLength(1)
  })
})

test(
  'a gateway that was killed midway: what was stored and an error; a repeat tries anew',
  { timeout: 240_000 },
  async () => {
    const own = await openScene(config)
    try {
      own.lab.always('crash', { text: words(4_000), everyMs: 20 })
      const headers = { 'idempotency-key': 'crash' }
      const asked = ask('crash')
      const first = await lose(own, '/v1/chat/completions', asked, headers, 'w60')
      await own.gateway.kill()
      await own.gateway.restart()
      const [stream] = lastId(first).split('.')
      const rest = (after: number): Promise<Streamed> =>
        own.client.stream(asked, { headers: { 'last-event-id': `${stream}.${after}` } })
      const whole = await rest(0)
      expect(whole.error).toMatchObject({ code: 'answer_lost' })
      expect(whole.isDone).toBe(false)
      expect(whole.said.startsWith(words(40))).toBe(true)
      const all = quiet(whole.text)
      expect(quiet((await rest(10)).text)).toBe(all.slice(all.indexOf(`id: ${stream}.11\n`)))
      expect((await rest(100_000)).chunks).toMatchObject([{ error: { code: 'answer_lost' } }])
      own.lab.always('crash', { text: words(5) })
      const again = await own.client.stream(asked, { headers })
      expect(again.said).toBe(words(5))
      expect(own.lab.seen('crash')).toHaveLength(2)
    } finally {
      await own.stop()
    }
  },
)

test('what has had its time is gone, from the disk too; the configuration may keep every stream', async () => {
  const own = await openScene({ streams: { keepMs: 700, idempotencyMs: 700, resumable: true } })
  try {
    const stream = await own.client.stream(ask('brief'))
    const id = stream.ids[0] ?? ''
    expect(stream.headers.get('x-minnow-stream')).toBe(id.split('.')[0])
    expect((await goOn(own.client, id)).status).toBe(200)
    const folder = join(own.gateway.state, 'objects', 'minnow-Replay')
    await until('the end of its time', async () => (await goOn(own.client, id)).status === 404)
    const files = readdirSync(folder).filter((name) => /^[0-9a-f]+\.sqlite$/.test(name))
    await until('an empty disk', () => files.every((name) => isEmpty(join(folder, name))))
    const whole = await own.client.ask(ask('brief'))
    expect(whole.headers.get('x-minnow-stream')).toBeNull()
    const declined = await own.client.stream(ask('brief', { minnow: { resumable: false } }))
    expect(declined.ids[0]).toMatch(/^p/)
  } finally {
    await own.stop()
  }
})
