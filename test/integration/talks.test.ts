// What can be done with a conversation: gone on with from anywhere, listed, read, copied, erased; and how much of it is sent.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Fields, pick, type Reply, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene((lab) => ({
    providers: {
      claude: { dialect: 'anthropic', baseUrl: lab, apiKey: '$LAB_KEY' },
      google: { dialect: 'gemini', baseUrl: lab.replace('/v1', '/v1beta'), apiKey: '$LAB_KEY' },
    },
    models: {
      small: { provider: 'lab', model: 'small', contextWindow: 600, maxOutput: 100 },
      priced: { provider: 'lab', model: 'priced', price: { input: 1, output: 10 } },
      sums: { provider: 'lab', model: 'sums', price: { input: 1, output: 10 } },
    },
    routes: {
      summed: { order: ['priced'], conversations: { contextTokens: 400, summaryModel: 'sums' } },
    },
    timeouts: { idleMs: 10_000, headMs: 30_000 },
    retries: { sameTarget: 0 },
  }))
})
afterAll(() => scene.stop())

interface Speaker {
  readonly conversation: string
  readonly client?: Client
  readonly model?: string
}

/** A turn; the reply tells its id. */
const say = (
  { conversation, client = scene.client, model = `lab/${conversation}` }: Speaker,
  content: string | Fields[],
  minnow?: Fields,
  more: Fields = {},
): Promise<Reply> =>
  client.ask(
    {
      model,
      messages: typeof content === 'string' ? [user(content)] : content,
      ...(minnow === undefined ? {} : { minnow }),
      ...more,
    },
    { headers: { 'x-minnow-conversation': conversation } },
  )

function turnOf({ headers, text }: Reply): string {
  const id = headers.get('x-minnow-turn')
  if (id === null) throw new Error(`no turn: ${text}`)
  return id
}

/** What the model was told last, as texts. */
const told = (name: string): unknown[] => {
  const messages = scene.lab.seen(name).at(-1)?.body['messages']
  return Array.isArray(messages) ? messages.map((message) => pick(message, 'content')) : []
}

const read = async (conversation: string, query = '', client = scene.client): Promise<Fields[]> => {
  const reply = await client.send(`/v1/conversations/${conversation}/messages${query}`)
  if (reply.status !== 200) throw new Error(reply.text)
  return pick(reply.json, 'data') as Fields[]
}

const texts = (messages: readonly Fields[]): unknown[] => messages.map(({ content }) => content)

/** Stored off the path, so soon after the answer. */
const turns = (conversation: string, count: number, client = scene.client): Promise<unknown> =>
  until(`${count} turns`, async () => {
    const about = await client.send(`/v1/conversations/${conversation}`)
    return pick(about.json, 'turns') === count && about.json
  })

