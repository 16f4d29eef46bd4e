// Holds an answer back until it is known whether micro may give it.
import type { AnswerEvent } from './answer.ts'
import {
  CONFIDENCE_BOUND,
  HONEST_SENTENCE,
  isHonestSentence,
  judgeConfidence,
  JUDGED_TOKENS,
  needsWholeText,
} from './confidence.ts'

export type GateEvent = AnswerEvent | { readonly type: 'doubt'; readonly confidence: number }

/**
 * Passes an answer on once it is trusted. A doubtful one becomes a single `doubt` event when `mayEscalate`, so that
 * someone larger can answer, and the honest sentence otherwise.
 */
export async function* gate(
  events: AsyncIterable<AnswerEvent>,
  question: string,
  mayEscalate: boolean,
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

    const isComplete = event.type === 'finish'
    const confidence = judgeConfidence({ question, text, logprobs, isComplete })
    const isRefusal = isHonestSentence(text)
    if (confidence < CONFIDENCE_BOUND || isRefusal) {
      if (mayEscalate) return yield { type: 'doubt', confidence: isRefusal ? 0 : confidence }
      if (!isRefusal) {
        yield { type: 'text', text: HONEST_SENTENCE, tokens: [] }
        return yield { type: 'finish', reason: 'stop', tokenCount: logprobs.length, ending: undefined }
      }
    }
    isOpen = true
    yield* held
  }
}
