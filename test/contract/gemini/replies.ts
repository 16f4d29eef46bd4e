// Whole answers in the shapes of Google's documentation.
// Source: https://ai.google.dev/api/generate-content#GenerateContentResponse
import type { ReplyFixture } from '../entry.ts'
import { candidate, chunk, counted } from './chunks.ts'

const SIGNATURE = 'CuwCAXLI2nxTq4Jm0mB1pOcdYwDkEVt1yWvA8rFq'

export const replies: readonly ReplyFixture[] = [
  {
    name: 'text with a signature on it',
    body: chunk(
      [
        candidate([{ text: 'Grüezi — 你好 🫶', thoughtSignature: SIGNATURE }], {
          finishReason: 'STOP',
          avgLogprobs: -0.21,
        }),
      ],
      counted(7, 6, { thoughtsTokenCount: 41 }),
    ),
    says: [{ text: 'Grüezi — 你好 🫶', reason: 'stop' }],
    usage: { input: 7, cacheRead: 0, cacheWrite: 0, output: 6, reasoning: 41 },
  },
  {
    name: 'thoughts, words and two calls',
    body: chunk(
      [
        candidate(
          [
            { text: 'Two cities, so two questions.', thought: true },
            { text: 'Let me look.' },
            {
              functionCall: { id: 'kx81', name: 'get_weather', args: { city: 'Köln' } },
              thoughtSignature: SIGNATURE,
            },
            { functionCall: { id: 'kx82', name: 'get_weather', args: { city: '東京' } } },
          ],
          { finishReason: 'STOP' },
        ),
      ],
      counted(88, 30, { thoughtsTokenCount: 120 }),
    ),
    says: [
      {
        text: 'Let me look.',
        reasoning: 'Two cities, so two questions.',
        calls: [
          { id: 'kx81', name: 'get_weather', json: '{"city":"Köln"}' },
          { id: 'kx82', name: 'get_weather', json: '{"city":"東京"}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: { input: 88, cacheRead: 0, cacheWrite: 0, output: 30, reasoning: 120 },
  },
  {
    name: 'two candidates, one of them recited',
    body: chunk(
      [
        candidate([{ text: 'One.' }], { finishReason: 'STOP' }),
        { ...candidate([{ text: 'Two' }], { finishReason: 'RECITATION' }), index: 1 },
      ],
      counted(5, 4),
    ),
    says: [
      { text: 'One.', reason: 'stop' },
      { text: 'Two', reason: 'content-filter' },
    ],
    usage: { input: 5, cacheRead: 0, cacheWrite: 0, output: 4, reasoning: 0 },
  },
  {
    name: 'cut at the limit while it was still thinking',
    body: chunk(
      [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 }],
      counted(12, 0, { thoughtsTokenCount: 64, cachedContentTokenCount: 12 }),
    ),
    says: [{ reason: 'length' }],
    usage: { input: 0, cacheRead: 12, cacheWrite: 0, output: 0, reasoning: 64 },
  },
]
