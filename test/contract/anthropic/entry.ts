// Anthropic's Messages, as the suite wants a dialect.
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import type { Entry } from '../entry.ts'
import { replies } from './replies.ts'
import { badRequests, requests } from './requests.ts'
import { streams } from './streams.ts'

const error = (type: string, message = 'Sorry.'): string =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' })

export const anthropicEntry: Entry = {
  dialect: anthropic(),
  reach: {
    choices: false,
    reasoning: true,
    refusals: false,
    rawArguments: false,
    exact: false,
    usageOnRequest: false,
  },
  // A message with a call in it waits for the result, so it does not say that it just ended.
  carried: (said) =>
    said.calls !== undefined && said.reason === 'stop' ? { ...said, reason: 'tool-calls' } : said,
  // The end of a message says the cost, and the usage of providers that say none.
  changes: (data) => data.includes('"usage"') || data.includes('"message_delta"'),
  streams,
  replies,
  requests,
  badRequests,
  errors: [
    { name: 'an overloaded API', event: 'error', data: error('overloaded_error'), kind: 'overloaded' },
    { name: 'an error that its event does not name', data: error('api_error'), kind: 'overloaded' },
    { name: 'a rate limit', data: error('rate_limit_error'), kind: 'rate-limited' },
    { name: 'a time-out', data: error('timeout_error'), kind: 'overloaded' },
    { name: 'a mistake', data: error('invalid_request_error'), kind: 'rejected' },
    {
      name: 'a prompt too long',
      data: error('invalid_request_error', 'prompt is too long: 200251 tokens > 200000 maximum'),
      kind: 'context-length',
    },
    { name: 'a key refused', data: error('authentication_error'), kind: 'credentials' },
    { name: 'an error nobody has heard of', data: error('tired_error'), kind: 'overloaded' },
    {
      name: 'an error without its type around it',
      data: '{"error":{"message":"a","code":429}}',
      kind: 'rate-limited',
    },
    { name: 'a text for an error', data: '{"error":"out of memory"}', kind: 'overloaded' },
    { name: 'an error event of plain text', event: 'error', data: 'upstream gone', kind: 'overloaded' },
    { name: 'an error event that is the error', event: 'error', data: '{"message":"a"}', kind: 'overloaded' },
  ],
  endMarker: '{"type":"message_stop"}',
  unknownData:
    '{"type":"message_hum","index":0,"delta":{"type":"hum_delta","text":"nobody has heard of this"}}',
  withUnknown: (data) => data.replace('{', '{"unheard":{"of":[1,null]},'),
}
