// Fits micro's reach: which requests its skills cover, by a score that is the least of all their beginnings' scores.
// An easy request must be easy as a whole, also where more follows; of a hard one no beginning may be easy, so its easiest
// one is what is learned from (multiple-instance learning). Pure.
import { seededRandom } from '../../shared/random.ts'
import { FIRST, MOST_LASTS, readBeginnings } from '../../workers/routing/beginnings.ts'
import { packGaps } from '../../workers/routing/gaps.ts'
import { GRAMS } from '../../workers/routing/hash.ts'
import type { PackedReach } from '../../workers/routing/reach.ts'
import { SIGNS, WHOLE } from '../../workers/routing/signs.ts'
import type { Written } from './corpus.ts'

const EPOCHS = 20
const RATE = 0.15
/** Epochs in which hard requests are learned as wholes, too: before that no beginning is easier than another. */
const WARM_UP = 4
/** Signs are learned more slowly than words, of which each has few examples. */
const SIGN_RATE = 0.1

/** How people come to what they ask. None of these is a request of its own. */
const FRAMES = [
  'Hi, ',
  'Hi! ',
  'Hello, ',
  'Hello! ',
  'Hey, ',
  'Hi there, ',
  'Hello there! ',
  'Thanks. ',
  'Thank you. ',
  'Ok, ',
  'Please ',
  'Quick question: ',
  'I have a question. ',
  "I'd like to know: ",
  'Can you tell me: ',
  'Could you please help me with this? ',
  'I need your help. ',
]

/**
 * What is asked of a text: its easiest beginning, all of it, all of it as if more followed, or its easiest beginning as if
 * more followed.
 */
type Which = 'easiest' | 'whole' | 'followed' | 'held'

interface Example {
  readonly text: string
  readonly which: Which
  readonly isHard: boolean
  readonly weight: number
}

/** A beginning, kept. */
interface Kept {
  readonly grams: readonly number[]
  readonly signs: Float32Array
  readonly logit: number
}

export interface Fitted {
  bias: number
  readonly words: Float64Array
  readonly signs: Float64Array
}

/** Undefined where nothing is asked, and of a text too short to hold anything down. */
function find(model: Fitted, text: string, which: Which): Kept | undefined {
  const isFollowed = which === 'followed' || which === 'held'
  const isLeast = which === 'easiest' || which === 'held'
  const signsOfIt = new Float32Array(SIGNS.length)
  const lastOfIt = new Int32Array(MOST_LASTS)
  let [sum, at, least, count, lastCount] = [0, 0, Infinity, 0, 0]
  let all: readonly number[] = []
  const logitOf = (last: Int32Array, lasts: number, signs: Float32Array): number => {
    for (; at < all.length; at += 1) sum += model.words[all[at] ?? 0] ?? 0
    let words = sum
    for (let place = 0; place < lasts; place += 1) words += model.words[last[place] ?? 0] ?? 0
    let logit = model.bias + words / Math.sqrt(at + lasts)
    for (let sign = 0; sign < signs.length; sign += 1) logit += (signs[sign] ?? 0) * (model.signs[sign] ?? 0)
    return logit
  }
  readBeginnings(text, ({ end, grams, last, lasts: some, signs }) => {
    if (isFollowed && end < FIRST) return
    const lasts = isFollowed && signs[WHOLE] === 1 ? some - 1 : some
    if (isFollowed) signs[WHOLE] = 0
    all = grams
    if (isLeast) {
      const logit = logitOf(last, lasts, signs)
      if (logit >= least) return
      least = logit
    }
    count = grams.length
    lastCount = lasts
    lastOfIt.set(last)
    signsOfIt.set(signs)
  })
  if (lastCount === 0) return undefined
  const grams = all.slice(0, count)
  if (!isLeast) {
    all = grams
    least = logitOf(lastOfIt, lastCount, signsOfIt)
  }
  return { grams: [...grams, ...lastOfIt.subarray(0, lastCount)], signs: signsOfIt, logit: least }
}

