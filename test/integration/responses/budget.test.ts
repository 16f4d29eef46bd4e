// How much of a long conversation of the Responses API is sent, in a conversation and along a line of responses: within a
// budget of tokens or a model's window, the rest summed up; and what is erased is gone from all of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Fields, pick, type Reply } from '../../lab/client.ts'
import { valuesIn } from '../../lab/objects.ts'
import { freshId, openScene, type Scene, withId } from '../../lab/scene.ts'
import { transcriptOf } from '../../lab/transcript.ts'
import { until } from '../../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene((lab) => ({
    providers: { claude: { dialect: 'anthropic', baseUrl: lab, apiKey: '$LAB_KEY' } },
    models: {
      small: { provider: 'lab', model: 'small', contextWindow: 600, maxOutput: 100 },
      priced: { provider: 'lab', model: 'priced', price: { input: 1, output: 10 } },
      sums: { provider: 'lab', model: 'sums', price: { input: 1, output: 10 } },
    },
    routes: {
      summed: { order: ['priced'], conversations: { contextTokens: 400, summaryModel: 'sums' } },
    },
    timeouts: { idleMs: 30_000, headMs: 30_000 },
    retries: { sameTarget: 0 },
  }))
})
afterAll(() => scene.stop())

const LONG = 'many words '.repeat(40) // 81 tokens

const post = (path: string, body: Fields, id = freshId(), client = scene.client): Promise<Reply> =>
  client.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...withId(id).headers },
    body: JSON.stringify(body),
  })

interface Line {
  say(input: unknown, more?: Fields, id?: string): Promise<Reply>
  /** The id of the last response. */
  last(): string
}

/** In a conversation, or each response going on from the one before. */
async function open(
  kind: string,
  model: string,
  client: Client = scene.client,
): Promise<Line & { id: string }> {
  const made = kind === 'conversation' ? await post('/v1/conversations', {}, freshId(), client) : undefined
  const id = String(pick(made?.json, 'id'))
  let last: unknown
  return {
    id,
    last: () => String(last),
    async say(input, more = {}, requestId = freshId()) {
      const goesOn =
        made !== undefined ? { conversation: id } : last === undefined ? {} : { previous_response_id: last }
      const reply = await post('/v1/responses', { model, input, ...goesOn, ...more }, requestId, client)
      if (reply.status === 200) last = pick(reply.json, 'id')
      return reply
    },
  }
}

const told = (model: string): readonly string[] => {
  const seen = scene.lab.seen(model).at(-1)
  return seen === undefined ? [] : transcriptOf(seen)
}

const receiptOf = (id: string, client = scene.client): Promise<unknown> =>
  until('the receipt', async () => {
    const reply = await client.send(`/v1/receipts/${id}`)
    return reply.status === 200 && reply.json
  })

