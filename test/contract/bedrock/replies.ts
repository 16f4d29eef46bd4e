// Whole replies of Converse in the recorded shapes.
import type { ReplyFixture } from '../entry.ts'

const reply = (content: readonly object[], stopReason: string, more: object = {}): string =>
  JSON.stringify({
    metrics: { latencyMs: 1_388 },
    output: { message: { content, role: 'assistant' } },
    stopReason,
    usage: { inputTokens: 458, outputTokens: 64, serverToolUsage: {}, totalTokens: 522 },
    ...more,
  })

const usage = { input: 458, cacheRead: 0, cacheWrite: 0, output: 64, reasoning: 0 }

export const replies: readonly ReplyFixture[] = [
  {
    name: 'text',
    body: reply([{ text: 'Grüße, 世界 🌍' }], 'end_turn'),
    says: [{ text: 'Grüße, 世界 🌍', reason: 'stop' }],
    usage,
  },
  {
    name: 'words and two tools',
    body: reply(
      [
        { text: 'Both at once.' },
        {
          toolUse: {
            input: { ref: 'R1' },
            name: 'value',
            toolUseId: 'tooluse_7Q4evXsYiM6i6BGlipoZQW',
            type: 'tool_use',
          },
        },
        { toolUse: { input: {}, name: 'now', toolUseId: 'tooluse_2', type: 'tool_use' } },
      ],
      'tool_use',
    ),
    says: [
      {
        text: 'Both at once.',
        calls: [
          { id: 'tooluse_7Q4evXsYiM6i6BGlipoZQW', name: 'value', json: '{"ref":"R1"}' },
          { id: 'tooluse_2', name: 'now', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage,
  },
  {
    name: 'thoughts, sealed and redacted',
    body: reply(
      [
        { reasoningContent: { reasoningText: { text: 'Two and two.', signature: 'EqoBCkgIARAB' } } },
        { reasoningContent: { redactedContent: 'cnNuX3BV' } },
        { text: 'Four.' },
      ],
      'end_turn',
    ),
    says: [{ reasoning: 'Two and two.', text: 'Four.', reason: 'stop' }],
    usage,
  },
  {
    name: 'thoughts without a proof',
    body: reply(
      [{ reasoningContent: { reasoningText: { text: '[REDACTED].' } } }, { text: 'ok' }],
      'end_turn',
    ),
    says: [{ reasoning: '[REDACTED].', text: 'ok', reason: 'stop' }],
    usage,
  },
  {
    name: 'a text with its sources',
    body: reply(
      [{ citationsContent: { content: [{ text: 'It is ' }, { text: 'so.' }], citations: [{ title: 'A' }] } }],
      'end_turn',
    ),
    says: [{ text: 'It is so.', reason: 'stop' }],
    usage,
  },
  {
    name: 'the output limit, with caches',
    body: reply([{ text: 'Once' }], 'max_tokens', {
      usage: {
        cacheReadInputTokens: 7,
        cacheWriteInputTokens: 5,
        inputTokens: 1,
        outputTokens: 1,
        totalTokens: 14,
      },
    }),
    says: [{ text: 'Once', reason: 'length' }],
    usage: { input: 1, cacheRead: 7, cacheWrite: 5, output: 1, reasoning: 0 },
  },
  {
    name: 'a filter',
    body: reply([{ text: 'No.' }], 'content_filtered'),
    says: [{ text: 'No.', reason: 'content-filter' }],
    usage,
  },
  {
    name: 'nothing, and no usage',
    body: JSON.stringify({ output: { message: { content: [], role: 'assistant' } }, stopReason: 'end_turn' }),
    says: [{ reason: 'stop' }],
    usage: undefined,
  },
]
