// Workers AI through the whole Worker: by workerd's own AI binding, and over REST; models of both kinds, well and badly.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inputsOf, optionsOf, startWorkersAi, type WorkersAi } from '../lab/ai.ts'
import type { LabRequest } from '../lab/wire.ts'
import { type Fields, pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const TOKEN = 'cf-token-0123456789abcdef'
const PRICE = { input: 2, cacheRead: 1, output: 10 }
const USAGE = { prompt: 100, cached: 40, completion: 20, reasoning: 5 }
/** 60 fresh at 2, 40 cached at 1, 20 out at 10: micro-dollars. */
const COST = 60 * 2 + 40 * 1 + 20 * 10
const TEN = 'one two three four five six seven eight nine ten'

/** A model of each kind, of its own for every test; the last one says everything twice. */
const kinds: readonly (readonly [kind: string, name: (test: string) => string])[] = [
  ['a native model', (name) => `@cf/meta/llama-3-${name}`],
  ["a model like OpenAI's", (name) => `@cf/zai-org/glm-${name}`],
  ['a model that says everything in both shapes', (name) => `@cf/meta/llama-4-${name}`],
]

let ai: WorkersAi
let scene: Scene

const PRICED = kinds.flatMap(([, model]) => [model('paid'), model('cut'), model('whole')])

beforeAll(async () => {
  ai = await startWorkersAi()
  ai.admit([TOKEN, ''])
  scene = await openScene(
    {
      providers: {
        cloud: { vendor: 'workers-ai' },
        logged: { vendor: 'workers-ai', settings: { gateway: 'mine' } },
        rest: { vendor: 'workers-ai', baseUrl: ai.restUrl, apiKey: '$CF_TOKEN', settings: { account: 'x' } },
        shut: { vendor: 'workers-ai', baseUrl: ai.restUrl, apiKey: '$CF_WRONG', settings: { account: 'x' } },
      },
      models: Object.fromEntries(
        PRICED.map((model) => [`priced/${model}`, { provider: 'cloud', model, price: PRICE }]),
      ),
      routes: {
        busy: { order: ['cloud/@cf/zai-org/glm-busy', 'lab/spare'] },
        spent: { order: ['cloud/@cf/zai-org/glm-spent', 'lab/spare'] },
        full: { order: ['cloud/@cf/zai-org/glm-full', 'cloud/@cf/zai-org/glm-late'] },
        quiet: { order: ['cloud/@cf/zai-org/glm-quiet'], timeouts: { idleMs: 2_000 } },
      },
      retries: { sameTarget: 0 },
    },
    { ai: ai.url, env: { CF_TOKEN: TOKEN, CF_WRONG: 'cf-token-of-nobody' } },
  )
})
afterAll(async () => {
  await scene.stop()
  await ai.stop()
})

const only = (model: string): LabRequest => {
  const [first, ...more] = ai.seen(model)
  if (first === undefined || more.length > 0)
    throw new Error(`${model} was asked ${more.length} times too often`)
  return first
}

/** Nothing that the vendor would have refused or wondered at. */
const wellFormed = (request: LabRequest): void =>
  expect({ refused: request.refused, strange: request.strange }).toEqual({})

describe.concurrent.each(kinds)('%s', (_, model) => {
  test('streams its answer, and what it cost is in the row and in the usage', async () => {
    const name = model('paid')
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })
    const id = freshId()
    ai.always(name, { text: TEN, usage: USAGE })
    const reply = await key.client.stream(
      { model: `priced/${name}`, stream_options: { include_usage: true }, max_tokens: 50 },
      withId(id),
    )
    expect(reply.said).toBe(TEN)
    expect(reply.isDone).toBe(true)
    expect(reply.usage).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 20,
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 5 },
      cost: COST / 1e6,
    })
    expect(
      reply.chunks.filter((chunk) => pick(chunk, 'choices', 0, 'finish_reason') === 'stop'),
    ).toHaveLength(1)
    expect(await scene.rowOf(id)).toMatchObject({
      end: 'finish',
      cost_micros: COST,
      model: `cloud/${name}`,
      tokens: { input: 60, cache_read: 40, output: 15, reasoning: 5, source: 'reported' },
    })
    expect((await scene.settled(key)).spent).toBe(COST / 1e6)
    const request = only(name)
    wellFormed(request)
    expect(request.path).toBe('/run?version=3')
    expect(inputsOf(request)).toMatchObject({ stream: true, max_tokens: 50 })
    expect(optionsOf(request)).toEqual({ returnRawResponse: true })
  })

  test('answers whole', async () => {
    const name = model('whole')
    const id = freshId()
    ai.always(name, { text: TEN, usage: USAGE })
    const reply = await scene.client.ask({ model: `priced/${name}` }, withId(id))
    expect(reply.status).toBe(200)
    expect(pick(reply.json, 'choices', 0)).toMatchObject({
      message: { role: 'assistant', content: TEN },
      finish_reason: 'stop',
    })
    expect(reply.headers.get('x-minnow-model')).toBe(`cloud/${name}`)
    expect((await scene.rowOf(id)).cost_micros).toBe(COST)
    wellFormed(only(name))
  })

  const tools = [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
    { type: 'function', function: { name: 'now' } },
  ]
  const toolCalls = [
    { name: 'get_weather', arguments: { city: 'Zürich' } },
    { name: 'now', arguments: {} },
  ]

  test.each([true, false])('calls tools, and takes their answers (stream: %s)', async (stream) => {
    const name = model(`tools-${stream}`)
    ai.script(name, { toolCalls }, { text: 'Sunny.' })
    const body = { model: `workers-ai/${name}`, tools, messages: [user('Weather?')] }
    const calls = stream
      ? foldCalls((await scene.client.stream(body)).chunks)
      : callsIn(await scene.client.ask(body))
    expect(
      calls.map((call) => [pick(call, 'function', 'name'), pick(call, 'function', 'arguments')]),
    ).toEqual([
      ['get_weather', '{"city":"Zürich"}'],
      ['now', '{}'],
    ])
    const ids = calls.map((call) => String(call['id']))
    expect(new Set(ids.filter((id) => id !== '')).size).toBe(2)
    const messages = [
      user('Weather?'),
      { role: 'assistant', content: null, tool_calls: calls },
      ...ids.map((id) => ({ role: 'tool', tool_call_id: id, content: 'Sun' })),
    ]
    const after = await scene.client.ask({ ...body, messages })
    expect(pick(after.json, 'choices', 0, 'message', 'content')).toBe('Sunny.')
    for (const request of ai.seen(name)) wellFormed(request)
    expect(pick(inputsOf(ai.seen(name)[1] ?? only(name)), 'messages', 2)).toMatchObject({
      role: 'tool',
      name: 'get_weather',
      content: 'Sun',
    })
  })

  test('sees a picture', async () => {
    const name = model('scout-eyes')
    const url = 'data:image/png;base64,AAAA'
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url } },
    ]
    const reply = await scene.client.ask({
      model: `workers-ai/${name}`,
      messages: [{ role: 'user', content }],
    })
    expect(reply.status).toBe(200)
    const sent = pick(inputsOf(only(name)), 'messages', 0, 'content')
    // Llama 3 has no eyes.
    expect(sent).toEqual(name.includes('llama-3') ? 'What is this?' : content)
    wellFormed(only(name))
  })

  test('that dies in the middle ends in one error event and is billed by estimate', async () => {
    const name = model('cut')
    const id = freshId()
    ai.always(name, { text: TEN, cutAfter: 6, usage: USAGE })
    const reply = await scene.client.stream({ model: `priced/${name}` }, withId(id))
    expect(reply.status).toBe(200)
    expect(reply.said).toBe('one two three four five')
    expect(reply.isDone).toBe(false)
    expect(reply.chunks.filter((chunk) => chunk['error'] !== undefined)).toHaveLength(1)
    expect(await scene.rowOf(id)).toMatchObject({ end: 'error', tokens: { source: 'estimated' } })
  })

  test('that ends its connection properly without an end is an error too', async () => {
    const name = model('short')
    ai.always(name, { text: TEN, cutAfter: 6, cut: 'end' })
    const reply = await scene.client.stream({ model: `workers-ai/${name}` })
    expect(reply.isDone).toBe(false)
    expect(reply.error).toMatchObject({ type: 'upstream_error' })
  })

  test('that says its own error in the middle ends in ours', async () => {
    const name = model('fails')
    ai.always(name, { text: TEN, failAt: 4 })
    const reply = await scene.client.stream({ model: `workers-ai/${name}` })
    expect(reply.said).toBe('one two three')
    expect(reply.error).toMatchObject({ code: 'upstream_failed' })
    expect(reply.isDone).toBe(false)
  })

  test('that garbles one event, or leaves out its end marker, is read all the same', async () => {
    const name = model('garbled')
    ai.script(
      name,
      { text: TEN, insert: [{ at: 3, text: 'data: {"response":"bro\n\n' }] },
      { text: TEN, done: false },
    )
    for (let turn = 0; turn < 2; turn += 1) {
      const reply = await scene.client.stream({ model: `workers-ai/${name}` })
      expect(reply.said).toBe(TEN)
      expect(reply.isDone).toBe(true)
    }
  })

  test('is stopped when the client leaves', async () => {
    const name = model('leaves')
    ai.always(name, { text: TEN, everyMs: 100 })
    const controller = new AbortController()
    await scene.client
      .stream(
        { model: `workers-ai/${name}` },
        { signal: controller.signal, onData: () => controller.abort() },
      )
      .catch(() => undefined) // it was we who left
    await until('the vendor to see us leave', () => ai.seen(name)[0]?.leftAt)
  })

  test('over REST is asked at its address with the token, and answers the same', async () => {
    const name = model('rest')
    const reply = await scene.client.stream({ model: `rest/${name}` })
    expect(reply.said).toBe(`This is ${name} speaking.`)
    const whole = await scene.client.ask({ model: `rest/${name}` })
    expect(pick(whole.json, 'choices', 0, 'message', 'content')).toBe(`This is ${name} speaking.`)
    for (const request of ai.seen(name)) {
      wellFormed(request)
      expect(request.headers.authorization).toBe(`Bearer ${TOKEN}`)
      expect(request.headers['x-session-affinity']).toMatch(/^ses_[0-9a-f]{32}$/)
    }
  })
})

