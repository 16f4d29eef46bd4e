// Whether a small model's answer may be given: everything that can be checked of it without asking anybody. Pure.
import type { FinishReason } from '../event.ts'
import type { ModelRequest } from '../request.ts'
import { GUESS, type Sureness } from '../sureness.ts'
import { keepsCode } from './code.ts'
import { extract, isSame } from './extract.ts'
import { type Question, questionIn } from './question.ts'
import { isRefusal } from './refusal.ts'
import { keepsFormat } from './schema.ts'
import { type CallSaid, keepsTools } from './tool.ts'

/** An answer, as far as it was heard. */
export interface Heard {
  readonly text: string
  readonly refusal: string
  readonly calls: readonly CallSaid[]
  /** Absent where it was not heard to its end. */
  readonly finish?: FinishReason
  /** How sure the model was of its words, where the vendor says it. */
  readonly sureness?: Sureness
}

/**
 * Why an answer is not given. `tests`: its code was run and did not pass them. `disagreed`: another cheap answer to the same question said something else. `look`: by what
 * the route has learned of such answers, a larger model would do better.
 */
export type Doubt =
  | 'empty'
  | 'refusal'
  | 'cut'
  | 'tool'
  | 'schema'
  | 'code'
  | 'tests'
  | 'no-answer'
  | 'logprob'
  | 'disagreed'
  | 'look'

export function doubtIn(request: ModelRequest, heard: Heard): Doubt | undefined {
  const { text, refusal, calls, finish, sureness } = heard
  if (refusal !== '' || finish === 'content-filter' || isRefusal(text)) return 'refusal'
  const isGuess = sureness !== undefined && sureness.mean < GUESS // on average
  if (finish === undefined) return isGuess ? 'logprob' : undefined // the rest of it is not known
  if (text.trim() === '' && calls.length === 0) return 'empty'
  if (request.tools.length > 0 && !keepsTools(request, calls)) return 'tool'
  if (calls.length > 0) return isGuess ? 'logprob' : undefined
  return wordsDoubt(request, text) ?? (isCut(request, finish) ? 'cut' : isGuess ? 'logprob' : undefined)
}

function wordsDoubt(request: ModelRequest, text: string): Doubt | undefined {
  if (keepsFormat(request.format, text) === false) return 'schema'
  const question = questionIn(request)
  if (question.kind === 'code' || request.tests !== undefined)
    return keepsCode(question.text, text) ? undefined : 'code'
  const isAsked = question.kind === 'choice' || question.kind === 'number'
  return isAsked && extract(question, text) === undefined ? 'no-answer' : undefined
}

/** Is it code that was asked for, so that it may be run? */
export const asksCode = (request: ModelRequest): boolean =>
  request.tests !== undefined || questionIn(request).kind === 'code'

/** Who limits the length of an answer has asked for its beginning. */
const isCut = (request: ModelRequest, finish: FinishReason): boolean =>
  finish === 'length' && request.limits.maxOutput === undefined

/** Can another answer to the same question confirm this one? */
export function isComparable(request: ModelRequest, heard: Heard): boolean {
  if (heard.calls.length > 0 || heard.finish === undefined) return false
  const question = questionIn(request)
  return isDefinite(question) && extract(question, heard.text) !== undefined
}

/** Words may differ and mean the same; a letter, a number or a value may not. */
const isDefinite = ({ kind }: Question): boolean => kind === 'choice' || kind === 'number' || kind === 'json'

/** Undefined where the two cannot be compared. */
export const agrees = (request: ModelRequest, one: string, other: string): boolean | undefined =>
  isSame(questionIn(request), one, other)
