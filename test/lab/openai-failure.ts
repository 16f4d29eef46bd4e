// How OpenAI says that something went wrong, whole and in the middle of a stream. Pure.
// Source: https://platform.openai.com/docs/guides/error-codes
import { eventOf, type Refused, type StreamEvent } from './wire.ts'

function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}

export const openaiFailure = {
  headers: (count: number): Record<string, string> => ({ 'x-request-id': `req_lab${count}` }),
  failure: ({ status, message, param, code }: Refused): unknown => ({
    error: { message, type: typeOf(status), param, code },
  }),
  failureEvent: (message: string): StreamEvent =>
    eventOf({ error: { message, type: 'server_error', param: null, code: null } }),
}
