// What clients of Google's generateContent may ask, at the address of the API's first version and at that of its beta.
import { z } from 'zod'
import type { Operation } from '../operation.ts'

const base = { tag: 'Gemini', access: 'client', errors: 'gemini' } as const

const question = { contents: [{ role: 'user', parts: [{ text: 'What is 12 + 30?' }] }] }
const body = {
  schema: 'GeminiQuestion',
  examples: { plain: { summary: 'A question', value: question } },
} as const

const methodsAt = (version: 'v1' | 'v1beta', suffix: string): readonly Operation[] => [
  {
    ...base,
    id: `generateContent${suffix}`,
    method: 'post',
    path: `/${version}/models/{model}:generateContent`,
    summary: 'Answer a conversation',
    asksModel: true,
    body,
    replies: { 200: { description: 'The answer.', json: 'Generated' } },
  },
  {
    ...base,
    id: `streamGenerateContent${suffix}`,
    method: 'post',
    path: `/${version}/models/{model}:streamGenerateContent`,
    summary: 'Answer as a stream',
    asksModel: true,
    query: z.object({
      alt: z.enum(['sse', 'json']).optional().describe('`sse` for events, else one JSON array.'),
    }),
    body,
    replies: {
      200: { description: 'The answer, part by part.', json: 'GeneratedList', events: 'Generated' },
    },
  },
  {
    ...base,
    id: `countContent${suffix}`,
    method: 'post',
    path: `/${version}/models/{model}:countTokens`,
    summary: "A prompt's length",
    body,
    replies: { 200: { description: 'Its length.', json: 'GeminiCount' } },
  },
]

export const gemini: readonly Operation[] = [
  ...methodsAt('v1beta', ''),
  ...methodsAt('v1', 'V1'),
  {
    ...base,
    id: 'listGeminiModels',
    method: 'get',
    path: '/v1beta/models',
    summary: 'What there is, for clients of Gemini',
    query: z.object({
      pageSize: z.coerce.number().int().min(1).max(1000).default(50),
      pageToken: z.string().optional(),
    }),
    replies: { 200: { description: 'A page of models.', json: 'GeminiModels' } },
  },
  {
    ...base,
    id: 'readGeminiModel',
    method: 'get',
    path: '/v1beta/models/{model}',
    summary: 'One of them',
    replies: { 200: { description: 'The model.', json: 'GeminiModel' } },
  },
]