describe.concurrent('JSON mode', () => {
  const schema = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } } }
  const response_format = { type: 'json_schema', json_schema: { name: 'person', schema, strict: true } }

  test.each([
    ['of a native model has no stream, so the whole reply is one', '@cf/meta/llama-3-json', undefined],
    ['of a native model with guided_json streams', '@cf/mistralai/mistral-small-3.1-json', true],
    ["of a model like OpenAI's streams", '@cf/google/gemma-4-json', true],
  ])('%s', async (_, name, streamed) => {
    const reply = await scene.client.stream({ model: `workers-ai/${name}`, response_format })
    expect(JSON.parse(reply.said)).toEqual({ name: 'text', age: 7 })
    expect(reply.isDone).toBe(true)
    wellFormed(only(name))
    expect(inputsOf(only(name))['stream']).toBe(streamed)
  })
})

describe.concurrent('the binding', () => {
  test('keeps a conversation on one machine under a name that tells nothing, and requests side by side apart', async () => {
    const name = '@cf/zai-org/glm-session'
    const keys = await Promise.all([scene.makeKey(), scene.makeKey()])
    const ask = (key: (typeof keys)[number], conversation: string) =>
      key.client.ask(
        { model: `workers-ai/${name}`, messages: [user(`I am in ${conversation}.`)] },
        { headers: { 'x-minnow-conversation': conversation } },
      )
    await Promise.all(
      keys.flatMap((key) => ['tea-time', 'tea-time', 'breakfast'].map((one) => ask(key, one))),
    )
    const sessions = ai.seen(name).map((request) => {
      expect(request.text).not.toContain('ses_')
      return String(request.headers['x-session-affinity'])
    })
    expect(sessions).toHaveLength(6)
    expect(new Set(sessions).size).toBe(4)
    for (const session of sessions) expect(session).toMatch(/^ses_[0-9a-f]{32}$/)
  })

  test('goes through the AI Gateway that the configuration names', async () => {
    const name = '@cf/zai-org/glm-logged'
    expect((await scene.client.ask({ model: `logged/${name}` })).status).toBe(200)
    expect(only(name).path).toBe('/ai-gateway/run?version=3')
    expect(optionsOf(only(name))).toMatchObject({ gateway: { id: 'mine' } })
  })

  test('fails at once where another target can follow, which then answers', async () => {
    const id = freshId()
    ai.always('@cf/zai-org/glm-busy', { status: 429 })
    scene.lab.always('spare', { text: 'Here.' })
    const reply = await scene.client.stream({ model: 'busy' }, withId(id))
    expect(reply.said).toBe('Here.')
    expect(optionsOf(only('@cf/zai-org/glm-busy'))).toMatchObject({ rejectIfBusy: true })
    expect((await scene.rowOf(id)).attempts).toMatchObject([
      { target: 'cloud/@cf/zai-org/glm-busy', status: 429, end: 'overloaded' },
      { target: 'lab/spare', end: 'answered' },
    ])
  })

  test('waits for capacity where nothing can follow', async () => {
    ai.always('@cf/zai-org/glm-full', { status: 429 })
    expect((await scene.client.ask({ model: 'full' })).status).toBe(200)
    expect(optionsOf(only('@cf/zai-org/glm-full'))).toMatchObject({ rejectIfBusy: true })
    expect(optionsOf(only('@cf/zai-org/glm-late'))).not.toHaveProperty('rejectIfBusy')
  })

  test('whose allocation of the day is spent is not asked again', async () => {
    const name = '@cf/zai-org/glm-spent'
    const description = 'you have used up your daily free allocation of 10,000 neurons'
    ai.always(name, {
      status: 429,
      body: { name: 'AiError', internalCode: 4006, httpCode: 429, description },
    })
    const reply = await scene.client.ask({ model: 'spent' })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-minnow-model')).toBe('lab/spare')
    expect(ai.seen(name)).toHaveLength(1)
  })

  test('that falls silent runs into the limit of a stream', async () => {
    ai.always('@cf/zai-org/glm-quiet', { text: TEN, stallAfter: 4 })
    const reply = await scene.client.stream({ model: 'quiet' })
    expect(reply.said).toBe('one two three')
    expect(reply.error).toMatchObject({ code: 'upstream_timeout' })
  })

  test('row 43: what a native model cannot be told is named, or refused where the client insists on it', async () => {
    const name = '@cf/meta/llama-3-strict'
    const body = { model: `workers-ai/${name}`, stop: ['x'], n: 2, metadata: { a: 'b' } }
    const reply = await scene.client.ask(body)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-minnow-dropped')?.split(', ').sort()).toEqual(['metadata', 'n', 'stop'])
    const refused = await scene.client.ask({ ...body, require_parameters: true })
    expect(refused.status).toBe(400)
    expect(pick(refused.json, 'error', 'code')).toBe('unsupported_parameter')
    expect(ai.seen(name)).toHaveLength(1)
  })

  test('knows no such model: the words are its own, the status too', async () => {
    const reply = await scene.client.ask({ model: 'workers-ai/@cf/nobody/knows' })
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error')).toMatchObject({
      message: 'No such model @cf/nobody/knows or task',
      code: '5007',
    })
  })

  test('is not there to lead elsewhere: a name with dots goes nowhere but to the vendor', async () => {
    const reply = await scene.client.ask({ model: 'rest/@cf/meta/../../../../user/tokens' })
    expect(reply.status).toBe(400)
    expect(ai.requests.map(({ path }) => path).filter((path) => path.includes('tokens'))).toEqual([])
  })

  test('a token that the account does not know is our trouble, not the caller’s', async () => {
    const reply = await scene.client.ask({ model: 'shut/@cf/zai-org/glm-shut' })
    expect(reply.status).toBe(502)
    expect(pick(reply.json, 'error', 'code')).toBe('upstream_credentials')
    expect(reply.text).not.toContain('cf-token')
  })
})

