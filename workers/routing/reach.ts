// Whether a request is within micro's reach, by a score that nothing put at its end can raise. Pure.
import { endOf, readBeginnings } from './beginnings.ts'
import { readGaps } from './gaps.ts'
import { GRAMS } from './hash.ts'
import packed from './reach.json' with { type: 'json' }

/** A weight for every bucket, as the square of a byte with its sign times `scale`, and one for every sign. */
export interface Reach {
  readonly bias: number
  readonly scale: number
  readonly signs: readonly number[]
  readonly words: Int8Array
}

/** What the file holds: which buckets have a weight (gaps, base64), and each one's byte (base64). */
export interface PackedReach {
  readonly bias: number
  readonly scale: number
  readonly signs: readonly number[]
  readonly count: number
  readonly grams: string
  readonly words: string
}

export function readReach({ count, grams, words, ...rest }: PackedReach): Reach {
  const places = readGaps(bytesOf(grams), count, GRAMS)
  const weights = new Int8Array(bytesOf(words).buffer)
  if (places === undefined || weights.length !== count)
    throw new Error(`routing/reach.json does not hold ${count} weights`)
  const all = new Int8Array(GRAMS)
  for (const [at, place] of places.entries()) all[place] = weights[at] ?? 0
  return { ...rest, words: all }
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))

let shipped: Reach | undefined // a cache of one: unpacked when first asked, so that others need not pay for it

const theShipped = (): Reach => (shipped ??= readReach(packed))

export interface Reached {
  /** 0..1, above a half where micro should not be asked. */
  readonly score: number
  /** How long the beginning is that has this score; all others have a higher one. */
  readonly letters: number
  /** The same of all beginnings but the whole: what the score is at most, whatever follows. */
  readonly lasting: number
}

/**
 * The least that any beginning of the text scores, letter by letter. What stood there before something was put to its end
 * is one of them, so what can be answered by micro stays with it. Honest requests bear that because the weights were
 * fitted to beginnings: none of a request beyond micro's reach may be within it (tools/train-router/reach.ts). Only what
 * says that a text is whole is lost when something follows: a greeting, or what is shorter than five letters, is within
 * reach by that alone, and holds nothing down. Undefined where nothing is asked.
 */
export function reachOf(text: string, model: Reach = theShipped()): Reached | undefined {
  const { bias, scale, signs: weights, words } = model
  const all = endOf(text)
  let [sum, at, least, letters, lasting] = [0, 0, Infinity, 0, Infinity]
  readBeginnings(text, ({ end, grams, last, lasts, signs }) => {
    for (; at < grams.length; at += 1) sum += squared(words[grams[at] ?? 0] ?? 0)
    let own = sum
    for (let place = 0; place < lasts; place += 1) own += squared(words[last[place] ?? 0] ?? 0)
    let logit = bias + (own * scale) / Math.sqrt(at + lasts)
    for (let sign = 0; sign < signs.length; sign += 1) logit += (signs[sign] ?? 0) * (weights[sign] ?? 0)
    if (end < all) lasting = Math.min(lasting, logit)
    if (logit >= least) return
    least = logit
    letters = end
  })
  return letters === 0 ? undefined : { score: sure(least), letters, lasting: sure(lasting) }
}

const sure = (logit: number): number => 1 / (1 + Math.exp(-logit))

/** A few weights are many times as large as most: squares have room for both. */
const squared = (byte: number): number => byte * Math.abs(byte)
