// Workers AI, as the suite wants a wire: once where an end can be told without its marker, once where it cannot.
import { workersAi } from '../../../shared/dialects/workers-ai/index.ts'
import type { VendorEntry } from '../entry.ts'
import { replies as chatReplies, streams as chatStreams } from './chat.ts'
import { bareStreams, replies as nativeReplies, streams as nativeStreams } from './native.ts'

const UUID = '8c1f0a3e-5b7d-4e2a-9f61-2d0c7b4e9a15'

const listed = (code: number, message: string): string =>
  JSON.stringify({ errors: [{ message, code }], success: false, result: {}, messages: [] })

const through = (internalCode: number, httpCode: number, description: string): string =>
  JSON.stringify({
    name: 'AiError',
    internalCode,
    httpCode,
    message: `AiError: AiError: ${description} (${UUID})`,
    description,
  })

const common: Omit<VendorEntry, 'streams' | 'replies' | 'endMarker'> = {
  dialect: workersAi(),
  errors: [
    { name: 'a list of errors', data: listed(3040, 'Capacity temporarily exceeded'), kind: 'overloaded' },
    {
      name: 'one error in place of the list',
      data: JSON.stringify({ errors: { message: 'AiError: Bad input', code: 5006 }, success: false }),
      kind: 'rejected',
    },
    {
      name: 'the spent allocation, through the binding',
      data: through(4006, 429, 'you have used up your daily free allocation of 10,000 neurons'),
      kind: 'rate-limited',
    },
    {
      name: 'the context, through the binding',
      data: through(5021, 413, 'The estimated number of input and maximum output tokens (42481) exceeded it'),
      kind: 'context-length',
    },
    {
      name: "an error for OpenAI's clients",
      data: '{"error":{"code":"invalid_prompt","message":"AiError: AiError: bad"}}',
      kind: 'overloaded',
    },
    { name: 'a text for an error', data: '{"error":"3040: Capacity exceeded"}', kind: 'overloaded' },
    {
      name: 'a failure without any',
      data: '{"success":false,"errors":[],"result":null}',
      kind: 'overloaded',
    },
    {
      name: 'an error object of vLLM',
      data: '{"object":"error","message":"a","code":400}',
      kind: 'rejected',
    },
    { name: 'an error event', event: 'error', data: '{"message":"a"}', kind: 'overloaded' },
    { name: 'an error event of plain text', event: 'error', data: 'upstream gone', kind: 'overloaded' },
  ],
  unknownData: '{"shape":[2,768],"note":"nobody has heard of this"}',
  withUnknown: (data) => (data.startsWith('{') ? data.replace('{', '{"unheard":{"of":[1,null]},') : data),
}

export const workersAiEntries: readonly VendorEntry[] = [
  {
    ...common,
    streams: [...nativeStreams, ...chatStreams],
    replies: [...nativeReplies, ...chatReplies],
    endMarker: '[DONE]',
  },
  { ...common, streams: bareStreams, replies: [], endMarker: undefined },
]
