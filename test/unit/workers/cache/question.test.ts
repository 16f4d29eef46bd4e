// The form of a question: the same for all that ask the same, whatever the order and the manner; another for all others.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anthropic } from '../../../../shared/dialects/anthropic/index.ts'
import { gemini } from '../../../../shared/dialects/gemini/index.ts'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../../shared/dialects/openai-responses/index.ts'
import type { ModelRequest } from '../../../../shared/request.ts'
import { questionOf } from '../../../../workers/cache/question.ts'

const chat = openaiChat()
const whole = (request: ModelRequest): string => questionOf(request).whole
const read = (body: unknown): ModelRequest => chat.readRequest(body)

const tool = (name: string): object => ({
  type: 'function',
  function: {
    name,
    description: 'd',
    parameters: { type: 'object', properties: { a: { type: 'string' }, b: {} } },
  },
})
const BODY = {
  model: 'm',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'One?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 't', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'done' },
    { role: 'user', content: 'Two?' },
  ],
  tools: [tool('t')],
  temperature: 0.5,
  max_tokens: 50,
}

/** The same JSON with the fields of every object in another order. */
function shuffled(value: unknown, order: (length: number) => number[]): unknown {
  if (Array.isArray(value)) return value.map((one) => shuffled(one, order))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    order(entries.length).flatMap((at) => {
      const entry = entries[at]
      return entry === undefined ? [] : [[entry[0], shuffled(entry[1], order)]]
    }),
  )
}

describe('a question is the same', () => {
  test('in whatever order its fields stand', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const order = (length: number): number[] => {
          const places = Array.from({ length }, (_, at) => ({ at, by: Number(numbers.next().value) }))
          return places.toSorted((a, b) => a.by - b.by).map(({ at }) => at)
        }
        expect(whole(read(shuffled(BODY, order)))).toBe(whole(read(BODY)))
      }),
    )
  })

  const VOLATILE: Readonly<Record<string, object>> = {
    'who asks': { user: 'u', metadata: { a: 'b' }, safety_identifier: 's', prompt_cache_key: 'k' },
    'a stream': { stream: true, stream_options: { include_usage: true } },
    'what is usual': {
      n: 1,
      top_p: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      stop: [],
      logit_bias: {},
      tool_choice: 'auto',
    },
    'what is not said': {
      seed: null,
      response_format: { type: 'text' },
      store: false,
      parallel_tool_calls: true,
    },
    'the usual class': { service_tier: 'auto' },
  }
  for (const [name, more] of Object.entries(VOLATILE))
    test(`whatever is said of ${name}`, () =>
      expect(whole(read({ ...BODY, ...more }))).toBe(whole(read(BODY))))

  test('whatever the calls in it were called', () => {
    const renamed: unknown = JSON.parse(JSON.stringify(BODY).replaceAll('c1', 'toolu_77'))
    expect(whole(read(renamed))).toBe(whole(read(BODY)))
  })

  test('in every dialect', () => {
    const text = 'What now?'
    const [one, ...others] = [
      read({
        model: 'm',
        max_tokens: 9,
        messages: [
          { role: 'system', content: 'S' },
          { role: 'user', content: text },
        ],
      }),
      anthropic().readRequest({
        model: 'm',
        max_tokens: 9,
        system: 'S',
        messages: [{ role: 'user', content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }] }],
      }),
      gemini.readRequest(
        {
          systemInstruction: { parts: [{ text: 'S' }] },
          contents: [{ role: 'user', parts: [{ text }] }],
          generationConfig: { maxOutputTokens: 9 },
        },
        { model: 'm' },
      ),
      openaiResponses().readRequest({
        model: 'm',
        max_output_tokens: 9,
        instructions: 'S',
        input: text,
        store: false,
      }),
    ].map(whole)
    for (const other of others) expect(other).toBe(one)
  })
})

describe('a question is another', () => {
  const CHANGES: Readonly<Record<string, object>> = {
    model: { model: 'other' },
    temperature: { temperature: 0 },
    'no temperature': { temperature: undefined },
    length: { max_tokens: 51 },
    seed: { seed: 1 },
    stop: { stop: ['x'] },
    format: { response_format: { type: 'json_object' } },
    tools: { tools: [tool('t'), tool('u')] },
    'no tools': { tools: undefined },
    choice: { tool_choice: 'required' },
    choices: { n: 2 },
    reasoning: { reasoning_effort: 'low' },
    'a field that only its dialect knows': { web_search_options: {} },
    'the prefix': { messages: [{ role: 'system', content: 'Be long.' }, ...BODY.messages.slice(1)] },
    'the result of a tool': {
      messages: BODY.messages.map((one) => (one.role === 'tool' ? { ...one, content: 'failed' } : one)),
    },
    'a message more': { messages: [...BODY.messages, { role: 'user', content: 'Three?' }] },
    'a picture': {
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.example/1.png' } }] },
      ],
    },
  }
  const all = Object.entries(CHANGES).map(
    ([name, more]) => [name, whole(read({ ...BODY, ...more }))] as const,
  )
  for (const [name, form] of all)
    test(`with another: ${name}`, () => {
      expect(form).not.toBe(whole(read(BODY)))
      expect(all.filter(([, other]) => other === form).map(([same]) => same)).toEqual([name])
    })
})

describe('other words', () => {
  const rest = (body: unknown): unknown => questionOf(read(body)).rest
  const last = (content: unknown): object => ({
    ...BODY,
    messages: [...BODY.messages.slice(0, -1), { role: 'user', content }],
  })

  test('may ask the same where all before them is the same', () => {
    const [one, two] = [questionOf(read(BODY)).rest, questionOf(read(last('Deux?'))).rest]
    expect(one?.context()).toBe(two?.context())
    expect(two?.text).toBe('Deux?')
    const other = { ...BODY, messages: [{ role: 'system', content: 'Be long.' }, ...BODY.messages.slice(1)] }
    expect(questionOf(read(other)).rest?.context()).not.toBe(one?.context())
    expect(questionOf(read({ ...BODY, tools: [tool('u')] })).rest?.context()).not.toBe(one?.context())
  })

  test('are not looked for in long questions, in pictures, in the results of tools', () => {
    expect(rest(last('word '.repeat(61)))).toBeUndefined()
    expect(rest(last([{ type: 'image_url', image_url: { url: 'https://x.example/1.png' } }]))).toBeUndefined()
    expect(rest({ ...BODY, messages: BODY.messages.slice(0, -1) })).toBeUndefined()
    expect(rest({ ...BODY, n: 2 })).toBeUndefined()
  })
})
