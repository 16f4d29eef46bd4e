// Our failures as Google's errors: a true status, Google's word for it, and details that say which field and how long.
// Pure. Source: https://google.aip.dev/193
import { describe, type Failure, reasonOf } from '../../failure.ts'

const WORDS: ReadonlyMap<number, string> = new Map([
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [409, 'ABORTED'],
  [422, 'FAILED_PRECONDITION'],
  [429, 'RESOURCE_EXHAUSTED'],
  [499, 'CANCELLED'],
  [500, 'INTERNAL'],
  [501, 'UNIMPLEMENTED'],
  [504, 'DEADLINE_EXCEEDED'],
])

const wordFor = (status: number): string =>
  WORDS.get(status) ?? (status >= 500 ? 'UNAVAILABLE' : 'INVALID_ARGUMENT')

interface Said {
  readonly status: number
  /** A short word for programs; the failure's own where it brought none. */
  readonly reason?: string | undefined
  readonly param?: string | undefined
  readonly retryAfterMs?: number | undefined
}

function said(failure: Failure): Said {
  switch (failure.kind) {
    case 'invalid-request':
      return { status: 400, reason: failure.code, param: failure.param }
    case 'too-large':
      return { status: 413, reason: 'request_too_large' }
    case 'unauthenticated':
      return { status: 401, reason: 'API_KEY_INVALID' }
    case 'forbidden':
      return { status: 403, reason: failure.code }
    case 'not-found':
      return { status: 404, reason: failure.code, param: failure.param }
    case 'conflict':
      return { status: 409, reason: failure.code, retryAfterMs: failure.retryAfterMs }
    case 'over-budget':
      return { status: 429, reason: failure.code, retryAfterMs: failure.retryAfterMs }
    case 'no-route':
      return { status: 404, reason: 'model_not_found', param: 'model' }
    case 'rejected':
    case 'refused':
      return { status: failure.status, reason: failure.code, param: failure.param }
    case 'context-length':
      return { status: 400, reason: 'context_length_exceeded', param: failure.param ?? 'contents' }
    case 'unsupported':
      return { status: 400, reason: 'unsupported_parameter', param: failure.parameters[0] }
    case 'unsure':
      return { status: 422, reason: 'low_confidence' }
    case 'rate-limited':
      return { status: 429, reason: 'upstream_rate_limited', retryAfterMs: failure.retryAfterMs }
    case 'overloaded':
      return {
        status: failure.status >= 500 ? failure.status : 502,
        reason: 'upstream_failed',
        retryAfterMs: failure.retryAfterMs,
      }
    case 'credentials':
      return { status: 502, reason: 'upstream_credentials' }
    case 'unreachable':
      return { status: 502, reason: 'upstream_unreachable' }
    case 'malformed':
      return { status: 502, reason: 'upstream_malformed' }
    case 'timeout':
      return { status: 504, reason: 'upstream_timeout' }
    case 'exhausted':
      return said(failure.last)
    case 'unavailable':
      return { status: 503, reason: 'unavailable', retryAfterMs: failure.retryAfterMs }
    case 'unequipped':
      return { status: 503, reason: 'not_equipped' }
    case 'cancelled':
      return { status: 499, reason: 'cancelled' }
    case 'lost':
      return { status: 500, reason: 'answer_lost' }
    case 'internal':
      return { status: 500, reason: 'internal_error' }
  }
}

const TYPE = 'type.googleapis.com/google.rpc'

export function writeFailure(
  failure: Failure,
  requestId: string,
): { status: number; body: Record<string, unknown> } {
  const { status, reason = reasonOf(failure), param, retryAfterMs } = said(failure)
  const advice = failure.kind === 'internal' ? ` Quote request id ${requestId} when you report it.` : ''
  const message = `${describe(failure)}${advice}`
  const details = [
    { '@type': `${TYPE}.ErrorInfo`, reason, domain: 'minnow' },
    ...(param === undefined
      ? []
      : [{ '@type': `${TYPE}.BadRequest`, fieldViolations: [{ field: param, description: message }] }]),
    ...(retryAfterMs === undefined
      ? []
      : [{ '@type': `${TYPE}.RetryInfo`, retryDelay: `${Math.ceil(retryAfterMs / 1000)}s` }]),
  ]
  return { status, body: { error: { code: status, message, status: wordFor(status), details } } }
}