describe.concurrent('a conversation', () => {
  test('is read back as it was said, with ids, times, models and counts', async () => {
    scene.lab.script('read', { text: 'Oslo.' }, { text: 'cut short here', cutAfter: 3, cut: 'reset' })
    const first = await say({ conversation: 'read' }, [
      { role: 'system', content: 'Be brief.' },
      user('Capital of Norway?'),
    ])
    await scene.client.stream(
      { model: 'lab/read', messages: [user('And of Sweden?')] },
      { headers: { 'x-minnow-conversation': 'read' } },
    )
    const about = await turns('read', 2)
    const messages = await read('read')
    expect(messages.map(({ role, content }) => [role, content])).toEqual([
      ['system', 'Be brief.'],
      ['user', 'Capital of Norway?'],
      ['assistant', 'Oslo.'],
      ['user', 'And of Sweden?'],
      ['assistant', 'cut short'],
    ])
    expect(messages[1]).toMatchObject({ id: `${turnOf(first)}.0`, turn: turnOf(first), tokens: 9 })
    expect(messages[2]).toMatchObject({ model: 'lab/read', cut: false })
    expect(messages[4]).toMatchObject({ cut: true })
    expect(about).toMatchObject({ id: 'read', object: 'conversation', last_turn: messages[4]?.['turn'] })
    expect(Number(pick(about, 'expires_at')) - Number(pick(about, 'last_turn_at'))).toBe(30 * 86_400)
  })

  test('goes on from before a question that is edited, and what was there is kept', async () => {
    const speaker = { conversation: 'edit' }
    scene.lab.script('edit', ...['a1', 'a2', 'a3', 'a2b', 'a4'].map((text) => ({ text })))
    await say(speaker, 'q1')
    const second = turnOf(await say(speaker, 'q2'))
    const third = turnOf(await say(speaker, 'q3'))
    const edited = turnOf(await say(speaker, 'q2b', { edit: `${second}.0` }))
    expect(told('edit')).toEqual(['q1', 'a1', 'q2b'])
    await turns('edit', 2)
    expect(texts(await read('edit'))).toEqual(['q1', 'a1', 'q2b', 'a2b'])
    expect((await read('edit')).at(-1)?.['alternatives']).toEqual([second, edited])
    expect(texts(await read('edit', `?turn=${third}`))).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3'])
    await say(speaker, 'q4', { parent: third })
    expect(told('edit')).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3', 'q4'])
    await turns('edit', 4)
  })

  test.each([
    ['/v1/chat/completions', { messages: [] }],
    ['/v1/messages', { messages: [], max_tokens: 100 }],
    ['/v1beta/models/lab%2Fregen3:generateContent', { contents: [] }],
  ])('answers its last question again at %s, and keeps both answers', async (path, body) => {
    const name = `regen${Object.keys(body).length}${path.includes('beta') ? '3' : ''}`
    const model = path.includes('beta') ? 'regen3' : name
    scene.lab.script(model, { text: 'first' }, { text: 'second' }, { text: 'third' })
    const speaker = { conversation: name, model: `lab/${model}` }
    const first = turnOf(await say(speaker, 'question'))
    const again = await scene.client.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-minnow-conversation': name },
      body: JSON.stringify({ model: `lab/${model}`, ...body, minnow: { regenerate: true } }),
    })
    expect([again.status, told(model)], again.text).toEqual([200, ['question']])
    await until('both', async () => (await read(name)).at(-1)?.['content'] === 'second')
    expect((await read(name)).at(-1)?.['alternatives']).toEqual([first, turnOf(again)])
    await say(speaker, 'next')
    expect(told(model)).toEqual(['question', 'second', 'next'])
  })

  test('refuses what cannot be, and says what to do', async () => {
    const speaker = { conversation: 'refuse' }
    const nothing = await say(speaker, [user('x')], { regenerate: true })
    expect([nothing.status, pick(nothing.json, 'error', 'param')]).toEqual([400, 'minnow.regenerate'])
    await say(speaker, 'q1')
    const other = await say(speaker, 'another question', { regenerate: true })
    expect([other.status, pick(other.json, 'error', 'message')]).toEqual([
      400,
      expect.stringContaining('minnow.edit'),
    ])
    const lost = await say(speaker, 'x', { edit: `turn_${'0'.repeat(24)}` })
    expect([lost.status, pick(lost.json, 'error', 'code')]).toEqual([404, 'turn_not_found'])
    const both = await say(speaker, 'x', { edit: `turn_${'0'.repeat(24)}`, regenerate: true })
    expect([both.status, pick(both.json, 'error', 'param')]).toEqual([400, 'minnow'])
    const odd = await say(speaker, 'x', { edit: 'the first' })
    expect([odd.status, pick(odd.json, 'error', 'param')]).toEqual([400, 'minnow.edit'])
    const bare = await scene.client.ask({ model: 'lab/x', minnow: { regenerate: true } })
    expect([bare.status, pick(bare.json, 'error', 'message')]).toEqual([
      400,
      expect.stringContaining('x-minnow-conversation'),
    ])
    const theirs = await say({ conversation: `conv_${'0'.repeat(40)}` }, 'x')
    expect([theirs.status, pick(theirs.json, 'error', 'message')]).toEqual([
      400,
      expect.stringContaining('/v1/responses'),
    ])
    await say(speaker, 'q2')
    expect(told('refuse')).toHaveLength(3) // nothing of all that was stored
  })

  test('can be copied from any turn, and both go on by themselves', async () => {
    const speaker = { conversation: 'from' }
    scene.lab.always('from', { text: 'yes' })
    await say(speaker, [{ role: 'system', content: 'S' }, user('q1')])
    const second = turnOf(await say(speaker, 'q2'))
    await say(speaker, 'q3')
    await turns('from', 3)
    const branch = (body: Fields): Promise<Reply> =>
      scene.client.send('/v1/conversations/from/branch', { method: 'POST', body: JSON.stringify(body) })
    const made = await branch({ turn: second, id: 'to' })
    expect(made.json).toMatchObject({ id: 'to', turns: 2, branched_from: { id: 'from', turn: second } })
    expect((await branch({ id: 'to' })).status).toBe(409)
    expect((await branch({ turn: 'turn_none' })).status).toBe(404)
    await say({ conversation: 'to', model: 'lab/from' }, 'other')
    expect(told('from')).toEqual(['S', 'q1', 'yes', 'q2', 'yes', 'other'])
    await say(speaker, 'q4')
    expect(told('from')).toHaveLength(8)
    const whole = await branch({})
    expect(whole.json).toMatchObject({ id: expect.stringMatching(/^talk_/), turns: 4 })
  })

  test('is listed for its key only, newest first, page by page', async () => {
    const [one, other] = await Promise.all([scene.makeKey(), scene.makeKey()])
    for (const conversation of ['a', 'b', 'c']) {
      await say({ conversation, client: one.client, model: 'lab/listed' }, 'hello')
      await turns(conversation, 1, one.client)
    }
    await say({ conversation: 'a', client: one.client, model: 'lab/listed' }, 'more')
    const list = async (query = '', client = one.client): Promise<unknown> =>
      (await client.send(`/v1/conversations${query}`)).json
    expect(await list('?limit=2')).toMatchObject({
      object: 'list',
      data: [{ id: 'c', object: 'conversation' }, { id: 'b' }],
      first_id: 'c',
      last_id: 'b',
      has_more: true,
    })
    expect(await list('?limit=2&after=b')).toMatchObject({ data: [{ id: 'a' }], has_more: false })
    expect(await list('', other.client)).toMatchObject({ data: [] })
    expect((await one.client.send('/v1/conversations?after=none')).status).toBe(400)
    expect((await other.client.send('/v1/conversations/a')).status).toBe(404)
  })

  test('is erased with everything, also while a turn of it is answered', async () => {
    const speaker = { conversation: 'erase' }
    scene.lab.script('erase', { text: 'one' }, { text: 'two', headAfterMs: 500 })
    await say(speaker, 'secret')
    await turns('erase', 1)
    const running = say(speaker, 'more')
    await until('the second turn upstream', () => scene.lab.seen('erase').length === 2)
    const erase = (): Promise<Reply> => scene.client.send('/v1/conversations/erase', { method: 'DELETE' })
    expect((await erase()).json).toEqual({ id: 'erase', object: 'conversation.deleted', deleted: true })
    expect((await running).status).toBe(200)
    expect((await erase()).status).toBe(404)
    await say(speaker, 'anew')
    expect(told('erase')).toEqual(['anew'])
    await turns('erase', 1)
  })

  test('that is erased in its first turn leaves nothing, in the list of its key neither', async () => {
    const { client } = await scene.makeKey()
    scene.lab.script('first', { text: 'one', headAfterMs: 500 })
    const running = say({ conversation: 'first', client }, 'secret')
    await until('the turn upstream', () => scene.lab.seen('first').length === 1)
    expect((await client.send('/v1/conversations/first', { method: 'DELETE' })).status).toBe(200)
    expect((await running).status).toBe(200)
    await new Promise((done) => setTimeout(done, 500)) // the turn is put into the list after its answer
    await until('an empty list', async () => {
      const { json } = await client.send('/v1/conversations')
      return (pick(json, 'data') as unknown[]).length === 0
    })
    expect((await client.send('/v1/conversations/first')).status).toBe(404)
  })

  test('is exported whole, as lines of JSON or as a text to read', async () => {
    const speaker = { conversation: 'export' }
    scene.lab.always('export', { text: 'An *answer*.' })
    for (let at = 0; at < 3; at += 1) await say(speaker, `question ${at}`)
    await turns('export', 3)
    const lines = await scene.client.send('/v1/conversations/export/messages?format=jsonl')
    const rows = lines.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Fields)
    expect(texts(rows)).toEqual([0, 1, 2].flatMap((at) => [`question ${at}`, 'An *answer*.']))
    const text = await scene.client.send('/v1/conversations/export/messages?format=markdown&limit=1')
    expect(text.headers.get('content-type')).toContain('text/markdown')
    expect(text.text.match(/## Assistant \(lab\/export\)/g)).toHaveLength(3)
    expect((await scene.client.send('/v1/conversations/export/messages?format=pdf')).status).toBe(400)
    const page = await scene.client.send('/v1/conversations/export/messages?limit=1&order=desc')
    expect(page.json).toMatchObject({
      has_more: true,
      data: [{ content: 'question 2' }, { role: 'assistant' }],
    })
  })

  test('shows nothing to a publishable key, which every visitor has', async () => {
    const { id, client } = await scene.makeKey({ origins: ['https://shop.example'] })
    expect(id).toBeDefined()
    for (const path of ['/v1/conversations', '/v1/conversations/x', '/v1/conversations/x/messages']) {
      const reply = await client.send(path, { headers: { origin: 'https://shop.example' } })
      expect([reply.status, pick(reply.json, 'error', 'code')]).toEqual([403, 'publishable_key'])
    }
  })

  test('of the Responses API and one of ours have one address and are told apart', async () => {
    const made = await scene.client.send('/v1/conversations', { method: 'POST', body: '{}' })
    const id = String(pick(made.json, 'id'))
    expect((await scene.client.send(`/v1/conversations/${id}`)).json).toMatchObject({ id, metadata: {} })
    expect((await scene.client.send(`/v1/conversations/${id}`, { method: 'DELETE' })).status).toBe(200)
    expect((await scene.client.send('/v1/conversations/never-was')).status).toBe(404)
  })

  test('holds when the client changes its dialect and the vendor from turn to turn', async () => {
    const name = 'vendors'
    const headers = { 'content-type': 'application/json', 'x-minnow-conversation': name }
    const send = (path: string, body: Fields): Promise<Reply> =>
      scene.client.send(path, { method: 'POST', headers, body: JSON.stringify(body) })
    for (const model of ['v1', 'v2', 'v3']) scene.lab.always(model, { text: `from ${model}` })
    await send('/v1/chat/completions', { model: 'lab/v1', messages: [user('chat')] })
    await send('/v1/messages', { model: 'claude/v2', max_tokens: 50, messages: [user('messages')] })
    await send('/v1beta/models/google%2Fv3:generateContent', {
      contents: [{ role: 'user', parts: [{ text: 'gemini' }] }],
    })
    await send('/v1/chat/completions', { model: 'micro', messages: [user('Hello!')] })
    await turns(name, 4)
    expect(texts(await read(name)).slice(0, 6)).toEqual([
      'chat',
      'from v1',
      'messages',
      'from v2',
      'gemini',
      'from v3',
    ])
    const models = (await read(name)).flatMap(({ model }) => model ?? [])
    expect(models).toEqual(['lab/v1', 'claude/v2', 'google/v3', 'minnow/micro'])
  })
})

