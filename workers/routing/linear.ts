// A linear model of the gain: a weight for every bucket, one for every trait; how it is asked, how it is kept. Pure.
import { GRAMS } from './hash.ts'
import type { Reading } from './reading.ts'
import type { Look } from './sketch.ts'

export interface Linear {
  /** What the strong model gains on average. */
  readonly bias: number
  /** A weight is `scale` times its byte. */
  readonly scale: number
  readonly words: Int8Array
  readonly traits: readonly TraitWeight[]
  readonly guard: Guard
}

/** Without what only a guarded score needs. */
export type Plain = Omit<Linear, 'guard'>

/** Weights of their own for scores that are guarded: `fitGuard`. */
export interface Guard {
  /** What is added, what words count for beside the others, what being short does, and a weight for every trait. */
  readonly bias: number
  readonly words: number
  readonly brevity: number
  readonly traits: readonly number[]
}

export interface TraitWeight {
  readonly mean: number
  /** One over the deviation. */
  readonly sharpness: number
  readonly weight: number
}

/** A trait says no more than this, in deviations from the mean. */
const FAR = 3

/** Expected gain of the strong model, strong minus weak. */
export const gainOf = (model: Plain, look: Look): number =>
  model.bias + wordsGain(model, look) + traitsPart(model, look.traits)

/** The part of its words. */
export function wordsGain(model: Plain, { grams }: Look): number {
  let sum = 0
  for (let at = 0; at < grams.length; at += 1) sum += model.words[grams[at] ?? 0] ?? 0
  return wordsPart(model, sum, grams.length)
}

export const wholeGain = (model: Plain, { grams, whole }: Reading): number =>
  gainOf(model, { grams, traits: whole.traits })

/**
 * No more than what the least promising beginning of the text promises, of a reading with views: as every text is a
 * beginning of itself and what is put at its end, nothing that is put there raises the score. What this costs honest
 * traffic is little, because the guard has weights of its own, by which beginnings promise no less than wholes; without it any request is made
 * a hard one by a few words (docs/routing.md has all figures).
 */
export function guardedGain(model: Linear, { grams, views }: Reading): number {
  const { bias, words, brevity, traits } = model.guard
  let [sum, at, least] = [0, 0, Infinity]
  for (const view of views) {
    for (; at < view.grams; at += 1) sum += model.words[grams[at] ?? 0] ?? 0
    const own = words * wordsPart(model, sum, at) + brevity * brevityOf(at)
    least = Math.min(least, own + traitsPart(model, view.traits, traits))
  }
  return model.bias + bias + least
}

/** How little there is to go by: of a hundred words, pairs and word beginnings 1, of ten 3. */
export const brevityOf = (grams: number): number => 10 / Math.sqrt(1 + grams)

const wordsPart = (model: Plain, sum: number, count: number): number =>
  (sum * model.scale) / Math.sqrt(Math.max(1, count))

function traitsPart(model: Plain, traits: Float32Array, others?: readonly number[]): number {
  let sum = 0
  for (let at = 0; at < model.traits.length; at += 1) {
    const its = model.traits[at]
    if (its !== undefined) sum += (others?.[at] ?? its.weight) * deviation(its, traits[at] ?? 0)
  }
  return sum
}

export const deviation = ({ mean, sharpness }: Omit<TraitWeight, 'weight'>, value: number): number =>
  Math.max(-FAR, Math.min(FAR, (value - mean) * sharpness))

/** Weights as bytes. */
export function narrow(weights: Float64Array): Pick<Plain, 'scale' | 'words'> {
  let most = 0
  for (let at = 0; at < weights.length; at += 1) most = Math.max(most, Math.abs(weights[at] ?? 0))
  const scale = most === 0 ? 1 : most / 127
  const words = new Int8Array(weights.length)
  for (let at = 0; at < words.length; at += 1) words[at] = Math.round((weights[at] ?? 0) / scale)
  return { scale, words }
}

/** 262,144 bytes of words, sixteen a trait, and a few. */
export function packLinear({ bias, scale, words, traits, guard }: Linear): Uint8Array {
  const numbers = Float32Array.of(
    bias,
    scale,
    ...traits.flatMap(({ mean, sharpness, weight }) => [mean, sharpness, weight]),
    guard.bias,
    guard.words,
    ...guard.traits,
    guard.brevity,
  )
  const bytes = new Uint8Array(1 + numbers.byteLength + words.length)
  bytes[0] = traits.length
  bytes.set(new Uint8Array(numbers.buffer), 1)
  bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.length), 1 + numbers.byteLength)
  return bytes
}

/** The same machine's byte order on both sides: little, as everywhere that Workers run. */
export function readLinear(bytes: Uint8Array): Linear | undefined {
  const count = bytes[0] ?? 0
  const size = bytes.length - GRAMS - 1
  const numbers = 4 + 4 * count
  // What was kept before there was a weight for being short has none.
  if (size !== 4 * (numbers + 1) && size !== 4 * numbers) return undefined
  const [bias = 0, scale = 0, ...rest] = new Float32Array(bytes.slice(1, 1 + size).buffer)
  const traits = Array.from({ length: count }, (_, at) => ({
    mean: rest[at * 3] ?? 0,
    sharpness: rest[at * 3 + 1] ?? 0,
    weight: rest[at * 3 + 2] ?? 0,
  }))
  const [added = 0, factor = 1, ...weights] = rest.slice(3 * count)
  const [brevity = 0] = weights.splice(count)
  return {
    bias,
    scale,
    words: new Int8Array(bytes.slice(1 + size).buffer),
    traits,
    guard: { bias: added, words: factor, brevity, traits: weights },
  }
}
