// Lab vendors whose models answer recorded questions as they were answered once, with the tokens that this takes.
import type { Behaviour } from '../../../test/lab/behaviour.ts'
import { promptOf } from '../../../test/lab/solver.ts'
import type { Vendor } from '../../../test/lab/vendor.ts'
import type { CountTokens } from '../../../shared/tokens.ts'
import type { Question } from './questions.ts'

/** A chat's frame around one message, beside its text: countPrompt in shared/tokens.ts has the source. */
export const FRAME_TOKENS = 7

/** Whoever asks anything else than a recorded question is refused, so that a mistake cannot pass for an answer. */
export function replay(
  vendor: Vendor,
  models: readonly string[],
  questions: readonly Question[],
  count: CountTokens,
): void {
  const known = new Map(questions.map((question) => [question.prompt, question]))
  for (const model of models)
    vendor.always(model, (request): Behaviour => {
      const prompt = promptOf(request)
      const answer = known.get(prompt)?.answers.get(model)
      if (answer === undefined)
        return { status: 400, body: { error: { message: `${model} never answered that`, type: 'lab' } } }
      const usage = { prompt: FRAME_TOKENS + count(prompt), completion: answer.tokens ?? count(answer.text) }
      return { pieces: [answer.text], usage }
    })
}
