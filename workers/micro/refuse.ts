// Turns what can go wrong with a request to micro into an OpenAI error, its status and when to come back. Pure.
import { CacheFullError } from './cache.ts'
import { ContextLengthError } from './prompt.ts'
import { RequestError } from './request.ts'

export interface Refusal {
  readonly status: number
  /** When it is worth asking again. */
  readonly retryAfterSeconds?: number
  readonly body: {
    readonly error: {
      readonly message: string
      readonly type: string
      readonly param: string | null
      readonly code: string | null
    }
  }
}

const refusal = (
  status: number,
  type: string,
  message: string,
  code: string | null,
  param: string | null = null,
): Refusal => ({
  status,
  body: { error: { message, type, param, code } },
})

export const doubtRefusal = (confidence: number): Refusal =>
  refusal(
    422,
    'low_confidence',
    `micro is not sure enough of its answer (confidence ${confidence.toFixed(2)}).`,
    'low_confidence',
  )

/** The answers that take all the room now are some hundred tokens long at most: seconds. */
const RETRY_AFTER_SECONDS = 2

export const reject = ({ status, body, retryAfterSeconds }: Refusal): Response =>
  Response.json(body, {
    status,
    ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
  })

export function refuse(error: unknown): Refusal {
  if (error instanceof RequestError)
    return refusal(400, 'invalid_request_error', error.message, error.code, error.param)
  if (error instanceof ContextLengthError)
    return refusal(400, 'invalid_request_error', error.message, 'context_length_exceeded', 'messages')
  if (error instanceof CacheFullError)
    return {
      ...refusal(503, 'overloaded_error', error.message, 'overloaded'),
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    }
  return refusal(
    500,
    'api_error',
    `micro failed: ${error instanceof Error ? error.message : String(error)}`,
    'internal_error',
  )
}
