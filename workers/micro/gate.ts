// Holds an answer back until it is known whether micro may give it.
import type { AnswerEvent } from './answer.ts'
import {
  HONEST_SENTENCE,
  isHonestSentence,
  judge,
  JUDGED_TOKENS,
  needsWholeText,
  type Judgement,
} from './confidence.ts'

export type GateEvent =
  | AnswerEvent
  /** What the gate decided, once, before the first text. */
  | { readonly type: 'verdict'; readonly judgement: Judgement; readonly isTrusted: boolean }
  /** Nothing is said: someone larger should answer. */
  | { readonly type: 'doubt'; readonly confidence: number }

export interface GateOptions {
  /** The last thing the user said. */
  readonly question: string
  /** Answers of a lower confidence are not given. */
  readonly bound: number
  /** Whether doubt may be passed on, or must be answered with the honest sentence. */
  readonly mayEscalate: boolean
}

/** Holds text back until there is enough of it to judge, then passes it on or replaces it. */
export async function* gate(
  events: AsyncIterable<AnswerEvent>,
  { question, bound, mayEscalate }: GateOptions,
): AsyncGenerator<GateEvent> {
  const held: AnswerEvent[] = []
  const logprobs: number[] = []
  let text = ''
  let isOpen = false

  for await (const event of events) {
    if (isOpen) {
      yield event
      continue
    }
    held.push(event)
    if (event.type === 'text') {
      text += event.text
      logprobs.push(...event.tokens.map((token) => token.logprob))
      if (logprobs.length < JUDGED_TOKENS || needsWholeText(text)) continue
    } else if (event.ending) logprobs.push(event.ending.logprob)

    const isRefusal = isHonestSentence(text)
    const judgement = judge({ question, text, logprobs })
    const isTrusted = judgement.confidence >= bound
    if (mayEscalate && (isRefusal || !isTrusted)) {
      return yield { type: 'doubt', confidence: isRefusal ? 0 : judgement.confidence }
    }
    yield { type: 'verdict', judgement, isTrusted }
    if (!isTrusted && !isRefusal) {
      yield { type: 'text', text: HONEST_SENTENCE, tokens: [] }
      return yield { type: 'finish', reason: 'stop', tokenCount: logprobs.length, ending: undefined }
    }
    isOpen = true
    yield* held
  }
}
