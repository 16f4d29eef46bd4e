// Reads a request once, letter by letter: hashed words and what the text looks like, at every word on the way. Pure.
import { lastUserText, type ModelRequest, textOf } from '../../shared/request.ts'
import { bucketOf, HASH_START, hashAll, hashOn, openOnce } from './hash.ts'
import { type Counts, noCounts, settingOf, traitsOf } from './traits.ts'

/** The text up to some point: so many of the grams, and its looks. */
export interface View {
  readonly grams: number
  readonly traits: Float32Array
}

export interface Reading {
  /** Buckets of words, word pairs and word beginnings, each once, in the order of the text. */
  readonly grams: Uint32Array
  readonly whole: View
  /**
   * Where every word ends, up to the whole, each as if it were all that was asked; only where it was asked for. Why there
   * are any: `guardedGain`.
   */
  readonly views: readonly View[]
  /** The first words; absent where there is no more than them. */
  readonly beginning?: View
}

/** Beyond this a text says little new about what it asks. */
const READ_CHARS = 2_000
/** As many as a sketch has room for. */
export const MAX_GRAMS = 500
/** A text of fewer letters says too little to hold down what follows it. */
const FIRST_VIEW = 20
/** So many letters, to the end of the word, are the beginning that guards are fitted with: `fitGuard`. */
const BEGINNING = 60

const words = (list: string): ReadonlySet<number> => new Set(list.split(' ').map((word) => hashAll(word)))
const FUNCTIONS = words('the of a an to in is and are was by for on with that as at from be or')
const NEGATIONS = words('not except never false incorrect least neither')
const OPERATORS = new Set(Array.from('=+*/^<>%', (letter) => letter.charCodeAt(0)))
const CODE = new Set(Array.from('{};`', (letter) => letter.charCodeAt(0)))

const isUpper = (code: number): boolean => code >= 65 && code <= 90
const isDigit = (code: number): boolean => code >= 48 && code <= 57
/** Letters of all alphabets, near enough: what is beyond ASCII is part of a word, but for punctuation and symbols. */
const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  isUpper(code) ||
  isDigit(code) ||
  (code > 0xbf && (code < 0x2000 || code > 0x2bff))

/** With a view at every word this takes three times as long. */
export function readRequest(request: ModelRequest, withViews = false): Reading {
  // What is blank at the end would be between words if more followed: no view would be this text.
  const text = lastUserText(request.messages).trimEnd()
  const setting = settingOf(request)
  const end = Math.min(text.length, READ_CHARS)
  const counts = noCounts()
  const once = openOnce(2_048)
  const grams: number[] = []
  const add = (hash: number): void => {
    const bucket = bucketOf(hash)
    if (grams.length < MAX_GRAMS && once.add(bucket)) grams.push(bucket)
  }
  for (const hash of circumstances(request)) add(hash)
  const views: View[] = []
  let beginning: View | undefined
  const look = (): View => ({ grams: grams.length, traits: traitsOf(counts, setting) })
  let previous = hashAll('^')
  let option = false
  for (let at = 0; at < end;) {
    const code = text.charCodeAt(at)
    const start = at
    if (code <= 32) {
      at += 1
      if (code === 10) {
        counts.lines += 1
        option = isOption(text, at)
        if (option) counts.options += 1
      }
      continue
    }
    let word = HASH_START
    let pair = hashOn(previous, 32)
    let stem = 0
    do {
      const letter = plain(text.charCodeAt(at), counts)
      word = hashOn(word, letter)
      pair = hashOn(pair, letter)
      at += 1
      if (at - start === 5) stem = word
    } while (at < end && isWord(code) && isWord(text.charCodeAt(at)))
    const before = text.charCodeAt(start - 1)
    count(counts, code, at - start, word, before)
    if (option) counts.optionChars += at - start + 1
    add(word)
    add(pair)
    if (at - start > 5) add(hashOn(stem, 42))
    previous = word
    counts.chars = at
    if (withViews && at >= FIRST_VIEW) views.push(look())
    goOn(counts, code, before, text.charCodeAt(at))
    if (at >= BEGINNING && at < end) beginning ??= look()
  }
  counts.chars = text.length
  const whole = look()
  // Of a longer text the last view is all that was read: what stands beyond it raises nothing either.
  if (withViews && (text.length <= READ_CHARS || views.length === 0)) views.push(whole)
  return {
    grams: Uint32Array.from(grams),
    whole,
    views,
    ...(beginning === undefined ? {} : { beginning }),
  }
}

/** In lower case, digits as one. */
function plain(code: number, counts: Counts): number {
  if (isUpper(code)) {
    counts.capitals += 1
    return code + 32
  }
  if (!isDigit(code)) return code
  counts.digits += 1
  return 48
}

/** As if the text ended here. */
function count(counts: Counts, code: number, length: number, hash: number, before: number): void {
  if (isWord(code)) {
    counts.words += 1
    if (!isDigit(code) && length > 2) counts.prose += 1
    if (length > 8) counts.long += 1
    if (code > 127) counts.foreign += 1
    if (FUNCTIONS.has(hash)) counts.functions += 1
    if (NEGATIONS.has(hash)) counts.negations += 1
    return
  }
  if (OPERATORS.has(code)) counts.operators += 1
  else if (CODE.has(code)) counts.code += 1
  else if (code === 44) counts.commas += 1
  else if (code === 124) counts.bars += 1
  else if (code > 127) counts.foreign += 1
  else if (code === 63) counts.questions += 1
  if (isFormula(code, before)) counts.formulas += 1
  if (isStop(code)) counts.sentences += 1
}

/** What was counted as the end of the text, now that it may not be. */
function goOn(counts: Counts, code: number, before: number, next: number): void {
  if (isFormula(code, before, next) && !isFormula(code, before)) counts.formulas += 1
  if (isStop(code) && next > 32) counts.sentences -= 1
}

const isStop = (code: number): boolean => code === 46 || code === 33 || code === 63

/** A backslash before a letter or a bracket; a dollar that is no amount, as it stands around what is set as mathematics. */
function isFormula(code: number, before: number, next = Number.NaN): boolean {
  if (code === 92) return (isWord(next) && !isDigit(next)) || next === 91 || next === 40
  return code === 36 && (isWord(before) || next === 92 || (isWord(next) && !isDigit(next)))
}

/** `A. `, `(b) `, `C) ` at the beginning of a line. */
function isOption(text: string, at: number): boolean {
  const from = text.charCodeAt(at) === 40 ? at + 1 : at
  const letter = text.charCodeAt(from) | 32
  const mark = text.charCodeAt(from + 1)
  return (
    letter >= 97 &&
    letter <= 106 &&
    (mark === 46 || mark === 41 || mark === 58) &&
    text.charCodeAt(from + 2) === 32
  )
}

/** Which application asks: its instructions as one fingerprint, its tools by name, the shape it wants. */
function* circumstances(request: ModelRequest): Generator<number> {
  for (const message of request.messages) {
    if (message.role === 'system' || message.role === 'developer')
      yield hashAll(textOf(message), hashAll('system '))
  }
  for (const tool of request.tools.slice(0, 32)) yield hashAll(tool.name, hashAll('tool '))
  if (request.format.type === 'json-schema') yield hashAll(request.format.name, hashAll('format '))
}