describe.concurrent('of a long conversation', () => {
  const long = 'many words '.repeat(40) // 81 tokens

  test('as much is sent as the request allows, and the receipt says what was not', async () => {
    const speaker = { conversation: 'budget' }
    scene.lab.always('budget', { text: 'yes' })
    for (let at = 0; at < 6; at += 1) await say(speaker, `${at} ${long}`, { contextTokens: 100_000 })
    const id = freshId()
    await scene.client.ask(
      { model: 'lab/budget', messages: [user('last')], minnow: { contextTokens: 300 } },
      { headers: { 'x-minnow-conversation': 'budget', ...withId(id).headers } },
    )
    expect(told('budget').map((text) => String(text).slice(0, 4))).toEqual([
      '4 ma',
      'yes',
      '5 ma',
      'yes',
      'last',
    ])
    const receipt = await until('the receipt', async () => {
      const reply = await scene.client.send(`/v1/receipts/${id}`)
      return reply.status === 200 && reply.json
    })
    expect(pick(receipt, 'context')).toMatchObject({
      turn: expect.stringMatching(/^turn_/),
      left_out: { turns: 4, tool_results: 0 },
      summary: false,
    })
    expect(Number(pick(receipt, 'context', 'tokens'))).toBeLessThanOrEqual(300)
  })

  test('as much is sent as the model can read', async () => {
    const speaker = { conversation: 'window', model: 'small' }
    scene.lab.always('small', { text: 'yes' })
    for (let at = 0; at < 8; at += 1) expect((await say(speaker, `${at} ${long}`)).status).toBe(200)
    const sent = told('small')
    expect(sent.length).toBeGreaterThan(3)
    expect(sent.length).toBeLessThan(12)
    expect(sent.at(-1)).toMatch(/^7/)
  })

  test('what is left out is summed up by a small model, paid by the key, with a receipt of its own', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'total' }] })
    const speaker = { conversation: 'summed', model: 'summed', client: key.client }
    scene.lab.always('priced', { text: 'yes' })
    scene.lab.always('sums', { text: 'They said many words.', usage: { prompt: 100, completion: 10 } })
    for (let at = 0; at < 6; at += 1) await say(speaker, `${at} ${long}`, undefined, { max_tokens: 20 })
    await until('a summary', () => scene.lab.seen('sums').length > 0)
    await until('its use', async () => {
      await say(speaker, 'next', undefined, { max_tokens: 20 })
      return told('priced').some((text) => String(text).includes('They said many words.'))
    })
    const [asked] = scene.lab.seen('sums')
    expect(JSON.stringify(asked?.body['messages'])).toContain('0 many words')
    const rows = await until('its row', async () => {
      const found = (await scene.rows(`&key=${key.id}`)).filter(({ request_id: id }) =>
        id.endsWith('-summary'),
      )
      return found.length > 0 && found
    })
    expect(rows[0]).toMatchObject({ cost_micros: 200, model: 'lab/sums' })
    await until('the receipt of who was told it', async () => {
      const found = await scene.rows(`&key=${key.id}`)
      return found.some(({ routing }) => pick(routing, 'context', 'summary') === true)
    })
    expect(scene.lab.seen('sums').length).toBeLessThanOrEqual(3) // once a span, not once a turn
  })

  test('older results of tools go first, and calls keep their results, at every vendor', async () => {
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
    for (const [model, wire] of [
      ['lab/tools1', 'tools1'],
      ['claude/tools2', 'tools2'],
    ] as const) {
      const speaker = { conversation: wire, model }
      const call = (id: string) => ({ toolCalls: [{ id, name: 'look', arguments: {} }] })
      scene.lab.script(wire, call('call_1'), { text: 'seen' }, call('call_2'), { text: 'seen again' })
      const more = { tools, max_tokens: 50 }
      await say(speaker, 'look', undefined, more)
      await say(
        speaker,
        [{ role: 'tool', tool_call_id: 'call_1', content: `BIG ${long.repeat(5)}` }],
        undefined,
        more,
      )
      await say(speaker, 'look again', undefined, more)
      const reply = await say(
        speaker,
        [{ role: 'tool', tool_call_id: 'call_2', content: 'small' }],
        { contextTokens: 200 },
        more,
      )
      expect(reply.status).toBe(200)
      const body = JSON.stringify(scene.lab.seen(wire).at(-1)?.body)
      expect(body).not.toContain('BIG')
      expect(body).toContain('left out to save room')
      expect(body).toContain('look again')
    }
  })
})
