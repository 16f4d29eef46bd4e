// How sure a model was of its words, from the log-probabilities of its tokens: a few numbers, whatever the answer's length. Pure.
import { isFields } from './fields.ts'

export interface Sureness {
  /** The mean log-probability of the tokens. */
  readonly mean: number
  /** That of the least likely one. */
  readonly least: number
  /** The share of tokens that were less likely than one in two. */
  readonly unsure: number
}

/** Tokens that are less likely than one in two are guesses. */
export const GUESS = Math.log(0.5)

export interface SurenessMeter {
  /** As chat completions say it: `{ content: [{ logprob }] }`. Whatever else comes is passed over. */
  take(value: unknown): void
  /** Undefined where the vendor has said nothing. */
  told(): Sureness | undefined
}

export function openSureness(): SurenessMeter {
  let [sum, count, least, unsure] = [0, 0, 0, 0]
  return {
    take(value) {
      for (const logprob of logprobsIn(value)) {
        sum += logprob
        count += 1
        least = Math.min(least, logprob)
        if (logprob < GUESS) unsure += 1
      }
    },
    told: () => (count === 0 ? undefined : { mean: sum / count, least, unsure: unsure / count }),
  }
}

function logprobsIn(value: unknown): readonly number[] {
  const content = isFields(value) ? value['content'] : undefined
  if (!Array.isArray(content)) return []
  return content.flatMap((entry: unknown) => {
    const logprob = isFields(entry) ? entry['logprob'] : undefined
    return typeof logprob === 'number' && Number.isFinite(logprob) ? [logprob] : []
  })
}
