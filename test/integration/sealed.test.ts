// Of what is said no byte is on the disk in plain text, whichever part of the gateway keeps it; and a key may be changed
// while everything that is kept stays what it was.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSeals } from '../../shared/seal.ts'
import { cipher } from '../../workers/cipher.ts'
import { firstIdAt } from '../../workers/telemetry/row-id.ts'
import { openTexts } from '../../workers/telemetry/texts.ts'
import { canary, traces } from '../lab/canary.ts'
import { pick, type Reply, user } from '../lab/client.ts'
import { databaseOf, inside, ringAlarms, ringCron, valuesIn } from '../lab/objects.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { transcriptOf } from '../lab/transcript.ts'
import { until } from '../lab/until.ts'

const newKey = (name: string): string => `${name}:${randomBytes(32).toString('base64url')}`

const ok = (reply: Reply): Reply => {
  expect(reply.status, reply.text).toBeLessThan(300)
  return reply
}

describe('of everything that is said', () => {
  let scene: Scene
  const words: string[] = []
  const word = (name: string): string => {
    const made = canary(name)
    words.push(made)
    return made
  }

  beforeAll(async () => {
    scene = await openScene({ models: { one: { provider: 'lab', model: 'one' } }, logs: 'json' })
  })
  afterAll(() => scene.stop())

  const respond = async (body: object): Promise<Reply> =>
    ok(await scene.client.ask({ model: 'lab/one', messages: undefined, ...body }, { path: '/v1/responses' }))

  test('nothing can be read on the disk or in the log, whatever keeps it', async () => {
    const { lab, client, gateway } = scene
    lab.always('one', { text: `Answer ${word('answered')}.` })

    // Responses: kept, gone on from, in a conversation with items and metadata, in the background with events.
    const first = await respond({
      input: `Input ${word('input')}`,
      instructions: `Be ${word('instructions')}`,
    })
    await respond({ input: `Then ${word('then')}`, previous_response_id: pick(first.json, 'id') })
    const made = await client.send('/v1/conversations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        metadata: { topic: word('metadata') },
        items: [{ type: 'message', role: 'user', content: `Item ${word('item')}` }],
      }),
    })
    await respond({ input: `In it ${word('inside')}`, conversation: pick(made.json, 'id') })
    const behind = await client.send('/v1/responses', {
      method: 'POST',
      body: JSON.stringify({ model: 'lab/one', input: word('behind'), background: true, stream: true }),
    })
    expect(behind.text).toContain('response.completed')

    // A conversation by its header, with a vendor and with micro, whose pages are kept.
    for (const model of ['lab/one', 'micro', 'micro'])
      ok(
        await client.ask(
          { model, messages: [user(`Talk ${word('talk')}`)] },
          { headers: { 'x-minnow-conversation': 'sealed' } },
        ),
      )

    // Repeatable and resumable requests; answers that are given again, in the same words and in others.
    const asked = { model: 'lab/one', messages: [user(`Repeat ${word('repeat')}`)] }
    for (const _ of [1, 2]) ok(await client.ask(asked, { headers: { 'idempotency-key': 'sealed-1' } }))
    await client.stream(
      { model: 'lab/one', messages: [user(`Resume ${word('resume')}`)] },
      { headers: { 'x-minnow-resumable': 'true' } },
    )
    for (const cache of ['exact', 'semantic'])
      await until(`a hit of the ${cache} cache`, async () => {
        const reply = await client.ask({
          model: 'lab/one',
          messages: [user(`What is the height of ${words[0]} ${cache}?`)],
          minnow: { cache: { mode: cache } },
        })
        return reply.headers.get('x-minnow-route') === 'cache; reason=exact'
      })

    // A key whose texts an operator may read.
    const open = await scene.makeKey({ storeText: true })
    const id = freshId()
    await open.client.ask({ model: 'lab/one', messages: [user(`Kept ${word('kept')}`)] }, withId(id))
    const row = await scene.rowOf(id)
    const shown = await scene.admin.send(`/admin/requests/${row.id}`)
    expect(shown.text).toContain(words.at(-1))

    // So the search means something: each of them has written down what it keeps, and it is no text.
    const { state } = gateway
    const queries: readonly [string, string][] = [
      ['Thread', 'SELECT text FROM texts'],
      ['Thread', 'SELECT metadata FROM conversation'],
      ['Thread', 'SELECT text FROM rows'],
      ['Conversation', 'SELECT text FROM texts'],
      ['Replay', 'SELECT text FROM rows'],
      ['Replay', 'SELECT head FROM streams'],
      ['AnswerCache', 'SELECT body FROM sealed_answers'],
      ['AnswerCache', 'SELECT vector FROM sealed_answers WHERE vector IS NOT NULL'],
      ['Micro', 'SELECT bytes FROM sealed_pages'],
      ['Micro', 'SELECT facts FROM sealed_pages'],
    ]
    for (const [name, query] of queries) {
      const values = await until(`${name}: ${query}`, () => {
        const found = valuesIn(state, name, query)
        return found.length > 0 && found
      })
      expect(
        values.every((value) => value instanceof Uint8Array && value[0] === 0xa6),
        query,
      ).toBe(true)
    }
    expect(traces(state, words)).toEqual([])
    for (const one of words) expect(gateway.output()).not.toContain(one)
    // And the search itself finds what is there.
    expect(traces(state, [row.id]).length).toBeGreaterThan(0)
  }, 400_000)
})

