// Streams and replies of Workers AI's models that are like OpenAI's, shortened from what they send.
import type { ReplyFixture, StreamFixture } from '../entry.ts'

type Json = Readonly<Record<string, unknown>>

const HEAD = {
  id: '0b7c4e21a95d4f3f8c1e66d20f9a7b13',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: '@cf/google/gemma-4-26b-a4b-it',
}

const chunk = (choices: readonly Json[], more: Json = {}): string =>
  JSON.stringify({ choices, ...HEAD, p: 'q7w2e9r4t1', ...more })

const delta = (fields: Json, finish: string | null = null, index = 0): Json => ({
  delta: fields,
  finish_reason: finish,
  index,
  logprobs: null,
})

const usage = (prompt: number, completion: number, cached = 0, reasoning?: number): Json => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached },
  ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
})

const counted = (input: number, output: number, cacheRead = 0, reasoning = 0) => ({
  input,
  cacheRead,
  cacheWrite: 0,
  output,
  reasoning,
})

const closing = (total: Json): string => JSON.stringify({ response: '', usage: { ...total, neurons: 1.77 } })
const DONE = '[DONE]'

export const streams: readonly StreamFixture[] = [
  {
    name: 'usage by the chunk, then the sum in a line of its own (Gemma 4)',
    data: [
      chunk([delta({ content: '', reasoning_content: null, role: 'assistant' })], { usage: usage(147, 0) }),
      chunk([delta({ content: 'م', reasoning_content: null })], { usage: usage(0, 1) }),
      chunk([delta({ content: 'رحباً 👩‍🚀', reasoning_content: null })], { usage: usage(0, 1) }),
      chunk([delta({ reasoning_content: null }, 'stop')], { usage: usage(0, 0) }),
      chunk([], { usage: usage(0, 1) }),
      closing(usage(147, 16)),
      DONE,
    ],
    says: [{ text: 'مرحباً 👩‍🚀', reason: 'stop' }],
    usage: counted(147, 16),
  },
  {
    name: 'thoughts, cached tokens and totals so far (DeepSeek, Kimi)',
    data: [
      chunk([delta({ role: 'assistant', content: '' })], { usage: usage(1_040, 0, 1_024) }),
      chunk([delta({ reasoning_content: 'Let me see' })], { usage: usage(1_040, 1, 1_024) }),
      chunk([delta({ reasoning: ': it moos' })], { usage: usage(1_040, 2, 1_024) }),
      chunk([delta({ content: 'A cow.' })], { usage: usage(1_040, 3, 1_024) }),
      chunk([delta({}, 'stop')], { usage: usage(1_040, 4, 1_024, 2) }),
      DONE,
    ],
    says: [{ reasoning: 'Let me see: it moos', text: 'A cow.', reason: 'stop' }],
    usage: counted(16, 2, 1_024, 2),
  },
  {
    name: 'usage by the chunk, and no sum after it',
    data: [
      chunk([delta({ role: 'assistant', content: '' })], { usage: usage(1_040, 0, 1_024) }),
      chunk([delta({ content: 'Hi' })], { usage: usage(0, 1) }),
      chunk([delta({ content: ' there' })], { usage: usage(0, 2) }),
      chunk([delta({}, 'stop')], { usage: usage(0, 0) }),
      DONE,
    ],
    says: [{ text: 'Hi there', reason: 'stop' }],
    usage: counted(16, 3, 1_024),
  },
  {
    name: 'every frame in both shapes at once (Llama 4 Scout, Granite)',
    data: [
      chunk([{ delta: { content: '', role: 'assistant' } }], { response: '', usage: { prompt_tokens: 45 } }),
      chunk([{ delta: { content: 'Here' } }], { response: 'Here', tool_calls: [] }),
      chunk([{ delta: { content: ' are some' } }], { response: ' are some', tool_calls: [] }),
      chunk([{ delta: {}, finish_reason: 'stop', index: 0 }], { tool_calls: [] }),
      JSON.stringify({ response: '', usage: { completion_tokens: 8 } }),
      DONE,
    ],
    says: [{ text: 'Here are some', reason: 'stop' }],
    usage: counted(45, 8),
  },
  {
    name: 'parallel calls in pieces, with text between (GLM)',
    data: [
      chunk([delta({ role: 'assistant', content: '' })]),
      chunk([
        delta({
          tool_calls: [
            { function: { name: 'get_weather' }, id: 'chatcmpl-tool-abc', index: 0, type: 'function' },
          ],
        }),
      ]),
      chunk([delta({ tool_calls: [{ function: { arguments: '{"city": "' }, index: 0 }] })]),
      chunk([delta({ content: 'And the time.' })]),
      chunk([
        delta({
          tool_calls: [
            { function: { arguments: 'Tōkyō"}' }, index: 0 },
            {
              function: { name: 'get_time', arguments: '{"zone":' },
              id: 'functions.get_time:1',
              index: 1,
              type: 'function',
            },
          ],
        }),
      ]),
      chunk([delta({ tool_calls: [{ function: { arguments: '9}' }, index: 1 }] })]),
      chunk([delta({}, 'tool_calls')]),
      chunk([], { usage: usage(0, 0) }),
      closing(usage(57, 28)),
      DONE,
    ],
    says: [
      {
        text: 'And the time.',
        calls: [
          { id: 'chatcmpl-tool-abc', name: 'get_weather', json: '{"city": "Tōkyō"}' },
          { id: 'functions.get_time:1', name: 'get_time', json: '{"zone":9}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: counted(57, 28),
  },
  {
    name: 'a named tool, which ends with the word stop (vLLM)',
    data: [
      chunk([
        delta({ tool_calls: [{ id: 'call_1', index: 0, function: { name: 'f', arguments: '{"a":1}' } }] }),
      ]),
      chunk([delta({}, 'stop')]),
      closing(usage(10, 5)),
      DONE,
    ],
    says: [{ calls: [{ id: 'call_1', name: 'f', json: '{"a":1}' }], reason: 'tool-calls' }],
    usage: counted(10, 5),
  },
  {
    name: 'all of its limit thought away (Gemma 4)',
    data: [
      chunk([delta({ role: 'assistant', content: '' })]),
      chunk([delta({ reasoning: 'First, the name: ' })]),
      chunk([delta({}, 'length')]),
      closing(usage(153, 1_200)),
      DONE,
    ],
    says: [{ reasoning: 'First, the name: ', reason: 'length' }],
    usage: counted(153, 1_200),
  },
  {
    name: 'a refusal, in a field that OpenAI has',
    data: [chunk([delta({ refusal: 'I cannot.' })]), chunk([delta({}, 'content_filter')]), DONE],
    says: [{ refusal: 'I cannot.', reason: 'content-filter' }],
    usage: undefined,
  },
]

const completion = (message: Json, finish: string, counts: Json | undefined): string =>
  JSON.stringify({
    choices: [
      { finish_reason: finish, index: 0, logprobs: null, message: { role: 'assistant', ...message } },
    ],
    created: 1_790_000_060,
    id: '7a90d1c2e3b44f5586a7b8c9d0e1f203',
    model: '@cf/google/gemma-4-26b-a4b-it-external',
    object: 'chat.completion',
    ...(counts === undefined ? {} : { usage: { ...counts, neurons: 1.77 } }),
  })

export const replies: readonly ReplyFixture[] = [
  {
    name: 'text (Gemma 4)',
    body: completion({ content: 'مرحباً بالعالم 👩‍🚀' }, 'stop', usage(147, 16)),
    says: [{ text: 'مرحباً بالعالم 👩‍🚀', reason: 'stop' }],
    usage: counted(147, 16),
  },
  {
    name: "text in the API's result",
    body: JSON.stringify({
      result: JSON.parse(completion({ content: 'Hi', tool_calls: [] }, 'stop', usage(64, 2, 60))) as unknown,
      success: true,
      errors: [],
      messages: [],
    }),
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: counted(4, 2, 60),
  },
  {
    name: 'thoughts and calls, one with an object for arguments',
    body: completion(
      {
        content: null,
        reasoning_content: 'I need the weather.',
        tool_calls: [
          {
            id: 'chatcmpl-tool-1',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city":"Zürich"}' },
          },
          { id: 'chatcmpl-tool-2', type: 'function', function: { name: 'get_time', arguments: { zone: 2 } } },
        ],
      },
      'tool_calls',
      usage(80, 40, 0, 25),
    ),
    says: [
      {
        reasoning: 'I need the weather.',
        calls: [
          { id: 'chatcmpl-tool-1', name: 'get_weather', json: '{"city":"Zürich"}' },
          { id: 'chatcmpl-tool-2', name: 'get_time', json: '{"zone":2}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: counted(80, 15, 0, 25),
  },
  {
    name: 'nothing but thoughts, at its limit',
    body: completion({ content: null, reasoning: 'Hm' }, 'length', usage(181, 400)),
    says: [{ reasoning: 'Hm', reason: 'length' }],
    usage: counted(181, 400),
  },
]
