// Fits the prior for pairs of models to public outcomes. Every pair counts by how far a prompt's gain is from the
// pair's mean: which pair it is, the prior cannot know. Pure.
import { fitGuard, MIXED } from '../../workers/routing/guard.ts'
import { GRAMS } from '../../workers/routing/hash.ts'
import type { Linear } from '../../workers/routing/linear.ts'
import { readRequest } from '../../workers/routing/reading.ts'
import { type Example, fitLinear } from '../../workers/routing/ridge.ts'
import { type Sketch, sketchReading } from '../../workers/routing/sketch.ts'
import type { Pair } from '../bench/routing/sets.ts'
import { ask } from './ask.ts'

/** A word of fewer prompts is not shipped: it would tell of one prompt, and helps with no other. */
const LEAST_PROMPTS = 3
/** What a strong model gains where nothing is known of the pair. */
export const USUAL_GAIN = 0.15

const sketches = new Map<string, Sketch>() // a cache, bounded by the prompts of the benchmarks

export function sketchFor(prompt: string): Sketch {
  const known = sketches.get(prompt)
  if (known !== undefined) return known
  const sketch = sketchReading(readRequest(ask(prompt)))
  sketches.set(prompt, sketch)
  return sketch
}

/** Formulas are left out: nothing simple orders them, and the prior says nothing of them. */
export function fitPrior(pairs: readonly Pair[], isTaken: (prompt: string) => boolean = () => true): Linear {
  const gains = new Map<string, number[]>()
  for (const { outcomes, family } of pairs) {
    if (family === 'math') continue
    const mean = outcomes.reduce((sum, { weak, strong }) => sum + strong - weak, 0) / outcomes.length
    for (const { prompt, weak, strong } of outcomes) {
      const gain = strong - weak - mean
      const list = gains.get(prompt)
      if (list === undefined) gains.set(prompt, [gain])
      else list.push(gain)
    }
  }
  const examples = [...gains].flatMap(([prompt, its]): Example[] =>
    isTaken(prompt)
      ? [{ ...sketchFor(prompt), gain: its.reduce((sum, gain) => sum + gain, 0) / its.length }]
      : [],
  )
  const model = fitLinear(examples)
  const counts = new Uint16Array(GRAMS)
  for (const { grams } of examples) for (const gram of grams) counts[gram] = (counts[gram] ?? 0) + 1
  const shipped = {
    ...model,
    bias: USUAL_GAIN,
    words: model.words.map((weight, gram) => ((counts[gram] ?? 0) < LEAST_PROMPTS ? 0 : weight)),
  }
  return { ...shipped, guard: fitGuard(shipped, examples, MIXED) }
}
