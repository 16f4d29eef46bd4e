// The counting of tokens: the question is a request without an answer, the answer a number. Pure.
// Source: https://platform.claude.com/docs/en/api/messages/count_tokens
import { fieldsOf, isFields, parse } from '../../fields.ts'
import type { ModelRequest } from '../../request.ts'
import { readRequest } from './request.ts'

/** Reads a client's body; it is a request in which nothing of the answer need be said. */
export const readCountRequest = (body: unknown): ModelRequest => readRequest(body)

/** The prompt's length in tokens, as a client is told it. */
export const writeCount = (inputTokens: number): Record<string, unknown> => ({ input_tokens: inputTokens })

/** The number a vendor answered with; undefined where it is none. */
export function readCount(text: string): number | undefined {
  const value = parse(text)
  const tokens = isFields(value) ? fieldsOf(value)['input_tokens'] : undefined
  return typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 ? tokens : undefined
}
