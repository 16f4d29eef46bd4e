// Chooses the next token from logits: temperature first, then top-k, then top-p, as OpenAI describes them. Pure.

export interface Sampling {
  /** 0 takes the most likely token. */
  readonly temperature: number
  readonly topP: number
  /** 0 leaves all tokens in. */
  readonly topK: number
}

interface Candidate {
  readonly id: number
  /** Probability at the given temperature, not yet divided by the sum. */
  readonly weight: number
}

const byWeight = (a: Candidate, b: Candidate) => b.weight - a.weight || a.id - b.id

function draw(candidates: readonly Candidate[], random: () => number): number {
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0)
  let left = random() * total
  for (const { id, weight } of candidates) {
    left -= weight
    if (left < 0) return id
  }
  return candidates.at(-1)?.id ?? 0
}

/** Picks a token. `peak` is the index of the largest logit. */
export function pickToken(
  logits: Float32Array,
  peak: number,
  sampling: Sampling,
  random: () => number,
): number {
  const { temperature, topK, topP } = sampling
  if (temperature === 0 || topK === 1) return peak
  const top = logits[peak] ?? 0
  let candidates: Candidate[] = []
  logits.forEach((logit, id) => {
    const weight = Math.exp((logit - top) / temperature)
    if (weight > 0) candidates.push({ id, weight })
  })
  if (topK > 0 && topK < candidates.length) candidates = candidates.sort(byWeight).slice(0, topK)
  if (topP < 1) {
    const total = candidates.reduce((sum, { weight }) => sum + weight, 0)
    let reached = 0
    const needed = candidates.sort(byWeight).findIndex(({ weight }) => (reached += weight) >= topP * total)
    candidates = candidates.slice(0, needed < 0 ? candidates.length : needed + 1)
  }
  return draw(candidates, random)
}

export interface TokenScore {
  readonly id: number
  readonly logprob: number
}

/** The `count` most likely tokens, most likely first; `logTotal` is the logarithm of the sum of all e^logit. */
export function topScores(logits: Float32Array, logTotal: number, count: number): TokenScore[] {
  const best: TokenScore[] = []
  logits.forEach((logit, id) => {
    const logprob = logit - logTotal
    if (best.length === count && logprob <= (best.at(-1)?.logprob ?? -Infinity)) return
    const place = best.findIndex((score) => score.logprob < logprob)
    best.splice(place < 0 ? best.length : place, 0, { id, logprob })
    if (best.length > count) best.pop()
  })
  return best
}
