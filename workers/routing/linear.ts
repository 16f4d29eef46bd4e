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
export function gainOf(model: Linear, { grams, traits }: Look): number {
  let sum = 0
  for (let at = 0; at < grams.length; at += 1) sum += model.words[grams[at] ?? 0] ?? 0
  return model.bias + wordsPart(model, sum, grams.length) + traitsPart(model, traits)
}

export const wholeGain = (model: Linear, { grams, whole }: Reading): number =>
  gainOf(model, { grams, traits: whole.traits })

/**
 * No more than what the least promising beginning of the text promises, of a reading with views: as every text is a
 * beginning of itself and what is put at its end, nothing that is put there raises the score. What this costs honest
 * traffic is little, because `fitEven` keeps beginnings from promising less than wholes; without it any request is made
 * a hard one by a few words (docs/routing.md has all figures).
 */
export function guardedGain(model: Linear, { grams, views }: Reading): number {
  let [sum, at, least] = [0, 0, Infinity]
  for (const view of views) {
    for (; at < view.grams; at += 1) sum += model.words[grams[at] ?? 0] ?? 0
    least = Math.min(least, wordsPart(model, sum, at) + traitsPart(model, view.traits))
  }
  return model.bias + least
}

const wordsPart = (model: Linear, sum: number, count: number): number =>
  (sum * model.scale) / Math.sqrt(Math.max(1, count))

function traitsPart({ traits: weights }: Linear, traits: Float32Array): number {
  let sum = 0
  for (let at = 0; at < weights.length; at += 1) {
    const its = weights[at]
    if (its !== undefined) sum += its.weight * deviation(its, traits[at] ?? 0)
  }
  return sum
}

export const deviation = ({ mean, sharpness }: Omit<TraitWeight, 'weight'>, value: number): number =>
  Math.max(-FAR, Math.min(FAR, (value - mean) * sharpness))

/** Weights as bytes. */
export function narrow(weights: Float64Array): Pick<Linear, 'scale' | 'words'> {
  let most = 0
  for (let at = 0; at < weights.length; at += 1) most = Math.max(most, Math.abs(weights[at] ?? 0))
  const scale = most === 0 ? 1 : most / 127
  const words = new Int8Array(weights.length)
  for (let at = 0; at < words.length; at += 1) words[at] = Math.round((weights[at] ?? 0) / scale)
  return { scale, words }
}

/** 262,144 bytes of words, and twelve a trait. */
export function packLinear({ bias, scale, words, traits }: Linear): Uint8Array {
  const numbers = Float32Array.of(
    bias,
    scale,
    ...traits.flatMap(({ mean, sharpness, weight }) => [mean, sharpness, weight]),
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
  const size = 4 * (2 + 3 * count)
  if (bytes.length !== 1 + size + GRAMS) return undefined
  const [bias = 0, scale = 0, ...rest] = new Float32Array(bytes.slice(1, 1 + size).buffer)
  const traits = Array.from({ length: count }, (_, at) => ({
    mean: rest[at * 3] ?? 0,
    sharpness: rest[at * 3 + 1] ?? 0,
    weight: rest[at * 3 + 2] ?? 0,
  }))
  return { bias, scale, words: new Int8Array(bytes.slice(1 + size).buffer), traits }
}
