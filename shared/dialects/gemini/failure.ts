// Google's errors: a provider's, read into our union, and ours, written for clients. Pure.
// Sources: https://ai.google.dev/gemini-api/docs/troubleshooting, https://google.aip.dev/193,
// https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
import { clean, CONTEXT, POLICY } from '../../clean.ts'
import type { WireFailure } from '../../dialect.ts'
import type { Failure } from '../../failure.ts'
import { type Fields, fieldsOf, isFields, listOf, parse, text } from '../../fields.ts'

const STATUS: ReadonlyMap<string, number> = new Map([
  ['INVALID_ARGUMENT', 400],
  ['FAILED_PRECONDITION', 400],
  ['OUT_OF_RANGE', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['ABORTED', 409],
  ['RESOURCE_EXHAUSTED', 429],
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INTERNAL', 500],
  ['DATA_LOSS', 500],
  ['UNIMPLEMENTED', 501],
  ['UNAVAILABLE', 503],
  ['DEADLINE_EXCEEDED', 504],
])

/** A key that is wrong, and an account that may not use the service from where it is, are both answered with 400. */
const CREDENTIALS = /API_KEY_INVALID|API_KEY_EXPIRED|API key not valid|API key expired/i

/** What stands under `error`; a stream without server-sent events has it in a list. */
function errorIn(body: string): unknown {
  const value = parse(body)
  const first: unknown = Array.isArray(value) ? value[0] : value
  return isFields(first) ? (first['error'] ?? first) : undefined
}

export const readFailure = (reply: WireFailure): Failure =>
  failureOf(errorIn(reply.body), reply.status, reply.retryAfterMs)

/** An `error` inside a 200: its code, or its word, says what status it should have had. */
export function readInlineFailure(error: unknown): Failure {
  const { code, status } = fieldsOf(error)
  const isStatus = typeof code === 'number' && code >= 400 && code < 600
  return failureOf(error, isStatus ? code : (STATUS.get(text(status)) ?? 500), undefined)
}

function failureOf(error: unknown, status: number, waitMs: number | undefined): Failure {
  const fields = fieldsOf(error)
  const details = listOf(fields['details']).filter(isFields)
  const word = text(fields['status'])
  const reasons = details.map((detail) => text(detail['reason'])).join(' ')
  const about = `${word} ${reasons} ${text(fields['message'])}`
  const retryAfterMs = waitMs ?? delayIn(details)
  const retryAfter = retryAfterMs === undefined ? {} : { retryAfterMs }
  const param = details.map(fieldOf).find((field) => field !== undefined)
  const said = {
    status,
    message:
      clean(typeof error === 'string' ? error : text(fields['message'])) || 'The provider gave no reason.',
    ...(word === '' ? {} : { code: clean(word) }),
    ...(param === undefined ? {} : { param: clean(param) }),
  }
  if (status === 401 || status === 402 || status === 403) {
    return POLICY.test(about) ? { kind: 'refused', ...said } : { kind: 'credentials', status }
  }
  if (status === 429) return { kind: 'rate-limited', status, ...retryAfter }
  if (status >= 500 || status === 408 || status === 409 || status === 499) {
    return { kind: 'overloaded', status, ...retryAfter }
  }
  if (CREDENTIALS.test(about) || word === 'FAILED_PRECONDITION') return { kind: 'credentials', status }
  if (CONTEXT.test(about)) return { kind: 'context-length', ...said }
  if (POLICY.test(about)) return { kind: 'refused', ...said }
  if (status >= 400) return { kind: 'rejected', ...said }
  return { kind: 'malformed', reason: `status ${status} without an answer` }
}

const fieldOf = (detail: Fields): string | undefined => {
  const [violation] = listOf(detail['fieldViolations'])
  return text(fieldsOf(violation)['field']) || undefined
}

/** `google.rpc.RetryInfo` says how long to wait, as a duration in seconds: "34.074824224s". */
function delayIn(details: readonly Fields[]): number | undefined {
  for (const detail of details) {
    const found = /^(\d+(?:\.\d+)?)s$/.exec(text(detail['retryDelay']))
    if (found !== null) return Math.ceil(Number(found[1]) * 1000)
  }
  return undefined
}
