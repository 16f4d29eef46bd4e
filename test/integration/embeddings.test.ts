// Embeddings through the whole Worker, by OpenAI's own client, over every wire that makes them.
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorkersAi, type WorkersAi } from '../lab/ai.ts'
import { countOf } from '../lab/ask.ts'
import { pick } from '../lab/client.ts'
import { cohereEmbed, googleEmbed } from '../lab/embedders.ts'
import { embeddings, vectorOf } from '../lab/embeddings.ts'
import { predict } from '../lab/predict.ts'
import { freshId, type Key, openScene, type Scene, withId } from '../lab/scene.ts'
import { startVendor, type Vendor } from '../lab/vendor.ts'

const VENDOR_KEY = 'sk-vectors-0123456789abcdefg'
/** Two micro-dollars a token. */
const PRICE = { input: 2, output: 0 }

let ai: WorkersAi
let vendor: Vendor
let scene: Scene
let client: OpenAI

beforeAll(async () => {
  ai = await startWorkersAi()
  vendor = await startVendor({
    wires: [embeddings, googleEmbed, cohereEmbed, predict],
    keys: [VENDOR_KEY],
  })
  const at = (path: string) => ({ baseUrl: `${vendor.origin}${path}`, apiKey: '$VENDOR_KEY' })
  scene = await openScene(
    {
      providers: {
        openai: at('/v1'),
        qwen: at('/v1'),
        google: at('/v1beta'),
        cohere: at('/v2'),
        vertex: { ...at('/v1/projects/p/locations/l'), settings: { project: 'p' } },
        claude: { vendor: 'anthropic', ...at('/v1') },
        'workers-ai': {},
      },
      models: Object.fromEntries(
        ['paid', 'tokens', 'short', 'quiet', 'shared'].map((name) => [
          name,
          { provider: 'openai', model: `${name}-1`, price: PRICE, counting: { tokenizer: 'o200k' } },
        ]),
      ),
      routes: {
        spare: { order: ['claude/any', 'openai/broken', 'cohere/spare'] },
        parts: { order: ['cohere/half', 'google/whole'] },
        ids: { order: ['google/no-ids', 'openai/ids'] },
        tiers: { mini: ['micro'], frontier: ['paid'] },
      },
      retries: { sameTarget: 0 },
    },
    { ai: ai.url, env: { VENDOR_KEY } },
  )
  client = openaiWith('mk-local')
})
afterAll(async () => {
  await scene.stop()
  await vendor.stop()
  await ai.stop()
})

const openaiWith = (apiKey: string): OpenAI =>
  new OpenAI({ apiKey, baseURL: `${scene.gateway.url}/v1`, maxRetries: 0 })

const paidKey = (usd = 1): Promise<Key> => scene.makeKey({ budgets: [{ usd, window: 'day' }] })

const float32 = (vector: readonly number[]): number[] => Array.from(new Float32Array(vector))

/** Every provider with the length of its vectors and how many inputs it takes at once. */
const WIRES: readonly (readonly [model: string, length: number, most: number])[] = [
  ['openai/text-embedding-3-small', 1536, 2048],
  ['qwen/text-embedding-v4', 1536, 10],
  ['google/gemini-embedding-001', 3072, 100],
  ['vertex/text-embedding-005', 768, 5],
  ['vertex/gemini-embedding-001', 768, 1],
  ['cohere/embed-v4.0', 1536, 96],
  ['workers-ai/@cf/baai/bge-base-en-v1.5', 768, 100],
]

const nameOf = (model: string): string => model.slice(model.indexOf('/') + 1)
const seen = (model: string) => [...vendor.seen(nameOf(model)), ...ai.seen(nameOf(model))]

