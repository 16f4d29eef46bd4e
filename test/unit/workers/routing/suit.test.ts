// Which models can serve a request: what is known to be missing keeps them out, what is not known never does.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import type { ModelFacts } from '../../../../shared/model.ts'
import type { ModelRequest, Part } from '../../../../shared/request.ts'
import type { Model } from '../../../../workers/routing/catalog.ts'
import { able, doubtOf, lackOf, needsOf, unable } from '../../../../workers/routing/suit.ts'
import { messageOf, requestFor, TIMEOUTS } from '../../samples.ts'

const model = (name: string, over: Partial<Model> = {}): Model => ({
  name,
  provider: 'lab',
  model: name,
  timeouts: TIMEOUTS,
  plainText: false,
  ...over,
})
const needs = (over: Partial<ModelRequest>, text = 'Hi') => needsOf(requestFor(text, over))
const withPart = (part: Part): Partial<ModelRequest> => ({ messages: [messageOf(part)] })
const tool = { name: 'f' }

describe('a request', () => {
  const cases: readonly [string, Partial<ModelRequest>, ModelFacts][] = [
    ['tools', { tools: [tool] }, { tools: false }],
    ['images', withPart({ type: 'image', url: 'x' }), { images: false }],
    ['files', withPart({ type: 'file', url: 'x' }), { files: false }],
    ['audio', withPart({ type: 'audio', data: '', format: 'wav' }), { audio: false }],
    ['embeddings', { embedding: { encoding: 'float' } }, { embedding: false }],
    ['chat', {}, { embedding: true }],
  ]
  for (const [lack, over, facts] of cases) {
    it(`of ${lack} keeps out a model that is known to lack it`, () =>
      expect(lackOf(model('m', { facts }), needs(over))).toBe(lack))
    it(`of ${lack} keeps out no model of which nothing is known`, () => {
      expect(lackOf(model('m'), needs(over))).toBeUndefined()
      expect(lackOf(model('m', { facts: {} }), needs(over))).toBeUndefined()
    })
  }
  it('of what a vendor does by itself needs no model that calls tools', () => {
    const hosted = { name: 'search', hosted: { dialect: 'openai-responses', value: {} } }
    expect(lackOf(model('m', { facts: { tools: false } }), needs({ tools: [hosted] }))).toBeUndefined()
  })
  it('with a picture in an older message or in the answer of a tool needs eyes as well', () => {
    const [image] = [messageOf({ type: 'image', url: 'x' })]
    const messages = [{ ...image, role: 'tool' as const }, messageOf({ type: 'text', text: 'And?' })]
    expect(lackOf(model('m', { facts: { images: false } }), needs({ messages }))).toBe('images')
  })
})

describe('a long prompt', () => {
  const small = model('small', { contextWindow: 100 })
  it('keeps out a model whose window it surely exceeds', () => {
    expect(lackOf(small, needs({}, 'x'.repeat(601)))).toBe('long')
    expect(lackOf(small, needs({}, 'x'.repeat(600)))).toBeUndefined()
    expect(lackOf(model('m'), needs({}, 'x'.repeat(1_000_000)))).toBeUndefined()
  })
  it('puts one whose window it may exceed behind the others', () => {
    const tight = needs({}, 'x'.repeat(361))
    expect(doubtOf(small, tight)).toBe('long')
    expect(doubtOf(small, needs({}, 'x'.repeat(360)))).toBeUndefined()
    expect(able([small, model('big')], tight).map(({ name }) => name)).toEqual(['big', 'small'])
  })
  it('counts all messages, but the inputs of an embedding one by one', () => {
    const messages = Array.from({ length: 10 }, () => messageOf({ type: 'text', text: 'x'.repeat(200) }))
    expect(lackOf(small, needs({ messages }))).toBe('long')
    expect(lackOf(small, needs({ messages, embedding: { encoding: 'float' } }))).toBeUndefined()
  })
})

it('a model that follows no schema is asked last where one is to be followed', () => {
  const [loose, strict] = [model('loose', { facts: { jsonSchema: false } }), model('strict')]
  const format = { type: 'json-schema', name: 'x', schema: {} } as const
  expect(able([loose, strict], needs({ format })).map(({ name }) => name)).toEqual(['strict', 'loose'])
  expect(able([loose, strict], needs({ format: { type: 'json' } })).map(({ name }) => name)).toEqual([
    'loose',
    'strict',
  ])
  expect(able([loose], needs({ format }))).toEqual([loose])
})

it('a model that writes less than was asked for is asked last, for vendors refuse that, and is asked all the same', () => {
  const [brief, wordy] = [model('brief', { maxOutput: 100 }), model('wordy', { maxOutput: 1_000 })]
  const order = (maxOutput: number): string[] =>
    able([brief, wordy], needs({ limits: { maxOutput } })).map(({ name }) => name)
  expect(order(101)).toEqual(['wordy', 'brief'])
  expect(order(100)).toEqual(['brief', 'wordy'])
  expect(able([brief], needs({ limits: { maxOutput: 101 } }))).toEqual([brief])
})

it('models that all can serve it stay in their order, untouched', () => {
  const models = [model('a'), model('b')]
  expect(able(models, needs({ tools: [tool] }))).toEqual(models)
})

describe('when no model is left', () => {
  const blind = model('blind', { facts: { images: false } })
  const mute = model('mute', { facts: { tools: false } })
  const small = model('small', { contextWindow: 10 })
  const failureOf = (models: Model[], of: ReturnType<typeof needs>) => {
    const error = unable('solid', models, of)
    expect(error).toBeInstanceOf(Failed)
    return error.failure
  }
  it('the refusal names each model and what it lacks', () => {
    const failure = failureOf(
      [blind, mute],
      needs({ ...withPart({ type: 'image', url: 'x' }), tools: [tool] }),
    )
    expect(failure).toMatchObject({ kind: 'unsupported', parameters: ['images', 'tools'] })
    expect(failure).toHaveProperty(
      'message',
      expect.stringContaining('blind reads no images; mute calls no tools.'),
    )
  })
  it('for a prompt that is too long it says so in the words of OpenAI, with the windows', () => {
    expect(failureOf([small], needs({}, 'x'.repeat(6_000)))).toMatchObject({
      kind: 'context-length',
      status: 400,
      code: 'context_length_exceeded',
      message: expect.stringMatching(
        /6000 characters, at least 1000 tokens, and small reads 10\./,
      ) as unknown,
    })
  })
})
