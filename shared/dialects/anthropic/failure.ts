// Errors of Messages: a provider's, read into our union, and ours, written for clients. Pure.
// Source: https://platform.claude.com/docs/en/api/errors
import { clean, CONTEXT, POLICY } from '../../clean.ts'
import type { WireFailure } from '../../dialect.ts'
import { describe, type Failure, reasonOf } from '../../failure.ts'
import { fieldsOf, isFields, parse, text } from '../../fields.ts'

const NO_REASON = 'The provider gave no reason.'

/** What an error inside a stream or a 200 would have had for a status. */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['conflict_error', 409],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
])

/** Said with a status of 400, as a request's fault, though it is the account's: another target may have money left. */
const ACCOUNT = /credit balance is too low|usage limits|spend limit|organization_on_hold/i
/** Beside the words that every provider uses. */
const TOO_LONG = /exceed context limit/i
const FILTERED = /content filtering/i

interface ErrorFields {
  readonly message: string
  readonly type?: string
  readonly code?: string
}

export function readFailure(reply: WireFailure): Failure {
  const body = parse(reply.body)
  const inner = isFields(body) ? (body['error'] ?? body) : undefined
  return failureOf(errorFields(inner), reply)
}

/** An error inside a 200: its type says what status it should have had. */
export function readInlineFailure(error: unknown): Failure {
  const fields = errorFields(error)
  const code: unknown = fieldsOf(error)['code'] // servers of other makers write the status there
  const status =
    typeof code === 'number' && code >= 400 && code < 600 ? code : STATUSES.get(fields.type ?? '')
  return failureOf(fields, { status: status ?? 500 })
}

function failureOf(fields: ErrorFields, { status, retryAfterMs }: Omit<WireFailure, 'body'>): Failure {
  const about = `${fields.code ?? ''} ${fields.type ?? ''} ${fields.message}`
  const retryAfter = retryAfterMs === undefined ? {} : { retryAfterMs }
  const isRefused = POLICY.test(about) || FILTERED.test(about)
  if (status === 401 || status === 402 || status === 403) {
    return isRefused ? { kind: 'refused', status, ...fields } : { kind: 'credentials', status }
  }
  if (status === 429) return { kind: 'rate-limited', status, ...retryAfter }
  if (status >= 500 || status === 408 || status === 409 || status === 425)
    return { kind: 'overloaded', status, ...retryAfter }
  if (CONTEXT.test(about) || TOO_LONG.test(about)) return { kind: 'context-length', status, ...fields }
  if (status === 400 && ACCOUNT.test(about)) return { kind: 'credentials', status }
  if (fields.code === 'low_confidence') return { kind: 'unsure', message: fields.message }
  if (isRefused) return { kind: 'refused', status, ...fields }
  if (status >= 400) return { kind: 'rejected', status, ...fields }
  return { kind: 'malformed', reason: `status ${status} without an answer` }
}

function errorFields(error: unknown): ErrorFields {
  if (typeof error === 'string') return { message: clean(error) || NO_REASON }
  const fields = fieldsOf(error)
  const type = text(fields['type'])
  const code = text(fieldsOf(fields['details'])['error_code'])
  return {
    message: clean(text(fields['message'])) || NO_REASON,
    ...(type === '' ? {} : { type: clean(type) }),
    ...(code === '' ? {} : { code: clean(code) }),
  }
}

interface ErrorReply {
  readonly status: number
  readonly code?: string
}

/** The status of a failure, and the word a program can tell it by where the type alone does not say it. */
function errorReply(failure: Failure): ErrorReply {
  switch (failure.kind) {
    case 'invalid-request':
      return { status: 400, ...withCode(failure.code) }
    case 'too-large':
      return { status: 413 }
    case 'unauthenticated':
      return { status: 401, code: failure.code }
    case 'forbidden':
      return { status: 403, code: failure.code }
    case 'not-found':
      return { status: 404, ...withCode(failure.code) }
    case 'conflict':
      return { status: 409, code: failure.code }
    case 'over-budget':
      return { status: 429, code: failure.code }
    case 'no-route':
      return { status: 404, code: 'model_not_found' }
    case 'rejected':
    case 'refused':
      return { status: failure.status, ...withCode(failure.code) }
    case 'context-length':
      return { status: 400, code: 'context_length_exceeded' }
    case 'unsupported':
      return { status: 400, code: 'unsupported_parameter' }
    case 'unsure':
      return { status: 422, code: 'low_confidence' }
    case 'rate-limited':
      return { status: 429, code: 'upstream_rate_limited' }
    case 'overloaded':
      return { status: failure.status >= 500 ? failure.status : 502, code: 'upstream_failed' }
    case 'credentials':
      return { status: 502, code: 'upstream_credentials' }
    case 'unreachable':
      return { status: 502, code: 'upstream_unreachable' }
    case 'malformed':
      return { status: 502, code: 'upstream_malformed' }
    case 'timeout':
      return { status: 504, code: 'upstream_timeout' }
    case 'exhausted':
      return errorReply(failure.last)
    case 'unavailable':
      return { status: 503, code: 'unavailable' }
    case 'unequipped':
      return { status: 503, code: 'not_equipped' }
    case 'cancelled':
      return { status: 499, code: 'cancelled' }
    case 'lost':
      return { status: 500, code: 'answer_lost' }
    case 'internal':
      return { status: 500, code: 'internal_error' }
  }
}

const withCode = (code: string | undefined): { code?: string } => (code === undefined ? {} : { code })

/** The type is told by the status, as in the API's own list; what has none there is one of the two general ones. */
function typeOf(status: number): string {
  for (const [type, known] of STATUSES) if (known === status) return type
  return status < 500 && status !== 499 ? 'invalid_request_error' : 'api_error'
}

export function writeFailure(
  failure: Failure,
  requestId: string,
): { status: number; body: Record<string, unknown> } {
  const { status, code } = errorReply(failure)
  const attempts = failure.kind === 'exhausted' ? { attempts: failure.attempts } : {}
  const message = `${describe(failure)}${failure.kind === 'internal' ? ` Quote request id ${requestId} when you report it.` : ''}`
  return {
    status,
    body: {
      type: 'error',
      error: {
        type: typeOf(status),
        message,
        details: { error_code: code ?? reasonOf(failure) },
        ...attempts,
      },
      request_id: requestId,
    },
  }
}
