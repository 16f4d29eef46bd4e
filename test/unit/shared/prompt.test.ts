// Everything of a request that a model reads is in its measure: exactly with a vocabulary, at most without one.
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { describe, expect, it } from 'vitest'
import { mostTokens } from '../../../shared/bound.ts'
import { boundGauge, exactGauge, measure } from '../../../shared/prompt.ts'
import type { Message, ModelRequest, Part, Tool } from '../../../shared/request.ts'
import { countPrompt } from '../../../shared/tokens.ts'
import { message, messageOf, requestFor } from '../samples.ts'
import { tokenizer } from '../tokenizer.ts'

const count = await tokenizer()
const exact = exactGauge(count)
const { frame } = boundGauge
const bare = frame.prompt + frame.message
const bound = (request: ModelRequest) => measure(request, boundGauge)
const withMessages = (...messages: Message[]): ModelRequest => requestFor('', { messages })
const withPart = (part: Part): ModelRequest => withMessages(messageOf(part))

const add: Tool = {
  name: 'add',
  description: 'Adds two numbers.',
  parameters: {
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' } },
    required: ['a', 'b'],
  },
}

describe('an exact measure', () => {
  it('is that of the cookbook for a conversation', () => {
    const messages = [
      message('You are terse.', 'system'),
      message('Where is 北京?'),
      message('In China.', 'assistant'),
    ]
    expect(measure(withMessages(...messages), exact)).toEqual({
      tokens: countPrompt(messages, [], count),
      pictures: 0,
      files: 0,
      isOpen: false,
    })
  })

  it('counts names, and is not below the usual count with tools', () => {
    const named = { ...message('Hello'), name: 'example_user' }
    const unnamed = measure(requestFor('Hello'), exact).tokens
    expect(measure(withMessages(named), exact).tokens).toBe(unnamed + 1 + count('example_user'))
    const calling: Message = { ...message(''), toolCalls: [{ id: 'c1', name: 'add', json: '{"a":1,"b":2}' }] }
    const asked = requestFor('', { messages: [message('1 + 2?'), calling], tools: [add] })
    expect(measure(asked, exact).tokens).toBeGreaterThan(countPrompt(asked.messages, asked.tools, count))
  })

  it('takes a run that is longer than can be counted as one token a byte', () => {
    const run = 'x'.repeat(1_000)
    expect(measure(requestFor(run), exact).tokens).toBe(measure(requestFor(''), exact).tokens + 1_000)
    const prose = `${'字，'.repeat(500)}`
    expect(measure(requestFor(prose), exact).tokens).toBe(
      measure(requestFor(''), exact).tokens + count(prose),
    )
  })
})

