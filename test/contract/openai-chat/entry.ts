// Chat completions, as the suite wants a dialect.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { Entry } from '../entry.ts'
import { habits } from './habits.ts'
import { replies } from './replies.ts'
import { badRequests, requests } from './requests.ts'
import { streams } from './streams.ts'

const error = (fields: object): string => JSON.stringify({ error: { message: 'Sorry.', ...fields } })

export const openaiChatEntry: Entry = {
  dialect: openaiChat(),
  streams: [...streams, ...habits],
  replies,
  requests,
  badRequests,
  reach: {
    choices: true,
    reasoning: true,
    refusals: true,
    rawArguments: true,
    exact: true,
    usageOnRequest: true,
  },
  errors: [
    { name: 'an error object', data: error({ type: 'server_error', code: null }), kind: 'overloaded' },
    { name: 'an error object with a status for a code', data: error({ code: 429 }), kind: 'rate-limited' },
    {
      name: 'an error object whose type says it',
      data: error({ type: 'rate_limit_exceeded' }),
      kind: 'rate-limited',
    },
    { name: 'a refusal by policy', data: error({ code: 'content_policy_violation' }), kind: 'refused' },
    { name: 'a text for an error', data: '{"error":"out of memory"}', kind: 'overloaded' },
    {
      name: 'an error in a chunk with choices',
      data: '{"choices":[],"error":{"message":"a","code":502}}',
      kind: 'overloaded',
    },
    {
      name: 'an error in a choice (OpenRouter)',
      data: '{"choices":[{"index":0,"delta":{},"finish_reason":"error","error":{"message":"a","code":429}}]}',
      kind: 'rate-limited',
    },
    {
      name: 'a choice that ends in an error (DeepSeek)',
      data: '{"choices":[{"index":0,"delta":{},"finish_reason":"insufficient_system_resource"}]}',
      kind: 'overloaded',
    },
    {
      name: 'an error in a field of its own (Groq)',
      data: '{"choices":[],"x_groq":{"id":"r","error":"over_capacity"}}',
      kind: 'overloaded',
    },
    { name: 'an error event of its own', event: 'error', data: error({}), kind: 'overloaded' },
    { name: 'an error event that is the error', event: 'error', data: '{"message":"a"}', kind: 'overloaded' },
    { name: 'an error event of plain text', event: 'error', data: 'upstream gone', kind: 'overloaded' },
    { name: 'an object of type error', data: '{"type":"error","message":"a","code":400}', kind: 'rejected' },
    {
      name: 'an error object of vLLM',
      data: '{"object":"error","message":"a","type":"BadRequestError","code":400}',
      kind: 'rejected',
    },
  ],
  // Content as parts and foreign finish reasons are put into OpenAI's own terms.
  changes: (data) => /"usage"|"content":\[|"finish_reason":"(?:"|model_length)/.test(data),
  endMarker: '[DONE]',
  unknownData: '{"object":"chat.completion.ping","choices":null,"note":"nobody has heard of this"}',
  withUnknown: (data) => (data.startsWith('{') ? data.replace('{', '{"unheard":{"of":[1,null]},') : data),
}
