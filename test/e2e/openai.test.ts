// The official `openai` client with only its base URL and key changed, over a provider and over micro.
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { freshId, openScene, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

let scene: Scene
let client: OpenAI

beforeAll(async () => {
  scene = await openScene({
    models: { paid: { provider: 'lab', model: 'paid', price: { input: 2, output: 10 } } },
    timeouts: { idleMs: 5_000 },
    retries: { sameTarget: 0 },
  })
  client = openaiWith('mk-local')
})
afterAll(() => scene.stop())

const openaiWith = (apiKey: string): OpenAI =>
  new OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey, maxRetries: 0 })

const hello = [{ role: 'user', content: 'Hello!' }] as const

/** A model of the lab's for each test, so that their scripts do not mix. */
const lab = (name: string, ...script: Parameters<Scene['lab']['script']>[1][]): string => {
  scene.lab.script(name, ...script)
  return `lab/${name}`
}

/** The client can send its idempotencyKey; which header it has, the API says. */
class Repeating extends OpenAI {
  protected override idempotencyHeader = 'idempotency-key'
}

describe.concurrent('over a provider', () => {
  test('a client that gives up and asks again by itself has its answer from one call', async () => {
    const client = new Repeating({
      baseURL: `${scene.gateway.url}/v1`,
      apiKey: 'mk-local',
      timeout: 1_500,
      maxRetries: 8,
    })
    const asked = { model: lab('patient', { text: 'At last.', headAfterMs: 4_000 }), messages: [...hello] }
    const options = { idempotencyKey: 'patient' }
    const { data, response } = await client.chat.completions.create(asked, options).withResponse()
    expect(data.choices[0]?.message.content).toBe('At last.')
    expect(response.headers.get('x-minnow-replay')).toBe('true')
    const again = await client.chat.completions.create(asked, options)
    expect(again).toEqual(data)
    const other = client.chat.completions.create({ ...asked, temperature: 1 }, { ...options, maxRetries: 0 })
    await expect(other).rejects.toMatchObject({ status: 422, code: 'idempotency_key_reused' })
    expect(scene.lab.seen('patient')).toHaveLength(1)
  })

  test('streams with a key are told again as they were', async () => {
    const headers = { 'idempotency-key': 'told again' }
    const model = lab('again', { text: 'one two three', everyMs: 300 })
    const read = async (): Promise<string> => {
      const stream = await client.chat.completions.create(
        { model, messages: [...hello], stream: true },
        { headers },
      )
      let text = ''
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
      return text
    }
    expect(await Promise.all([read(), read()])).toEqual(['one two three', 'one two three'])
    expect(await read()).toBe('one two three')
    expect(scene.lab.seen('again')).toHaveLength(1)
  })

  test('create returns the completion with its usage and what it cost', async () => {
    scene.lab.always('paid', {
      text: 'Good day.',
      usage: { prompt: 100, cached: 40, completion: 20, reasoning: 5 },
    })
    const { data, response, request_id } = await client.chat.completions
      .create({ model: 'paid', messages: [...hello] })
      .withResponse()
    expect(data.choices[0]?.message).toMatchObject({ role: 'assistant', content: 'Good day.', refusal: null })
    expect(data.choices[0]?.finish_reason).toBe('stop')
    expect(data.usage).toMatchObject({
      prompt_tokens: 100,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 5 },
      cost: (100 * 2 + 20 * 10) / 1e6,
    })
    expect(data.system_fingerprint).toBe('fp_lab')
    expect(request_id).toBe(response.headers.get('x-request-id'))
    expect(response.headers.get('x-minnow-model')).toBe('lab/paid')
  })

  test('create with n, logprobs and seed passes them both ways', async () => {
    const completion = await client.chat.completions.create({
      model: lab('many', { text: 'a b' }),
      messages: [...hello],
      n: 3,
      logprobs: true,
      top_logprobs: 2,
      seed: 5,
    })
    expect(completion.choices.map((choice) => choice.index)).toEqual([0, 1, 2])
    expect(completion.choices[2]?.logprobs?.content?.[1]?.top_logprobs).toHaveLength(2)
    expect(completion.system_fingerprint).toBe('fp_lab_seed_5')
  })

  test('a limit on the output is kept and reported', async () => {
    const completion = await client.chat.completions.create({
      model: lab('short', { text: 'one two three four' }),
      messages: [...hello],
      max_completion_tokens: 2,
    })
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'one two' } })
  })

  test('a stream comes in chunks as they are made, the last one with usage when asked for', async () => {
    const stream = await client.chat.completions.create({
      // Behind its first word it waits until that has come here.
      model: lab('paced', { text: 'one two three', everyMs: 3_600_000 }),
      messages: [...hello],
      stream: true,
      stream_options: { include_usage: true },
    })
    const pieces: string[] = []
    let usage: unknown
    for await (const chunk of stream) {
      const piece = chunk.choices[0]?.delta.content
      if (piece) pieces.push(piece)
      if (pieces.length === 1) scene.lab.release('paced')
      usage = chunk.usage ?? usage
    }
    expect(pieces).toEqual(['one', ' two', ' three'])
    expect(usage).toMatchObject({ completion_tokens: 3 })
  })

  test('the stream helper puts the message together', async () => {
    const runner = client.chat.completions.stream({
      model: lab('helper', { text: 'one two three' }),
      messages: [...hello],
    })
    const deltas: string[] = []
    runner.on('content.delta', ({ delta }) => deltas.push(delta))
    expect(await runner.finalContent()).toBe('one two three')
    expect(deltas.join('')).toBe('one two three')
    expect((await runner.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop')
  })

  test.each([false, true])(
    'runTools calls the tools in parallel, sends the results and gets the answer (stream: %s)',
    async (stream) => {
      const name = `tools-${stream}`
      const model = lab(
        name,
        {
          toolCalls: [
            { name: 'weather', arguments: { city: 'Oslo' }, id: 'call_a' },
            { name: 'weather', arguments: { city: 'Rome' }, id: 'call_b' },
          ],
        },
        { text: 'Rain in Oslo, sun in Rome.' },
      )
      const asked: string[] = []
      const weather = ({ city }: { city: string }): string => {
        asked.push(city)
        return city === 'Oslo' ? 'rain' : 'sun'
      }
      const parse = (text: string): { city: string } => JSON.parse(text) as { city: string }
      const tool = {
        type: 'function' as const,
        function: {
          name: 'weather',
          description: 'The weather in a city',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
          parse,
          function: weather,
        },
      }
      const messages = [{ role: 'user' as const, content: 'Weather?' }]
      const runner = stream
        ? client.chat.completions.runTools({ model, messages, tools: [tool], stream: true })
        : client.chat.completions.runTools({ model, messages, tools: [tool] })
      expect(await runner.finalContent()).toBe('Rain in Oslo, sun in Rome.')
      expect(asked).toEqual(['Oslo', 'Rome'])
      const [, second] = scene.lab.seen(name)
      expect(second?.body['messages']).toMatchObject([
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ id: 'call_a' }, { id: 'call_b' }] },
        { role: 'tool', tool_call_id: 'call_a', content: 'rain' },
        { role: 'tool', tool_call_id: 'call_b', content: 'sun' },
      ])
    },
  )

  test('parse gives back the object of a zod schema, streamed too', async () => {
    const Event = z.object({
      name: z.string(),
      year: z.int(),
      tags: z.array(z.enum(['red', 'blue'])),
      place: z.object({ city: z.string() }).nullable(),
    })
    const body = {
      model: 'lab/parse',
      messages: [...hello],
      response_format: zodResponseFormat(Event, 'event'),
    }
    const completion = await client.chat.completions.parse(body)
    expect(Event.parse(completion.choices[0]?.message.parsed)).toMatchObject({
      name: 'text',
      year: 7,
      tags: ['red'],
    })
    const streamed = await client.chat.completions.stream(body).finalChatCompletion()
    expect(streamed.choices[0]?.message.parsed).toEqual(completion.choices[0]?.message.parsed)
  })

  test('a refusal arrives as a refusal', async () => {
    const model = lab(
      'refusal',
      { refusal: 'I cannot help with that.' },
      { refusal: 'I cannot help with that.' },
    )
    const completion = await client.chat.completions.create({ model, messages: [...hello] })
    expect(completion.choices[0]?.message).toMatchObject({
      content: null,
      refusal: 'I cannot help with that.',
    })
    const streamed = await client.chat.completions
      .stream({ model, messages: [...hello] })
      .finalChatCompletion()
    expect(streamed.choices[0]?.message.refusal).toBe('I cannot help with that.')
  })

  test('a conversation header lets the client send only the new message', async () => {
    const headers = { 'x-minnow-conversation': 'client' }
    const model = lab('client-talk', { text: 'Nice to meet you.' })
    await client.chat.completions.create(
      { model, messages: [{ role: 'user', content: 'I am Ada.' }] },
      { headers },
    )
    await client.chat.completions.create(
      { model, messages: [{ role: 'user', content: 'Who am I?' }] },
      { headers },
    )
    expect(scene.lab.seen('client-talk').at(-1)?.body['messages']).toEqual([
      { role: 'user', content: 'I am Ada.' },
      { role: 'assistant', content: 'Nice to meet you.' },
      { role: 'user', content: 'Who am I?' },
    ])
  })

  test('an aborted stream is aborted upstream', async () => {
    const id = freshId()
    const model = lab('aborted', { text: 'word '.repeat(1_000), everyMs: 20 })
    const stream = await client.chat.completions.create(
      { model, messages: [...hello], stream: true },
      { headers: { 'x-request-id': id } },
    )
    let count = 0
    for await (const _ of stream) {
      count += 1
      if (count === 5) stream.controller.abort()
    }
    await until('the cancel upstream', () => scene.lab.seen('aborted')[0]?.leftAt)
    expect(await scene.rowOf(id)).toMatchObject({ end: 'cancelled' })
  })

  test('leaving the loop of a stream is aborting it', async () => {
    const model = lab('broken-off', { text: 'word '.repeat(1_000), everyMs: 20 })
    for await (const _ of await client.chat.completions.create({ model, messages: [...hello], stream: true }))
      break
    await until('the cancel upstream', () => scene.lab.seen('broken-off')[0]?.leftAt)
  })

  test('the models can be listed and looked up', async () => {
    const ids: string[] = []
    for await (const model of client.models.list()) ids.push(model.id)
    expect(ids).toEqual(expect.arrayContaining(['auto', 'micro', 'paid']))
    expect(await client.models.retrieve('paid')).toMatchObject({
      id: 'paid',
      object: 'model',
      owned_by: 'lab',
    })
  })
})

