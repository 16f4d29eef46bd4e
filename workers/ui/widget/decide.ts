// What to do when a message did not get through or its answer did not come to its end. Pure.
import type { Trouble } from './conversation.ts'
import type { Refused } from './gateway.ts'

/** `again`: after so long, with what the visitor is told meanwhile. `anew`: without what came so far. */
export type Decision =
  | { readonly what: 'again'; readonly afterMs: number; readonly say: 'resuming' | 'busy' }
  | { readonly what: 'anew' }
  | { readonly what: 'give-up'; readonly trouble: Trouble }

/** `tries`: how often in a row it went wrong, this one included. `began`: something of the answer is there. */
export function decide(
  { status, code, retryAfterMs }: Pick<Refused, 'status' | 'code' | 'retryAfterMs'>,
  tries: number,
  began: boolean,
): Decision {
  const again = (say: 'resuming' | 'busy', most: number): Decision =>
    tries > most
      ? { what: 'give-up', trouble: began ? 'broken' : 'failed' }
      : { what: 'again', afterMs: Math.max(retryAfterMs ?? 0, pauseMs(tries)), say }
  if (code === 'stream_not_found') return { what: 'anew' }
  if (status === 0) return again('resuming', LINE_TRIES)
  if (code === 'insufficient_quota') return { what: 'give-up', trouble: 'spent' }
  if (code === 'visitor_token_expired') return { what: 'give-up', trouble: 'ended' }
  if (status === 401 || status === 403) return { what: 'give-up', trouble: 'refused' }
  // The same may be asked again: the gateway knows it by its key and runs it once.
  if (status === 409 || status === 429 || status === 502 || status === 503 || status === 504)
    return again('busy', BUSY_TRIES)
  return { what: 'give-up', trouble: began ? 'broken' : 'failed' }
}

/** With the pauses below: about two minutes without a line, and half a minute of being turned away. */
const LINE_TRIES = 20
const BUSY_TRIES = 6

const pauseMs = (tries: number): number => Math.min(8_000, 250 * 2 ** (tries - 1))
