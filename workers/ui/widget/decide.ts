// What to do when a message did not get through or its answer did not come to its end. Pure.
import type { Trouble } from './conversation.ts'
import type { Refused } from './gateway.ts'

/** `again`: after so long, with what the visitor is told meanwhile. `anew`: without what came so far. */
export type Decision =
  | { readonly what: 'again'; readonly afterMs: number; readonly say: 'resuming' | 'away' | 'busy' }
  | { readonly what: 'anew' }
  | { readonly what: 'give-up'; readonly trouble: Trouble }

/** `tries`: how often in a row it went wrong, this one included. `began`: something of the answer is there. */
export function decide(
  { status, code, retryAfterMs }: Pick<Refused, 'status' | 'code' | 'retryAfterMs'>,
  tries: number,
  began: boolean,
): Decision {
  const giveUp: Decision = { what: 'give-up', trouble: began ? 'broken' : 'failed' }
  if (code === 'stream_not_found') return { what: 'anew' }
  // There is no line, whatever the browser thinks of it: that ends some time, and nothing is lost meanwhile.
  if (status === 0)
    return {
      what: 'again',
      afterMs: pauseMs(tries, LINE_PAUSE_MS),
      say: tries > SHORT_TRIES ? 'away' : 'resuming',
    }
  if (code === 'insufficient_quota') return { what: 'give-up', trouble: 'spent' }
  if (code === 'visitor_token_expired') return { what: 'give-up', trouble: 'ended' }
  if (status === 401 || status === 403) return { what: 'give-up', trouble: 'refused' }
  // The same may be asked again: the gateway knows it by its key and runs it once.
  if (status === 409 || status === 429 || status === 502 || status === 503 || status === 504)
    return tries > BUSY_TRIES
      ? giveUp
      : { what: 'again', afterMs: Math.max(retryAfterMs ?? 0, pauseMs(tries, BUSY_PAUSE_MS)), say: 'busy' }
  return giveUp
}

/** Of a line: after so many tries it is more than a short break. */
const SHORT_TRIES = 5
const LINE_PAUSE_MS = 60_000
/** About half a minute of being turned away. */
const BUSY_TRIES = 6
const BUSY_PAUSE_MS = 8_000

const pauseMs = (tries: number, mostMs: number): number => Math.min(mostMs, 250 * 2 ** (tries - 1))
