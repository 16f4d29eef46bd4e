// Embeddings: OpenAI's form for clients over four wires, numbers and base64, whoever answers in which.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VendorDialect } from '../../../shared/dialect.ts'
import { cohereEmbeddings } from '../../../shared/dialects/embeddings/cohere.ts'
import { geminiEmbeddings } from '../../../shared/dialects/embeddings/gemini.ts'
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { packVector, unpackVector } from '../../../shared/dialects/embeddings/vectors.ts'
import { workersAiEmbeddings } from '../../../shared/dialects/embeddings/workers-ai.ts'
import { Failed, type Failure } from '../../../shared/failure.ts'
import { fieldsOf, listOf } from '../../../shared/fields.ts'
import { finishOf } from '../said.ts'
import { CONTEXT, eventsOf } from '../wire.ts'

const openai = openaiEmbeddings()
const VECTORS = [
  [0.5, -0.25, 0.125],
  [1, 2, -3],
]
const float = (data: unknown[] = VECTORS) => ({
  object: 'list',
  model: 'text-embedding-3-small',
  data: data.map((embedding, index) => ({ object: 'embedding', index, embedding })),
  usage: { prompt_tokens: 9, total_tokens: 9 },
})

/** Each wire's own way of saying the two vectors above for nine tokens. */
const WIRES: readonly { readonly dialect: VendorDialect; readonly body: object }[] = [
  { dialect: openai, body: float() },
  { dialect: openai, body: float(VECTORS.map(packVector)) },
  { dialect: openai, body: { ...float(), data: float().data.toReversed() } },
  {
    dialect: geminiEmbeddings,
    body: { embeddings: VECTORS.map((values) => ({ values })), usageMetadata: { promptTokenCount: 9 } },
  },
  {
    dialect: cohereEmbeddings,
    body: {
      id: 'e5',
      embeddings: { float: VECTORS },
      texts: ['a', 'b'],
      meta: { billed_units: { input_tokens: 9 } },
    },
  },
  {
    dialect: workersAiEmbeddings,
    body: { shape: [2, 3], data: VECTORS, pooling: 'cls', usage: { prompt_tokens: 9, total_tokens: 9 } },
  },
  {
    dialect: workersAiEmbeddings,
    body: {
      success: true,
      errors: [],
      messages: [],
      result: { shape: [2, 3], data: VECTORS, usage: { total_tokens: 9 } },
    },
  },
]

const ask = (more: object = {}) => openai.readRequest({ model: 'e', input: ['a', 'b'], ...more })

const reply = (dialect: VendorDialect, body: object, more: object = {}) =>
  openai.writeReply(dialect.readReply(JSON.stringify(body)), { ...CONTEXT, request: ask(more) })

const vectorsOf = (body: Record<string, unknown>): unknown[] =>
  listOf(body['data']).map((entry) => fieldsOf(entry)['embedding'])

const failureOf = (work: () => unknown): Failure | undefined => {
  try {
    work()
  } catch (error) {
    return error instanceof Failed ? error.failure : undefined
  }
  return undefined
}

describe('vectors', () => {
  it('row 55: of 32-bit floats survive base64 whole', () => {
    const floats = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 3000 })
    fc.assert(
      fc.property(floats, (vector) => {
        expect(unpackVector(packVector(vector))).toEqual(vector)
      }),
    )
  })
  it('are the bytes that every machine of a client reads', () => {
    expect(packVector([1, -2])).toBe(Buffer.from(new Float32Array([1, -2]).buffer).toString('base64'))
  })
  it('that are none are noticed', () => {
    for (const text of ['', 'A', 'AAAA', '!!!!', 'AAAAA']) expect(unpackVector(text)).toBeUndefined()
  })
})

for (const { dialect, body } of WIRES) {
  describe(`embeddings of ${dialect.id}: ${Object.keys(body).join(', ')}`, () => {
    const events = eventsOf(dialect.readReply(JSON.stringify(body)))

    it('are read in the order of the inputs, with their tokens', () => {
      expect(events.flatMap((event) => (event.type === 'embedding' ? [event.vector] : []))).toEqual(VECTORS)
      expect(finishOf(events)?.usage).toMatchObject({ input: 9, output: 0 })
    })

    it('row 55: reach a client as numbers, or as base64 where it asks', () => {
      const inOrder = (out: Record<string, unknown>) =>
        listOf(out['data']).toSorted((a, b) => Number(fieldsOf(a)['index']) - Number(fieldsOf(b)['index']))
      const plain = reply(dialect, body)
      expect(inOrder(plain).map((entry) => fieldsOf(entry)['embedding'])).toEqual(VECTORS)
      const packed = reply(dialect, body, { encoding_format: 'base64' })
      expect(inOrder(packed).map((entry) => fieldsOf(entry)['embedding'])).toEqual(VECTORS.map(packVector))
      expect(plain).toMatchObject({ object: 'list', usage: { prompt_tokens: 9, total_tokens: 9 } })
    })

    it('cut anywhere are an error', () => {
      const text = JSON.stringify(body)
      for (let at = 0; at < text.length; at += 1)
        expect(eventsOf(dialect.readReply(text.slice(0, at)))).toMatchObject([
          { type: 'error', failure: { kind: 'malformed' } },
        ])
    })

    it('that are none are an error, and so is a stream', () => {
      for (const empty of [
        '{}',
        '{"data":[]}',
        '{"embeddings":[]}',
        '{"data":[{"embedding":"x"}]}',
        '[]',
        '',
      ])
        expect(eventsOf(dialect.readReply(empty)).at(-1)).toMatchObject({ type: 'error' })
      const reader = dialect.readEvents()
      expect(reader.read({ event: '', data: '{}' }).events).toMatchObject([{ type: 'error' }])
      expect(reader.close().events).toEqual([])
    })

    it('may be refused inside a success', () => {
      const error = { error: { message: 'Slow down.', code: 429, status: 'RESOURCE_EXHAUSTED' } }
      expect(eventsOf(dialect.readReply(JSON.stringify(error))).at(-1)).toMatchObject({ type: 'error' })
    })
  })
}

