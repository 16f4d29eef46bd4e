// Errors of the Responses API: in streams, in replies, and over HTTP, both ways.
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import { readError } from '../../../shared/dialects/openai-responses/failure.ts'
import { one, sent, START, word } from './answering.ts'
import { responses } from './asking.ts'
import { response } from './shapes.ts'

describe('the error of a response means', () => {
  const read: readonly [string, Failure['kind'], number?][] = [
    ['server_error', 'overloaded', 500],
    ['rate_limit_exceeded', 'rate-limited', 429],
    ['insufficient_quota', 'rate-limited', 429],
    ['invalid_prompt', 'refused', 400],
    ['bio_policy', 'refused', 400],
    ['misalignment_policy_violation', 'refused', 400],
    ['image_content_policy_violation', 'refused', 400],
    ['data_residency_mismatch', 'rejected', 400],
    ['vector_store_timeout', 'overloaded', 500],
    ['context_length_exceeded', 'context-length', 400],
    ...[
      'invalid_image',
      'invalid_image_format',
      'invalid_base64_image',
      'invalid_image_url',
      'image_too_large',
      'image_too_small',
      'image_parse_error',
      'invalid_image_mode',
      'image_file_too_large',
      'unsupported_image_media_type',
      'empty_image_file',
      'failed_to_download_image',
      'image_file_not_found',
    ].map((code): [string, Failure['kind'], number] => [code, 'rejected', 400]),
    ['invalid_api_key', 'credentials', 401],
  ]
  for (const [code, kind, status] of read) {
    it(`${code}: ${kind}`, () => {
      const failure = readError({ code, message: 'It is so.' })
      expect(failure).toMatchObject({ kind, status })
      if ('message' in failure) expect(failure.message).toBe('It is so.')
    })
  }

  it('nothing where there is nothing: the server has failed', () => {
    for (const none of [undefined, null, {}, 'oops', 5]) expect(readError(none).kind).toBe('overloaded')
  })

  it('never a key that stood in it', () => {
    expect(
      JSON.stringify(readError({ code: 'invalid_prompt', message: 'with sk-proj-abcdef123456' })),
    ).not.toContain('abcdef')
  })
})

describe('row 22: a reply with status 200 is an error', () => {
  const bodies: readonly [string, unknown, Failure['kind']][] = [
    [
      'that says it failed',
      response({ status: 'failed', error: { code: 'rate_limit_exceeded', message: 'x' } }),
      'rate-limited',
    ],
    ['that carries one', { error: { message: 'x', type: 'server_error', code: null } }, 'overloaded'],
    ['whose work has not begun', response({ status: 'queued' }), 'malformed'],
    ['that was cancelled', response({ status: 'cancelled' }), 'malformed'],
  ]
  for (const [what, body, kind] of bodies) {
    it(what, () => {
      const [piece] = responses.readReply(JSON.stringify(body))
      expect(piece?.events).toMatchObject([{ type: 'error', failure: { kind } }])
      expect(piece?.native).toBeUndefined()
    })
  }
})

describe('row 27: an answer that broke off says so', () => {
  const written: readonly [Failure, string, string][] = [
    [{ kind: 'timeout', phase: 'idle', limitMs: 5 }, 'upstream_timeout', 'server_error'],
    [{ kind: 'rate-limited', status: 429 }, 'upstream_rate_limited', 'rate_limit_exceeded'],
    [{ kind: 'malformed', reason: 'x' }, 'upstream_malformed', 'server_error'],
    [{ kind: 'internal', message: 'x' }, 'internal_error', 'server_error'],
    [
      { kind: 'context-length', status: 400, message: 'x' },
      'context_length_exceeded',
      'context_length_exceeded',
    ],
    [
      { kind: 'refused', status: 400, message: 'x', code: 'content_policy_violation' },
      'content_policy_violation',
      'content_policy_violation',
    ],
    [{ kind: 'cancelled' }, 'cancelled', 'cancelled'],
  ]
  for (const [failure, code, short] of written) {
    it(`when it is ${failure.kind}: once flat, once as an object, once in the response`, () => {
      const [error, failed] = sent(one(START, word('a'), { type: 'error', failure })).slice(-2)
      expect(error?.name).toBe('error')
      expect(error?.event).toMatchObject({ type: 'error', code, param: null, error: { code, param: null } })
      expect(error?.event).toMatchObject({ error: { message: error?.event['message'] } })
      expect(failed?.event).toMatchObject({
        type: 'response.failed',
        response: { status: 'failed', error: { code: short, message: error?.event['message'] } },
      })
    })
  }

  it('row 29: and what an attempt knew of others stays slim', () => {
    const attempts = [{ target: 'big', status: 503, reason: 'overloaded', durationMs: 3 }]
    const failure: Failure = { kind: 'exhausted', attempts, last: { kind: 'overloaded', status: 503 } }
    const [error] = sent(one({ type: 'error', failure }))
    expect(error?.event).toMatchObject({
      code: 'upstream_failed',
      error: { type: 'upstream_error', attempts },
    })
  })
})

it('row 28: over HTTP an error is OpenAI’s, with a true status', () => {
  expect(
    responses.writeFailure({ kind: 'not-found', message: 'No response resp_1.', param: 'id' }, 'r'),
  ).toEqual({
    status: 404,
    body: {
      error: {
        message: 'No response resp_1.',
        type: 'invalid_request_error',
        param: 'id',
        code: 'not_found',
      },
    },
  })
  expect(responses.nameOf('reasoning_effort')).toBe('reasoning.effort')
  expect(responses.nameOf('stop')).toBe('stop')
})
