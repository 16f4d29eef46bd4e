// What every engine is asked, and how it is timed: the same tokens, one thread, and the processor's time rather than the
// clock's, since the machine has other things to do.
export const PROMPT_TOKENS = 192
export const ANSWER_TOKENS = 64
/** A round goes on until it has used so much of the processor. */
const ROUND_MS = 1_000

/** A prompt that no cache knows. */
export const promptOf = (round: number, vocabulary: number): number[] =>
  Array.from(
    { length: PROMPT_TOKENS },
    (_, index) => (index * 31 + round * 7 + 3) % Math.min(vocabulary - 2, 2_000),
  )

export interface Engine {
  readonly vocabulary: number
  /** Forgets everything, then runs the prompt. */
  prefill(prompt: readonly number[]): Promise<void>
  /** Goes on greedily by so many tokens. */
  decode(tokens: number): Promise<void>
}

export interface Rates {
  readonly prefill: number
  readonly decode: number
}

/** Tokens for each second of processor time, by `processorMs`. */
export async function timeEngine(engine: Engine, processorMs: () => number): Promise<Rates> {
  let round = 0
  await engine.prefill(promptOf(round++, engine.vocabulary))
  await engine.decode(ANSWER_TOKENS)
  let [prefilled, prefillMs, decoded, decodeMs] = [0, 0, 0, 0]
  while (prefillMs < ROUND_MS || decodeMs < ROUND_MS) {
    const startedAt = processorMs()
    await engine.prefill(promptOf(round++, engine.vocabulary))
    const headAt = processorMs()
    await engine.decode(ANSWER_TOKENS)
    prefilled += PROMPT_TOKENS
    prefillMs += headAt - startedAt
    decoded += ANSWER_TOKENS
    decodeMs += processorMs() - headAt
  }
  return { prefill: (prefilled / prefillMs) * 1000, decode: (decoded / decodeMs) * 1000 }
}
