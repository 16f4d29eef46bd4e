// How the models of the scenarios behave when they are well, and the words of the commonest refusals. Pure.
import type { Behaviour } from '../behaviour.ts'
import type { Fields } from '../client.ts'
import { ANSWER } from './answers.ts'
import type { Clock } from './clock.ts'

/** What an answer costs at `PRICE` of pairs.ts, in micro-dollars. */
export const USAGE = { prompt: 100, completion: 60 }
export const COST = 100 * 2 + 60 * 10

/** Says the answer, from the beginning, whatever it is shown. */
export const healthy = (clock: Clock): Behaviour => ({ text: ANSWER, everyMs: clock.tokenMs, usage: USAGE })

/** Says what is left of the answer, as far as it is shown the beginning. */
export const continuing = (clock: Clock): Behaviour => {
  const { usage: _, ...rest } = healthy(clock)
  return { ...rest, continues: true }
}

export const refusal = (
  message: string,
  type: string,
  code: string | null = null,
): { readonly error: Fields } => ({
  error: { message, type, param: null, code },
})

export const OVERLOADED = refusal('Overloaded', 'server_error')

export const TOO_LONG: Behaviour = {
  status: 400,
  body: refusal(
    "This model's maximum context length is 8192 tokens.",
    'invalid_request_error',
    'context_length_exceeded',
  ),
}

export const POLICY: Behaviour = {
  status: 400,
  body: refusal(
    'Your request was rejected by our safety system.',
    'invalid_request_error',
    'content_policy_violation',
  ),
}

export const frameOf = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

export const LIVE_KEY = 'sk-lab-0123456789abcdefghij'
export const DEAD_KEY = 'sk-lab-dead-0123456789abcde'
