// What clients may ask of the gateway itself.
import { z } from 'zod'
import type { Operation } from '../operation.ts'

const base = { tag: 'Gateway', access: 'client', errors: 'openai' } as const

export const gateway: readonly Operation[] = [
  {
    ...base,
    id: 'route',
    method: 'post',
    path: '/v1/route',
    summary: 'Decide without calling',
    body: {
      schema: 'ChatQuestion',
      examples: {
        plain: {
          summary: 'Who would answer this?',
          value: {
            model: 'auto',
            messages: [{ role: 'user', content: 'Prove that there are infinitely many primes.' }],
          },
        },
      },
    },
    replies: { 200: { description: 'The decision, and why.', json: 'Decision' } },
  },
  {
    ...base,
    id: 'readReceipt',
    method: 'get',
    path: '/v1/receipts/{id}',
    summary: 'What a request did and cost',
    description:
      "`id` is the reply's `x-request-id`. Every call, its tokens, its price; a later price never changes it.",
    query: z.object({
      include: z.literal('conversation').optional().describe('What its conversation used so far, beside it.'),
    }),
    replies: { 200: { description: 'The receipt.', json: 'Receipt' } },
  },
  {
    ...base,
    id: 'giveFeedback',
    method: 'post',
    path: '/v1/feedback',
    summary: 'Say how good an answer was',
    body: {
      schema: 'Opinion',
      examples: { good: { summary: 'It was good', value: { request_id: 'req-1', score: 1 } } },
    },
    replies: { 200: { description: 'It was heard.', json: 'FeedbackHeard' } },
  },
  {
    ...base,
    id: 'takeVisitorToken',
    method: 'post',
    path: '/v1/visitors/token',
    summary: 'A token for a visitor of a web site',
    description:
      'Asked for with a publishable key from a page of one of its origins; good for one conversation. On a loopback address the local key is publishable too. With `renewal` for a conversation that was begun.',
    headers: { origin: 'The site; browsers send it by themselves.' },
    body: {
      schema: 'VisitWish',
      isOptional: true,
      examples: { first: { summary: 'For a new conversation', value: {} } },
    },
    replies: { 200: { description: 'The token.', json: 'VisitorToken' } },
  },
  {
    ...base,
    id: 'listModels',
    method: 'get',
    path: '/v1/models',
    summary: 'What may be asked for as model',
    description: "With the header `anthropic-version` the list has Anthropic's shape and pages.",
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).optional().describe("Of Anthropic's pages."),
      after_id: z.string().optional().describe("Of Anthropic's pages."),
      before_id: z.string().optional().describe("Of Anthropic's pages."),
    }),
    replies: { 200: { description: 'Routes and models.', json: 'Models' } },
  },
  {
    ...base,
    id: 'readModel',
    method: 'get',
    path: '/v1/models/{model}',
    summary: 'One of them',
    replies: { 200: { description: 'The model.', json: 'Model' } },
  },
  {
    ...base,
    id: 'readHealth',
    method: 'get',
    path: '/health',
    summary: 'Is it there?',
    access: 'nobody',
    replies: { 200: { description: 'It is.', json: 'Health' } },
  },
]
