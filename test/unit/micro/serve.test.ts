import { describe, expect, it } from 'vitest'
import { leaseCache } from '../../../workers/micro/cache.ts'
import { HONEST_SENTENCE } from '../../../workers/micro/confidence.ts'
import { loadEngine } from '../../../workers/micro/engine.ts'
import { PAGE_TOKENS } from '../../../workers/micro/layout.ts'
import { serve, type ServeOptions } from '../../../workers/micro/serve.ts'
import { kernelModule } from './load.ts'
import { makeGguf, SMALL } from './synthetic.ts'

const engine = loadEngine(makeGguf({ ...SMALL, seed: 21, separateOutput: true }), kernelModule())
const head = { id: 'chatcmpl-1', created: 1, fingerprint: 'micro-0' }
const options: ServeOptions = {
  head,
  scope: 'a',
  conversation: undefined,
  mayEscalate: false,
  bound: 0,
  seed: 1,
  pause: async () => {},
}
const messages = [{ role: 'user', content: 'Tell me.' }]

const send = (body: object, changes: Partial<ServeOptions> = {}, signal = new AbortController().signal) =>
  serve(engine, { messages, max_tokens: 20, ...body }, { ...options, ...changes }, signal)

async function chunksOf(response: Response) {
  const frames = (await response.text()).split('\n\n').filter((frame) => frame !== '')
  expect(frames.every((frame) => frame.startsWith('data: '))).toBe(true)
  const data = frames.map((frame) => frame.slice('data: '.length))
  return {
    isDone: data.at(-1) === '[DONE]',
    chunks: data.filter((each) => each !== '[DONE]').map((each) => JSON.parse(each)),
  }
}

describe('a whole reply', () => {
  it('is a chat completion', async () => {
    const response = await send({ logprobs: true, top_logprobs: 2 })
    const reply = await response.json()
    expect(reply).toMatchObject({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'micro',
      system_fingerprint: 'micro-0',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.any(String), refusal: null },
          finish_reason: 'length',
        },
      ],
      usage: {
        completion_tokens: 20,
        prompt_tokens: expect.any(Number),
        prompt_tokens_details: { cached_tokens: expect.any(Number) },
      },
    })
    const content = Object(reply).choices[0].logprobs.content
    expect(content).toHaveLength(20)
    expect(content[0]).toMatchObject({
      token: expect.any(String),
      logprob: expect.any(Number),
      bytes: expect.any(Array),
    })
    expect(content[0].top_logprobs).toHaveLength(2)
    expect(reply).not.toHaveProperty('minnow')
  })

  it('has as many choices as asked for', async () => {
    const reply = Object(await (await send({ n: 3, temperature: 1, seed: 1, logprobs: true })).json())
    expect(reply.choices.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2])
    const lengths: number[] = reply.choices.map(
      ({ logprobs }: { logprobs: { content: unknown[] } }) => logprobs.content.length,
    )
    expect(lengths.every((length) => length > 0)).toBe(true)
    expect(reply.usage.completion_tokens).toBe(lengths.reduce((sum, length) => sum + length, 0))
  })
})

