// How far an answer of micro can be trusted, from its token probabilities and plain checks. Pure.

/** What micro says when a request is beyond it. */
export const HONEST_SENTENCE =
  "That needs a larger model than I am. I am micro, Minnow's small built-in model."

/** Tokens after which an answer in prose is judged; what follows a good beginning is nearly always good. */
export const JUDGED_TOKENS = 12

/** Below this confidence the honest sentence is given instead: a wrong answer costs as much as a right one is worth. */
export const ANSWER_BOUND = 0.5

/** The bound where someone larger can answer instead: an answer must be worth more than the wait for a better one. */
export const ESCALATE_BOUND = 0.8

/** A value is copied from the user's text, a problem is worked out; everything else is prose. */
export type AnswerKind = 'prose' | 'value' | 'problem'

/**
 * The share of right answers by how surprising their tokens were, 1 / (1 + e^-(base - slope * sqrt(surprise))). Fitted
 * by `node tools/eval/micro.ts --tune` on roughened wordings of the corpus, never on the evaluation set. To be fitted
 * again with new weights.
 */
const CURVES: Readonly<Record<AnswerKind, { readonly base: number; readonly slope: number }>> = {
  prose: { base: 4.02, slope: 5.03 },
  value: { base: 5.43, slope: 6.09 },
  problem: { base: 4.22, slope: 5.61 },
}

export interface Draft {
  /** The last thing the user said. */
  readonly question: string
  readonly text: string
  /** Log-probabilities of the tokens so far, the ending one included when there was one. */
  readonly logprobs: readonly number[]
}

export interface Judgement {
  readonly kind: AnswerKind
  /** Minus the log-probability of all tokens together; endless when a plain check failed. */
  readonly surprise: number
  /** 0 to 1: how many such answers are right. */
  readonly confidence: number
}

/** A problem as micro writes it, with spaces; the steps between have none. */
const PROBLEM = /(?<!\S)(\d+) ([+-]) (\d+)(?!\d)/gu
const WORD = /(?<!\d)\p{L}{2,}/gu
const LONGEST_VALUE = 40
const MOST_VALUE_WORDS = 3

function kindOf(text: string): AnswerKind {
  const value = text.trim()
  if (/^\d+ [+-] \d+\b/u.test(value)) return 'problem'
  const isShort = value.length <= LONGEST_VALUE && (value.match(WORD)?.length ?? 0) <= MOST_VALUE_WORDS
  return isShort && /\d/u.test(value) && !/[.!?]$/u.test(value) ? 'value' : 'prose'
}

/** Whether the answer's problem is the two numbers of the question, whatever their order, and stays the same. */
function isFaithfulEcho(text: string, question: string): boolean {
  const [echo, ...repeats] = text.matchAll(PROBLEM)
  if (!echo || repeats.some(([repeat]) => repeat !== echo[0])) return false
  const [, first, , second] = echo
  const asked = (question.match(/\d+/gu) ?? []).map(Number)
  const at = asked.indexOf(Number(first))
  return at >= 0 && asked.toSpliced(at, 1).includes(Number(second))
}

const CONTINUES = /[\p{L}\p{N}]/u

/** Whether the value stands in the question as a whole, not as a piece cut out of a longer word or number. */
function isCopied(value: string, question: string): boolean {
  for (let at = question.indexOf(value); at >= 0; at = question.indexOf(value, at + 1)) {
    const isCut =
      CONTINUES.test(question.charAt(at - 1)) || CONTINUES.test(question.charAt(at + value.length))
    if (!isCut) return true
  }
  return false
}

function passesChecks(kind: AnswerKind, text: string, question: string): boolean {
  switch (kind) {
    case 'value':
      return isCopied(text.trim(), question)
    case 'problem':
      return isFaithfulEcho(text, question)
    case 'prose':
      return true
  }
}

/** Whether the answer begins as one whose checks need all of it. */
export const needsWholeText = (text: string): boolean => kindOf(text) !== 'prose'

export function judge({ question, text, logprobs }: Draft): Judgement {
  const kind = kindOf(text)
  if (logprobs.length === 0 || !passesChecks(kind, text, question))
    return { kind, surprise: Infinity, confidence: 0 }
  const { base, slope } = CURVES[kind]
  const surprise = Math.max(0, -logprobs.reduce((sum, logprob) => sum + logprob, 0))
  return { kind, surprise, confidence: 1 / (1 + Math.exp(slope * Math.sqrt(surprise) - base)) }
}

/** Whether the answer is, or begins as, micro's own refusal. */
export function isHonestSentence(text: string): boolean {
  const words = text.trim()
  return words.length >= 16 && (HONEST_SENTENCE.startsWith(words) || words.startsWith(HONEST_SENTENCE))
}