describe('a request for embeddings', () => {
  it('in every form of input is read', () => {
    expect(openai.readRequest({ model: 'e', input: 'a' }).messages).toHaveLength(1)
    expect(ask().messages).toHaveLength(2)
    expect(openai.readRequest({ model: 'e', input: [1, 2] }).embedding?.tokens).toEqual([[1, 2]])
    expect(openai.readRequest({ model: 'e', input: [[1], [2, 3]] }).embedding?.tokens).toEqual([[1], [2, 3]])
    expect(ask({ dimensions: 8, encoding_format: 'base64', user: 'u' })).toMatchObject({
      embedding: { dimensions: 8, encoding: 'base64' },
      user: 'u',
    })
  })

  const bad: readonly [string, object, string][] = [
    ['no input', {}, 'input'],
    ['an empty text', { input: '' }, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['a list with an empty text', { input: [''] }, 'input'],
    ['too many inputs', { input: Array.from({ length: 2049 }, () => 'a') }, 'input'],
    ['an unknown encoding', { input: 'a', encoding_format: 'int8' }, 'encoding_format'],
    ['no dimensions', { input: 'a', dimensions: 0 }, 'dimensions'],
  ]
  for (const [name, body, param] of bad) {
    it(`with ${name} is refused by name`, () => {
      const failure = failureOf(() => openai.readRequest(body))
      expect(failure).toMatchObject({ kind: 'invalid-request' })
      expect(failure?.kind === 'invalid-request' && failure.param?.startsWith(param)).toBe(true)
    })
  }

  it('keeps unknown fields for the same wire, under our model', () => {
    const { path, body, dropped } = openai.writeRequest(ask({ truncate: 'END' }), { model: 'big' })
    expect({ path, body, dropped }).toEqual({
      path: '/embeddings',
      body: { model: 'big', input: ['a', 'b'], truncate: 'END' },
      dropped: [],
    })
    expect(ask({ truncate: 'END' }).unread).toEqual(['truncate'])
  })

  it('says to each wire what it understands, and what it dropped', () => {
    const all = ask({ dimensions: 8, user: 'u', input_type: 'search_query', encoding_format: 'base64' })
    const target = { model: 'm' }
    expect(openaiEmbeddings({ dimensions: false, base64: false }).writeRequest(all, target)).toMatchObject({
      body: { encoding_format: 'float' },
      dropped: ['dimensions', 'input_type'],
    })
    const nvidia = openaiEmbeddings({ purpose: { field: 'input_type', usual: 'passage' } })
    expect(nvidia.writeRequest(ask(), target).body).toMatchObject({ input_type: 'passage' })
    expect(geminiEmbeddings.writeRequest(all, target)).toEqual({
      path: '/models/m:batchEmbedContents',
      body: {
        requests: ['a', 'b'].map((text) => ({
          model: 'models/m',
          content: { parts: [{ text }] },
          taskType: 'RETRIEVAL_QUERY',
          outputDimensionality: 8,
        })),
      },
      dropped: ['user'],
    })
    expect(cohereEmbeddings.writeRequest(all, target)).toMatchObject({
      path: '/embed',
      body: {
        texts: ['a', 'b'],
        input_type: 'search_query',
        embedding_types: ['float'],
        output_dimension: 8,
      },
      dropped: ['user'],
    })
    expect(workersAiEmbeddings.writeRequest(all, { model: '@cf/baai/bge-m3' })).toEqual({
      path: '/run/@cf/baai/bge-m3',
      body: { text: ['a', 'b'] },
      dropped: ['dimensions', 'input_type', 'user'],
    })
  })

  it('of token ids goes only where they are understood', () => {
    const ids = openai.readRequest({ model: 'e', input: [[1, 2]] })
    expect(openai.writeRequest(ids, { model: 'm' }).body).toMatchObject({ input: [[1, 2]] })
    for (const dialect of [
      geminiEmbeddings,
      cohereEmbeddings,
      workersAiEmbeddings,
      openaiEmbeddings({ tokens: false }),
    ])
      expect(failureOf(() => dialect.writeRequest(ids, { model: 'm' }))).toMatchObject({
        kind: 'unsupported',
        parameters: ['input'],
      })
  })
})

it('a reply of the same wire passes on, numbers and base64 as the server sent them', () => {
  const body = { ...float(), note: 'unheard' }
  expect(reply(openai, body)).toEqual(body)
  const packed = { ...float(VECTORS.map(packVector)) }
  expect(reply(openai, packed, { encoding_format: 'base64' })).toEqual(packed)
  expect(vectorsOf(reply(openai, packed))).toEqual(VECTORS)
})
