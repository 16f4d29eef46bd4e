// Conversations that Minnow keeps: what the model is told, in which order, once, and to whom it belongs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Fields, pick, type Sending, user } from '../lab/client.ts'
import { freshId, openScene, type Scene } from '../lab/scene.ts'
import { visit } from '../lab/socket.ts'
import { until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene({ timeouts: { idleMs: 4_000, headMs: 30_000 }, retries: { sameTarget: 0 } })
})
afterAll(() => scene.stop())

const inTalk = (conversation: string): Sending => ({ headers: { 'x-minnow-conversation': conversation } })

/** Each test speaks to a model of its own in a conversation of its own; both have the same name. */
const say = (name: string, content: string, client: Client = scene.client): ReturnType<Client['ask']> =>
  client.ask({ model: `lab/${name}`, messages: [user(content)] }, inTalk(name))

/** What the model was told, as `role: text` lines, one list a request. */
const told = (name: string): string[][] =>
  scene.lab
    .seen(name)
    .map((request) =>
      (request.body['messages'] as Fields[]).map(
        (message) => `${String(message['role'])}: ${String(message['content'])}`,
      ),
    )

describe.concurrent('a conversation', () => {
  test('needs only the new message and tells the model all of it, in order', async () => {
    scene.lab.script('talk', { text: 'first answer' }, { text: 'second answer' })
    await say('talk', 'one')
    await scene.client.stream({ model: 'lab/talk', messages: [user('two')] }, inTalk('talk'))
    await say('talk', 'three')
    expect(told('talk')).toEqual([
      ['user: one'],
      ['user: one', 'assistant: first answer', 'user: two'],
      ['user: one', 'assistant: first answer', 'user: two', 'assistant: second answer', 'user: three'],
    ])
  })

  test('whose history is sent again in full is not doubled', async () => {
    scene.lab.script('full', { text: 'first answer' }, { text: 'second answer' })
    const history = [user('one')]
    const ask = (messages: Fields[]): Promise<unknown> =>
      scene.client.ask({ model: 'lab/full', messages }, inTalk('full'))
    await ask(history)
    await ask([
      ...history,
      { role: 'assistant', content: 'first answer', refusal: null, annotations: [] },
      user('two'),
    ])
    await say('full', 'three')
    expect(told('full')).toEqual([
      ['user: one'],
      ['user: one', 'assistant: first answer', 'user: two'],
      ['user: one', 'assistant: first answer', 'user: two', 'assistant: second answer', 'user: three'],
    ])
  })

  test('answers concurrent turns one after another, each with everything said before', async () => {
    scene.lab.always('turns', { text: 'yes', headAfterMs: 80 })
    const words = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(words.map((word) => say('turns', word)))
    const requests = scene.lab.seen('turns')
    for (const [at, request] of requests.entries()) {
      expect(request.body['messages']).toHaveLength(2 * at + 1)
      if (at > 0)
        expect(request.at).toBeGreaterThanOrEqual(requests[at - 1]?.endedAt ?? Number.POSITIVE_INFINITY)
    }
    const last = told('turns').at(-1) ?? []
    expect(last.filter((line) => line.startsWith('user')).toSorted()).toEqual(
      words.map((word) => `user: ${word}`),
    )
  })

  test('keeps an answer that was cut, as far as it came', async () => {
    scene.lab.script('cut', { text: 'this much and no further', cutAfter: 3, cut: 'reset' })
    const reply = await scene.client.stream({ model: 'lab/cut', messages: [user('one')] }, inTalk('cut'))
    expect(reply.error).toBeDefined()
    await say('cut', 'two')
    expect(told('cut').at(-1)).toEqual(['user: one', 'assistant: this much', 'user: two'])
  })

  test('keeps what a client read before it left', async () => {
    scene.lab.script('left', { text: 'word '.repeat(5_000), everyMs: 20 })
    const leaving = new AbortController()
    const reading = scene.client.stream(
      { model: 'lab/left', messages: [user('one')] },
      {
        ...inTalk('left'),
        signal: leaving.signal,
        onData: (data) => data.includes('word') && leaving.abort(),
      },
    )
    await expect(reading).rejects.toThrow(/abort/i)
    await say('left', 'two')
    const [first, answer, second] = told('left').at(-1) ?? []
    expect([first, second]).toEqual(['user: one', 'user: two'])
    expect(answer).toMatch(/^assistant: word/)
    expect(answer?.length).toBeLessThan(500)
  })

  test('forgets a turn that came to nothing, so that it can be sent again', async () => {
    scene.lab.script('failed', { status: 500 })
    expect((await say('failed', 'one')).status).toBe(500)
    await say('failed', 'one')
    expect(told('failed')).toEqual([['user: one'], ['user: one']])
  })

  test('is not held up by a client that left while it waited for its turn', async () => {
    scene.lab.script('queue', { text: 'slow', headAfterMs: 600 })
    const first = say('queue', 'one')
    await until('the first turn upstream', () => scene.lab.seen('queue').length === 1)
    const waiting = visit(
      scene.gateway.port,
      '/v1/chat/completions',
      JSON.stringify({ model: 'lab/queue', messages: [user('never mind')] }),
      { authorization: 'Bearer mk-local', 'x-minnow-conversation': 'queue' },
    )
    const last = say('queue', 'two')
    waiting.reset()
    await Promise.all([first, last])
    expect(
      told('queue')
        .at(-1)
        ?.filter((line) => !line.includes('never mind')),
    ).toEqual(['user: one', 'assistant: slow', 'user: two'])
  })

  test('belongs to its key: the same name under another key is another conversation', async () => {
    const [one, other] = await Promise.all([scene.makeKey(), scene.makeKey()])
    await say('mine', 'my secret', one.client)
    await say('mine', 'hello', other.client)
    await say('mine', 'hello')
    expect(told('mine')).toEqual([['user: my secret'], ['user: hello'], ['user: hello']])
  })

  test('takes new instructions in place of the old ones and keeps them at the front', async () => {
    const ask = (...messages: Fields[]): Promise<unknown> =>
      scene.client.ask({ model: 'lab/system', messages }, inTalk('system'))
    scene.lab.always('system', { text: 'ok' })
    await ask({ role: 'system', content: 'Be kind.' }, user('one'))
    await ask(user('two'))
    await ask({ role: 'system', content: 'Be brief.' }, user('three'))
    expect(told('system').at(1)).toEqual(['system: Be kind.', 'user: one', 'assistant: ok', 'user: two'])
    expect(told('system').at(2)).toEqual([
      'system: Be brief.',
      'user: one',
      'assistant: ok',
      'user: two',
      'assistant: ok',
      'user: three',
    ])
  })

  test('remembers tool calls with their ids, so that only the result must be sent', async () => {
    const call = { name: 'weather', arguments: { city: 'Oslo' }, id: 'call_1' }
    scene.lab.script('tools', { toolCalls: [call] }, { text: 'Rain.' })
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }]
    await scene.client.stream(
      { model: 'lab/tools', tools, messages: [user('Weather in Oslo?')] },
      inTalk('tools'),
    )
    const result = { role: 'tool', tool_call_id: 'call_1', content: '{"rain":true}' }
    const reply = await scene.client.ask({ model: 'lab/tools', tools, messages: [result] }, inTalk('tools'))
    expect(pick(reply.json, 'choices', 0, 'message', 'content')).toBe('Rain.')
    expect(scene.lab.seen('tools').at(-1)?.body['messages']).toEqual([
      user('Weather in Oslo?'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
        ],
      },
      result,
    ])
  })

  test('keeps images and other parts of a message as they were', async () => {
    const message = {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
      ],
    }
    await scene.client.ask({ model: 'lab/images', messages: [message] }, inTalk('images'))
    await say('images', 'And now?')
    expect(pick(scene.lab.seen('images').at(-1)?.body, 'messages', 0)).toEqual(message)
  })

  test.each(['', 'a/b', 'x'.repeat(129), 'päron'.normalize()])('name of %j is refused', async (name) => {
    const reply = await scene.client.ask(
      { model: 'lab/named' },
      { headers: { 'x-minnow-conversation': encodeURI(name) === name ? name : 'a b' } },
    )
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'param')).toBe('x-minnow-conversation')
  })

  test('counts its whole history against the budget', async () => {
    const key = await scene.makeKey({ budgets: [{ tokens: 1_300, window: 'day' }] })
    scene.lab.always('dear', { text: 'ok', usage: { prompt: 10, completion: 1 } })
    const ask = (content: string): ReturnType<Client['ask']> =>
      key.client.ask({ model: 'lab/dear', max_tokens: 10, messages: [user(content)] }, inTalk('dear'))
    expect((await ask('word '.repeat(150))).status).toBe(200)
    expect((await ask('word '.repeat(100))).status).toBe(429)
    expect((await ask('short')).status).toBe(200)
  })

  test('with micro goes on where it was', async () => {
    const name = freshId()
    const ask = (content: string): ReturnType<Client['ask']> =>
      scene.client.ask({ model: 'micro', messages: [user(content)] }, inTalk(name))
    expect((await ask('Hello!')).status).toBe(200)
    const second = await ask('Thanks!')
    expect(second.status).toBe(200)
    expect(pick(second.json, 'usage', 'prompt_tokens_details', 'cached_tokens')).toBeGreaterThan(8)
  })
})
