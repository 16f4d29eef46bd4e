// Reads a text so that each of its beginnings, letter by letter, is seen as if it were all that was asked. Pure.
import { bucketOf, HASH_START, hashAll, hashOn, openOnce } from './hash.ts'
import { isDigit, isUpper, isWord, openSigns, SIGNS } from './signs.ts'

/** The same object for every beginning of a text: what is to be kept must be copied. */
export interface Beginning {
  /** Letters up to here. */
  readonly end: number
  /** Buckets of words, of two and of three in a row, and of words' first letters, each once: of all words but the last. */
  readonly grams: readonly number[]
  /**
   * Those of the last word as far as it goes, and of an end after it: the first `lasts` of these. Of a whole text there is
   * one more, the last of all, which it loses when something is put to its end.
   */
  readonly last: Int32Array
  readonly lasts: number
  readonly signs: Float32Array
}

/** No request within micro's reach is much longer. */
const READ_CHARS = 300
/** A text of fewer letters says too little to hold down what follows: it is not shown as the beginning of another. */
export const FIRST = 5
/** Four a letter at most; `openOnce` needs twice as many places. */
const MAX_GRAMS = 1_024
/** The first letters of a word that count by themselves, where it has more. */
const STEM = 4
/** What sets the hashes of a pair, a triple, an end, a stem and the end of all apart. */
const [PAIR, TRIPLE, END, STEMMED, ALL] = [32, 33, 36, 42, 43]
export const MOST_LASTS = 7
/** Which of the last word's stay when another follows: not the ends. */
const OF_WORDS = [0, 1, 2]
const OF_LONG_WORDS = [0, 1, 2, 5]

/** In lower case, digits as one. */
const plain = (code: number): number => (isUpper(code) ? code + 32 : isDigit(code) ? 48 : code)

/** Where a text ends, blanks apart: no beginning ends later. */
export function endOf(text: string): number {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) <= 32) end -= 1
  return end
}

/**
 * Nothing that `visit` is shown knows of what follows it: every text is, to the bit, among the beginnings of whatever
 * begins with it. No beginning ends with a blank.
 */
export function readBeginnings(text: string, visit: (beginning: Beginning) => void): void {
  const all = endOf(text)
  const end = Math.min(all, READ_CHARS)
  const once = openOnce(2 * MAX_GRAMS)
  const signs = openSigns()
  const grams: number[] = []
  const last = new Int32Array(MOST_LASTS)
  const shown = { end: 0, grams, last, lasts: 0, signs: new Float32Array(SIGNS.length) }
  let before = hashAll('^') // the word before, and the two before
  let twoBefore = before
  for (let at = 0; at < end;) {
    const first = text.charCodeAt(at)
    if (first <= 32) {
      signs.count(first, false)
      at += 1
      continue
    }
    const start = at
    let word = HASH_START
    let pair = hashOn(before, PAIR)
    let triple = hashOn(twoBefore, TRIPLE)
    let stem = 0
    do {
      const code = text.charCodeAt(at)
      const letter = plain(code)
      word = hashOn(word, letter)
      pair = hashOn(pair, letter)
      triple = hashOn(triple, letter)
      signs.count(code, at === start)
      at += 1
      if (at - start === STEM) stem = hashOn(word, STEMMED)
      last[0] = bucketOf(word)
      last[1] = bucketOf(pair)
      last[2] = bucketOf(triple)
      last[3] = bucketOf(hashOn(pair, END))
      last[4] = bucketOf(hashOn(triple, END))
      last[5] = bucketOf(stem)
      shown.lasts = at - start > STEM ? 6 : 5
      if (at === all) {
        last[shown.lasts] = bucketOf(hashOn(pair, ALL))
        shown.lasts += 1
      }
      if (at < FIRST && at < all) continue
      shown.end = at
      signs.read(at, at === all, shown.signs)
      visit(shown)
    } while (at < end && isWord(first) && isWord(text.charCodeAt(at)))
    for (const place of at - start > STEM ? OF_LONG_WORDS : OF_WORDS) {
      const bucket = last[place] ?? 0
      if (grams.length < MAX_GRAMS && once.add(bucket)) grams.push(bucket)
    }
    before = word
    twoBefore = pair
  }
}
