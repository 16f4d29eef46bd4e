// How much of what came before a question may be sent, and who sums up the rest: what a thread is given of the house.
import type { Fields } from '../../shared/fields.ts'
import { Failed } from '../../shared/failure.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Tokenizer } from '../../shared/tokens.ts'
import type { Caller, Cx } from '../service.ts'
import { type CountItem, counting, roughly } from './entry.ts'
import type { Limit } from './fitting.ts'
import type { Recalled } from './recalled.ts'
import type { Written } from './summing.ts'

export interface Terms {
  /** Tokens that may be sent, where somebody said so. */
  readonly contextTokens?: number
  /** Tokens that the model can read of it. */
  readonly windowTokens: number
  /** Who sums up what is not sent any more; nobody where it is absent. */
  readonly summaryModel?: string
}

/** Of a question that neither goes on from something nor is kept. */
export const BOUNDLESS: Terms = { windowTokens: Number.MAX_SAFE_INTEGER }

export interface Summing {
  readonly previous: { readonly text: string } | null
  readonly items: readonly Fields[]
  readonly model: string
  readonly caller: Caller
}

export interface Talking {
  readonly termsOf: (request: ModelRequest, cx: Cx) => Promise<Terms>
  readonly tokenizer: Tokenizer
  readonly summarise: (asked: Summing, cx: Cx) => Promise<Written | undefined>
}

/**
 * No model reads so many tokens, and an isolate could not hold them: refused before they are read. Whether less is too
 * much is judged by those who know the model and count, not by an estimate.
 */
const MOST_TOKENS = 4_000_000

/**
 * As OpenAI documents `truncation`: what is too long is refused, unless it is `auto`, and then the oldest goes first. A
 * budget of tokens is there to be kept, so without a word of `truncation` it is.
 */
export function limitOf({ response }: ModelRequest, { contextTokens, windowTokens }: Terms): Limit {
  const truncation = response?.truncation
  const room = Math.min(contextTokens ?? windowTokens, windowTokens)
  if (truncation === 'auto') return { room, drops: true, dropsOwn: true }
  if (contextTokens === undefined) return { room: MOST_TOKENS, drops: false, dropsOwn: false }
  return { room, drops: truncation === undefined, dropsOwn: false }
}

/** Whoever sets a budget wants it kept; a window is wide, and not worth unpacking the vocabulary. */
export const countFor = async ({ tokenizer }: Talking, { contextTokens }: Terms): Promise<CountItem> =>
  contextTokens === undefined ? roughly : counting(await tokenizer())

export function tooLong({ tokens, room }: Extract<Recalled, { why: 'long' }>): Failed {
  const message = `With everything that was said before, this question takes about ${tokens} tokens, and ${room} may be sent. Send 'truncation': 'auto' to have the oldest left out, or begin anew.`
  return new Failed({
    kind: 'context-length',
    status: 400,
    message,
    code: 'context_length_exceeded',
    param: 'input',
  })
}
