// How far an answer of micro can be trusted, from its token probabilities and plain checks. Pure.
// The bound and the constants were set by tools/eval/micro.ts on wordings of the corpus, not on the evaluation set.

/** What micro says when a request is beyond it. */
export const HONEST_SENTENCE =
  "That needs a larger model than I am. I am micro, Minnow's small built-in model."

/** Below this confidence the honest sentence is given instead. */
export const CONFIDENCE_BOUND = 0.5

/** Tokens after which an answer in prose is judged; what follows a good beginning is nearly always good. */
export const JUDGED_TOKENS = 12

export interface Draft {
  /** The last thing the user said. */
  readonly question: string
  readonly text: string
  /** Log-probabilities of the tokens so far, the ending one included when there was one. */
  readonly logprobs: readonly number[]
}

/** A problem as micro writes it, with spaces; the steps between have none. */
const PROBLEM = /(?<!\S)(\d+) ([+-]) (\d+)(?!\d)/gu
const WORD = /(?<!\d)\p{L}{2,}/gu
const LONGEST_VALUE = 40
const MOST_VALUE_WORDS = 3

const isProblem = (text: string) => /^\s*\d+ [+-] \d+\b/u.test(text)

/** A few words with a digit and no full stop claim to be a value, copied from the user's text. */
function isValue(text: string): boolean {
  const value = text.trim()
  return (
    value.length <= LONGEST_VALUE &&
    /\d/u.test(value) &&
    !/[.!?]$/u.test(value) &&
    (value.match(WORD)?.length ?? 0) <= MOST_VALUE_WORDS
  )
}

/** Whether every problem in the answer is the two numbers of the question, whatever their order. */
function isFaithfulEcho(text: string, question: string): boolean {
  const asked = (question.match(/\d+/gu) ?? []).map(Number)
  for (const [, first, , second] of text.matchAll(PROBLEM)) {
    const rest = [...asked]
    const at = rest.indexOf(Number(first))
    if (at < 0) return false
    rest.splice(at, 1)
    if (!rest.includes(Number(second))) return false
  }
  return true
}

/** Whether the answer begins as one whose checks need all of it. */
export const needsWholeText = (text: string): boolean => isProblem(text) || isValue(text)

/** 0 to 1: the probability of the tokens, or 0 when a plain check fails. */
export function judgeConfidence({ question, text, logprobs }: Draft): number {
  if (logprobs.length === 0) return 0
  if (isProblem(text) && !isFaithfulEcho(text, question)) return 0
  if (isValue(text) && !isProblem(text) && !question.includes(text.trim())) return 0
  return Math.exp(logprobs.reduce((sum, logprob) => sum + logprob, 0))
}

/** Whether the answer is, or begins as, micro's own refusal. */
export function isHonestSentence(text: string): boolean {
  const words = text.trim()
  return words.length >= 16 && (HONEST_SENTENCE.startsWith(words) || words.startsWith(HONEST_SENTENCE))
}
