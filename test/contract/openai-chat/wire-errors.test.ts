// The wire-level edge cases of errors and of several choices.
import { describe, expect, it } from 'vitest'
import { CONTEXT, eventsOf } from '../wire.ts'
import { chat } from './chunks.ts'

describe('errors for clients', () => {
  it('row 27: have message, type, param and code, always', () => {
    const out = chat.writeFailure({ kind: 'rejected', status: 404, message: 'No such model.' }, 'req_1')
    expect(out).toEqual({
      status: 404,
      body: {
        error: { message: 'No such model.', type: 'invalid_request_error', param: null, code: 'rejected' },
      },
    })
  })

  it('row 27: name every attempt when all failed, and hold no body', () => {
    const attempts = [{ target: 'big', status: 503, reason: 'overloaded', durationMs: 3 }]
    const out = chat.writeFailure(
      { kind: 'exhausted', attempts, last: { kind: 'overloaded', status: 503 } },
      'req_1',
    )
    expect(out).toMatchObject({
      status: 503,
      body: { error: { type: 'upstream_error', code: 'upstream_failed', attempts } },
    })
  })

  it('row 27: of a provider that answered in HTML say nothing of it', () => {
    const failure = chat.readFailure({ status: 400, body: '<html><b>nginx</b></html>' })
    expect(JSON.stringify(chat.writeFailure(failure, 'req_1'))).not.toContain('nginx')
  })

  const statuses: readonly [number, string, string, number][] = [
    [400, '{"error":{"message":"a"}}', 'rejected', 400],
    [400, '{"error":{"message":"a","code":"context_length_exceeded"}}', 'context-length', 400],
    [
      400,
      `{"error":{"message":"This model's maximum context length is 8192 tokens."}}`,
      'context-length',
      400,
    ],
    [400, '{"error":{"message":"a","code":"content_policy_violation"}}', 'refused', 400],
    [401, '{"error":{"message":"a"}}', 'credentials', 502],
    [402, '{"error":{"message":"a"}}', 'credentials', 502],
    [403, '{"error":{"message":"a"}}', 'credentials', 502],
    [403, '{"error":{"message":"No access to model `omni-moderation-latest`."}}', 'credentials', 502],
    [403, '{"error":{"message":"The model requires moderation and your input was flagged"}}', 'refused', 403],
    [404, '{"error":{"message":"a"}}', 'rejected', 404],
    [404, '{"error":{"message":"Invalid URL (POST /v1/moderations)"}}', 'rejected', 404],
    [400, '{"error":{"message":"a","code":"moderation_blocked"}}', 'refused', 400],
    [408, '', 'overloaded', 502],
    [413, '', 'rejected', 413],
    [422, '{"detail":"a"}', 'rejected', 422],
    [422, '{"error":{"message":"a","code":"low_confidence"}}', 'unsure', 422],
    [429, '', 'rate-limited', 429],
    [500, '', 'overloaded', 500],
    [503, '<html>', 'overloaded', 503],
    [529, '', 'overloaded', 529],
    [302, '', 'malformed', 502],
  ]
  for (const [status, body, kind, told] of statuses) {
    it(`row 28: ${status} ${body} is ${kind} and reaches the caller as ${told}`, () => {
      const failure = chat.readFailure({ status, body })
      expect(failure.kind).toBe(kind)
      expect(chat.writeFailure(failure, 'req_1').status).toBe(told)
    })
  }

  it('row 25: keep how long the provider asked to wait', () => {
    expect(chat.readFailure({ status: 429, body: '', retryAfterMs: 2_000 })).toEqual({
      kind: 'rate-limited',
      status: 429,
      retryAfterMs: 2_000,
    })
    expect(chat.readFailure({ status: 503, body: '', retryAfterMs: 5 })).toMatchObject({ retryAfterMs: 5 })
  })
})

describe('several choices', () => {
  it('row 53: keep their indices, log-probabilities and refusals, whole and streamed', () => {
    const choices = [
      {
        index: 0,
        message: { role: 'assistant', content: 'a', refusal: null },
        logprobs: { content: [{ token: 'a', logprob: -1 }] },
        finish_reason: 'stop',
      },
      {
        index: 1,
        message: { role: 'assistant', content: '', refusal: 'No.' },
        logprobs: null,
        finish_reason: 'stop',
      },
    ]
    const events = eventsOf(chat.readReply(JSON.stringify({ id: 'c', created: 1, model: 'm', choices })))
    const body = chat.writeReply([{ events }], CONTEXT)
    expect(body['choices']).toEqual(choices)
  })
})