describe('a stream', () => {
  it('opens with the role, carries the same text, finishes, counts and is done', async () => {
    const whole = Object(await (await send({})).json())
    const response = await send({ stream: true, stream_options: { include_usage: true } })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const { isDone, chunks } = await chunksOf(response)
    expect(isDone).toBe(true)
    expect(chunks[0].choices[0]).toEqual({
      index: 0,
      delta: { role: 'assistant', content: '', refusal: null },
      logprobs: null,
      finish_reason: null,
    })
    const last = chunks.at(-1)
    expect(last.choices).toEqual([])
    expect(last.usage).toMatchObject({ completion_tokens: 20, prompt_tokens: whole.usage.prompt_tokens })
    const finish = chunks.at(-2)
    expect(finish.choices[0]).toMatchObject({ delta: {}, finish_reason: 'length' })
    const text = chunks
      .slice(0, -1)
      .map((chunk) => chunk.choices[0].delta.content ?? '')
      .join('')
    expect(text).toBe(whole.choices[0].message.content)
    expect(new Set(chunks.map(({ id, object, model }) => `${id} ${object} ${model}`))).toEqual(
      new Set(['chatcmpl-1 chat.completion.chunk micro']),
    )
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
  })

  it('tells no usage unasked', async () => {
    const { chunks } = await chunksOf(await send({ stream: true }))
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true)
  })

  it('carries every choice under its index', async () => {
    const { chunks } = await chunksOf(await send({ stream: true, n: 2, temperature: 1, seed: 1 }))
    const finished = chunks
      .filter((chunk) => chunk.choices[0].finish_reason !== null)
      .map((chunk) => chunk.choices[0].index)
    expect(finished).toEqual([0, 1])
  })

  it('stops decoding when its reader leaves, and frees the cache', async () => {
    const response = await send({ stream: true, max_tokens: 200, temperature: 1 })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect([...engine.caches.caches].every((cache) => !cache.isLeased)).toBe(true)
  })

  it('that fails on the way ends with an error and is not done', async () => {
    let pauses = 0
    const pause = async () => {
      if (++pauses > 2) throw new Error('the thread is gone')
    }
    const { isDone, chunks } = await chunksOf(await send({ stream: true, max_tokens: 30 }, { pause }))
    expect(isDone).toBe(false)
    expect(chunks.at(-1)).toMatchObject({
      error: { type: 'api_error', message: 'micro failed: the thread is gone' },
    })
  })
})

describe('doubt', () => {
  for (const stream of [false, true]) {
    const kind = stream ? 'a stream' : 'a whole reply'
    it(`is answered honestly in ${kind}`, async () => {
      const response = await send({ stream }, { bound: 1.1 })
      const text = stream
        ? (await chunksOf(response)).chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join('')
        : Object(await response.json()).choices[0].message.content
      expect(text).toBe(HONEST_SENTENCE)
    })
    it(`is status 422 instead of ${kind} where someone larger can answer`, async () => {
      const response = await send({ stream }, { bound: 1.1, mayEscalate: true })
      expect(response.status).toBe(422)
      expect(await response.json()).toMatchObject({
        error: {
          type: 'low_confidence',
          code: 'low_confidence',
          message: expect.stringContaining('not sure'),
        },
      })
    })
  }
})

describe('what cannot be answered', () => {
  it('is refused in the shape of the dialect', async () => {
    const response = await send({ temperature: 9 })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', param: 'temperature', code: 'invalid_value' },
    })
  })
  it('because it is too long names the limit', async () => {
    const response = await send({ messages: [{ role: 'user', content: 'wxyz '.repeat(500) }] })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { code: 'context_length_exceeded', message: expect.stringContaining('256 tokens') },
    })
  })
})

it('a shortened conversation says so in header and body', async () => {
  const long = Array.from({ length: 20 }, (_, index) => [
    { role: 'user', content: `question ${index} xyzxyzxyz` },
    { role: 'assistant', content: 'yes' },
  ]).flat()
  const response = await send({ messages: [...long, ...messages] })
  expect(Number(response.headers.get('x-minnow-dropped-messages'))).toBeGreaterThan(0)
  expect(await response.json()).toMatchObject({ minnow: { dropped_messages: expect.any(Number) } })
  const { chunks } = await chunksOf(await send({ messages: [...long, ...messages], stream: true }))
  expect(chunks.at(-1).minnow.dropped_messages).toBeGreaterThan(0)
})

describe('an engine without room', () => {
  it('says when to come back, streaming or not, and has room again afterwards', async () => {
    const others = leaseCache(engine.caches, 'others', undefined, [1])
    others.reserve(engine.model.layout.pages.count * PAGE_TOKENS)
    for (const stream of [false, true]) {
      const response = await send({ stream })
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
      expect(await response.json()).toMatchObject({ error: { type: 'overloaded_error', code: 'overloaded' } })
    }
    others.release()
    const after = await send({})
    expect(after.status).toBe(200)
    expect(after.headers.get('retry-after')).toBeNull()
  })
})
