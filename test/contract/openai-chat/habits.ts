// Streams of vendors that speak chat completions in their own way, shortened from their documentation.
import type { StreamFixture } from '../entry.ts'

type Json = Readonly<Record<string, unknown>>

const HEAD = {
  id: 'cmpl-7f3a',
  object: 'chat.completion.chunk',
  created: 1_760_000_000,
  model: 'magistral-medium',
}
const chunk = (delta: Json, finish: string | null = null, more: Json = {}): string =>
  JSON.stringify({ ...HEAD, choices: [{ index: 0, delta, finish_reason: finish, ...more }] })
const call = (fields: Json): string => chunk({ tool_calls: [fields] })
const DONE = '[DONE]'
const usage = (input: number, output: number) => ({
  input,
  cacheRead: 0,
  cacheWrite: 0,
  output,
  reasoning: 0,
})
const BILL = { prompt_tokens: 8, completion_tokens: 5, total_tokens: 13 }
const thinking = (text: string): Json => ({ type: 'thinking', thinking: [{ type: 'text', text }] })

export const habits: readonly StreamFixture[] = [
  {
    name: 'content as parts, thoughts among them (Mistral)',
    data: [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: [thinking('Zuerst ')] }),
      chunk({ content: [thinking('世界.')] }),
      chunk({ content: [{ type: 'text', text: 'Ja' }] }),
      chunk({ content: ', so.' }),
      JSON.stringify({ ...JSON.parse(chunk({ content: '' }, 'stop')), usage: BILL }),
      DONE,
    ],
    says: [{ text: 'Ja, so.', reasoning: 'Zuerst 世界.', reason: 'stop' }],
    usage: usage(8, 5),
  },
  {
    name: 'usage in a field of its own (Groq)',
    data: [
      JSON.stringify({ ...JSON.parse(chunk({ role: 'assistant', content: '' })), x_groq: { id: 'req_01' } }),
      chunk({ content: 'Hi' }),
      JSON.stringify({ ...JSON.parse(chunk({}, 'stop')), x_groq: { id: 'req_01', usage: BILL } }),
      DONE,
    ],
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: usage(8, 5),
  },
  {
    name: 'usage in the last choice (Moonshot)',
    data: [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hi' }),
      chunk({}, 'length', { usage: { ...BILL, cached_tokens: 3 } }),
      DONE,
    ],
    says: [{ text: 'Hi', reason: 'length' }],
    usage: { input: 5, cacheRead: 3, cacheWrite: 0, output: 5, reasoning: 0 },
  },
  {
    name: 'parallel calls that are all numbered 0, sealed (Google)',
    data: [
      chunk({ role: 'assistant', content: 'Looking.' }),
      call({
        index: 0,
        id: 'function-call-1',
        type: 'function',
        function: { name: 'weather', arguments: '{"city":"Zürich"}' },
        extra_content: { google: { thought_signature: 'CiQB0e2Kb3Z2' } },
      }),
      call({
        index: 0,
        id: 'function-call-2',
        type: 'function',
        function: { name: 'time', arguments: '{}' },
      }),
      chunk({}, 'tool_calls'),
      DONE,
    ],
    says: [
      {
        text: 'Looking.',
        calls: [
          { id: 'function-call-1', name: 'weather', json: '{"city":"Zürich"}' },
          { id: 'function-call-2', name: 'time', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: undefined,
  },
  {
    name: 'parallel calls without numbers, told apart by their ids',
    data: [
      call({ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } }),
      call({ id: 'b', type: 'function', function: { name: 'g', arguments: '{"y"' } }),
      call({ id: 'a', function: { arguments: ':1}' } }),
      call({ id: 'b', function: { arguments: ':2}' } }),
      chunk({}, 'tool_calls'),
      DONE,
    ],
    says: [
      {
        calls: [
          { id: 'a', name: 'f', json: '{"x":1}' },
          { id: 'b', name: 'g', json: '{"y":2}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: undefined,
  },
  {
    name: 'calls without numbers and ids, one begun by each name',
    data: [
      call({ function: { name: 'f', arguments: '' } }),
      call({ function: { arguments: '{"x":1}' } }),
      call({ function: { name: 'g', arguments: '{}' } }),
      chunk({}, 'tool_calls'),
      DONE,
    ],
    says: [
      {
        calls: [
          { id: 'call_cmpl7f3a_0_0', name: 'f', json: '{"x":1}' },
          { id: 'call_cmpl7f3a_0_1', name: 'g', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: undefined,
  },
  {
    name: 'a call whose name comes after its id and its first arguments',
    data: [
      call({ index: 3, id: 'a', type: 'function', function: { arguments: '{"x"' } }),
      call({ index: 3, function: { name: 'f', arguments: ':1' } }),
      call({ index: 3, function: { arguments: '}' } }),
      chunk({}, 'tool_calls'),
      DONE,
    ],
    says: [{ calls: [{ id: 'a', name: 'f', json: '{"x":1}' }], reason: 'tool-calls' }],
    usage: undefined,
  },
  {
    name: 'the old single function call',
    data: [
      chunk({ role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } }),
      chunk({ function_call: { arguments: '{"x":' } }),
      chunk({ function_call: { arguments: '1}' } }),
      chunk({}, 'function_call'),
      DONE,
    ],
    says: [{ calls: [{ id: 'call_cmpl7f3a_0_0', name: 'f', json: '{"x":1}' }], reason: 'tool-calls' }],
    usage: undefined,
  },
  {
    name: 'thoughts with a signature at their end, then an encrypted one (OpenRouter)',
    data: [
      chunk({
        role: 'assistant',
        content: '',
        reasoning: 'Let me ',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Let me ', format: 'anthropic-claude-v1', index: 0 },
        ],
      }),
      chunk({
        content: '',
        reasoning: 'see.',
        reasoning_details: [
          { type: 'reasoning.text', text: 'see.', format: 'anthropic-claude-v1', index: 0 },
        ],
      }),
      chunk({
        content: '',
        reasoning: null,
        reasoning_details: [
          { type: 'reasoning.text', signature: 'EqQBCkYIBBgC', format: 'anthropic-claude-v1', index: 0 },
        ],
      }),
      chunk({
        content: '',
        reasoning_details: [
          { type: 'reasoning.encrypted', data: 'EvAFCoYBGAIi', format: 'anthropic-claude-v1', index: 1 },
        ],
      }),
      chunk({ content: 'Yes.' }),
      chunk({}, 'stop', { native_finish_reason: 'end_turn' }),
      DONE,
    ],
    says: [{ text: 'Yes.', reasoning: 'Let me see.', reason: 'stop' }],
    usage: undefined,
  },
  {
    name: 'finish reasons of its own, empty until the end',
    data: [chunk({ content: 'So' }, ''), chunk({ content: ' it' }, ''), chunk({}, 'model_length'), DONE],
    says: [{ text: 'So it', reason: 'length' }],
    usage: undefined,
  },
]
