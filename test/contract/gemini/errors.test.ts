// Google's errors, both ways: status, word, waiting time and field; what blocks a prompt; what our failures become.
import { describe, expect, it } from 'vitest'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import type { Failure } from '../../../shared/failure.ts'
import { eventsOf } from '../wire.ts'

const TYPE = 'type.googleapis.com/google.rpc'

const bodyOf = (code: number, status: string, message = 'Sorry.', details: readonly object[] = []): string =>
  JSON.stringify({ error: { code, message, status, details } })

describe('an error of Google', () => {
  const quota = bodyOf(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
    { '@type': `${TYPE}.QuotaFailure`, violations: [{ quotaId: 'GenerateRequestsPerMinute' }] },
    { '@type': `${TYPE}.RetryInfo`, retryDelay: '34.074824224s' },
  ])
  const cases: readonly [string, number, string, object][] = [
    [
      'a quota, with the time to wait',
      429,
      quota,
      { kind: 'rate-limited', status: 429, retryAfterMs: 34_075 },
    ],
    ['a quota without a time', 429, bodyOf(429, 'RESOURCE_EXHAUSTED'), { kind: 'rate-limited', status: 429 }],
    [
      'an overload',
      503,
      bodyOf(503, 'UNAVAILABLE', 'The model is overloaded.'),
      { kind: 'overloaded', status: 503 },
    ],
    ['its own failure', 500, bodyOf(500, 'INTERNAL'), { kind: 'overloaded', status: 500 }],
    ['a deadline', 504, bodyOf(504, 'DEADLINE_EXCEEDED'), { kind: 'overloaded', status: 504 }],
    ['a call that it cancelled', 499, bodyOf(499, 'CANCELLED'), { kind: 'overloaded', status: 499 }],
    ['a collision', 409, bodyOf(409, 'ABORTED'), { kind: 'overloaded', status: 409 }],
    ['a page instead of an error', 502, '<html>Bad Gateway</html>', { kind: 'overloaded', status: 502 }],
    ['a key without rights', 403, bodyOf(403, 'PERMISSION_DENIED'), { kind: 'credentials', status: 403 }],
    ['no key', 401, bodyOf(401, 'UNAUTHENTICATED'), { kind: 'credentials', status: 401 }],
    [
      'a key that is none, by its reason',
      400,
      bodyOf(400, 'INVALID_ARGUMENT', 'Bad.', [
        { '@type': `${TYPE}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
      ]),
      { kind: 'credentials', status: 400 },
    ],
    [
      'a key that is none, by its words',
      400,
      bodyOf(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'),
      { kind: 'credentials', status: 400 },
    ],
    [
      'an account that may not be served from here',
      400,
      bodyOf(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
      { kind: 'credentials', status: 400 },
    ],
    [
      'a prompt that is too long',
      400,
      bodyOf(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
      { kind: 'context-length', status: 400, code: 'INVALID_ARGUMENT' },
    ],
    [
      'a field that is wrong',
      400,
      bodyOf(400, 'INVALID_ARGUMENT', 'Unknown name "x".', [
        {
          '@type': `${TYPE}.BadRequest`,
          fieldViolations: [{ field: 'generation_config', description: 'Unknown name "x".' }],
        },
      ]),
      {
        kind: 'rejected',
        status: 400,
        message: 'Unknown name "x".',
        code: 'INVALID_ARGUMENT',
        param: 'generation_config',
      },
    ],
    [
      'a model nobody has',
      404,
      bodyOf(404, 'NOT_FOUND'),
      { kind: 'rejected', status: 404, code: 'NOT_FOUND' },
    ],
    [
      'a question against its policy',
      400,
      bodyOf(400, 'INVALID_ARGUMENT', 'Blocked by the content policy.'),
      { kind: 'refused', status: 400 },
    ],
    [
      'an error in a list, as streams without events have it',
      429,
      `[${quota}]`,
      { kind: 'rate-limited', retryAfterMs: 34_075 },
    ],
    ['nothing', 400, '', { kind: 'rejected', status: 400, message: 'The provider gave no reason.' }],
  ]
  for (const [name, status, body, failure] of cases) {
    it(name, () => expect(gemini.readFailure({ status, body })).toMatchObject(failure))
  }

  it('gives way to the header that says how long to wait', () =>
    expect(gemini.readFailure({ status: 429, body: quota, retryAfterMs: 1000 })).toMatchObject({
      retryAfterMs: 1000,
    }))

  it('never repeats a key that it quotes', () => {
    const key = 'AIzaSyA1234567890abcdefghijklmnopqrstuv'
    const body = bodyOf(400, key, `Unknown name "${key}".`, [{ fieldViolations: [{ field: key }] }])
    expect(JSON.stringify(gemini.readFailure({ status: 400, body }))).not.toContain(key)
  })
})

describe('row 22: a 200 that is no answer', () => {
  const cases: readonly [string, object, object][] = [
    [
      'a prompt that was blocked',
      {
        promptFeedback: { blockReason: 'SAFETY', safetyRatings: [] },
        usageMetadata: { promptTokenCount: 4 },
      },
      {
        kind: 'refused',
        status: 400,
        message: 'The provider blocked the prompt: SAFETY.',
        code: 'content_filter',
      },
    ],
    [
      'an error',
      { error: { code: 503, status: 'UNAVAILABLE', message: 'No.' } },
      { kind: 'overloaded', status: 503 },
    ],
    [
      'an error without a code',
      { error: { status: 'RESOURCE_EXHAUSTED' } },
      { kind: 'rate-limited', status: 429 },
    ],
    [
      'an error with the code of another protocol',
      { error: { code: 8, status: 'INTERNAL' } },
      { kind: 'overloaded', status: 500 },
    ],
    [
      'a call that is not valid, so that another target may try',
      { candidates: [{ content: {}, finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'print(f())' }] },
      { kind: 'malformed', reason: 'finish reason MALFORMED_FUNCTION_CALL' },
    ],
    [
      'a history without the proof it needs',
      { candidates: [{ finishReason: 'MISSING_THOUGHT_SIGNATURE' }] },
      { kind: 'malformed' },
    ],
    [
      'row 21: no candidates',
      { usageMetadata: { promptTokenCount: 4 }, modelVersion: 'm' },
      { kind: 'malformed' },
    ],
  ]
  for (const [name, body, failure] of cases) {
    it(`is ${name}`, () => {
      const events = eventsOf(gemini.readReply(JSON.stringify(body)))
      expect(events.at(-1)).toMatchObject({ type: 'error', failure })
    })
  }
})

describe('row 27: a failure of ours', () => {
  const word = (code: number, status: string) => ({ status: code, body: { error: { code, status } } })
  const rejected = {
    kind: 'rejected',
    status: 404,
    message: 'No.',
    code: 'NOT_FOUND',
    param: 'model',
  } as const
  const cases: readonly [Failure, object][] = [
    [{ kind: 'invalid-request', message: 'No.', param: 'contents' }, word(400, 'INVALID_ARGUMENT')],
    [{ kind: 'too-large', limitBytes: 5 }, word(413, 'INVALID_ARGUMENT')],
    [{ kind: 'unauthenticated', message: 'No.', code: 'invalid_api_key' }, word(401, 'UNAUTHENTICATED')],
    [{ kind: 'forbidden', message: 'No.', code: 'model_not_allowed' }, word(403, 'PERMISSION_DENIED')],
    [{ kind: 'not-found', message: 'No.' }, word(404, 'NOT_FOUND')],
    [{ kind: 'conflict', message: 'No.', code: 'busy', retryAfterMs: 10 }, word(409, 'ABORTED')],
    [
      { kind: 'over-budget', message: 'No.', unit: 'usd', code: 'insufficient_quota' },
      word(429, 'RESOURCE_EXHAUSTED'),
    ],
    [{ kind: 'no-route', model: 'x', message: 'No.' }, word(404, 'NOT_FOUND')],
    [rejected, word(404, 'NOT_FOUND')],
    [{ kind: 'refused', status: 400, message: 'No.' }, word(400, 'INVALID_ARGUMENT')],
    [{ kind: 'context-length', status: 400, message: 'Long.' }, word(400, 'INVALID_ARGUMENT')],
    [{ kind: 'unsupported', message: 'No.', parameters: ['user'] }, word(400, 'INVALID_ARGUMENT')],
    [{ kind: 'unsure', message: 'No.' }, word(422, 'FAILED_PRECONDITION')],
    [{ kind: 'rate-limited', status: 429 }, word(429, 'RESOURCE_EXHAUSTED')],
    [{ kind: 'overloaded', status: 529 }, word(529, 'UNAVAILABLE')],
    [{ kind: 'overloaded', status: 409 }, word(502, 'UNAVAILABLE')],
    [{ kind: 'credentials', status: 401 }, word(502, 'UNAVAILABLE')],
    [{ kind: 'unreachable', reason: 'gone' }, word(502, 'UNAVAILABLE')],
    [{ kind: 'malformed', reason: 'empty' }, word(502, 'UNAVAILABLE')],
    [{ kind: 'timeout', phase: 'idle', limitMs: 5 }, word(504, 'DEADLINE_EXCEEDED')],
    [
      { kind: 'exhausted', attempts: [], last: { kind: 'rate-limited', status: 429 } },
      word(429, 'RESOURCE_EXHAUSTED'),
    ],
    [{ kind: 'unavailable', what: 'The ledger' }, word(503, 'UNAVAILABLE')],
    [{ kind: 'unequipped', message: 'no key' }, word(503, 'UNAVAILABLE')],
    [{ kind: 'lost' }, word(500, 'INTERNAL')],
    [{ kind: 'cancelled' }, word(499, 'CANCELLED')],
    [{ kind: 'internal', message: 'secret' }, word(500, 'INTERNAL')],
  ]
  for (const [failure, expected] of cases) {
    it(`${failure.kind} has a status and Google's word for it: ${JSON.stringify(expected).slice(0, 60)}`, () => {
      const out = gemini.writeFailure(failure, 'req_1')
      expect(out).toMatchObject(expected)
      expect(JSON.stringify(out)).not.toContain('secret')
      expect(JSON.stringify(out).includes('req_1')).toBe(failure.kind === 'internal')
    })
  }

  it('says which field, what for programs, and how long to wait', () => {
    const { body } = gemini.writeFailure({ kind: 'rate-limited', status: 429, retryAfterMs: 1500 }, 'req_1')
    expect(body).toEqual({
      error: {
        code: 429,
        message: 'The provider limits its rate (status 429).',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          { '@type': `${TYPE}.ErrorInfo`, reason: 'upstream_rate_limited', domain: 'minnow' },
          { '@type': `${TYPE}.RetryInfo`, retryDelay: '2s' },
        ],
      },
    })
    expect(gemini.readFailure({ status: 429, body: JSON.stringify(body) })).toMatchObject({
      retryAfterMs: 2000,
    })
    expect(gemini.writeFailure(rejected, 'req_1').body['error']).toMatchObject({
      details: [
        {},
        { '@type': `${TYPE}.BadRequest`, fieldViolations: [{ field: 'model', description: 'No.' }] },
      ],
    })
  })
})
