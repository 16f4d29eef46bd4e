// Streams in the shapes that Google's documentation and its client's recorded traffic show.
// Sources: https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/function-calling,
// https://ai.google.dev/gemini-api/docs/generate-content/thought-signatures
import type { StreamFixture } from '../entry.ts'
import { candidate, chunk, counted } from './chunks.ts'

const SIGNATURE = 'CpQBAXLI2nyfMqTIBMoaKkNbkT5Q6vIlXGGZbTjFwHRE0Yy7Ew1hSxtLB0kBnQ=='
const ANSWER = ['Grüß Gott, ', '世界 ', '👩‍👩‍👧‍👦 — ', 'wie geht’s?']

const ratings = [
  { category: 'HARM_CATEGORY_HATE_SPEECH', probability: 'NEGLIGIBLE' },
  { category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'NEGLIGIBLE' },
]

export const streams: readonly StreamFixture[] = [
  {
    name: 'text of many alphabets',
    data: [
      ...ANSWER.slice(0, -1).map((text, at) => chunk([candidate([{ text }])], counted(11, at + 3))),
      chunk(
        [candidate([{ text: ANSWER.at(-1) }], { finishReason: 'STOP', safetyRatings: ratings })],
        counted(11, 17),
      ),
    ],
    says: [{ text: ANSWER.join(''), reason: 'stop' }],
    usage: { input: 11, cacheRead: 0, cacheWrite: 0, output: 17, reasoning: 0 },
  },
  {
    name: 'thoughts, an answer and its proof in a part without words',
    data: [
      chunk(
        [candidate([{ text: '**Counting**\n\nI am counting ', thought: true }])],
        counted(24, 0, { thoughtsTokenCount: 31 }),
      ),
      chunk(
        [candidate([{ text: 'the letters of “strawberry”.', thought: true }])],
        counted(24, 0, { thoughtsTokenCount: 58 }),
      ),
      chunk([candidate([{ text: 'There are ' }])], counted(24, 3, { thoughtsTokenCount: 58 })),
      chunk([candidate([{ text: 'three.' }])], counted(24, 5, { thoughtsTokenCount: 58 })),
      chunk(
        [candidate([{ text: '', thoughtSignature: SIGNATURE }], { finishReason: 'STOP' })],
        counted(24, 5, { thoughtsTokenCount: 58 }),
      ),
    ],
    says: [
      {
        text: 'There are three.',
        reasoning: '**Counting**\n\nI am counting the letters of “strawberry”.',
        reason: 'stop',
      },
    ],
    usage: { input: 24, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 58 },
  },
  {
    name: 'parallel calls with text between them, the first one signed',
    data: [
      chunk([candidate([{ text: 'I ask for both. ' }])], counted(91, 5, { thoughtsTokenCount: 77 })),
      chunk(
        [
          candidate([
            {
              functionCall: { id: '9a1c2d5e', name: 'get_weather', args: { city: 'Zürich', days: [1, 2] } },
              thoughtSignature: SIGNATURE,
            },
          ]),
        ],
        counted(91, 21, { thoughtsTokenCount: 77 }),
      ),
      chunk([candidate([{ text: 'And the time. ' }])], counted(91, 25, { thoughtsTokenCount: 77 })),
      chunk(
        [
          candidate([{ functionCall: { id: '0b7f3e11', name: 'get_time', args: {} } }], {
            finishReason: 'STOP',
            finishMessage: 'Model generated function call(s).',
          }),
        ],
        counted(91, 33, { thoughtsTokenCount: 77 }),
      ),
    ],
    says: [
      {
        text: 'I ask for both. And the time. ',
        calls: [
          { id: '9a1c2d5e', name: 'get_weather', json: '{"city":"Zürich","days":[1,2]}' },
          { id: '0b7f3e11', name: 'get_time', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: { input: 91, cacheRead: 0, cacheWrite: 0, output: 33, reasoning: 77 },
  },
  {
    name: 'calls without ids, as Gemini 2.5 makes them',
    data: [
      chunk(
        [
          candidate([
            { functionCall: { name: 'get_time', args: { zone: 'CET' } } },
            { functionCall: { name: 'get_time', args: { zone: 'JST' } } },
          ]),
        ],
        counted(40, 18),
      ),
      chunk([candidate([{ text: '' }], { finishReason: 'STOP' })], counted(40, 18)),
    ],
    says: [
      {
        calls: [
          { id: 'call_mXkKaN7oDcPnz7IPy4iRuQY_0_0', name: 'get_time', json: '{"zone":"CET"}' },
          { id: 'call_mXkKaN7oDcPnz7IPy4iRuQY_0_1', name: 'get_time', json: '{"zone":"JST"}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: { input: 40, cacheRead: 0, cacheWrite: 0, output: 18, reasoning: 0 },
  },
  {
    name: 'cut at the output limit, most of the prompt from the cache',
    data: [
      chunk([candidate([{ text: 'Once upon a ' }])], counted(4096, 4, { cachedContentTokenCount: 3072 })),
      chunk(
        [candidate([{ text: 'time' }], { finishReason: 'MAX_TOKENS' })],
        counted(4096, 5, {
          cachedContentTokenCount: 3072,
          cacheTokensDetails: [{ modality: 'TEXT', tokenCount: 3072 }],
        }),
      ),
    ],
    says: [{ text: 'Once upon a time', reason: 'length' }],
    usage: { input: 1024, cacheRead: 3072, cacheWrite: 0, output: 5, reasoning: 0 },
  },
  {
    name: 'stopped by the safety filter, without a content',
    data: [
      chunk([candidate([{ text: 'Well, ' }])], counted(9, 2)),
      chunk([{ finishReason: 'SAFETY', index: 0, safetyRatings: ratings }], counted(9, 2)),
    ],
    says: [{ text: 'Well, ', reason: 'content-filter' }],
    usage: { input: 9, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0 },
  },
  {
    name: 'two candidates, usage in a chunk of its own',
    data: [
      chunk([candidate([{ text: 'Heads' }]), { ...candidate([{ text: 'Ta' }]), index: 1 }]),
      chunk([{ ...candidate([{ text: 'ils' }], { finishReason: 'STOP' }), index: 1 }]),
      chunk([candidate([{ text: '!' }], { finishReason: 'STOP' })]),
      chunk([], counted(6, 4)),
    ],
    says: [
      { text: 'Heads!', reason: 'stop' },
      { text: 'Tails', reason: 'stop' },
    ],
    usage: { input: 6, cacheRead: 0, cacheWrite: 0, output: 4, reasoning: 0 },
  },
  {
    name: 'an answer found with a search, with what the search itself used',
    data: [
      chunk(
        [
          candidate([
            { executableCode: { language: 'PYTHON', code: 'print(6 * 7)' } },
            { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '42\n' } },
          ]),
        ],
        counted(20, 9),
      ),
      chunk(
        [
          candidate([{ text: 'It is 42.' }], {
            finishReason: 'STOP',
            groundingMetadata: { webSearchQueries: ['six times seven'], groundingChunks: [] },
          }),
        ],
        counted(20, 14, { toolUsePromptTokenCount: 120, totalTokenCount: 154 }),
      ),
    ],
    says: [{ text: 'It is 42.', reason: 'stop' }],
    usage: { input: 140, cacheRead: 0, cacheWrite: 0, output: 14, reasoning: 0 },
  },
  {
    name: 'without a word, and without usage',
    data: [chunk([{ content: { role: 'model' }, finishReason: 'STOP', index: 0 }])],
    says: [{ reason: 'stop' }],
    usage: undefined,
  },
  {
    name: 'with a usage of explicit zeros',
    data: [
      chunk([candidate([{ text: 'ok' }], { finishReason: 'STOP' })], {
        usageMetadata: { promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 },
      }),
    ],
    says: [{ text: 'ok', reason: 'stop' }],
    usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  },
]
