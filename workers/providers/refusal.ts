// A reply that is no answer, read as what failed: its status, its bounded body, and when to come back.
import type { VendorDialect } from '../../shared/dialect.ts'
import type { Failure } from '../../shared/failure.ts'
import { readText } from './text.ts'

/** Error bodies are read this far; providers put the reason first. */
const ERROR_BYTES = 64 * 1024

/** What a failed reply means. Its body is `text`, which the caller has read. */
export type Explain = (reply: Response, text: string) => Failure

export const readErrorText = async (reply: Response): Promise<string> =>
  reply.body === null ? '' : readText(reply.body, ERROR_BYTES).catch(() => '') // the status alone is enough

export const explaining =
  (dialect: VendorDialect): Explain =>
  ({ status, headers }, body) => {
    const retryAfterMs = readRetryAfter(headers)
    const code = headers.get('x-amzn-errortype') // Amazon's services name their errors beside the body
    return dialect.readFailure({
      status,
      body,
      ...(code === null ? {} : { code }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
  }

/** Seconds, an HTTP date, or OpenAI's `retry-after-ms`. What is none of them, an empty header too, says nothing. */
export function readRetryAfter(headers: Headers, now = Date.now()): number | undefined {
  const ms = amountIn(headers.get('retry-after-ms'))
  if (ms !== undefined) return ms
  const text = headers.get('retry-after')
  const seconds = amountIn(text)
  if (seconds !== undefined) return seconds * 1000
  // Every form of an HTTP date begins with a weekday; Date.parse alone would take "-5" for one.
  const date = text !== null && /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

const amountIn = (text: string | null): number | undefined =>
  text !== null && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
