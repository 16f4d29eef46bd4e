// Whole messages as the API sends them, shortened.
import type { ReplyFixture } from '../entry.ts'

const body = (
  content: readonly object[],
  stop: string,
  usage: object | undefined,
  more: object = {},
): string =>
  JSON.stringify({
    id: 'msg_01Aq9w938a90dw8q',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-4-6',
    content,
    stop_reason: stop,
    stop_sequence: null,
    ...(usage === undefined ? {} : { usage }),
    ...more,
  })

export const replies: readonly ReplyFixture[] = [
  {
    name: 'text, its prompt from a cache',
    body: body([{ type: 'text', text: 'Grüße, 世界 👩‍🚀!', citations: null }], 'end_turn', {
      input_tokens: 21,
      cache_creation_input_tokens: 188_086,
      cache_read_input_tokens: 10,
      cache_creation: { ephemeral_5m_input_tokens: 188_000, ephemeral_1h_input_tokens: 86 },
      output_tokens: 393,
      output_tokens_details: { thinking_tokens: 93 },
      server_tool_use: null,
      service_tier: 'standard',
    }),
    says: [{ text: 'Grüße, 世界 👩‍🚀!', reason: 'stop' }],
    usage: { input: 21, cacheRead: 10, cacheWrite: 188_000, cacheWriteLong: 86, output: 300, reasoning: 93 },
  },
  {
    name: 'thoughts and tool calls in parallel',
    body: body(
      [
        {
          type: 'thinking',
          thinking: 'Both, then.',
          signature: 'EuYBCkQYAiJAgCs1le6/Pol5Z4/JMomVOouGrWdhYNsH==',
        },
        { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' },
        { type: 'text', text: 'Looking.' },
        { type: 'tool_use', id: 'toolu_01A', name: 'weather', input: { city: 'Rom' } },
        { type: 'tool_use', id: 'toolu_01B', name: 'now', input: {} },
      ],
      'tool_use',
      { input_tokens: 5, output_tokens: 7 },
    ),
    says: [
      {
        text: 'Looking.',
        reasoning: 'Both, then.',
        calls: [
          { id: 'toolu_01A', name: 'weather', json: '{"city":"Rom"}' },
          { id: 'toolu_01B', name: 'now', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: { input: 5, cacheRead: 0, cacheWrite: 0, output: 7, reasoning: 0 },
  },
  {
    name: 'a refusal',
    body: body(
      [],
      'refusal',
      { input_tokens: 5, output_tokens: 0 },
      {
        stop_details: { type: 'refusal', category: 'bio', explanation: 'No.' },
      },
    ),
    says: [{ reason: 'content-filter' }],
    usage: { input: 5, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  },
  {
    name: 'an answer that its limit left empty, without usage',
    body: body([], 'max_tokens', undefined),
    says: [{ reason: 'length' }],
    usage: undefined,
  },
]