describe('a new key', () => {
  const [first, second] = [newKey('k1'), newKey('k2')]
  let scene: Scene

  beforeAll(async () => {
    scene = await openScene(
      { models: { one: { provider: 'lab', model: 'one' } } },
      { env: { DATA_KEYS: first } },
    )
  })
  afterAll(() => scene.stop())

  const headsIn = (query: string): Set<string> =>
    new Set(
      valuesIn(scene.gateway.state, 'Thread', query).map((value) =>
        value instanceof Uint8Array ? Buffer.from(value.subarray(2, 4)).toString('latin1') : 'plain',
      ),
    )

  test('comes in front without a pause, opens nothing less, and lets the old one go once all is sealed again', async () => {
    const { lab, client, gateway } = scene
    lab.always('one', { text: 'Of course.' })
    const ask = async (body: object): Promise<Reply> =>
      ok(await client.ask({ model: 'lab/one', messages: undefined, ...body }, { path: '/v1/responses' }))
    const made = await client.send('/v1/conversations', {
      method: 'POST',
      body: JSON.stringify({ metadata: { topic: 'old' } }),
    })
    const conversation = String(pick(made.json, 'id'))
    await ask({ input: 'The first word', conversation })
    const alone = String(pick((await ask({ input: 'Alone' })).json, 'id'))
    expect(headsIn('SELECT text FROM texts')).toEqual(new Set(['k1']))

    await rekey(`${second},${first}`)
    // What is touched is sealed again: this one is read, the other is left for the alarm.
    expect((await client.send(`/v1/responses/${alone}`)).text).toContain('Of course.')
    expect(headsIn('SELECT text FROM texts')).toEqual(new Set(['k1', 'k2']))

    await gateway.kill()
    ringAlarms(gateway.state, 'Thread')
    await rekey(`${second},${first}`)
    await until('everything to be sealed again', () => {
      const heads = [...headsIn('SELECT text FROM texts'), ...headsIn('SELECT metadata FROM conversation')]
      return heads.every((head) => head === 'k2')
    })

    await rekey(second)
    const items = await client.send(`/v1/conversations/${conversation}/items`)
    expect(items.text).toContain('The first word')
    expect((await client.send(`/v1/conversations/${conversation}`)).text).toContain('old')
    expect((await client.send(`/v1/responses/${alone}`)).text).toContain('Of course.')
  }, 400_000)

  test('in the place of one that is still needed is told by its name, and costs nothing but what it kept', async () => {
    const { client } = scene
    const reply = ok(
      await client.ask({ model: 'lab/one', messages: undefined, input: 'x' }, { path: '/v1/responses' }),
    )
    const path = `/v1/responses/${String(pick(reply.json, 'id'))}`
    await rekey(newKey('k3'))
    const refused = await client.send(path)
    expect([refused.status, pick(refused.json, 'error', 'code')]).toEqual([503, 'not_equipped'])
    expect(pick(refused.json, 'error', 'message')).toMatch(/sealed with the key "k2".*put it back/)
    await rekey(second)
    expect((await client.send(path)).status).toBe(200)
  }, 240_000)

  test('reaches the words of requests in D1 with the cron, and those that an earlier version left plain', async () => {
    const third = newKey('k3')
    const { state } = scene.gateway
    const [old, plain] = [`${firstIdAt(Date.now())}old`, `${firstIdAt(Date.now())}plain`]
    const said = JSON.stringify({ answers: ['Of course.'] })
    const silent = (): void => undefined
    await scene.gateway.kill()
    inside(databaseOf(state), (database) => {
      const insert = database.prepare('INSERT INTO texts (row_id, text) VALUES (?, ?)')
      insert.run(old, openTexts(openSeals(second, cipher), silent).close(said, old) ?? '')
      insert.run(plain, said)
    })
    ringCron(state)
    await rekey(`${third},${second}`)
    const texts = openTexts(openSeals(third, cipher), silent)
    for (const row of [old, plain]) {
      const text = await until('it to be sealed again', () => {
        const query = 'SELECT text FROM texts WHERE row_id = ?'
        const found = inside(databaseOf(state), (database) => database.prepare(query).get(row), true)
        return String(found?.['text']).startsWith('sealed:k3:') && String(found?.['text'])
      })
      expect(texts.open(text, row)).toEqual({ answers: ['Of course.'] })
      expect(texts.open(text, 'another row')).toMatchObject({ sealed: true })
    }
  }, 240_000)

  test('reaches the turns of a conversation that nobody speaks in, and the old one is not missed', async () => {
    const { lab, client, gateway } = scene
    const [old, young] = [newKey('k4'), newKey('k5')]
    const headers = { 'x-minnow-conversation': 'rekeyed' }
    const say = async (text: string): Promise<Reply> =>
      ok(await client.ask({ model: 'lab/one', messages: [user(text)] }, { headers }))
    const heads = (): Set<string> =>
      new Set(
        valuesIn(gateway.state, 'Conversation', 'SELECT text FROM texts').map((value) =>
          value instanceof Uint8Array ? Buffer.from(value.subarray(2, 4)).toString('latin1') : 'plain',
        ),
      )
    const read = async (): Promise<unknown[]> => {
      const { json } = ok(await client.send('/v1/conversations/rekeyed/messages'))
      return (pick(json, 'data') as { content: string }[]).map(({ content }) => content)
    }
    await rekey(old)
    lab.script('one', { text: 'a1' }, { text: 'a2' }, { text: 'a3' })
    await say('q1')
    expect(heads()).toEqual(new Set(['k4']))
    // Without a pause: what is said from now on has the new key, and what was said is read with the old one.
    await rekey(`${young},${old}`)
    await say('q2')
    expect(heads()).toEqual(new Set(['k4', 'k5']))
    expect(await read()).toEqual(['q1', 'a1', 'q2', 'a2'])
    await gateway.kill()
    ringAlarms(gateway.state, 'Conversation')
    await rekey(`${young},${old}`)
    await until('everything to be sealed again', () => [...heads()].join() === 'k5')
    await rekey(young)
    expect(await read()).toEqual(['q1', 'a1', 'q2', 'a2'])
    await say('q3')
    const last = lab.seen('one').at(-1)
    expect(last && transcriptOf(last)).toEqual([
      'user: q1',
      'assistant: a1',
      'user: q2',
      'assistant: a2',
      'user: q3',
    ])
  }, 400_000)

  const rekey = (keys: string): Promise<void> => scene.gateway.restart({ DATA_KEYS: keys })
})
