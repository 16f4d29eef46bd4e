// Whole chat completions as servers send them, shortened.
import type { ReplyFixture } from '../entry.ts'

type Json = Readonly<Record<string, unknown>>

const body = (choices: readonly Json[], more: Json = {}): string =>
  JSON.stringify({
    id: 'chatcmpl-B9',
    object: 'chat.completion',
    created: 1_741_569_952,
    model: 'gpt-4.1-2026',
    choices,
    ...more,
  })

const choice = (message: Json, finish = 'stop', index = 0): Json => ({
  index,
  message: { role: 'assistant', content: null, refusal: null, ...message },
  logprobs: null,
  finish_reason: finish,
})

export const replies: readonly ReplyFixture[] = [
  {
    name: 'text',
    body: body([choice({ content: 'Grüße, 世界 👩‍🚀!', annotations: [] })], {
      usage: {
        prompt_tokens: 1_117,
        completion_tokens: 46,
        total_tokens: 1_163,
        prompt_tokens_details: { cached_tokens: 1_000 },
        completion_tokens_details: { reasoning_tokens: 6 },
      },
      service_tier: 'default',
    }),
    says: [{ text: 'Grüße, 世界 👩‍🚀!', reason: 'stop' }],
    usage: { input: 117, cacheRead: 1_000, cacheWrite: 0, output: 40, reasoning: 6 },
  },
  {
    name: 'tool calls in parallel',
    body: body([
      choice(
        {
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rom"}' } },
            { id: 'call_2', type: 'function', function: { name: 'time', arguments: '{}' } },
          ],
        },
        'tool_calls',
      ),
    ]),
    says: [
      {
        calls: [
          { id: 'call_1', name: 'weather', json: '{"city":"Rom"}' },
          { id: 'call_2', name: 'time', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: undefined,
  },
  {
    name: 'a refusal',
    body: body([choice({ refusal: 'No.' })]),
    says: [{ refusal: 'No.', reason: 'stop' }],
    usage: undefined,
  },
  {
    name: 'reasoning under reasoning_content',
    body: body([choice({ content: 'Yes', reasoning_content: 'Well' })]),
    says: [{ text: 'Yes', reasoning: 'Well', reason: 'stop' }],
    usage: undefined,
  },
  {
    name: 'reasoning under both names, which is one reasoning',
    body: body([choice({ content: 'Yes', reasoning: 'Well', reasoning_content: 'Well' })]),
    says: [{ text: 'Yes', reasoning: 'Well', reason: 'stop' }],
    usage: undefined,
  },
  {
    name: 'two choices',
    body: body([choice({ content: 'a' }, 'length'), choice({ content: 'b' }, 'stop', 1)], {
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    }),
    says: [
      { text: 'a', reason: 'length' },
      { text: 'b', reason: 'stop' },
    ],
    usage: { input: 1, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0 },
  },
  {
    name: 'an answer that its limit left empty',
    body: body([choice({ content: '' }, 'length')], {
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    }),
    says: [{ reason: 'length' }],
    usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  },
]
