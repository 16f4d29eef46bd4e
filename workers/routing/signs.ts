// What the beginning of a text looks like, as numbers from 0 to 1: counted letter by letter, read at any of them. Pure.

/** In the order in which weights for them are stored. */
export const SIGNS = [
  'chars',
  'words',
  'sentences',
  'lines',
  'digits',
  'numbers',
  'operators',
  'code',
  'commas',
  'quotes',
  'questions',
  'foreign',
  'short',
  'endsAsQuestion',
  'endsWithStop',
  'endsWithBang',
  'endsWithColon',
  'endsInNumber',
  'endsInWord',
  'whole',
] as const

/** The one sign that a text loses when something is put to its end. */
export const WHOLE = SIGNS.indexOf('whole')

/** Letters under which a text is short. */
const SHORT = 20
const codes = (letters: string): ReadonlySet<number> =>
  new Set(Array.from(letters, (letter) => letter.charCodeAt(0)))
const OPERATORS = codes('*/^%=<>+-')
const CODE = codes('{};`')
const [NEWLINE, BANG, QUOTE, APOSTROPHE, COMMA, STOP, COLON, QUESTION] = [10, 33, 34, 39, 44, 46, 58, 63]

/** Small counts on a scale where the first ones matter most. */
function scaleTo(most: number): (count: number) => number {
  const scale = Float64Array.from({ length: most + 1 }, (_, at) => Math.log1p(at) / Math.log1p(most))
  return (count) => scale[Math.min(count, most)] ?? 1
}
const upTo300 = scaleTo(300)
const upTo60 = scaleTo(60)
const upTo20 = scaleTo(20)
const upTo10 = scaleTo(10)
const upTo4 = scaleTo(4)

export const isDigit = (code: number): boolean => code >= 48 && code <= 57
export const isUpper = (code: number): boolean => code >= 65 && code <= 90
/** What words are made of here: English letters and digits. All else stands by itself. */
export const isWord = (code: number): boolean => (code >= 97 && code <= 122) || isUpper(code) || isDigit(code)

export interface Signs {
  /** One letter more; `isFirst` of its word. Blank ones count once something follows them. */
  count(code: number, isFirst: boolean): void
  /** Of all that was counted, `chars` letters; `isWhole`: there are no more. */
  read(chars: number, isWhole: boolean, into: Float32Array): void
}

export function openSigns(): Signs {
  let [words, sentences, lines, newLines, digits, numbers] = [0, 0, 0, 0, 0, 0]
  let [operators, code, commas, quotes, questions, foreign, last] = [0, 0, 0, 0, 0, 0, 0]
  return {
    count(letter, isFirst) {
      if (letter <= 32) {
        if (letter === NEWLINE) newLines += 1
        // A stop in the middle of a word or a number ends no sentence.
        if (isMark(last)) sentences += 1
        last = letter
        return
      }
      lines += newLines
      newLines = 0
      if (isWord(letter)) {
        if (isFirst) words += 1
        if (isDigit(letter)) {
          digits += 1
          if (isFirst || !isDigit(last)) numbers += 1
        }
      } else if (letter === COMMA) commas += 1
      else if (letter === QUESTION) questions += 1
      else if (letter === QUOTE || letter === APOSTROPHE) quotes += 1
      else if (letter > 126) foreign += 1
      else if (OPERATORS.has(letter)) operators += 1
      else if (CODE.has(letter)) code += 1
      last = letter
    },
    read(chars, isWhole, into) {
      into[0] = upTo300(chars)
      into[1] = upTo60(words)
      into[2] = upTo10(sentences + (isMark(last) ? 1 : 0))
      into[3] = upTo10(lines)
      into[4] = upTo20(digits)
      into[5] = upTo10(numbers)
      into[6] = upTo4(operators)
      into[7] = upTo4(code)
      into[8] = upTo10(commas)
      into[9] = upTo10(quotes)
      into[10] = upTo4(questions)
      into[11] = upTo10(foreign)
      into[12] = Math.max(0, (SHORT - chars) / SHORT)
      into[13] = last === QUESTION ? 1 : 0
      into[14] = last === STOP ? 1 : 0
      into[15] = last === BANG ? 1 : 0
      into[16] = last === COLON ? 1 : 0
      into[17] = isDigit(last) ? 1 : 0
      into[18] = isWord(last) && !isDigit(last) ? 1 : 0
      into[WHOLE] = isWhole ? 1 : 0
    },
  }
}

const isMark = (code: number): boolean => code === STOP || code === BANG || code === QUESTION
