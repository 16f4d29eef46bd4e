// The work that is timed, the same in Node and in workerd: so many tokens through the model, and the count of them.
import { leaseCache } from '../../../workers/micro/cache.ts'
import type { Engine } from '../../../workers/micro/engine.ts'
import { forward } from '../../../workers/micro/forward.ts'
import { CHUNK_TOKENS } from '../../../workers/micro/layout.ts'

export type Work = 'prefill' | 'decode'

export const PROMPT_TOKENS = 192
export const ANSWER_TOKENS = 64

let round = 0

/** A prompt that no cache knows. */
function freshPrompt(engine: Engine): number[] {
  round++
  return Array.from(
    { length: PROMPT_TOKENS },
    (_, index) => (index * 31 + round) % engine.tokenizer.vocabulary.size,
  )
}

function runOnce(engine: Engine, work: Work): number {
  const { model, caches } = engine
  const { kernel, layout, logits } = model
  const prompt = freshPrompt(engine)
  const lease = leaseCache(caches, `bench ${round}`, undefined, prompt)
  lease.reserve(PROMPT_TOKENS + ANSWER_TOKENS)
  if (work === 'prefill') {
    for (let at = 0; at < PROMPT_TOKENS; at += CHUNK_TOKENS) {
      forward(model, prompt.slice(at, at + CHUNK_TOKENS), at, lease.pages, at + CHUNK_TOKENS >= PROMPT_TOKENS)
    }
    lease.release()
    return PROMPT_TOKENS
  }
  // Decoding starts behind the room of a prompt whose keys and values are whatever the pages hold: it costs the same.
  let token = prompt[0] ?? 0
  for (let i = 0; i < ANSWER_TOKENS; i++) {
    forward(model, [token], PROMPT_TOKENS + i, lease.pages, true)
    token = kernel.argmax(layout.scratch.logits, logits.length)
    kernel.exp_sum(layout.scratch.logits, logits.length, logits[token] ?? 0)
  }
  lease.release()
  return ANSWER_TOKENS
}

/** Runs rounds until about `tokens` have gone through. */
export function work(engine: Engine, what: Work, tokens: number): number {
  let done = 0
  while (done < tokens) done += runOnce(engine, what)
  return done
}
