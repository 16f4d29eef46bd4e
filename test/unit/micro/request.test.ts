import { describe, expect, it } from 'vitest'
import { readRequest, RequestError } from '../../../workers/micro/request.ts'

const messages = [{ role: 'user', content: 'hi' }]

function refusal(body: unknown): RequestError {
  try {
    readRequest(body)
  } catch (error) {
    if (error instanceof RequestError) return error
  }
  throw new Error('the request was accepted')
}

describe('a request', () => {
  it('may say nothing but its messages', () => {
    expect(readRequest({ messages })).toEqual({
      messages,
      isStream: false,
      includeUsage: false,
      maxTokens: undefined,
      temperature: 0,
      topP: 1,
      topK: 0,
      seed: undefined,
      stops: [],
      wantLogprobs: false,
      topLogprobs: 0,
      choices: 1,
    })
  })

  it('may give every setting, and null for none', () => {
    const settings = {
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 9,
      max_completion_tokens: 7,
      temperature: 1.5,
      top_p: 0.9,
      top_k: 40,
      seed: 3,
      stop: ['a', ''],
      logprobs: true,
      top_logprobs: 5,
      n: 2,
    }
    expect(readRequest({ messages, ...settings })).toMatchObject({
      isStream: true,
      includeUsage: true,
      maxTokens: 7,
      temperature: 1.5,
      topP: 0.9,
      topK: 40,
      seed: 3,
      stops: ['a'],
      wantLogprobs: true,
      topLogprobs: 5,
      choices: 2,
    })
    const nothing = Object.fromEntries(Object.keys(settings).map((key) => [key, null]))
    expect(readRequest({ messages, ...nothing })).toEqual(readRequest({ messages }))
  })

  it('may hold fields and tools that micro does not know', () => {
    const body = {
      messages,
      tools: [{ type: 'function' }],
      tool_choice: 'auto',
      response_format: { type: 'text' },
      user: 'x',
      logit_bias: {},
      whatever: [1],
    }
    expect(readRequest(body).messages).toEqual(messages)
  })

  it('may use every role, and text in parts', () => {
    const parts = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]
    const all = ['system', 'developer', 'user', 'assistant', 'tool'].map((role) => ({ role, content: parts }))
    const call = { role: 'assistant', content: null, tool_calls: [{ id: '1' }] }
    const read = readRequest({ messages: [...all, call] }).messages
    expect(read.map(({ role }) => role)).toEqual([
      'system',
      'system',
      'user',
      'assistant',
      'user',
      'assistant',
    ])
    expect(read.map(({ content }) => content)).toEqual(['ab', 'ab', 'ab', 'ab', 'ab', ''])
  })
})

describe('a wrong request', () => {
  const cases: [string, unknown, string | null][] = [
    ['nothing', null, null],
    ['a list', [], null],
    ['no messages', {}, 'messages'],
    ['empty messages', { messages: [] }, 'messages'],
    ['an unknown role', { messages: [{ role: 'owner', content: 'x' }] }, 'messages[0].role'],
    ['content of a wrong type', { messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    ['a temperature too high', { messages, temperature: 3 }, 'temperature'],
    ['no tokens', { messages, max_tokens: 0 }, 'max_tokens'],
    ['too many stop strings', { messages, stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    ['too many choices', { messages, n: 99 }, 'n'],
    ['top_logprobs alone', { messages, top_logprobs: 3 }, 'top_logprobs'],
    ['a stream that is no flag', { messages, stream: 'yes' }, 'stream'],
  ]
  for (const [name, body, param] of cases) {
    it(`is refused with its place: ${name}`, () =>
      expect(refusal(body)).toMatchObject({ param, code: 'invalid_value' }))
  }
})

describe('what micro cannot do', () => {
  const cases: [string, object, string][] = [
    [
      'images',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }] },
      'messages[0].content',
    ],
    ['a forced tool', { messages, tool_choice: 'required' }, 'tool_choice'],
    ['a named tool', { messages, tool_choice: { type: 'function', function: { name: 'f' } } }, 'tool_choice'],
    ['JSON', { messages, response_format: { type: 'json_object' } }, 'response_format'],
    ['a schema', { messages, response_format: { type: 'json_schema', json_schema: {} } }, 'response_format'],
  ]
  for (const [name, body, param] of cases) {
    it(`is refused with what to do instead: ${name}`, () => {
      const error = refusal(body)
      expect(error).toMatchObject({ param, code: 'unsupported_by_micro' })
      expect(error.message).toContain('larger model')
    })
  }
})
