// Errors of chat completions: a provider's, read into our union, and ours, written for clients. Pure.
import type { WireFailure } from '../../dialect.ts'
import { clean, CONTEXT, POLICY } from '../../clean.ts'
import { describe, type Failure, reasonOf } from '../../failure.ts'

interface ErrorFields {
  readonly message: string
  readonly type?: string
  readonly code?: string
  readonly param?: string
}

export function readFailure(reply: WireFailure): Failure {
  const fields = readErrorFields(reply.body)
  const about = `${fields.code ?? ''} ${fields.type ?? ''} ${fields.message}`
  const retryAfter = reply.retryAfterMs === undefined ? {} : { retryAfterMs: reply.retryAfterMs }
  const { status } = reply
  if (fields.code === 'low_confidence') return { kind: 'unsure', message: fields.message }
  if (status === 401 || status === 402 || status === 403) {
    return POLICY.test(about) ? { kind: 'refused', status, ...fields } : { kind: 'credentials', status }
  }
  if (status === 429) return { kind: 'rate-limited', status, ...retryAfter }
  if (status >= 500 || status === 408 || status === 409 || status === 425)
    return { kind: 'overloaded', status, ...retryAfter }
  if (CONTEXT.test(about)) return { kind: 'context-length', status, ...fields }
  if (POLICY.test(about)) return { kind: 'refused', status, ...fields }
  if (status >= 400) return { kind: 'rejected', status, ...fields }
  return { kind: 'malformed', reason: `status ${status} without an answer` }
}

/** An `error` object inside a 200: its code says what status it should have had. */
export function readInlineFailure(error: unknown): Failure {
  const fields = errorFields(error)
  const code = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  const status =
    typeof code === 'number' && code >= 400 && code < 600
      ? code
      : statusOfWords(`${fields.code ?? ''} ${fields.type ?? ''}`)
  return readFailure({ status, body: JSON.stringify({ error }) })
}

function statusOfWords(words: string): number {
  if (/rate_limit|too_many/.test(words)) return 429
  if (CONTEXT.test(words) || POLICY.test(words) || /invalid_request/.test(words)) return 400
  if (/authentication|invalid_api_key|permission/.test(words)) return 401
  return 500
}

function readErrorFields(body: string): ErrorFields {
  try {
    const value: unknown = JSON.parse(body)
    const inner: unknown =
      typeof value === 'object' && value !== null ? (Reflect.get(value, 'error') ?? value) : value
    return errorFields(inner)
  } catch {
    return { message: 'The provider gave no reason.' } // not JSON: an HTML page or nothing, no use to a caller
  }
}

function errorFields(error: unknown): ErrorFields {
  if (typeof error === 'string') return { message: clean(error) }
  if (typeof error !== 'object' || error === null) return { message: 'The provider gave no reason.' }
  const text = (key: string): string | undefined => {
    const value: unknown = Reflect.get(error, key)
    return typeof value === 'string' && value !== '' ? clean(value) : undefined
  }
  const [type, code, param] = [text('type'), text('code'), text('param')]
  return {
    message: text('message') ?? 'The provider gave no reason.',
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  }
}

interface ErrorReply {
  readonly status: number
  readonly type: string
  readonly code: string | null
  readonly param?: string
}

/** The status and the words of a failure, in OpenAI's vocabulary where it has one. */
function errorReply(failure: Failure): ErrorReply {
  switch (failure.kind) {
    case 'invalid-request':
      return {
        status: 400,
        type: 'invalid_request_error',
        code: failure.code ?? null,
        ...withParam(failure.param),
      }
    case 'too-large':
      return { status: 413, type: 'invalid_request_error', code: 'request_too_large' }
    case 'unauthenticated':
      return { status: 401, type: 'invalid_request_error', code: failure.code }
    case 'forbidden':
      return { status: 403, type: 'permission_error', code: failure.code }
    case 'not-found':
      return {
        status: 404,
        type: 'invalid_request_error',
        code: failure.code ?? 'not_found',
        ...withParam(failure.param),
      }
    case 'conflict':
      return { status: 409, type: 'conflict_error', code: failure.code }
    case 'over-budget':
      return {
        status: 429,
        type: failure.code === 'insufficient_quota' ? 'insufficient_quota' : failure.unit,
        code: failure.code,
      }
    case 'no-route':
      return { status: 404, type: 'invalid_request_error', code: 'model_not_found', param: 'model' }
    case 'rejected':
    case 'refused':
      return {
        status: failure.status,
        type: failure.type ?? 'invalid_request_error',
        code: failure.code ?? null,
        ...withParam(failure.param),
      }
    case 'context-length':
      return {
        status: 400,
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        ...withParam(failure.param),
      }
    case 'unsupported':
      return {
        status: 400,
        type: 'invalid_request_error',
        code: 'unsupported_parameter',
        ...withParam(failure.parameters[0]),
      }
    case 'unsure':
      return { status: 422, type: 'low_confidence', code: 'low_confidence' }
    case 'rate-limited':
      return { status: 429, type: 'upstream_error', code: 'upstream_rate_limited' }
    case 'overloaded':
      return {
        status: failure.status >= 500 ? failure.status : 502,
        type: 'upstream_error',
        code: 'upstream_failed',
      }
    case 'credentials':
      return { status: 502, type: 'upstream_error', code: 'upstream_credentials' }
    case 'unreachable':
      return { status: 502, type: 'upstream_error', code: 'upstream_unreachable' }
    case 'malformed':
      return { status: 502, type: 'upstream_error', code: 'upstream_malformed' }
    case 'timeout':
      return { status: 504, type: 'upstream_error', code: 'upstream_timeout' }
    case 'exhausted': {
      const last = errorReply(failure.last)
      return { ...last, type: 'upstream_error' }
    }
    case 'unavailable':
      return { status: 503, type: 'server_error', code: 'unavailable' }
    case 'unequipped':
      return { status: 503, type: 'server_error', code: 'not_equipped' }
    case 'cancelled':
      return { status: 499, type: 'server_error', code: 'cancelled' }
    case 'lost':
      return { status: 500, type: 'server_error', code: 'answer_lost' }
    case 'internal':
      return { status: 500, type: 'server_error', code: 'internal_error' }
  }
}

const withParam = (param: string | undefined): { param?: string } => (param === undefined ? {} : { param })

export function writeFailure(
  failure: Failure,
  requestId: string,
): { status: number; body: Record<string, unknown> } {
  const { status, type, code, param } = errorReply(failure)
  const attempts = failure.kind === 'exhausted' ? { attempts: failure.attempts } : {}
  const message = `${describe(failure)}${failure.kind === 'internal' ? ` Quote request id ${requestId} when you report it.` : ''}`
  return {
    status,
    body: { error: { message, type, param: param ?? null, code: code ?? reasonOf(failure), ...attempts } },
  }
}