/** What all of a text scores; what it scores at most, whatever is put to its end. */
export const logitsOf = (model: Fitted, text: string): { readonly whole: number; readonly held: number } => ({
  whole: find(model, text, 'whole')?.logit ?? Infinity,
  held: find(model, text, 'held')?.logit ?? Infinity,
})

/** People close a question or do not; both are whole. */
const unclosed = (text: string): string => text.trimEnd().replace(/[.?!]+$/, '')

function examplesOf(authors: readonly Written[], others: readonly string[], random: () => number): Example[] {
  const easy = authors.flatMap((author) => author.easy.map((text) => text.trimEnd()))
  const open = easy.map(unclosed).filter((text, at) => text !== '' && text !== easy[at])
  const hard = authors.flatMap((author) => author.hard)
  const framed = hard.map((text) => `${FRAMES[Math.floor(random() * FRAMES.length)] ?? ''}${text}`)
  const within = (texts: readonly string[], weight: number): Example[] =>
    (['whole', 'followed'] as const).flatMap((which) =>
      texts.map((text) => ({ text, which, isHard: false, weight })),
    )
  const beyond = (texts: readonly string[], weight: number): Example[] =>
    texts.map((text) => ({ text, which: 'easiest', isHard: true, weight }))
  return [
    ...beyond(hard, easy.length / hard.length), // both classes weigh the same
    ...beyond(framed, 1),
    ...beyond(others, 1),
    ...within(easy, 1),
    ...within(open, 0.5),
  ]
}

/** `others`: requests of other kinds, none of which is within reach. The same seed gives the same weights. */
export function fitReach(authors: readonly Written[], others: readonly string[], seed: number): Fitted {
  const random = seededRandom(seed)
  const examples = examplesOf(authors, others, random)
  const model: Fitted = { bias: 0, words: new Float64Array(GRAMS), signs: new Float64Array(SIGNS.length) }
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const rate = RATE * (1 - epoch / EPOCHS)
    for (let last = examples.length - 1; last > 0; last -= 1) {
      const other = Math.floor(random() * (last + 1))
      const swap = examples[last] as Example
      examples[last] = examples[other] as Example
      examples[other] = swap
    }
    for (const { text, which, isHard, weight } of examples) {
      const found = find(model, text, isHard && epoch < WARM_UP ? 'whole' : which)
      if (found === undefined) continue
      const { grams, signs, logit } = found
      const step = rate * weight * ((isHard ? 1 : 0) - 1 / (1 + Math.exp(-logit)))
      const part = step / Math.sqrt(grams.length)
      for (const gram of grams) add(model.words, gram, part)
      for (const [sign, value] of signs.entries()) add(model.signs, sign, step * SIGN_RATE * value)
      model.bias += step * SIGN_RATE
    }
  }
  return model
}

const add = (weights: Float64Array, at: number, more: number): void => {
  weights[at] = (weights[at] ?? 0) + more
}

/** Where scores are to be a half: of beginnings, and of wholes. */
export interface Cuts {
  readonly held: number
  readonly whole: number
}

/** Weights as the roots of their sizes, in bytes with their signs; one under `LEAST` of them is not worth its room. */
export function packReach(model: Fitted, { held, whole }: Cuts): PackedReach {
  const most = model.words.reduce((high, weight) => Math.max(high, Math.abs(weight)), 0)
  const scale = most / 127 ** 2
  const bytes = Int8Array.from(model.words, (weight) => {
    const root = Math.round(Math.sqrt(Math.abs(weight) / scale))
    return root < LEAST ? 0 : Math.sign(weight) * root
  })
  const places = Uint32Array.from(bytes.keys()).filter((at) => bytes[at] !== 0)
  const signs = [...model.signs]
  signs[WHOLE] = (signs[WHOLE] ?? 0) + held - whole
  return {
    bias: round(model.bias - held),
    scale,
    signs: signs.map(round),
    count: places.length,
    grams: Buffer.from(packGaps(places, GRAMS)).toString('base64'),
    words: Buffer.from(Int8Array.from(places, (at) => bytes[at] ?? 0).buffer).toString('base64'),
  }
}

const LEAST = 8

const round = (value: number): number => Number(value.toFixed(4))
