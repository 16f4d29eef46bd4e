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

const PROBLEM = /^\s*(\d+) ([+-]) (\d+)\b/u
const VALUE = /\d/u

const numbersIn = (text: string): string[] =>
  (text.match(/\d+/gu) ?? []).map((digits) => String(Number(digits)))

/** A short answer with a digit and no sentence around it claims to be copied from the user's text. */
function isValue(text: string): boolean {
  return VALUE.test(text) && text.length <= 40 && !/[a-z]{2,}[.!?]?\s+[a-z]{2,}\s+[a-z]{2,}/u.test(text)
}

/** The echo repeats the two numbers of the problem, whatever their order. */
function isFaithfulEcho(text: string, question: string): boolean {
  const [, first = '', , second = ''] = PROBLEM.exec(text) ?? []
  const asked = numbersIn(question)
  const firstAt = asked.indexOf(String(Number(first)))
  if (firstAt < 0) return false
  asked.splice(firstAt, 1)
  return asked.includes(String(Number(second)))
}

/** Whether the answer begins as one whose checks need all of it. */
export function needsWholeText(text: string): boolean {
  return PROBLEM.test(text) || isValue(text)
}

/** 0 to 1: the probability of the least certain tokens, or 0 when a plain check fails. */
export function judgeConfidence({ question, text, logprobs }: Draft): number {
  if (PROBLEM.test(text)) {
    if (!isFaithfulEcho(text, question)) return 0
  } else if (isValue(text.trim()) && !question.includes(text.trim())) return 0
  const total = logprobs.reduce((sum, logprob) => sum + logprob, 0)
  return Math.exp(total)
}

/** Whether the answer is, or begins as, micro's own refusal. */
export function isHonestSentence(text: string): boolean {
  const words = text.trim()
  return words.length >= 16 && (HONEST_SENTENCE.startsWith(words) || words.startsWith(HONEST_SENTENCE))
}
