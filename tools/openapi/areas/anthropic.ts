// What clients of Anthropic's Messages API may ask. Its list of models shares OpenAI's address.
import type { Operation } from '../operation.ts'

const base = { tag: 'Anthropic', access: 'client', errors: 'anthropic' } as const

const question = { model: 'auto', max_tokens: 256, messages: [{ role: 'user', content: 'What is 12 + 30?' }] }

export const anthropic: readonly Operation[] = [
  {
    ...base,
    id: 'createMessage',
    method: 'post',
    path: '/v1/messages',
    summary: 'Answer a conversation',
    asksModel: true,
    headers: { 'last-event-id': 'The id of the last event that came; the stream goes on after it.' },
    body: {
      schema: 'MessagesQuestion',
      examples: {
        plain: { summary: 'A question', value: question },
        streamed: {
          summary: 'With a system prompt, streamed',
          value: { ...question, system: 'You are brief.', stream: true },
        },
      },
    },
    replies: { 200: { description: 'The answer.', json: 'Message', events: 'MessageEvent' } },
  },
  {
    ...base,
    id: 'resumeMessage',
    method: 'get',
    path: '/v1/messages',
    summary: 'The rest of a stream that was cut',
    headers: { 'last-event-id': 'The id of the last event that came; the stream goes on after it.' },
    replies: { 200: { description: 'The events after the one named.', events: 'MessageEvent' } },
  },
  {
    ...base,
    id: 'cancelMessage',
    method: 'post',
    path: '/v1/messages/cancel',
    summary: 'End an answer that goes on without its client',
    description:
      'Of requests with an `idempotency-key` or `x-minnow-resumable: true`: one of the two headers says which. The model is cancelled, what came is billed and, in a conversation, kept as cut. Who still listens is told `cancelled` as an error.',
    headers: {
      'idempotency-key': 'As it was sent with the request.',
      'last-event-id': 'The id of any event of its stream.',
    },
    replies: { 200: { description: 'What became of it.', json: 'Cancellation' } },
  },
  {
    ...base,
    id: 'countTokens',
    method: 'post',
    path: '/v1/messages/count_tokens',
    summary: "A prompt's length",
    description: 'The header `x-minnow-count` says whose count it is.',
    body: { schema: 'MessagesQuestion', examples: { plain: { summary: 'A question', value: question } } },
    replies: { 200: { description: 'Its length.', json: 'TokenCount' } },
  },
]
