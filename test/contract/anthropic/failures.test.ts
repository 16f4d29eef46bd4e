// Errors of the Messages API, by status, type and words; and ours, in its shape.
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { type Failure, judge } from '../../../shared/failure.ts'
import { read, sse } from '../wire.ts'

const dialect = anthropic()
const body = (type: string, message = 'Sorry.', more: object = {}): string =>
  JSON.stringify({
    type: 'error',
    error: { type, message, ...more },
    request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
  })

describe('an error of the API', () => {
  // https://platform.claude.com/docs/en/api/errors
  const cases: readonly [number, string, Failure['kind'], number][] = [
    [400, body('invalid_request_error'), 'rejected', 400],
    [
      400,
      body('invalid_request_error', 'prompt is too long: 200251 tokens > 200000 maximum'),
      'context-length',
      400,
    ],
    [
      400,
      body(
        'invalid_request_error',
        'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      ),
      'context-length',
      400,
    ],
    [400, body('invalid_request_error', 'Output blocked by content filtering policy'), 'refused', 400],
    [
      400,
      body('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      'credentials',
      502,
    ],
    [
      400,
      body('invalid_request_error', 'You have reached your specified API usage limits.'),
      'credentials',
      502,
    ],
    [401, body('authentication_error', 'invalid x-api-key'), 'credentials', 502],
    [402, body('billing_error'), 'credentials', 502],
    [403, body('permission_error'), 'credentials', 502],
    [404, body('not_found_error', 'model: claude-9'), 'rejected', 404],
    [409, body('conflict_error'), 'overloaded', 502],
    [413, body('request_too_large', 'Request exceeds the maximum size'), 'rejected', 413],
    [422, body('low_confidence', 'Unsure.', { details: { error_code: 'low_confidence' } }), 'unsure', 422],
    [429, body('rate_limit_error'), 'rate-limited', 429],
    [500, body('api_error'), 'overloaded', 500],
    [504, body('timeout_error'), 'overloaded', 504],
    [529, body('overloaded_error'), 'overloaded', 529],
    [529, '', 'overloaded', 529],
    [400, '<html><b>nginx</b></html>', 'rejected', 400],
    [302, '', 'malformed', 502],
  ]
  for (const [status, text, kind, told] of cases) {
    it(`row 28: ${status} ${text} is ${kind} and reaches the caller as ${told}`, () => {
      const failure = dialect.readFailure({ status, body: text })
      expect(failure.kind).toBe(kind)
      const written = dialect.writeFailure(failure, 'req_1')
      expect(written.status).toBe(told)
      expect(JSON.stringify(written)).not.toContain('nginx')
    })
  }

  it('row 25: keeps how long to wait', () => {
    for (const status of [429, 529])
      expect(dialect.readFailure({ status, body: '', retryAfterMs: 2_000 })).toMatchObject({
        status,
        retryAfterMs: 2_000,
      })
  })

  it('of an account without money sends the request elsewhere, and does not blame the caller', () => {
    const failure = dialect.readFailure({
      status: 400,
      body: body('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    })
    expect(judge(failure)).toEqual({ retry: 'elsewhere', blame: 'target' })
    expect(JSON.stringify(dialect.writeFailure(failure, 'req_1'))).not.toContain('credit')
  })
})

describe('our errors', () => {
  const attempts = [{ target: 'big', status: 529, reason: 'overloaded', durationMs: 3 }]
  const cases: readonly [Failure, number, string][] = [
    [{ kind: 'invalid-request', message: 'No.', param: 'x' }, 400, 'invalid_request_error'],
    [{ kind: 'unauthenticated', message: 'No.', code: 'invalid_api_key' }, 401, 'authentication_error'],
    [{ kind: 'forbidden', message: 'No.', code: 'x' }, 403, 'permission_error'],
    [{ kind: 'not-found', message: 'No.' }, 404, 'not_found_error'],
    [{ kind: 'no-route', model: 'x', message: 'No.' }, 404, 'not_found_error'],
    [{ kind: 'conflict', message: 'No.', code: 'x' }, 409, 'conflict_error'],
    [{ kind: 'too-large', limitBytes: 1 }, 413, 'request_too_large'],
    [{ kind: 'unsure', message: 'No.' }, 422, 'invalid_request_error'],
    [{ kind: 'unsupported', message: 'No.', parameters: ['seed'] }, 400, 'invalid_request_error'],
    [{ kind: 'context-length', status: 413, message: 'No.' }, 400, 'invalid_request_error'],
    [
      { kind: 'over-budget', message: 'No.', unit: 'usd', code: 'insufficient_quota' },
      429,
      'rate_limit_error',
    ],
    [{ kind: 'rate-limited', status: 429 }, 429, 'rate_limit_error'],
    [{ kind: 'cancelled' }, 499, 'api_error'],
    [{ kind: 'internal', message: 'x' }, 500, 'api_error'],
    [{ kind: 'credentials', status: 401 }, 502, 'api_error'],
    [{ kind: 'unreachable', reason: 'x' }, 502, 'api_error'],
    [{ kind: 'malformed', reason: 'x' }, 502, 'api_error'],
    [{ kind: 'unavailable', what: 'x' }, 503, 'api_error'],
    [{ kind: 'unequipped', message: 'x' }, 503, 'api_error'],
    [{ kind: 'lost' }, 500, 'api_error'],
    [{ kind: 'timeout', phase: 'head', limitMs: 1 }, 504, 'timeout_error'],
    [{ kind: 'overloaded', status: 529 }, 529, 'overloaded_error'],
    [{ kind: 'overloaded', status: 408 }, 502, 'api_error'],
    [{ kind: 'exhausted', attempts, last: { kind: 'overloaded', status: 529 } }, 529, 'overloaded_error'],
  ]
  for (const [failure, status, type] of cases) {
    it(`row 27: ${failure.kind} is ${status} ${type}, in the shape of the API`, () => {
      const written = dialect.writeFailure(failure, 'req_1')
      expect(written.status).toBe(status)
      expect(written.body).toMatchObject({ type: 'error', error: { type }, request_id: 'req_1' })
      const { message } = written.body['error'] as { message: string }
      expect(message).not.toBe('')
      expect(message.includes('req_1')).toBe(failure.kind === 'internal')
    })
  }

  it('row 27: name every attempt when all failed', () => {
    const written = dialect.writeFailure(
      { kind: 'exhausted', attempts, last: { kind: 'overloaded', status: 529 } },
      'req_1',
    )
    expect(written.body['error']).toMatchObject({ attempts })
  })

  it('row 14: in a stream are one event, last, that the dialect itself reads as what it was', () => {
    for (const [failure, status] of cases) {
      const write = dialect.writeEvents({
        requestId: 'r',
        createdAt: 0,
        model: 'm',
        streamUsage: true,
        request: dialect.readRequest({ messages: [{ role: 'user', content: 'Hi' }] }),
      })
      const out = write([{ events: [{ type: 'error', failure }] }])
      expect(out.startsWith('event: error\ndata: {"type":"error"')).toBe(true)
      const again = read(dialect, out + sse(['{"type":"message_stop"}']))
      expect(again).toHaveLength(1)
      expect(again[0]).toMatchObject({ type: 'error' })
      if (status === 529) expect(again[0]).toMatchObject({ failure: { kind: 'overloaded', status: 529 } })
    }
  })
})
