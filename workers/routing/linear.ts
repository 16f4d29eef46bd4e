// A linear model of the gain: a weight for every bucket, one for every trait; how it is asked, how it is kept. Pure.
import { GRAMS } from './hash.ts'
import type { Reading } from './reading.ts'
import type { Sketch } from './sketch.ts'

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
export function gainOf(model: Linear, { grams, traits }: Sketch): number {
  let sum = 0
  for (let at = 0; at < grams.length; at += 1) sum += model.words[grams[at] ?? 0] ?? 0
  return model.bias + wordsPart(model, sum, grams.length) + traitsPart(model, traits)
}

/** A beginning that promises this much less gain than the whole holds it down. */
const SLACK = 0.02

/**
 * No more than what the least promising beginning of the text promises, and a little: whatever is put at the end of a
 * request, it raises its score by `SLACK` and the text between two views at most. This costs honest traffic some of
 * the order (docs/routing.md has both figures); without it any request is made a hard one by a few words.
 */
export function guardedGain(model: Linear, { grams, views }: Reading): number {
  let [sum, at, least, whole] = [0, 0, Infinity, 0]
  for (const view of views) {
    for (; at < view.grams; at += 1) sum += model.words[grams[at] ?? 0] ?? 0
    whole = wordsPart(model, sum, at) + traitsPart(model, view.traits)
    least = Math.min(least, whole + SLACK)
  }
  return model.bias + Math.min(least, whole)
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
