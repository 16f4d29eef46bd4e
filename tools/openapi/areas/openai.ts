// What clients of OpenAI's chat completions and embeddings may ask.
import type { Operation } from '../operation.ts'

const LAST_EVENT = { 'last-event-id': 'The id of the last event that came; the stream goes on after it.' }

export const openai: readonly Operation[] = [
  {
    id: 'createChatCompletion',
    method: 'post',
    path: '/v1/chat/completions',
    tag: 'OpenAI',
    summary: 'Answer a conversation',
    description: 'With `stream: true` the answer comes as server-sent events, each with an `id`.',
    access: 'client',
    errors: 'openai',
    asksModel: true,
    headers: LAST_EVENT,
    body: {
      schema: 'ChatQuestion',
      examples: {
        plain: {
          summary: 'A question to the default route',
          value: { model: 'auto', messages: [{ role: 'user', content: 'What is 12 + 30?' }] },
        },
        streamed: {
          summary: 'The same as a stream, with its usage',
          value: {
            model: 'micro',
            stream: true,
            stream_options: { include_usage: true },
            messages: [
              { role: 'system', content: 'You are brief.' },
              { role: 'user', content: 'How do I add a provider?' },
            ],
          },
        },
        dialled: {
          summary: 'With a wish to the gateway',
          value: {
            model: 'auto',
            max_tokens: 64,
            messages: [{ role: 'user', content: 'Hello!' }],
            minnow: { cache: true, rescue: true },
          },
        },
      },
    },
    replies: {
      200: { description: 'The answer.', json: 'ChatCompletion', events: 'ChatChunk' },
    },
  },
  {
    id: 'resumeChatCompletion',
    method: 'get',
    path: '/v1/chat/completions',
    tag: 'OpenAI',
    summary: 'The rest of a stream that was cut',
    description:
      'Of answers that were asked for with `x-minnow-resumable: true`, for ten minutes after their end.',
    access: 'client',
    errors: 'openai',
    headers: LAST_EVENT,
    replies: { 200: { description: 'The events after the one named.', events: 'ChatChunk' } },
  },
  {
    tag: 'OpenAI',
    access: 'client',
    errors: 'openai',
    id: 'cancelChatCompletion',
    method: 'post',
    path: '/v1/chat/completions/cancel',
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
    id: 'createEmbeddings',
    method: 'post',
    path: '/v1/embeddings',
    tag: 'OpenAI',
    summary: 'Turn texts into vectors',
    access: 'client',
    errors: 'openai',
    asksModel: true,
    body: {
      schema: 'EmbeddingsQuestion',
      examples: {
        texts: {
          summary: 'Two texts',
          value: { model: 'ollama/nomic-embed-text', input: ['cats purr', 'dogs bark'] },
        },
        packed: {
          summary: 'As base64, which is smaller',
          value: { model: 'ollama/nomic-embed-text', input: 'cats purr', encoding_format: 'base64' },
        },
      },
    },
    replies: { 200: { description: 'One vector a text, in their order.', json: 'EmbeddingList' } },
  },
]
