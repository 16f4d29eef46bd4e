// Errors inside Responses streams and replies, both ways; over HTTP they are those of chat completions. Pure.
// Source: https://developers.openai.com/api/reference/resources/responses/streaming-events
import { fieldsOf, isFields, text } from '../../fields.ts'
import type { Failure } from '../../failure.ts'
import { readInlineFailure as readChatError, readFailure, writeFailure } from '../openai-chat/failure.ts'

/** The codes of `response.error` that say more than "the server failed", with the status they would have had. */
const STATUS: ReadonlyMap<string, number> = new Map([
  ['rate_limit_exceeded', 429],
  ['insufficient_quota', 429],
  ['invalid_prompt', 400],
  ['bio_policy', 400],
  ['misalignment_policy_violation', 400],
  ['data_residency_mismatch', 400],
])
/** The prompt, or what the model was about to say, is against the vendor's rules. */
const POLICY = new Set(['invalid_prompt', 'bio_policy', 'misalignment_policy_violation'])
/** A picture of the caller's that nobody can use. */
const PICTURE = /^(?:invalid|empty|unsupported|failed_to_download)_.*image|^image_|^invalid_image/

/** The `error` of a failed response, or the `error` event itself. */
export function readError(error: unknown): Failure {
  const fields = fieldsOf(error)
  const code = text(fields['code'])
  const status = STATUS.get(code) ?? (PICTURE.test(code) ? 400 : undefined)
  if (status === undefined) return readChatError(isFields(error) ? error : (error ?? {}))
  const failure = readFailure({ status, body: JSON.stringify({ error }) })
  return failure.kind === 'rejected' && POLICY.has(code) ? { ...failure, kind: 'refused' } : failure
}

/** The codes that clients of `response.failed` know; what a vendor of ours did wrong is a server error to them. */
const CODES: ReadonlyMap<string, string> = new Map([
  ['upstream_rate_limited', 'rate_limit_exceeded'],
  ['unavailable', 'server_error'],
  ['not_equipped', 'server_error'],
  ['internal_error', 'server_error'],
  ['answer_lost', 'server_error'],
])

export interface WrittenError {
  /** The fields of an `error` event: flat as OpenAI documents them, and as an object, which its clients look for. */
  readonly event: Readonly<Record<string, unknown>>
  /** The `error` of the response that has failed. */
  readonly error: { readonly code: string; readonly message: string }
}

export function writeError(failure: Failure, requestId: string): WrittenError {
  const error = fieldsOf(writeFailure(failure, requestId).body['error'])
  const { message, param, code } = error
  const word = text(code)
  const plain = CODES.get(word) ?? (word.startsWith('upstream_') ? 'server_error' : word)
  return {
    event: { code, message, param, error },
    error: { code: plain === '' ? 'server_error' : plain, message: text(message) },
  }
}