describe('a bound', () => {
  it('of a text is its bytes and what is put around it', () => {
    expect(bound(requestFor('Grüße'))).toEqual({
      tokens: bare + mostTokens('Grüße'),
      pictures: 0,
      files: 0,
      isOpen: false,
    })
    expect(bound(withMessages(message('a'), message('b'))).tokens).toBe(
      bare + frame.message + 2 * mostTokens('a'),
    )
  })

  it('is above what other tokenizers count of templates with their own words', () => {
    // Source: the model cards of Llama 3.1 and of Qwen 2.5, whose templates put these words around a question.
    const llama =
      '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\n' +
      'Today Date: 26 Jul 2024\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>' +
      '<|start_header_id|>assistant<|end_header_id|>\n\n'
    const qwen =
      '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n' +
      '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n'
    for (const prompt of [llama, qwen])
      expect(bound(requestFor('Hi')).tokens).toBeGreaterThan(
        countCl100k(prompt, { disallowedSpecial: new Set() }),
      )
  })

  it('covers thoughts with their seals, refusals, names, calls and their ids', () => {
    const seal = { dialect: 'anthropic', kind: 'signature', data: 'A'.repeat(400) } as const
    expect(bound(withPart({ type: 'reasoning', text: 'so', signature: seal })).tokens).toBe(
      bare + mostTokens('so') + 400,
    )
    expect(bound(withPart({ type: 'refusal', text: 'No.' })).tokens).toBe(bare + mostTokens('No.'))
    expect(bound(withMessages({ ...message(''), name: 'Ada' })).tokens).toBe(bare + 1 + mostTokens('Ada'))
    const call = { id: 'call_1', name: 'add', json: '{"a":1}' }
    const tokens = bound(withMessages({ ...message('', 'assistant'), toolCalls: [call] })).tokens
    expect(tokens).toBeGreaterThanOrEqual(
      bare + frame.call + 'call_1add'.length + JSON.stringify('{"a": 1}').length,
    )
    const result: Message = { ...message('{"sum":3}', 'tool'), toolCallId: 'call_1' }
    expect(bound(withMessages(result)).tokens).toBeGreaterThanOrEqual(
      bare + 6 + JSON.stringify('{"sum": 3}').length,
    )
  })

  it('covers tools as templates write them, and what a vendor says about tools in general', () => {
    const tokens = bound(requestFor('', { tools: [add] })).tokens - bare
    expect(tokens).toBeGreaterThan(804 + mostTokens(JSON.stringify(add, null, 4)))
  })

  it('covers the schema that an answer must have', () => {
    const schema = { type: 'object', properties: { city: { type: 'string', description: 'Die größte' } } }
    const format = { type: 'json-schema', name: 'place', schema } as const
    const tokens = bound(requestFor('', { format })).tokens - bare
    expect(tokens).toBeGreaterThan(mostTokens(JSON.stringify(schema, null, 4)))
    expect(bound(requestFor('', { format: { type: 'json' } })).tokens).toBeGreaterThan(bare)
  })

  it('counts pictures, whatever their bytes, and sound by its length', () => {
    const url = `data:image/png;base64,${'A'.repeat(100_000)}`
    const seen = messageOf({ type: 'image', url }, { type: 'image', url: 'https://example.com/a.png' })
    expect(bound(withMessages(seen))).toMatchObject({ pictures: 2, tokens: bare + 1, isOpen: false })
    // A second of speech at the lowest rate of AMR: 4,750 bits, at most 32 tokens.
    const second = 'A'.repeat(Math.ceil(((4_750 / 8) * 4) / 3))
    expect(
      bound(withPart({ type: 'audio', data: second, format: 'amr' })).tokens - bare,
    ).toBeGreaterThanOrEqual(32)
  })

  it('counts documents, which only their reader can measure', () => {
    const pdf = { type: 'file', url: 'data:application/pdf;base64,AA' } as const
    const read = withMessages(messageOf(pdf, { type: 'file', id: 'file_1' }))
    expect(bound(read)).toMatchObject({ files: 2, tokens: bare + 1, isOpen: false })
  })

  const kept: readonly (readonly [string, Partial<ModelRequest>])[] = [
    [
      'what only one dialect understands',
      { messages: [messageOf({ type: 'other', name: 'item_reference' })] },
    ],
    [
      'a search by the vendor',
      { tools: [{ name: 's', hosted: { dialect: 'anthropic', value: { type: 'web_search_20250305' } } }] },
    ],
    [
      'a search without a type',
      { tools: [{ name: 's', hosted: { dialect: 'gemini', value: { googleSearch: {} } } }] },
    ],
    ['a cache that the vendor keeps', { unread: ['cachedContent'] }],
    ['a prompt that the vendor keeps', { unread: ['prompt'] }],
  ]
  for (const [what, over] of kept)
    it(`is open with ${what}`, () => {
      expect(bound(requestFor('Hi', over)).isOpen).toBe(true)
      expect(measure(requestFor('Hi', over), exact).isOpen).toBe(true)
    })

  it("is not open with a vendor's tool that the client runs, and covers its definition", () => {
    const hosted = {
      dialect: 'anthropic',
      value: { type: 'computer_20250124', name: 'computer', display_width_px: 1 },
    }
    const measured = bound(requestFor('', { tools: [{ name: 'computer', hosted }] }))
    expect(measured.isOpen).toBe(false)
    expect(measured.tokens - bare).toBeGreaterThan(735 + 499)
  })

  it('covers what nobody here reads but the same dialect is sent', () => {
    const context = 'Something that the model is told beside the document.'
    const value = { role: 'user', content: [{ type: 'document', source: {}, context }] }
    const strange = withMessages({ ...message('Hi'), native: { dialect: 'anthropic', value } })
    expect(bound(strange).tokens).toBeGreaterThanOrEqual(bare + 2 + context.length)
    const unread = requestFor('', {
      unread: ['documents'],
      native: { dialect: 'x', body: { documents: [context] } },
    })
    expect(bound(unread).tokens).toBeGreaterThanOrEqual(bare + context.length)
  })

  it('of vectors is that of every input, or its ids as they came', () => {
    const inputs = requestFor('', {
      messages: [message('ab'), message('c')],
      embedding: { encoding: 'float' },
    })
    expect(bound(inputs).tokens).toBe(bare + frame.message + mostTokens('ab') + mostTokens('c'))
    const ids = requestFor('', { embedding: { encoding: 'float', tokens: [[1, 2, 3], [4]] } })
    expect(bound(ids).tokens).toBe(bare + 4)
  })
})