describe.each(WIRES)('%s', (model, length, most) => {
  test('embeds, as the client asks by itself and as numbers', async () => {
    const id = freshId()
    const before = seen(model).length
    const packed = await client.embeddings.create(
      { model, input: ['a cat', 'a dog'] },
      { headers: withId(id).headers },
    )
    expect(packed.data.map(({ embedding }) => embedding)).toEqual(
      ['a cat', 'a dog'].map((text) => float32(vectorOf(text, length))),
    )
    expect(packed.data.map(({ index }) => index)).toEqual([0, 1])
    const plain = await client.embeddings.create({ model, input: 'a cat', encoding_format: 'float' })
    expect(float32(plain.data[0]?.embedding ?? [])).toEqual(float32(vectorOf('a cat', length)))
    expect(plain.usage.prompt_tokens).toBeGreaterThan(0)
    const requests = seen(model).slice(before)
    expect(requests.filter(({ refused, strange }) => (refused ?? strange) !== undefined)).toEqual([])
    expect(await scene.rowOf(id)).toMatchObject({
      end: 'finish',
      model,
      tokens: { source: model.startsWith('workers-ai/') ? 'estimated' : 'reported', output: 0 },
    })
  })

  test('embeds more than it takes at once, in order, as one attempt', async () => {
    const before = seen(model).length
    const id = freshId()
    const input = Array.from({ length: 230 }, (_, at) => `text ${at}`)
    const reply = await client.embeddings.create({ model, input }, { headers: withId(id).headers })
    expect(reply.data).toHaveLength(230)
    for (const [at, { embedding, index }] of reply.data.entries()) {
      expect(index).toBe(at)
      expect(embedding).toEqual(float32(vectorOf(`text ${at}`, length)))
    }
    const calls = Math.ceil(230 / most)
    expect(seen(model).slice(before)).toHaveLength(calls)
    const row = await scene.rowOf(id)
    expect(row.attempts).toHaveLength(1)
    const tokens = tokensOf(model, input, most)
    expect(row['tokens']).toMatchObject({
      input: tokens ?? reply.usage.prompt_tokens,
      source: tokens === undefined ? 'estimated' : 'reported',
    })
    expect(reply.usage.prompt_tokens).toBe(pick(row, 'tokens', 'input'))
  })
})

/** What the lab counts for so many calls: an array each, or every text by itself; Workers AI's models count nothing. */
function tokensOf(model: string, input: readonly string[], most: number): number | undefined {
  if (model.startsWith('workers-ai/')) return undefined
  const step = model.startsWith('vertex/') ? 1 : most
  let sum = 0
  for (let at = 0; at < input.length; at += step)
    sum += countOf(step === 1 ? input[at] : input.slice(at, at + step))
  return sum
}

