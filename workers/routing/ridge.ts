// Fits a linear model to requests and their gains: ridge regression, solved by conjugate gradients. Pure.
import { GRAMS } from './hash.ts'
import { deviation, type Linear, narrow } from './linear.ts'
import { fitGuard } from './guard.ts'
import { type Matrix, openMatrix } from './matrix.ts'
import type { Sketch } from './sketch.ts'

export interface Example extends Sketch {
  readonly gain: number
}

// Found on MMLU by five-fold cross-validation, and kept for 400 to 8,000 examples and for GSM8K; flat around them.
const PENALTY = 8
const TRAIT_SIZE = 0.04
const WORD_SIZE = 0.2
const ROUNDS = 15

/** Without examples the model expects nothing of anybody. 8,000 of 150 words take about 0.4 s. */
export function fitLinear(examples: readonly Example[]): Linear {
  const count = examples.length
  const bias = examples.reduce((sum, { gain }) => sum + gain, 0) / Math.max(1, count)
  const { columnOf, words, rarity } = wordsOf(examples)
  const standards = standardsOf(examples)
  const matrix = openMatrix(
    examples.map(({ grams, traits }) => ({
      grams,
      looks: Float32Array.from(standards, (its, at) => TRAIT_SIZE * deviation(its, traits[at] ?? 0)),
    })),
    columnOf,
    words,
    rarity,
    // Over the root of their number, so that long texts do not shout.
    Float64Array.from(examples, ({ grams }) => WORD_SIZE / Math.sqrt(Math.max(1, grams.length))),
  )
  const found = solve(
    matrix,
    Float64Array.from(examples, ({ gain }) => gain - bias),
  )
  const weights = new Float64Array(GRAMS)
  for (let gram = 0; gram < GRAMS; gram += 1) {
    const column = columnOf[gram] ?? -1
    if (column >= 0) weights[gram] = (found[column] ?? 0) * (rarity[column] ?? 0) * WORD_SIZE
  }
  const model = {
    bias,
    ...narrow(weights),
    traits: standards.map((its, at) => ({ ...its, weight: (found[words + at] ?? 0) * TRAIT_SIZE })),
  }
  return { ...model, guard: fitGuard(model, examples) }
}

/** Conjugate gradients on (A'A + penalty) x = A' values. */
function solve(matrix: Matrix, values: Float64Array): Float64Array {
  const found = new Float64Array(matrix.columns)
  const rest = new Float64Array(matrix.columns)
  matrix.back(values, rest)
  const way = rest.slice()
  const image = new Float64Array(matrix.columns)
  const middle = new Float64Array(matrix.rows)
  let size = dot(rest, rest)
  for (let round = 0; round < ROUNDS && size > 1e-12; round += 1) {
    matrix.times(way, middle)
    matrix.back(middle, image)
    for (let at = 0; at < image.length; at += 1) image[at] = (image[at] ?? 0) + PENALTY * (way[at] ?? 0)
    const step = size / dot(way, image)
    for (let at = 0; at < found.length; at += 1) {
      found[at] = (found[at] ?? 0) + step * (way[at] ?? 0)
      rest[at] = (rest[at] ?? 0) - step * (image[at] ?? 0)
    }
    const left = dot(rest, rest)
    for (let at = 0; at < way.length; at += 1) way[at] = (rest[at] ?? 0) + (left / size) * (way[at] ?? 0)
    size = left
  }
  return found
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0)
  return sum
}

/** The buckets that occur, a column each, and how rare each is: the logarithm of one over its share of examples. */
function wordsOf(examples: readonly Example[]): {
  readonly columnOf: Int32Array
  readonly words: number
  readonly rarity: Float64Array
} {
  const columnOf = new Int32Array(GRAMS).fill(-1)
  const counts: number[] = []
  for (const { grams } of examples) {
    for (let at = 0; at < grams.length; at += 1) {
      const gram = grams[at] ?? 0
      const column = columnOf[gram] ?? -1
      if (column < 0) columnOf[gram] = counts.push(1) - 1
      else counts[column] = (counts[column] ?? 0) + 1
    }
  }
  const rarity = Float64Array.from(counts, (count) =>
    Math.max(0, Math.log((examples.length + 1) / (count + 0.5))),
  )
  return { columnOf, words: counts.length, rarity }
}

function standardsOf(examples: readonly Example[]): { mean: number; sharpness: number }[] {
  const count = Math.max(1, examples.length)
  return Array.from(examples[0]?.traits ?? [], (_, at) => {
    const mean = examples.reduce((sum, { traits }) => sum + (traits[at] ?? 0), 0) / count
    const variance = examples.reduce((sum, { traits }) => sum + ((traits[at] ?? 0) - mean) ** 2, 0) / count
    // What hardly ever differs would count for much where it does.
    return { mean, sharpness: variance < 1e-4 ? 0 : 1 / Math.sqrt(variance) }
  })
}
