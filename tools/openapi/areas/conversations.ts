// What clients may ask of the conversations that they named with `x-minnow-conversation`. Where an address also serves the
// Responses API, the operation stands there; docs/conversations.md tells them apart.
import { listSchema, readSchema } from '../../../workers/edge/conversations.ts'
import type { Operation } from '../operation.ts'

const base = { tag: 'Gateway', access: 'client', errors: 'openai' } as const

export const conversations: readonly Operation[] = [
  {
    ...base,
    id: 'listConversations',
    method: 'get',
    path: '/v1/conversations',
    summary: "The key's conversations",
    description:
      'Newest first: those that were named with `x-minnow-conversation`. `GET` and `DELETE /v1/conversations/{id}` read and erase them too.',
    query: listSchema,
    replies: { 200: { description: 'A page of conversations.', json: 'TalkList' } },
  },
  {
    ...base,
    id: 'readMessages',
    method: 'get',
    path: '/v1/conversations/{id}/messages',
    summary: 'What was said in a conversation',
    description:
      'Of the branch that it is on, or of the one that ends with `turn`. `limit` counts turns. As `jsonl` or `markdown` all of it is told.',
    query: readSchema,
    replies: {
      200: {
        description: 'A page of messages, or the whole in another format.',
        json: 'TalkMessages',
        media: ['application/jsonl', 'text/markdown'],
      },
    },
  },
  {
    ...base,
    id: 'branchConversation',
    method: 'post',
    path: '/v1/conversations/{id}/branch',
    summary: 'Copy a conversation up to a turn',
    body: {
      schema: 'TalkBranch',
      isOptional: true,
      examples: { whole: { summary: 'All of it, under an id that is made', value: {} } },
    },
    replies: { 200: { description: 'The new conversation.', json: 'Talk' } },
  },
]