describe.concurrent('embeddings', () => {
  test('have the dimensions that were asked for, or say that they have not', async () => {
    for (const model of ['openai/dims', 'google/dims', 'vertex/dims', 'cohere/dims']) {
      const reply = await client.embeddings.create({ model, input: 'a', dimensions: 256 })
      expect(reply.data[0]?.embedding).toHaveLength(256)
    }
    const { data, response } = await client.embeddings
      .create({ model: 'workers-ai/@cf/baai/bge-m3', input: 'a', dimensions: 256, user: 'u' })
      .withResponse()
    expect(data.data[0]?.embedding).toHaveLength(768)
    expect(response.headers.get('x-minnow-dropped')).toBe('dimensions, user')
    const strict = await scene.client.send('/v1/embeddings', {
      method: 'POST',
      body: JSON.stringify({
        model: 'workers-ai/@cf/baai/bge-m3',
        input: 'a',
        dimensions: 256,
        require_parameters: true,
      }),
    })
    expect([strict.status, pick(strict.json, 'error', 'param')]).toEqual([400, 'dimensions'])
  })

  test('of token ids go where they are understood', async () => {
    const reply = await client.embeddings.create({ model: 'ids', input: [[1, 2], [3]] })
    expect(reply.data.map(({ embedding }) => embedding)).toEqual(
      [[1, 2], [3]].map((ids) => float32(vectorOf(ids))),
    )
    expect(vendor.seen('no-ids')).toEqual([])
    const refused = client.embeddings.create({ model: 'google/no-ids', input: [1, 2] })
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'input' })
  })

  test('fail over to another vendor’s wire, past one that makes none', async () => {
    const id = freshId()
    vendor.script('broken', { status: 500 })
    const { data, response } = await client.embeddings
      .create({ model: 'spare', input: ['a', 'b'] }, { headers: withId(id).headers })
      .withResponse()
    expect(data.data[1]?.embedding).toEqual(float32(vectorOf('b')))
    expect(response.headers.get('x-minnow-model')).toBe('cohere/spare')
    expect((await scene.rowOf(id)).attempts).toMatchObject([
      { end: 'unsupported' },
      { end: 'overloaded', status: 500 },
      { end: 'answered' },
    ])
  })

  test('in parts are all or nothing: where one part fails, all go to the next', async () => {
    const id = freshId()
    vendor.script('half', {}, { status: 503 })
    const input = Array.from({ length: 190 }, (_, at) => `part ${at}`)
    const reply = await client.embeddings.create({ model: 'parts', input }, { headers: withId(id).headers })
    expect(reply.data.map(({ embedding }) => embedding)).toEqual(
      input.map((text) => float32(vectorOf(text, 3072))),
    )
    expect((await scene.rowOf(id)).attempts).toMatchObject([
      { target: 'cohere/half', end: 'overloaded' },
      { target: 'google/whole', end: 'answered' },
    ])
  })

  test('settle a budget in dollars to what was used', async () => {
    const key = await paidKey()
    const id = freshId()
    vendor.always('paid-1', { usage: { prompt: 9 } })
    const reply = await openaiWith(key.key).embeddings.create(
      { model: 'paid', input: 'a' },
      { headers: withId(id).headers },
    )
    expect(pick(reply.usage, 'cost')).toBe(18 / 1e6)
    expect(await scene.settled(key)).toMatchObject({ spent: 18 / 1e6, reserved: 0 })
    expect(await scene.rowOf(id)).toMatchObject({ cost_micros: 18, tokens: { input: 9, source: 'reported' } })
  })

  test('settle a budget in tokens, and are refused where it does not cover them', async () => {
    const key = await scene.makeKey({ budgets: [{ tokens: 40, window: 'total' }] })
    vendor.always('tokens-1', { usage: { prompt: 9 } })
    await openaiWith(key.key).embeddings.create({ model: 'tokens', input: 'a' })
    expect(await scene.settled(key)).toMatchObject({ spent: 9, remaining: 31 })
    const long = openaiWith(key.key).embeddings.create({ model: 'tokens', input: 'word '.repeat(100) })
    await expect(long).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' })
    expect(vendor.seen('tokens-1')).toHaveLength(1)
  })

  test('without reported usage are estimated', async () => {
    const id = freshId()
    vendor.always('quiet-1', { usage: null })
    await client.embeddings.create(
      { model: 'quiet', input: 'one two three' },
      { headers: withId(id).headers },
    )
    expect(await scene.rowOf(id)).toMatchObject({ tokens: { source: 'estimated' } })
  })

  test('2,048 at once, which is as many as OpenAI takes', async () => {
    const input = Array.from({ length: 2048 }, (_, at) => `n${at % 7}`)
    const reply = await client.embeddings.create({ model: 'openai/many', input })
    expect(reply.data).toHaveLength(2048)
    expect(reply.data[2047]?.embedding).toEqual(float32(vectorOf(`n${2047 % 7}`)))
    const more = client.embeddings.create({ model: 'openai/many', input: [...input, 'x'] })
    await expect(more).rejects.toMatchObject({ status: 400, param: 'input' })
  })

  const refused: readonly (readonly [model: string, says: RegExp])[] = [
    ['micro', /micro makes no embeddings/],
    ['auto', /route 'auto' is over chat models/],
    ['tiers', /route 'tiers' is over chat models/],
    ['claude/opus', /claude\/opus makes no embeddings/],
    ['workers-ai/@cf/baai/bge-m3?x=1', /cannot have '\?' or '#'/],
    ['google/embed#x', /cannot have '\?' or '#'/],
  ]
  test.each(refused)('of %s are refused in words', async (model, says) => {
    const failure = await client.embeddings.create({ model, input: 'a' }).catch((thrown: unknown) => thrown)
    expect(failure).toMatchObject({ status: 400 })
    expect(String(failure)).toMatch(says)
  })
})
