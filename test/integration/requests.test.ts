// Bad input: an error in OpenAI's shape with its true status, the server alive after it, and nothing recorded or sent.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fields, pick, type Reply, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene()
})
afterAll(() => scene.stop())

const post = (body: BodyInit, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
  scene.client.send('/v1/chat/completions', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })

/** The four fields, always all there, and an id to ask about. */
function expectError(reply: Reply, status: number): void {
  expect(reply.status).toBe(status)
  expect(reply.headers.get('content-type')).toMatch(/^application\/json/)
  expect(reply.headers.get('x-request-id')).toBeTruthy()
  const error = pick(reply.json, 'error') as Fields
  expect(Object.keys(error).toSorted()).toEqual(['code', 'message', 'param', 'type'])
  expect(error['message']).toMatch(/^[A-Z'].*[.'")]$/s)
  expect(reply.text).not.toMatch(/\bat \S+ \(|\.ts:\d|\.js:\d|ZodError|SyntaxError/)
}

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe.concurrent('a body that', () => {
  const BODIES: readonly {
    readonly what: string
    readonly body: BodyInit
    readonly status: number
    readonly says: RegExp
  }[] = [
    { what: 'is not JSON', body: '{"model": "micro", messages: []}', status: 400, says: /not valid JSON/ },
    { what: 'is cut', body: '{"model":"micro","messages":[{"role":"us', status: 400, says: /not valid JSON/ },
    { what: 'is empty', body: '', status: 400, says: /empty/ },
    { what: 'is a list', body: '[]', status: 400, says: /must be a JSON object/ },
    { what: 'is null', body: 'null', status: 400, says: /must be a JSON object/ },
    {
      what: 'is not UTF-8',
      body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
      status: 400,
      says: /UTF-8/,
    },
    {
      what: 'is 5 MB',
      body: JSON.stringify({ model: 'micro', messages: [user('x'.repeat(5_000_000))] }),
      status: 413,
      says: /larger than the 4194304 bytes/,
    },
    {
      what: 'is nested a hundred thousand deep',
      body: `{"model":"micro","messages":${deep(100_000)}}`,
      status: 400,
      says: /messages/,
    },
    {
      what: 'is nested deep in a field that nobody reads',
      body: `{"model":"nothing-such","messages":[{"role":"user","content":"x"}],"extra":${deep(5_000)}}`,
      status: 404,
      says: /nothing-such/,
    },
    {
      what: 'has a byte order mark and nothing else',
      body: '\uFEFF',
      status: 400,
      says: /empty|not valid JSON/,
    },
  ]
  test.each(BODIES)('$what is told so', async ({ body, status, says }) => {
    const reply = await post(body)
    expectError(reply, status)
    expect(pick(reply.json, 'error', 'message')).toMatch(says)
  })

  test('is 5 MB and sent without a length is refused too', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let part = 0; part < 5; part += 1) controller.enqueue(new Uint8Array(1_000_000).fill(32))
        controller.close()
      },
    })
    const init = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { authorization: 'Bearer mk-local' },
    } as RequestInit
    const response = await fetch(`${scene.gateway.url}/v1/chat/completions`, init)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ error: { code: 'request_too_large' } })
  })

  const FIELDS: readonly { readonly body: Fields; readonly param: string }[] = [
    { body: {}, param: 'messages' },
    { body: { messages: [] }, param: 'messages' },
    { body: { messages: 'Hello' }, param: 'messages' },
    { body: { messages: [{ role: 'user', content: 7 }] }, param: 'messages[0].content' },
    { body: { messages: [user('x'), { role: 'wizard', content: 'x' }] }, param: 'messages[1].role' },
    { body: { messages: [{ content: 'x' }] }, param: 'messages[0].role' },
    { body: { messages: [null] }, param: 'messages[0]' },
    { body: { messages: [user('x')], model: 7 }, param: 'model' },
    { body: { messages: [user('x')], model: '' }, param: 'model' },
    { body: { messages: [user('x')], stream: 'yes' }, param: 'stream' },
    { body: { messages: [user('x')], max_tokens: 0 }, param: 'max_tokens' },
    { body: { messages: [user('x')], max_tokens: 1.5 }, param: 'max_tokens' },
    { body: { messages: [user('x')], temperature: 3 }, param: 'temperature' },
    { body: { messages: [user('x')], top_p: -1 }, param: 'top_p' },
    { body: { messages: [user('x')], n: 0 }, param: 'n' },
    { body: { messages: [user('x')], tools: {} }, param: 'tools' },
    { body: { messages: [user('x')], stop: 5 }, param: 'stop' },
    { body: { messages: [user('x')], response_format: 'json' }, param: 'response_format' },
    { body: { messages: [user('x')], minnow: { strongShare: 2 } }, param: 'minnow.strongShare' },
    { body: { messages: [user('x')], minnow: { strongshare: 1 } }, param: 'minnow.strongshare' },
  ]
  test.each(FIELDS)('is wrong at $param is told where', async ({ body, param }) => {
    const reply = await post(JSON.stringify(body))
    expectError(reply, 400)
    expect(pick(reply.json, 'error')).toMatchObject({ type: 'invalid_request_error', param })
    expect(pick(reply.json, 'error', 'message')).toContain(`'${param}'`)
  })

  test('is refused leaves no row and nothing upstream', async () => {
    const key = await scene.makeKey()
    for (const body of ['{', '[]', '{"model":"lab/bad-input","messages":[]}']) {
      await key.client.send('/v1/chat/completions', { method: 'POST', body })
    }
    const id = freshId()
    await key.client.ask({ model: 'lab/good-input' }, withId(id))
    await scene.rowOf(id)
    expect((await scene.rows(`&key=${key.id}`)).map((row) => row.request_id)).toEqual([id])
    expect(scene.lab.seen('bad-input')).toHaveLength(0)
  })
})

