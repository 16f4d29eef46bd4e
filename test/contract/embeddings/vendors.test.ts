// Every vendor's embeddings under the same checks: nothing that a client asked for is lost without a word.
import { describe, expect, it } from 'vitest'
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { Failed } from '../../../shared/failure.ts'
import { plainVendors, vendors } from '../../../workers/providers/registry.ts'
import type { Vendor } from '../../../workers/providers/vendor.ts'

const client = openaiEmbeddings()
const target = { model: 'a-model' }

const makers = [...vendors, ...plainVendors].flatMap((vendor) =>
  vendor.embeddings === undefined ? [] : [{ vendor, dialect: vendor.embeddings }],
)

const find = (id: string): Vendor => {
  const vendor = vendors.find((one) => one.id === id)
  if (vendor === undefined) throw new Error(`no vendor ${id}`)
  return vendor
}

const write = (id: string, more: object = {}) => {
  const dialect = find(id).embeddings
  if (dialect === undefined) throw new Error(`${id} makes no embeddings`)
  return dialect.writeRequest(client.readRequest({ model: 'public', input: ['a', 'b'], ...more }), target)
}

describe.each(makers)('$vendor.id', ({ dialect }) => {
  const wishes = [
    ['dimensions', { dimensions: 321 }, '321'],
    ['user', { user: 'the-user' }, 'the-user'],
    ['input_type', { input_type: 'classification' }, /classification/i],
  ] as const

  it.each(wishes)('is told %s, or names it as left out', (name, wish, value) => {
    const { body, dropped } = dialect.writeRequest(
      client.readRequest({ model: 'public', input: ['a', 'b'], ...wish }),
      target,
    )
    const text = JSON.stringify(body)
    const isTold = typeof value === 'string' ? text.includes(value) : value.test(text)
    expect([isTold, dropped]).toEqual([isTold, isTold ? [] : [name]])
  })

  it('gets token ids as they are, or refuses them by name', () => {
    const request = client.readRequest({ model: 'public', input: [[11, 22], [33]] })
    try {
      expect(dialect.writeRequest(request, target).body).toMatchObject({ input: [[11, 22], [33]] })
    } catch (error) {
      expect(error).toBeInstanceOf(Failed)
      expect(error instanceof Failed && error.failure).toMatchObject({
        kind: 'unsupported',
        parameters: ['input'],
      })
    }
  })

  it('is asked about what nobody asked for only where it must be', () => {
    const { body, dropped } = dialect.writeRequest(
      client.readRequest({ model: 'public', input: 'a' }),
      target,
    )
    expect(dropped).toEqual([])
    expect(JSON.stringify(body)).not.toMatch(/dimension|user|encoding_format/)
  })

  it('takes one input at least', () => {
    expect(dialect.maxInputs?.('a-model') ?? 1).toBeGreaterThanOrEqual(1)
  })
})

describe('the words of', () => {
  it('Mistral for dimensions', () => {
    expect(write('mistral', { dimensions: 256, encoding_format: 'base64' }).body).toEqual({
      model: 'a-model',
      input: ['a', 'b'],
      output_dimension: 256,
      encoding_format: 'base64',
    })
  })

  it('NVIDIA for queries and passages, which it insists on', () => {
    expect(write('nvidia').body).toMatchObject({ input_type: 'passage' })
    for (const [said, sent] of [
      ['search_query', 'query'],
      ['RETRIEVAL_DOCUMENT', 'passage'],
      ['query', 'query'],
      ['constructor', 'constructor'],
    ])
      expect(write('nvidia', { input_type: said }).body).toMatchObject({ input_type: sent })
  })

  it('Cohere and Google, whoever the client has them from', () => {
    for (const said of ['query', 'search_query', 'RETRIEVAL_QUERY']) {
      expect(write('cohere', { input_type: said }).body).toMatchObject({ input_type: 'search_query' })
      const { body } = write('google', { input_type: said })
      expect(JSON.stringify(body)).toContain('"taskType":"RETRIEVAL_QUERY"')
    }
    expect(write('cohere').body).toMatchObject({ input_type: 'search_document' })
  })

  it('those who answer in numbers alone', () => {
    for (const id of ['together', 'fireworks', 'sambanova'])
      expect(write(id, { encoding_format: 'base64' }).body).not.toHaveProperty('encoding_format')
    for (const id of ['qwen', 'deepinfra', 'novita', 'lm-studio'])
      expect(write(id, { encoding_format: 'base64' }).body).toMatchObject({ encoding_format: 'float' })
    for (const id of ['azure', 'openrouter', 'vllm', 'ollama', 'llama-cpp', 'openvino'])
      expect(write(id, { encoding_format: 'base64' }).body).toMatchObject({ encoding_format: 'base64' })
  })

  it('Vertex AI, which predicts', () => {
    const { path, body } = write('vertex', { dimensions: 256, input_type: 'search_query' })
    expect(path).toBe('/publishers/google/models/a-model:predict')
    expect(body).toEqual({
      instances: ['a', 'b'].map((content) => ({ content, task_type: 'RETRIEVAL_QUERY' })),
      parameters: { outputDimensionality: 256 },
    })
  })
})

describe('so many inputs a call', () => {
  it.each([
    ['google', 'gemini-embedding-001', 100],
    ['vertex', 'gemini-embedding-001', 1],
    ['vertex', 'text-embedding-005', 5],
    ['cohere', 'embed-v4.0', 96],
    ['qwen', 'text-embedding-v4', 10],
    ['qwen', 'text-embedding-v2', 25],
    ['workers-ai', '@cf/baai/bge-m3', 100],
    ['openvino', 'any', 1024],
    ['openai', 'text-embedding-3-small', undefined],
  ] as const)('%s: %s', (id, model, most) => {
    expect(find(id).embeddings?.maxInputs?.(model)).toBe(most)
  })
})