describe.each(['conversation', 'line'])('of a long %s', (kind) => {
  test('as much is sent as the request allows, and the receipt says what was not', async () => {
    const name = `budget-${kind}`
    scene.lab.always(name, { text: 'yes' })
    const line = await open(kind, `lab/${name}`)
    for (let at = 0; at < 6; at += 1)
      expect((await line.say(`${at} ${LONG}`, { minnow: { contextTokens: 100_000 } })).status).toBe(200)
    const id = freshId()
    expect((await line.say('last', { minnow: { contextTokens: 300 } }, id)).status).toBe(200)
    expect(told(name).map((text) => text.slice(0, 7))).toEqual([
      'user: 4',
      'assista',
      'user: 5',
      'assista',
      'user: l',
    ])
    const context = pick(await receiptOf(id), 'context')
    expect(context).toMatchObject({
      turn: expect.stringMatching(/^resp_/),
      left_out: { turns: 4, tool_results: 0 },
      summary: false,
    })
    expect(Number(pick(context, 'tokens'))).toBeLessThanOrEqual(300)
    const listed = await scene.client.send(`/v1/responses/${line.last()}/input_items?limit=100`)
    expect(pick(listed.json, 'data')).toHaveLength(13) // all that stands before it, sent or not
  })

  test('more than the model can read is refused, unless truncation is auto', async () => {
    const line = await open(kind, 'small')
    scene.lab.always('small', { text: 'yes' })
    for (let at = 0; at < 8; at += 1)
      expect((await line.say(`${at} ${LONG}`, { truncation: 'auto' })).status).toBe(200)
    expect(told('small').length).toBeLessThan(12)
    expect(told('small').at(-1)).toMatch(/^user: 7/)
    const disabled = await line.say('too much', { truncation: 'disabled', minnow: { contextTokens: 300 } })
    expect(disabled.status).toBe(400)
    expect(pick(disabled.json, 'error')).toMatchObject({
      code: 'context_length_exceeded',
      param: 'input',
      message: expect.stringContaining("'truncation': 'auto'"),
    })
    for (let at = 0; at < 12; at += 1) await line.say(`${at} ${LONG}`, { truncation: 'auto' })
    const refused = await line.say('too much')
    expect([refused.status, pick(refused.json, 'error', 'code')]).toEqual([400, 'context_length_exceeded'])
    expect((await line.say('fine', { truncation: 'auto' })).status).toBe(200) // nothing is held up by that
  })

  test('what is left out is summed up by a small model, paid by the key, and erased with the rest', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'total' }] })
    const line = await open(kind, 'summed', key.client)
    scene.lab.always('priced', { text: 'yes' })
    scene.lab.always('sums', { text: 'They said many words.', usage: { prompt: 100, completion: 10 } })
    const summaries = (): number =>
      valuesIn(scene.gateway.state, 'Thread', 'SELECT position FROM summaries').length
    const before = summaries()
    const more = { max_output_tokens: 20 }
    for (let at = 0; at < 6; at += 1) await line.say(`${at} ${LONG}`, more)
    await until('a summary', () => summaries() > before)
    const id = freshId()
    await line.say('next', more, id)
    expect(told('priced').some((text) => text.includes('They said many words.'))).toBe(true)
    expect(pick(await receiptOf(id, key.client), 'context', 'summary')).toBe(true)
    const [asked] = scene.lab.seen('sums')
    expect(JSON.stringify(asked?.body['messages'])).toContain('0 many words')
    const rows = await until('its row', async () => {
      const found = (await scene.rows(`&key=${key.id}`)).filter(({ request_id: row }) =>
        row.endsWith('-summary'),
      )
      return found.length > 0 && found
    })
    expect(rows[0]).toMatchObject({ cost_micros: 200, model: 'lab/sums' })
    const address = kind === 'conversation' ? `/v1/conversations/${line.id}` : `/v1/responses/${line.last()}`
    expect((await key.client.send(address, { method: 'DELETE' })).status).toBe(200)
    await until('no summary', () => summaries() === before)
  })

  test('older results of tools go first, and calls keep their results, at every vendor', async () => {
    const tools = [{ type: 'function', name: 'look', parameters: { type: 'object' } }]
    for (const [model, wire] of [
      [`lab/tools1-${kind}`, `tools1-${kind}`],
      [`claude/tools2-${kind}`, `tools2-${kind}`],
    ] as const) {
      const line = await open(kind, model)
      const call = (id: string) => ({ toolCalls: [{ id, name: 'look', arguments: {} }] })
      scene.lab.script(wire, call('call_1'), { text: 'seen' }, call('call_2'), { text: 'seen again' })
      const output = (id: string, text: string): Fields[] => [
        { type: 'function_call_output', call_id: id, output: text },
      ]
      const more = { tools, max_output_tokens: 50 }
      await line.say('look', more)
      await line.say(output('call_1', `BIG ${LONG.repeat(5)}`), more)
      await line.say('look again', more)
      const reply = await line.say(output('call_2', 'small'), { ...more, minnow: { contextTokens: 200 } })
      expect(reply.status, reply.text).toBe(200)
      const body = JSON.stringify(scene.lab.seen(wire).at(-1)?.body)
      expect(body).not.toContain('BIG')
      expect(body).toContain('left out to save room')
      expect(body).toContain('look again')
    }
  })

  test('as much is sent of it in the background', async () => {
    const name = `behind-${kind}`
    scene.lab.always(name, { text: 'yes' })
    const line = await open(kind, `lab/${name}`)
    for (let at = 0; at < 4; at += 1) await line.say(`${at} ${LONG}`)
    await line.say('last', { background: true, minnow: { contextTokens: 200 } })
    await until('its end', async () => {
      const { json } = await scene.client.send(`/v1/responses/${line.last()}`)
      return pick(json, 'status') === 'completed'
    })
    expect(told(name)).toHaveLength(3)
  })
})

test('a question that is long itself loses its beginning where truncation is auto', async () => {
  scene.lab.always('small', { text: 'yes' })
  const input = Array.from({ length: 9 }, (_, at) => [
    { role: 'user', content: `${at} ${LONG}` },
    { role: 'assistant', content: 'yes' },
  ]).flat()
  const question = { role: 'user', content: 'And now?' }
  const developer = { role: 'developer', content: 'Be brief.' }
  const reply = await post('/v1/responses', {
    model: 'small',
    input: [developer, ...input, question],
    truncation: 'auto',
  })
  expect(reply.status, reply.text).toBe(200)
  const sent = told('small')
  expect(sent.length).toBeLessThan(12)
  expect(sent[0]).toContain('Be brief.')
  expect(sent.at(-1)).toBe('user: And now?')
})

test('an item that is deleted from a conversation is gone from the response that it came with', async () => {
  scene.lab.script('forgotten', { text: 'a1' }, { text: 'a2' }, { text: 'a3' })
  const line = await open('conversation', 'lab/forgotten')
  const first = await line.say('the secret')
  const firstId = String(pick(first.json, 'id'))
  await line.say('q2')
  const items = pick((await scene.client.send(`/v1/conversations/${line.id}/items?order=asc`)).json, 'data')
  for (const at of [0, 1]) {
    const path = `/v1/conversations/${line.id}/items/${String(pick(items, at, 'id'))}`
    expect((await scene.client.send(path, { method: 'DELETE' })).status).toBe(200)
  }
  for (const path of [`/v1/responses/${firstId}`, `/v1/responses/${firstId}/input_items`]) {
    const { status, text } = await scene.client.send(path)
    expect(status).toBe(200)
    expect(text).not.toContain('the secret')
    expect(text).not.toContain('"a1"')
  }
  const later = await scene.client.send(`/v1/responses/${line.last()}/input_items`)
  expect(later.text).not.toContain('the secret')
  await line.say('q3')
  expect(told('forgotten')).toEqual(['user: q2', 'assistant: a2', 'user: q3'])
})