describe.concurrent('a request for', () => {
  test.each(['nothing-such', 'nobody/gpt-4', 'lab/', '/x', 'micro ', '__proto__', 'constructor'])(
    'the unknown model %j is 404',
    async (model) => {
      const id = freshId()
      const reply = await scene.client.ask({ model }, withId(id))
      expectError(reply, 404)
      expect(pick(reply.json, 'error')).toMatchObject({ code: 'model_not_found', param: 'model' })
      expect(await scene.rowOf(id)).toMatchObject({ end: 'refused', status: 404 })
    },
  )

  test.each([
    { method: 'GET', path: '/v1/nothing' },
    { method: 'POST', path: '/v1/completions' },
    { method: 'GET', path: '/v1/chat/completions' },
    { method: 'DELETE', path: '/v1/chat/completions' },
    { method: 'PUT', path: '/v1/models' },
    { method: 'POST', path: '/v1/chat/completions/extra' },
  ])('the unknown route $method $path is 404 or 405 in words', async ({ method, path }) => {
    const reply = await scene.client.send(path, { method })
    expectError(reply, reply.status)
    expect([404, 405]).toContain(reply.status)
    expect(pick(reply.json, 'error', 'message')).toContain(`${method} ${path}`)
  })

  test('an unknown admin route is 404 in the same shape', async () => {
    expectError(await scene.admin.send('/admin/nothing'), 404)
  })

  test('an unknown admin key, a bad one or a bad price is told so', async () => {
    expectError(await scene.admin.send('/admin/keys/key_none'), 404)
    for (const body of [
      '{',
      '{}',
      '{"name":"x","budgets":[{"window":"day"}]}',
      '{"name":"x","budgets":[{"usd":1,"tokens":1,"window":"day"}]}',
      '{"name":"x","budgets":[{"usd":1,"window":"year"}]}',
      '{"name":"x","colour":"red"}',
    ]) {
      expectError(await scene.admin.send('/admin/keys', { method: 'POST', body }), 400)
    }
    expectError(
      await scene.admin.send('/admin/prices', { method: 'PUT', body: '{"model":"x","input":-1,"output":1}' }),
      400,
    )
  })
})

test.each(['a b', 'x'.repeat(129), 'a"b', 'a/b'])(
  'a request id of %j is replaced by one of ours',
  async (id) => {
    const reply = await scene.client.ask({ model: 'lab/ids' }, withId(id))
    expect(reply.headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{8}_[0-9a-f]{20}$/)
  },
)

test('the models are listed as OpenAI lists them, one by one too', async () => {
  const list = await scene.client.send('/v1/models')
  expect(list.json).toMatchObject({ object: 'list' })
  const models = pick(list.json, 'data') as Fields[]
  expect(models.map((model) => model['id'])).toEqual(expect.arrayContaining(['auto', 'micro']))
  for (const model of models)
    expect(model).toMatchObject({
      id: expect.any(String) as string,
      object: 'model',
      created: expect.any(Number) as number,
      owned_by: expect.any(String) as string,
    })
  expect((await scene.client.send('/v1/models/micro')).json).toEqual(
    models.find((model) => model['id'] === 'micro'),
  )
  expect((await scene.client.send('/v1/models/lab/anything')).json).toMatchObject({
    id: 'lab/anything',
    owned_by: 'lab',
  })
  expect((await scene.client.send('/v1/models/nothing-such')).status).toBe(404)
})

test('after all of this the gateway is alive and answers', async () => {
  await until('health', async () => (await scene.client.send('/health')).status === 200)
  expect((await scene.client.ask({ model: 'lab/fine' })).status).toBe(200)
  expect(scene.gateway.output()).not.toMatch(/error|exception/i)
})
