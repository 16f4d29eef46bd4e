// The Responses API, as the suite wants a dialect.
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import type { Entry } from '../entry.ts'
import { replies } from './replies.ts'
import { badRequests, requests } from './requests.ts'
import { response } from './shapes.ts'
import { streams } from './streams.ts'

const event = (fields: object): string =>
  JSON.stringify({ type: 'error', message: 'Sorry.', param: null, sequence_number: 3, ...fields })

const failed = (code: string): string =>
  JSON.stringify({
    type: 'response.failed',
    sequence_number: 3,
    response: response({ status: 'failed', error: { code, message: 'The model failed.' } }),
  })

export const openaiResponsesEntry: Entry = {
  dialect: openaiResponses(),
  streams,
  replies,
  requests,
  badRequests,
  errors: [
    { name: 'a response that failed', data: failed('server_error'), kind: 'overloaded' },
    { name: 'a response that failed by its rate', data: failed('rate_limit_exceeded'), kind: 'rate-limited' },
    { name: 'a response that policy forbade', data: failed('invalid_prompt'), kind: 'refused' },
    { name: 'a picture that nobody can read', data: failed('invalid_image_format'), kind: 'rejected' },
    { name: 'a prompt that is too long', data: failed('context_length_exceeded'), kind: 'context-length' },
    { name: 'an error event', data: event({ code: 'server_error' }), kind: 'overloaded' },
    { name: 'an error event named so', event: 'error', data: event({ code: null }), kind: 'overloaded' },
    {
      name: 'an error event with an object in it',
      data: event({
        error: { type: 'too_many_requests', code: 'rate_limit_exceeded', message: 'Slow down.' },
      }),
      kind: 'rate-limited',
    },
    { name: 'an error event of plain text', event: 'error', data: 'upstream gone', kind: 'overloaded' },
    { name: 'an error without a type', data: '{"error":{"message":"a","code":502}}', kind: 'overloaded' },
    { name: 'a text for an error', data: '{"error":"out of memory"}', kind: 'overloaded' },
    {
      name: 'an error object of vLLM',
      data: '{"object":"error","message":"a","type":"BadRequestError","code":400}',
      kind: 'rejected',
    },
  ],
  endMarker: undefined,
  unknownData: '{"type":"response.mood.changed","mood":"good","output_index":0,"sequence_number":1}',
  withUnknown: (data) => (data.startsWith('{') ? data.replace('{', '{"unheard":{"of":[1,null]},') : data),
  reach: {
    choices: false,
    reasoning: true,
    refusals: true,
    rawArguments: true,
    exact: false,
    usageOnRequest: false,
  },
  // That tools are called is not said but seen.
  carried: (said) => ({
    ...said,
    reason:
      said.reason === 'stop' || said.reason === 'tool-calls'
        ? said.calls === undefined
          ? 'stop'
          : 'tool-calls'
        : said.reason,
  }),
  changes: () => false,
}