describe.concurrent('a failure becomes the error class of the client:', () => {
  /** The error that a call rejects with. */
  const errorOf = async (call: PromiseLike<unknown>): Promise<APIError> => {
    try {
      await call
    } catch (error) {
      if (error instanceof APIError) return error
      throw error
    }
    throw new Error('no error at all')
  }
  const create = (with_: OpenAI, model: string): Promise<unknown> =>
    with_.chat.completions.create({ model, messages: [...hello] })

  test('a wrong key', async () => {
    const error = await errorOf(create(openaiWith('mk-wrong'), 'micro'))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' })
    expect(error.requestID).toMatch(/^req_/)
  })

  test('an unknown model', async () => {
    const error = await errorOf(create(client, 'nothing-such'))
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
  })

  test('a bad request, ours or the provider’s', async () => {
    const ours = await errorOf(client.chat.completions.create({ model: 'micro', messages: [] }))
    expect(ours).toBeInstanceOf(BadRequestError)
    expect(ours.param).toBe('messages')
    const body = {
      error: {
        message: 'No such option.',
        type: 'invalid_request_error',
        param: 'top_k',
        code: 'unknown_parameter',
      },
    }
    const theirs = await errorOf(create(client, lab('bad-request', { status: 400, body })))
    expect(theirs).toBeInstanceOf(BadRequestError)
    expect(theirs).toMatchObject({ param: 'top_k', code: 'unknown_parameter' })
    expect(theirs.message).toContain('No such option.')
  })

  test('a model that the key may not use', async () => {
    const { key } = await scene.makeKey({ models: ['micro'] })
    expect(await errorOf(create(openaiWith(key), 'paid'))).toBeInstanceOf(PermissionDeniedError)
  })

  test('an exhausted budget, without the client’s own retries', async () => {
    const { key } = await scene.makeKey({ budgets: [{ usd: 0.000001, window: 'day' }] })
    const patient = new OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey: key }) // two retries unless told otherwise
    const began = Date.now()
    const error = await errorOf(create(patient, 'paid'))
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' })
    expect(Date.now() - began).toBeLessThan(30_000) // its budget comes back tomorrow
  })

  test('a provider that is down, without the client’s own retries on top of ours', async () => {
    scene.lab.always('down', { status: 503 })
    const patient = new OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey: 'mk-local' })
    const error = await errorOf(create(patient, 'lab/down'))
    expect(error).toBeInstanceOf(InternalServerError)
    expect(error.type).toBe('upstream_error')
    expect(scene.lab.seen('down')).toHaveLength(1)
  })

  test('a provider that refuses our key is never the client’s AuthenticationError', async () => {
    const error = await errorOf(create(client, lab('dead-key', { status: 401 })))
    expect(error).not.toBeInstanceOf(AuthenticationError)
    expect(error.status).toBe(502)
  })

  test.each([
    { name: 'dies', behaviour: { text: 'one two three four', cutAfter: 3 } },
    { name: 'stalls', behaviour: { text: 'one two three four', stallAfter: 3 } },
    {
      name: 'errs',
      behaviour: {
        text: 'one two three four',
        insert: [{ at: 3, text: 'data: {"error":{"message":"x","type":"server_error"}}\n\n' }],
      },
    },
  ])('a stream that $name in the middle throws after what came', async ({ name, behaviour }) => {
    const stream = await client.chat.completions.create({
      model: lab(name, behaviour),
      messages: [...hello],
      stream: true,
    })
    let text = ''
    const error = await errorOf(
      (async () => {
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
      })(),
    )
    expect(text).toBe('one two')
    expect(error.type).toBe('upstream_error')
  })
})

