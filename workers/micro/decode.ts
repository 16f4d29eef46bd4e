// The token loop: prefill in chunks, then one token after another, yielding to other requests in between.
import type { Lease } from './cache.ts'
import type { Engine } from './engine.ts'
import { forward } from './forward.ts'
import { CHUNK_TOKENS } from './layout.ts'
import { pickToken, topScores, type Sampling, type TokenScore } from './sampler.ts'

export interface DecodedToken extends TokenScore {
  /** The most likely tokens at this place, as many as were asked for. */
  readonly top: readonly TokenScore[]
}

export interface DecodeOptions {
  readonly sampling: Sampling
  readonly random: () => number
  readonly topCount: number
  readonly maxTokens: number
  readonly signal: AbortSignal
  /** Gives way to whatever else waits on this thread. */
  readonly pause: () => Promise<void>
}

/** Tokens decoded between two pauses: a few milliseconds of work. */
export const TOKENS_BETWEEN_PAUSES = 8

/**
 * Decodes up to `maxTokens` tokens after the prompt. The token that ends an answer comes last and is no text. Ends early,
 * without an error, when the signal is aborted. The logits are read before every pause, since other requests share them.
 */
export async function* decode(
  engine: Engine,
  prompt: readonly number[],
  lease: Lease,
  options: DecodeOptions,
): AsyncGenerator<DecodedToken> {
  const { model, tokenizer } = engine
  const { signal, pause } = options

  for (let at = lease.reusedTokens; at < prompt.length; at += CHUNK_TOKENS) {
    if (at > lease.reusedTokens) await pause()
    if (signal.aborted) return
    const chunk = prompt.slice(at, at + CHUNK_TOKENS)
    lease.reserve(at + chunk.length)
    forward(model, chunk, at, lease.pages, at + chunk.length === prompt.length)
    lease.extend(chunk)
  }

  let position = prompt.length
  for (let count = 1; ; count++) {
    const token = readToken(engine, options)
    const isLast = count >= options.maxTokens || tokenizer.vocabulary.ends.has(token.id)
    yield token
    if (isLast) return
    if (count % TOKENS_BETWEEN_PAUSES === 0) await pause()
    if (signal.aborted) return
    lease.reserve(position + 1)
    forward(model, [token.id], position, lease.pages, true)
    lease.extend([token.id])
    position++
  }
}

function readToken({ model }: Engine, { sampling, random, topCount }: DecodeOptions): DecodedToken {
  const { kernel, layout, logits } = model
  const peak = kernel.argmax(layout.scratch.logits, logits.length)
  const top = logits[peak] ?? 0
  const logTotal = top + Math.log(kernel.exp_sum(layout.scratch.logits, logits.length, top))
  const id = pickToken(logits, peak, sampling, random)
  return {
    id,
    logprob: (logits[id] ?? 0) - logTotal,
    top: topCount > 0 ? topScores(logits, logTotal, topCount) : [],
  }
}