describe('without the binding, as under npm start', () => {
  let bare: Scene
  beforeAll(async () => {
    bare = await openScene({
      providers: { 'workers-ai': {} },
      models: { small: { provider: 'workers-ai', model: '@cf/meta/llama-3-small' } },
      routes: {
        both: { order: ['small', 'workers-ai/@cf/zai-org/glm-1', 'lab/spare'] },
        lost: { order: ['small'] },
      },
    })
  })
  afterAll(() => bare.stop())

  test.each(['workers-ai/@cf/meta/llama-3-small', 'small', 'lost'])('there is no model %s', async (model) => {
    const reply = await bare.client.ask({ model })
    expect(reply.status).toBe(404)
    expect(pick(reply.json, 'error', 'code')).toBe('model_not_found')
  })

  test('a route goes on with what there is', async () => {
    const reply = await bare.client.ask({ model: 'both' })
    expect(reply.headers.get('x-minnow-model')).toBe('lab/spare')
    expect(reply.headers.get('x-minnow-attempts')).toBe('1')
  })
})

const callsIn = (reply: { readonly json: unknown }): readonly Fields[] =>
  (pick(reply.json, 'choices', 0, 'message', 'tool_calls') ?? []) as readonly Fields[]

/** The calls of a stream, put together as a client does it. */
function foldCalls(chunks: readonly Fields[]): readonly Fields[] {
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = []
  for (const chunk of chunks) {
    for (const delta of (pick(chunk, 'choices', 0, 'delta', 'tool_calls') ?? []) as readonly Fields[]) {
      const call = (calls[Number(delta['index'])] ??= {
        id: String(delta['id'] ?? ''),
        type: 'function',
        function: { name: String(pick(delta, 'function', 'name') ?? ''), arguments: '' },
      })
      call.function.arguments += String(pick(delta, 'function', 'arguments') ?? '')
    }
  }
  return calls
}
