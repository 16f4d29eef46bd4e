// A failure as a reply: true status, the caller's dialect, and headers that keep clients from multiplying load.
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import type { Failure } from '../../../../shared/failure.ts'
import { refuse } from '../../../../workers/edge/refuse.ts'

const refused = (failure: Failure) => refuse(failure, openaiChat(), 'req_1')
const attempts = [{ target: 'a', status: 503, reason: 'overloaded', durationMs: 5 }]

describe('retry-after', () => {
  it('is in whole seconds, rounded up', () => {
    expect(
      refused({ kind: 'rate-limited', status: 429, retryAfterMs: 1_200 }).headers.get('retry-after'),
    ).toBe('2')
    expect(refused({ kind: 'unavailable', what: 'D1', retryAfterMs: 100 }).headers.get('retry-after')).toBe(
      '1',
    )
  })
  it('is that of the last attempt when all are exhausted', () => {
    expect(
      refused({
        kind: 'exhausted',
        attempts,
        last: { kind: 'rate-limited', status: 429, retryAfterMs: 3_000 },
      }).headers.get('retry-after'),
    ).toBe('3')
  })
  it('is absent where nobody knows', () =>
    expect(refused({ kind: 'overloaded', status: 503 }).headers.has('retry-after')).toBe(false))
})

describe('x-should-retry', () => {
  const cases: readonly [Failure, string | null][] = [
    [{ kind: 'exhausted', attempts, last: { kind: 'overloaded', status: 503 } }, 'false'],
    [{ kind: 'invalid-request', message: 'no' }, 'false'],
    [{ kind: 'rejected', status: 400, message: 'no' }, 'false'],
    [{ kind: 'over-budget', message: 'no', unit: 'usd', code: 'insufficient_quota' }, 'false'],
    [{ kind: 'over-budget', message: 'no', unit: 'requests', code: 'rate_limit_exceeded' }, null],
    [{ kind: 'unavailable', what: 'D1' }, null],
    [{ kind: 'conflict', message: 'busy', code: 'x' }, null],
    [{ kind: 'internal', message: 'x' }, null],
  ]
  for (const [failure, value] of cases) {
    it(`is ${value ?? 'left to the client'} after ${failure.kind} ${'code' in failure ? failure.code : ''}`, () => {
      expect(refused(failure).headers.get('x-should-retry')).toBe(value)
    })
  }
})

describe('the reply', () => {
  it('has the status and the shape of the dialect', async () => {
    const response = refused({ kind: 'unauthenticated', message: 'no key', code: 'invalid_api_key' })
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toEqual({
      error: { message: 'no key', type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
    })
  })

  it('counts the attempts of an exhausted plan and names them', async () => {
    const response = refused({ kind: 'exhausted', attempts, last: { kind: 'overloaded', status: 503 } })
    expect(response.headers.get('x-minnow-attempts')).toBe('1')
    expect(await response.json()).toMatchObject({ error: { attempts } })
  })

  it('to our own mistake quotes the id and not the stack', async () => {
    const text = await refused({ kind: 'internal', message: 'TypeError at secret.ts' }).text()
    expect(text).toContain('req_1')
    expect(text).not.toContain('secret.ts')
  })
})
