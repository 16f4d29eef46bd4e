// Errors of Workers AI: its numbered codes, in every form in which they arrive, read into our union. Pure.
// Source: https://developers.cloudflare.com/workers-ai/platform/errors/. Codes that the page does not list are those
// that its API answers with: 4006 for the spent allocation, 5006 and 5012 for bad input, 3010 and 5021 for the context.
import type { WireFailure } from '../../dialect.ts'
import { clean, CONTEXT, POLICY } from '../../clean.ts'
import type { Failure } from '../../failure.ts'
import { type Fields, isFields, parse } from '../../fields.ts'

type Verdict = 'limited' | 'busy' | 'credentials' | 'context' | 'refused' | 'rejected'

/** The status is for errors that come inside a 200. */
const CODES: ReadonlyMap<number, readonly [Verdict, status: number]> = new Map([
  [3036, ['limited', 429]], // the day's free allocation is used up: trying again is no use
  [4006, ['limited', 429]],
  [2003, ['limited', 429]], // a rule of the AI Gateway
  [3040, ['busy', 429]], // out of capacity
  [3007, ['busy', 408]], // timeout
  [3008, ['busy', 408]], // aborted
  [3046, ['busy', 408]], // timeout
  [4007, ['busy', 500]],
  [3023, ['credentials', 403]], // account blocked
  [3041, ['credentials', 403]], // account not allowed
  [5018, ['credentials', 403]],
  [5016, ['credentials', 403]], // nobody has agreed to the model's terms
  [7000, ['credentials', 404]], // no such account
  [7003, ['credentials', 404]],
  [9109, ['credentials', 401]], // the API's own, for tokens: https://developers.cloudflare.com/fundamentals/api/troubleshooting/
  [10000, ['credentials', 401]],
  [3006, ['context', 413]], // request too large
  [3010, ['context', 413]],
  [3030, ['context', 400]], // sequence too long
  [5021, ['context', 413]],
  [2016, ['refused', 400]], // https://developers.cloudflare.com/ai-gateway/features/guardrails/set-up-guardrail/
  [2017, ['refused', 400]],
  [5007, ['rejected', 400]], // no such model
  [3042, ['rejected', 404]],
  [3003, ['rejected', 400]],
  [3039, ['rejected', 400]],
  [5004, ['rejected', 400]],
  [5006, ['rejected', 400]],
  [5012, ['rejected', 400]],
  [5005, ['rejected', 405]],
  [5019, ['rejected', 405]],
])

const NO_REASON = 'The provider gave no reason.'

interface Told {
  readonly message: string
  readonly code?: number
  /** What the error says its own status is. */
  readonly status?: number
}

export function readFailure(reply: WireFailure): Failure {
  const value = parse(reply.body)
  const told = value === undefined ? readText(reply.body) : readError(value)
  return judgeTold(told, reply.status, reply.retryAfterMs)
}

/** An error inside a 200, whole or in a stream; undefined for what is none. `event` is the event's name. */
export function readInlineFailure(value: unknown, event = ''): Failure | undefined {
  const isError = event === 'error' || (isFields(value) && saysError(value))
  if (!isError) return undefined
  const told = typeof value === 'string' ? readText(value) : readError(value)
  const verdict = told.code === undefined ? undefined : CODES.get(told.code)
  const status =
    told.status ?? verdict?.[1] ?? (CONTEXT.test(told.message) || POLICY.test(told.message) ? 400 : 500)
  return judgeTold(told, status, undefined)
}

function saysError(value: Fields): boolean {
  const { errors, error } = value
  return (
    value['success'] === false ||
    typeof value['internalCode'] === 'number' ||
    value['object'] === 'error' ||
    value['type'] === 'error' ||
    (error !== undefined && error !== null) ||
    (Array.isArray(errors) ? errors.length > 0 : isFields(errors))
  )
}

function judgeTold({ message, code }: Told, status: number, retryAfterMs: number | undefined): Failure {
  const said = { message, ...(code === undefined ? {} : { code: String(code) }) }
  const retryAfter = retryAfterMs === undefined ? {} : { retryAfterMs }
  switch (
    code === undefined ? verdictOf(message, status) : (CODES.get(code)?.[0] ?? verdictOf(message, status))
  ) {
    case 'limited':
      return { kind: 'rate-limited', status, ...retryAfter }
    case 'busy':
      return { kind: 'overloaded', status, ...retryAfter }
    case 'credentials':
      return { kind: 'credentials', status }
    case 'context':
      return { kind: 'context-length', status, ...said }
    case 'refused':
      return { kind: 'refused', status, ...said }
    case 'rejected':
      return { kind: 'rejected', status, ...said }
    case 'unmet':
      return { kind: 'malformed', reason: 'the model did not keep to the JSON that was asked for' }
    case 'none':
      return { kind: 'malformed', reason: `status ${status} without an answer` }
  }
}

/** Where no code decides: the words, then the status. */
function verdictOf(message: string, status: number): Verdict | 'unmet' | 'none' {
  if (/JSON Mode couldn't be met/i.test(message)) return 'unmet'
  if (/daily free allocation/i.test(message)) return 'limited'
  if (status === 401 || status === 402 || status === 403)
    return POLICY.test(message) ? 'refused' : 'credentials'
  if (/Capacity temporarily exceeded/i.test(message)) return 'busy'
  if (status === 429) return 'limited'
  if (status >= 500 || status === 408 || status === 409 || status === 425) return 'busy'
  if (CONTEXT.test(message) || status === 413) return 'context'
  if (POLICY.test(message)) return 'refused'
  return status >= 400 ? 'rejected' : 'none'
}

/** `3040: Capacity temporarily exceeded`, as the binding says it. Anything else without JSON is no use to a caller. */
function readText(body: string): Told {
  const match = /^(?:\w*Error: )?(\d{4,5}): ([^<]*)$/.exec(body.trim())
  return match === null ? { message: NO_REASON } : { message: plain(match[2] ?? ''), code: Number(match[1]) }
}

/**
 * `{ errors: [{ code, message }] }` over REST, sometimes with one error in place of the list;
 * `{ internalCode, httpCode, message, description }` through the binding; `{ error: { code, message } }` for OpenAI's clients.
 */
function readError(value: unknown): Told {
  if (typeof value === 'string') return readText(value)
  if (!isFields(value)) return { message: NO_REASON }
  const { errors, error } = value
  const inner: unknown =
    Array.isArray(errors) && errors.length > 0 ? errors[0] : isFields(errors) ? errors : error
  if (typeof inner === 'string') return { ...readText(inner), message: plain(inner) }
  const about = isFields(inner) ? inner : value
  const code = [about['internalCode'], about['code']].find((candidate) => /^\d+$/.test(String(candidate)))
  const number = code === undefined ? undefined : Number(code)
  const status = [about['httpCode'], number].find(isStatus)
  const message = [about['description'], about['message']].find(
    (text) => typeof text === 'string' && text !== '',
  )
  return {
    message: typeof message === 'string' ? plain(message) : NO_REASON,
    ...(number === undefined || isStatus(number) ? {} : { code: number }),
    ...(status === undefined ? {} : { status }),
  }
}

const isStatus = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 400 && value < 600

/** Without the class names before it and the id of the inference after it. */
const plain = (text: string): string =>
  clean(
    text
      .replace(/^(?:(?:AiError|Ai): )+/, '')
      .replace(/ \([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)$/, ''),
  )
