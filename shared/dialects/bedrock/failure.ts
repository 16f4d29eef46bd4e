// Bedrock's exceptions, as replies and inside streams, read into our union. Pure.
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
import type { WireFailure } from '../../dialect.ts'
import { clean, CONTEXT, POLICY } from '../../clean.ts'
import type { Failure } from '../../failure.ts'
import { type Fields, fieldsOf, isFields, parse, text } from '../../fields.ts'

/** The statuses of exceptions whose name arrives without one, or with one that says less. */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ['validationexception', 400],
  ['unrecognizedclientexception', 403],
  ['expiredtokenexception', 403],
  ['accessdeniedexception', 403],
  ['resourcenotfoundexception', 404],
  ['unknownoperationexception', 404],
  ['modeltimeoutexception', 408],
  ['modelerrorexception', 424],
  ['throttlingexception', 429],
  ['servicequotaexceededexception', 429],
  ['modelnotreadyexception', 429],
  ['internalserverexception', 500],
  ['modelstreamerrorexception', 500],
  ['serviceunavailableexception', 503],
])

const LONG = /exceed(?:s|ed)? (?:the )?(?:context limit|model's maximum)/i
const BLOCKED = /content filter|guardrail/i

export function readFailure(reply: WireFailure): Failure {
  const body = fieldsOf(parse(reply.body))
  const code = nameOf(reply.code ?? '') || nameOf(text(body['__type']))
  const retryAfter = reply.retryAfterMs === undefined ? {} : { retryAfterMs: reply.retryAfterMs }
  return failureFor(code, STATUSES.get(code.toLowerCase()) ?? reply.status, messageOf(body), retryAfter)
}

/** An exception inside a stream, by its name. What we do not know by name is the service's own failure. */
export function readException(name: string, data: string): Failure {
  const code = nameOf(name)
  const body = fieldsOf(parse(data))
  const said = messageOf(body)
  const original = body['originalStatusCode']
  const status =
    typeof original === 'number' && original >= 400 && original < 600
      ? original
      : (STATUSES.get(code.toLowerCase()) ?? 500)
  return failureFor(code, status, said, {})
}

/** Bodies of status 200 that hold no answer: a wrong address is told so. */
export function readInlineFailure(body: Fields): Failure | undefined {
  const inner = isFields(body['Output']) ? body['Output'] : body
  const code = nameOf(text(inner['__type']))
  if (code !== '') return failureFor(code, STATUSES.get(code.toLowerCase()) ?? 500, messageOf(inner), {})
  return undefined
}

function failureFor(
  code: string,
  status: number,
  message: string,
  retryAfter: { readonly retryAfterMs?: number },
): Failure {
  const said = { message, ...(code === '' ? {} : { code }) }
  if (status === 401 || status === 402 || status === 403) return { kind: 'credentials', status }
  if (status === 429) return { kind: 'rate-limited', status, ...retryAfter }
  // 424 is the model's failure behind the service, 408 its clock.
  if (status >= 500 || status === 408 || status === 424) return { kind: 'overloaded', status, ...retryAfter }
  if (CONTEXT.test(message) || LONG.test(message)) return { kind: 'context-length', status, ...said }
  if (POLICY.test(message) || BLOCKED.test(message)) return { kind: 'refused', status, ...said }
  if (status >= 400) return { kind: 'rejected', status, ...said }
  return { kind: 'malformed', reason: `status ${status} without an answer` }
}

/** `ValidationException` of `com.amazon.coral.validate#ValidationException:http://...`. */
const nameOf = (type: string): string => /(?:^|#)(\w+)(?::|$)/.exec(type)?.[1] ?? ''

/** Resource names hold the operator's account number. */
function messageOf(body: Fields): string {
  const message = text(body['message']) || text(body['Message'])
  return message === ''
    ? 'The provider gave no reason.'
    : clean(message.replace(/\barn:aws[\w-]*:\S+/g, '[resource]'))
}
