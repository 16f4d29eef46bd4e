// What the shipped prior expects a stronger model to gain on a request, and where it knows nothing. Pure.
import { readGaps } from './gaps.ts'
import { bucketOf, GRAMS, hashAll } from './hash.ts'
import { gainOf, guardedGain, type Linear, wholeGain } from './linear.ts'
import type { Reading, View } from './reading.ts'
import packed from './pairs.json' with { type: 'json' }
import type { Look } from './sketch.ts'
import { TRAITS } from './traits.ts'

const [FORMULAS, OPTIONS, DIGITS, CODE, QUESTIONS, SENTENCES] = (
  ['formulas', 'options', 'digits', 'code', 'questions', 'sentences'] as const
).map((name) => TRAITS.indexOf(name))

/** What the file holds: which buckets have a weight (gaps, base64), and each one's byte (base64). */
export interface PackedPrior {
  readonly bias: number
  readonly scale: number
  readonly traits: readonly (readonly number[])[]
  /** What is added, what words count for, what being short does, and the traits' weights where scores are guarded. */
  readonly guard: readonly number[]
  readonly count: number
  readonly grams: string
  readonly words: string
}

export function readPrior({ bias, scale, traits, guard, count, grams, words }: PackedPrior): Linear {
  const places = readGaps(bytesOf(grams), count, GRAMS)
  const weights = new Int8Array(bytesOf(words).buffer)
  if (places === undefined || weights.length !== count)
    throw new Error(`routing/pairs.json does not hold ${count} weights`)
  const all = new Int8Array(GRAMS)
  const [added = 0, factor = 1, brevity = 0, ...others] = guard
  for (let at = 0; at < count; at += 1) all[places[at] ?? 0] = weights[at] ?? 0
  return {
    bias,
    scale,
    words: all,
    traits: traits.map(([mean = 0, sharpness = 0, weight = 0]) => ({ mean, sharpness, weight })),
    guard: { bias: added, words: factor, brevity, traits: others },
  }
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))

let shipped: Linear | undefined // a cache of one: unpacked when first asked, so that others need not pay for it

const theShipped = (): Linear => (shipped ??= readPrior(packed))

const terms = new Set(
  (
    'integer integers digits divisor divisors divisible prime primes modulo sequence sequences polynomial equation ' +
    'equations ways permutations arrangements distinguishable indistinguishable probability randomly circle circles ' +
    'circular radius radii diameter chord tangent triangle triangles quadrilateral polygon polygons hexagon octagon ' +
    'sphere cylinder cube cone pyramid vertex vertices angle angles perpendicular congruent equiangular isosceles'
  )
    .split(' ')
    .map((word) => bucketOf(hashAll(word))),
)

/** The trait of a text of one sentence is below, that of one with two above. */
const ONE_SENTENCE = 0.2

/**
 * `known`: of a kind that the prior was measured on; `left`: it begins as that, and what follows is of another kind;
 * `formulas`: mathematics that is set in them; `free`: all else.
 */
export type Ground = 'known' | 'left' | 'formulas' | 'free'

/** Is there any of this in the text? */
const has = (traits: Float32Array, at: number | undefined): boolean => (traits[at ?? 0] ?? 0) > 0

/**
 * Multiple choice and word problems are known: these tell something and then ask, as 19 of 20 that it was measured on. In
 * mathematics, set in formulas or told in its terms, nothing simple orders the gain, and of free conversation there were no
 * outcomes to learn from.
 */
function isKnown(traits: Float32Array, isTold: boolean): boolean {
  if (has(traits, FORMULAS)) return false
  const isStory = (traits[SENTENCES ?? 0] ?? 0) > ONE_SENTENCE
  const asks = has(traits, DIGITS) && has(traits, QUESTIONS)
  return hasOptions(traits) || (isStory && asks && !has(traits, CODE) && !isTold)
}

export const isKnownGround = ({ traits, grams }: Look): boolean =>
  isKnown(
    traits,
    grams.some((gram) => terms.has(gram)),
  )

/** `left` only of a reading with views. */
export function groundOf({ grams, whole, views }: Reading): Ground {
  const term = grams.findIndex((gram) => terms.has(gram))
  const known = (view: View): boolean => isKnown(view.traits, term >= 0 && term < view.grams)
  if (known(whole)) return 'known'
  if (views.some(known)) return 'left'
  return has(whole.traits, FORMULAS) ? 'formulas' : 'free'
}

/** Is one of several answers to be chosen? */
export const hasOptions = (traits: Float32Array): boolean => has(traits, OPTIONS)

/** On other ground every request is worth the same: routes over it are at random until they have learned. */
export function priorGain(sketch: Look, model: Linear = theShipped()): number {
  return isKnownGround(sketch) ? gainOf(model, sketch) : model.bias
}

export const unknownGain = (): number => theShipped().bias

/** No answer is better than another by as much. */
const ABOVE_ALL = 2

export interface PairSight {
  readonly gain: number
  readonly isKnown: boolean
  /** What the prior says of it, heard or not; absent where nothing of it is on known ground. */
  readonly paired?: number
}

/**
 * The same of a request, as routes go by it; guarded: of a reading with views, where nothing that follows raises it. Every
 * request with options or a story begins as free conversation, and whoever adds such an end to some must not gain by it:
 * so what is free stands above all that is known. Formulas have the usual gain at most: nothing that is added takes them
 * away again.
 */
export function pairSight(reading: Reading, isGuarded: boolean, model: Linear = theShipped()): PairSight {
  const ground = groundOf(reading)
  switch (ground) {
    case 'free':
      return { gain: isGuarded ? ABOVE_ALL : model.bias, isKnown: false }
    case 'formulas':
      return { gain: model.bias, isKnown: false }
    case 'left': {
      const paired = pairGain(reading, isGuarded, model)
      const most = has(reading.whole.traits, FORMULAS) ? model.bias : ABOVE_ALL
      return { gain: Math.min(most, paired), isKnown: false, paired }
    }
    case 'known': {
      const paired = pairGain(reading, isGuarded, model)
      return { gain: paired, isKnown: true, paired }
    }
  }
}

/** The same of a request that is on known ground, or was; guarded: of a reading with views. */
export const pairGain = (reading: Reading, isGuarded: boolean, model: Linear = theShipped()): number =>
  isGuarded ? guardedGain(model, reading) : wholeGain(model, reading)