describe('over micro', () => {
  test.each(['micro', 'auto'])('%s greets, whole and streamed, with the same words', async (model) => {
    const completion = await client.chat.completions.create({
      model,
      messages: [...hello],
      temperature: 0,
    })
    const said = completion.choices[0]?.message.content ?? ''
    expect(said.length).toBeGreaterThan(3)
    expect(completion.usage?.completion_tokens).toBeGreaterThan(2)
    const runner = client.chat.completions.stream({
      model,
      messages: [...hello],
      temperature: 0,
      stream_options: { include_usage: true },
    })
    expect(await runner.finalContent()).toBe(said)
    expect((await runner.finalChatCompletion()).usage).toMatchObject({
      completion_tokens: completion.usage?.completion_tokens,
      cost: 0,
    })
  })

  test('logprobs add up to tokens that spell the answer', async () => {
    const completion = await client.chat.completions.create({
      model: 'micro',
      messages: [...hello],
      logprobs: true,
      top_logprobs: 2,
      temperature: 0,
    })
    const [choice] = completion.choices
    const tokens = choice?.logprobs?.content ?? []
    expect(tokens.map((token) => token.token).join('')).toBe(choice?.message.content)
    expect(tokens.every((token) => token.logprob <= 0 && token.top_logprobs.length === 2)).toBe(true)
  })

  test('a limit on the output ends it early', async () => {
    const completion = await client.chat.completions.create({
      model: 'micro',
      messages: [...hello],
      max_tokens: 2,
      temperature: 0,
    })
    expect(completion.choices[0]?.finish_reason).toBe('length')
    expect(completion.usage?.completion_tokens).toBe(2)
  })

  test('tools are refused in words, not ignored', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'clock', parameters: {} } }]
    const asked = client.chat.completions.create({
      model: 'micro',
      messages: [...hello],
      tools,
      tool_choice: 'required',
    })
    await expect(asked).rejects.toThrow(BadRequestError)
    await expect(asked).rejects.toThrow(/micro calls no tools/)
  })

  test('an aborted stream leaves it free for the next', async () => {
    const stream = await client.chat.completions.create({
      model: 'micro',
      messages: [...hello],
      stream: true,
    })
    for await (const _ of stream) break
    expect(
      (await client.chat.completions.create({ model: 'micro', messages: [...hello] })).choices,
    ).toHaveLength(1)
  })
})
