// Streams of chat completions as servers send them, shortened. Names say whose habit a shape is.
import type { StreamFixture } from '../entry.ts'

type Json = Readonly<Record<string, unknown>>

const HEAD = {
  id: 'chatcmpl-B9',
  object: 'chat.completion.chunk',
  created: 1_741_569_952,
  model: 'gpt-4.1-2026',
}

const chunk = (choices: readonly Json[], more: Json = {}): string =>
  JSON.stringify({ ...HEAD, choices, ...more })

const delta = (fields: Json, finish: string | null = null, index = 0): Json => ({
  index,
  delta: fields,
  logprobs: null,
  finish_reason: finish,
})

const say = (content: string, index = 0): string => chunk([delta({ content }, null, index)])
const role = (index = 0): string =>
  chunk([delta({ role: 'assistant', content: '', refusal: null }, null, index)])
const end = (reason = 'stop', index = 0): string => chunk([delta({}, reason, index)])
const DONE = '[DONE]'

const tool = (index: number, fields: Json): Json => ({ index, ...fields })
const callChunk = (...calls: readonly Json[]): string => chunk([delta({ tool_calls: calls })])

const noUsage = undefined
const usage = (input: number, output: number) => ({
  input,
  cacheRead: 0,
  cacheWrite: 0,
  output,
  reasoning: 0,
})

