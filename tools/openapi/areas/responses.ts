// What clients of OpenAI's Responses API may ask: answers that are kept, and conversations.
import { z } from 'zod'
import { querySchema } from '../../../workers/edge/kept.ts'
import type { Operation, Reply } from '../operation.ts'

const base = { tag: 'Responses', access: 'client', errors: 'openai' } as const

const response = (description: string): Readonly<Record<number, Reply>> => ({
  200: { description, json: 'Response' },
})
const conversation: Readonly<Record<number, Reply>> = {
  200: { description: 'The conversation.', json: 'Conversation' },
}
const itemList: Readonly<Record<number, Reply>> = {
  200: { description: 'A page of items.', json: 'ItemList' },
}
const deleted: Readonly<Record<number, Reply>> = { 200: { description: 'It is gone.', json: 'Deleted' } }

const following = z.object({
  stream: z.enum(['true', 'false']).optional().describe('Its events instead of the whole.'),
  starting_after: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional()
    .describe('The `sequence_number` after which to go on.'),
})

const said = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })

export const responses: readonly Operation[] = [
  {
    ...base,
    id: 'createResponse',
    method: 'post',
    path: '/v1/responses',
    summary: 'Answer, and keep the answer',
    description:
      'With `previous_response_id` or `conversation` it goes on from what was said; with `background: true` it goes on alone.',
    asksModel: true,
    headers: { 'last-event-id': 'The id of the last event that came; the stream goes on after it.' },
    body: {
      schema: 'ResponsesQuestion',
      examples: {
        plain: { summary: 'A question', value: { model: 'auto', input: 'What is 12 + 30?' } },
        items: {
          summary: 'The same as items, streamed',
          value: { model: 'micro', stream: true, input: [said('Hello!')] },
        },
      },
    },
    replies: { 200: { description: 'The answer.', json: 'Response', events: 'ResponseEvent' } },
  },
  {
    ...base,
    id: 'resumeResponse',
    method: 'get',
    path: '/v1/responses',
    summary: 'The rest of a stream that was cut',
    headers: { 'last-event-id': 'The id of the last event that came; the stream goes on after it.' },
    replies: { 200: { description: 'The events after the one named.', events: 'ResponseEvent' } },
  },
  {
    ...base,
    id: 'readResponse',
    method: 'get',
    path: '/v1/responses/{id}',
    summary: 'An answer that is kept',
    query: following,
    replies: { 200: { description: 'The answer.', json: 'Response', events: 'ResponseEvent' } },
  },
  {
    ...base,
    id: 'removeResponse',
    method: 'delete',
    path: '/v1/responses/{id}',
    summary: 'Forget an answer',
    replies: deleted,
  },
  {
    ...base,
    id: 'cancelResponse',
    method: 'post',
    path: '/v1/responses/{id}/cancel',
    summary: 'Stop an answer in the background',
    replies: response('The answer as far as it came.'),
  },
  {
    ...base,
    id: 'listInputItems',
    method: 'get',
    path: '/v1/responses/{id}/input_items',
    summary: 'What an answer was asked',
    query: querySchema,
    replies: itemList,
  },
  {
    ...base,
    id: 'makeConversation',
    method: 'post',
    path: '/v1/conversations',
    summary: 'Begin a conversation',
    body: {
      schema: 'NewConversation',
      isOptional: true,
      examples: {
        begun: {
          summary: 'With its first item',
          value: { metadata: { topic: 'sums' }, items: [said('My name is Ada.')] },
        },
      },
    },
    replies: conversation,
  },
  {
    ...base,
    id: 'readConversation',
    method: 'get',
    path: '/v1/conversations/{id}',
    summary: 'A conversation',
    replies: conversation,
  },
  {
    ...base,
    id: 'changeConversation',
    method: 'post',
    path: '/v1/conversations/{id}',
    summary: "Change a conversation's metadata",
    body: {
      schema: 'ChangedConversation',
      examples: { named: { summary: 'Another topic', value: { metadata: { topic: 'names' } } } },
    },
    replies: conversation,
  },
  {
    ...base,
    id: 'removeConversation',
    method: 'delete',
    path: '/v1/conversations/{id}',
    summary: 'Forget a conversation',
    replies: deleted,
  },
  {
    ...base,
    id: 'listItems',
    method: 'get',
    path: '/v1/conversations/{id}/items',
    summary: "A conversation's items",
    query: querySchema,
    replies: itemList,
  },
  {
    ...base,
    id: 'addItems',
    method: 'post',
    path: '/v1/conversations/{id}/items',
    summary: 'Add to a conversation without an answer',
    body: {
      schema: 'NewItems',
      examples: { one: { summary: 'One item', value: { items: [said('I live in London.')] } } },
    },
    replies: itemList,
  },
  {
    ...base,
    id: 'readItem',
    method: 'get',
    path: '/v1/conversations/{id}/items/{item}',
    summary: 'One item',
    replies: { 200: { description: 'The item.', json: 'Item' } },
  },
  {
    ...base,
    id: 'removeItem',
    method: 'delete',
    path: '/v1/conversations/{id}/items/{item}',
    summary: 'Forget an item',
    replies: conversation,
  },
]
