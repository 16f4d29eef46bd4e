// Google's generateContent, as the suite wants a dialect.
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import type { Entry } from '../entry.ts'
import { replies } from './replies.ts'
import { badRequests, requests } from './requests.ts'
import { streams } from './streams.ts'

const error = (code: number, status: string, details: readonly object[] = []): string =>
  JSON.stringify({ error: { code, message: 'Sorry.', status, details } })

export const geminiEntry: Entry = {
  dialect: gemini,
  streams,
  replies,
  requests,
  badRequests,
  errors: [
    { name: 'an overloaded model', data: error(503, 'UNAVAILABLE'), kind: 'overloaded' },
    { name: 'a quota used up', data: error(429, 'RESOURCE_EXHAUSTED'), kind: 'rate-limited' },
    { name: 'a deadline', data: error(504, 'DEADLINE_EXCEEDED'), kind: 'overloaded' },
    {
      name: 'a key that is not valid, which is a 400 here',
      data: error(400, 'INVALID_ARGUMENT', [{ reason: 'API_KEY_INVALID', domain: 'googleapis.com' }]),
      kind: 'credentials',
    },
    { name: 'an argument that is not valid', data: error(400, 'INVALID_ARGUMENT'), kind: 'rejected' },
    {
      name: 'an error whose word alone says it',
      data: '{"error":{"status":"RESOURCE_EXHAUSTED"}}',
      kind: 'rate-limited',
    },
    { name: 'an error of words', data: '{"error":"backend gone"}', kind: 'overloaded' },
    {
      name: 'a prompt that was blocked, in a 200',
      data: '{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":8}}',
      kind: 'refused',
    },
    {
      name: 'a call that is not valid',
      data: '{"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL","index":0}]}',
      kind: 'malformed',
    },
    {
      name: 'a call of a tool that was not given',
      data: '{"candidates":[{"finishReason":"UNEXPECTED_TOOL_CALL","index":0}]}',
      kind: 'malformed',
    },
  ],
  endMarker: undefined,
  unknownData: '{"notice":{"kind":"nobody has heard of this"},"candidates":null}',
  withUnknown: (data) => (data.startsWith('{') ? data.replace('{', '{"unheard":{"of":[1,null]},') : data),
  reach: {
    choices: true,
    reasoning: true,
    refusals: false,
    rawArguments: false,
    exact: false,
    usageOnRequest: false,
  },
  // Gemini stops after a call as after a sentence: whether there is one says which it was.
  carried: (said) =>
    said.reason === 'stop' || said.reason === 'tool-calls'
      ? { ...said, reason: said.calls === undefined ? 'stop' : 'tool-calls' }
      : said,
  // What was written to a cache is part of the prompt.
  carriedUsage: ({ input, cacheRead, cacheWrite, output, reasoning }) => ({
    input: input + cacheWrite,
    cacheRead,
    cacheWrite: 0,
    output,
    reasoning,
  }),
  changes: () => false,
  usageField: 'usageMetadata',
}