export const streams: readonly StreamFixture[] = [
  {
    name: 'text',
    data: [role(), say('Grüße, 世'), say('界 👩‍🚀'), say('!'), end(), DONE],
    says: [{ text: 'Grüße, 世界 👩‍🚀!', reason: 'stop' }],
    usage: noUsage,
  },
  {
    name: 'text with usage in a chunk of its own (OpenAI)',
    data: [
      chunk([delta({ role: 'assistant', content: '' })], {
        usage: null,
        service_tier: 'default',
        system_fingerprint: 'fp_1',
      }),
      chunk([delta({ content: 'Hi' })], { usage: null }),
      chunk([delta({}, 'stop')], { usage: null }),
      chunk([], {
        usage: {
          prompt_tokens: 1_219,
          completion_tokens: 110,
          total_tokens: 1_329,
          prompt_tokens_details: { cached_tokens: 1_024, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 100, accepted_prediction_tokens: 0 },
        },
      }),
      DONE,
    ],
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: { input: 195, cacheRead: 1_024, cacheWrite: 0, output: 10, reasoning: 100 },
  },
  {
    name: 'text with usage in the last choice chunk (Mistral, Together)',
    data: [
      role(),
      say('Hi'),
      chunk([delta({}, 'length')], { usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 } }),
      DONE,
    ],
    says: [{ text: 'Hi', reason: 'length' }],
    usage: usage(5, 1),
  },
  {
    name: 'text with usage so far in every chunk (vLLM, xAI)',
    data: [
      ...['', 'a', 'b', 'c'].map((content, n) =>
        chunk([delta({ content })], {
          usage: { prompt_tokens: 7, completion_tokens: n, total_tokens: 7 + n },
        }),
      ),
      chunk([delta({}, 'stop')], { usage: { prompt_tokens: 7, completion_tokens: 4, total_tokens: 11 } }),
      chunk([], { usage: { prompt_tokens: 7, completion_tokens: 4, total_tokens: 11 } }),
      DONE,
    ],
    says: [{ text: 'abc', reason: 'stop' }],
    usage: usage(7, 4),
  },
  {
    name: 'usage in a chunk without choices',
    data: [
      role(),
      say('Hi'),
      end(),
      JSON.stringify({ ...HEAD, usage: { prompt_tokens: 2, completion_tokens: 1 } }),
      DONE,
    ],
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: usage(2, 1),
  },
  {
    name: 'usage of zero, which is data',
    data: [
      role(),
      say('Hi'),
      end(),
      chunk([], { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }),
      DONE,
    ],
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: usage(0, 0),
  },
  {
    name: 'one tool call',
    data: [
      callChunk(tool(0, { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } })),
      callChunk(tool(0, { function: { arguments: '{"city":' } })),
      callChunk(tool(0, { function: { arguments: '"Zürich"}' } })),
      end('tool_calls'),
      DONE,
    ],
    says: [{ calls: [{ id: 'call_1', name: 'weather', json: '{"city":"Zürich"}' }], reason: 'tool-calls' }],
    usage: noUsage,
  },
  {
    name: 'tool calls in parallel, their arguments interleaved, text before',
    data: [
      role(),
      say('Looking. '),
      callChunk(tool(0, { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } })),
      callChunk(tool(1, { id: 'call_2', type: 'function', function: { name: 'time', arguments: '{"' } })),
      callChunk(
        tool(0, { function: { arguments: '{"city":' } }),
        tool(1, { function: { arguments: 'zone":' } }),
      ),
      callChunk(tool(1, { function: { arguments: '1}' } })),
      callChunk(tool(0, { function: { arguments: '"Rom"}' } })),
      end('tool_calls'),
      DONE,
    ],
    says: [
      {
        text: 'Looking. ',
        calls: [
          { id: 'call_1', name: 'weather', json: '{"city":"Rom"}' },
          { id: 'call_2', name: 'time', json: '{"zone":1}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: noUsage,
  },
  {
    name: 'a tool call in one piece (Ollama, llama.cpp)',
    data: [
      chunk([
        delta(
          {
            role: 'assistant',
            content: '',
            tool_calls: [
              tool(0, { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }),
            ],
          },
          'tool_calls',
        ),
      ]),
      DONE,
    ],
    says: [{ calls: [{ id: 'c', name: 'f', json: '{"a":1}' }], reason: 'tool-calls' }],
    usage: noUsage,
  },
  {
    name: 'text with an empty list of tool calls',
    data: [role(), chunk([delta({ content: 'Hi', tool_calls: [] })]), end(), DONE],
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: noUsage,
  },
  {
    name: 'reasoning under reasoning_content (DeepSeek, vLLM)',
    data: [
      chunk([delta({ role: 'assistant', content: null, reasoning_content: '' })]),
      chunk([delta({ content: null, reasoning_content: 'Well, ' })]),
      chunk([delta({ content: null, reasoning_content: 'so' })]),
      say('Yes'),
      end(),
      DONE,
    ],
    says: [{ text: 'Yes', reasoning: 'Well, so', reason: 'stop' }],
    usage: noUsage,
  },
  {
    name: 'reasoning under reasoning, its details beside it (OpenRouter)',
    data: [
      chunk([
        delta({
          role: 'assistant',
          content: '',
          reasoning: 'Well',
          reasoning_details: [{ type: 'reasoning.text', text: 'Well' }],
        }),
      ]),
      say('Yes'),
      end(),
      DONE,
    ],
    says: [{ text: 'Yes', reasoning: 'Well', reason: 'stop' }],
    usage: noUsage,
  },
  {
    name: 'a refusal',
    data: [
      role(),
      chunk([delta({ refusal: "I'm sorry, " })]),
      chunk([delta({ refusal: 'no.' })]),
      end(),
      DONE,
    ],
    says: [{ refusal: "I'm sorry, no.", reason: 'stop' }],
    usage: noUsage,
  },
  {
    name: 'a filtered answer',
    data: [
      role(),
      say('So'),
      chunk([{ ...delta({}, 'content_filter'), content_filter_results: { hate: { filtered: true } } }]),
      DONE,
    ],
    says: [{ text: 'So', reason: 'content-filter' }],
    usage: noUsage,
  },
  {
    name: 'two choices, interleaved',
    data: [
      role(0),
      role(1),
      say('a', 0),
      say('x', 1),
      say('b', 0),
      end('length', 0),
      say('y', 1),
      end('stop', 1),
      DONE,
    ],
    says: [
      { text: 'ab', reason: 'length' },
      { text: 'xy', reason: 'stop' },
    ],
    usage: noUsage,
  },
  {
    name: 'log-probabilities',
    data: [
      role(),
      chunk([
        {
          ...delta({ content: 'Hi' }),
          logprobs: {
            content: [{ token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }],
            refusal: null,
          },
        },
      ]),
      end(),
      DONE,
    ],
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: noUsage,
  },
  {
    name: 'prompt filter results in a first chunk without choices (Azure)',
    data: [
      JSON.stringify({
        id: '',
        object: '',
        created: 0,
        model: '',
        choices: [],
        prompt_filter_results: [{ prompt_index: 0 }],
      }),
      role(),
      chunk([{ ...delta({ content: 'Hi' }), content_filter_results: {} }]),
      end(),
      chunk([], { usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } }),
      DONE,
    ],
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: usage(3, 1),
  },
  {
    name: 'fields nobody has heard of, at every level',
    data: [
      chunk(
        [
          {
            ...delta({ role: 'assistant', content: 'Hi', annotations: [{ url: 'https://example.com' }] }),
            stop_reason: null,
          },
        ],
        { provider: 'Lab', x_groq: { id: 'r' } },
      ),
      chunk([{ ...delta({ audio: { data: 'AAAA' } }), native_finish_reason: 'x' }]),
      end(),
      DONE,
    ],
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: noUsage,
  },
  {
    name: 'odd spacing and escapes inside the JSON',
    data: [
      `{ "id":"chatcmpl-B9",  "choices":[ {"index":0, "delta":{"content":"\\u0048\\ud83d\\ude00\\n\\"", "role":"assistant"} } ] , "model":"m","created":1}`,
      end(),
      DONE,
    ],
    says: [{ text: 'H😀\n"', reason: 'stop' }],
    usage: noUsage,
  },
]
