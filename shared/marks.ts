// What a vocabulary adds that writes the borders of words and capitals as signs of their own. Pure.
//
// Claude's does, as far as can be seen from outside: https://github.com/sanderland/ctok repeats Anthropic's own counts over
// a million texts. There a word is its letters in lower case between a sign for its beginning and one for its end, with
// one more before it where it is capitalised. Accents stand outside of words, so they end them. Digits and punctuation
// have such borders towards a single space, and a space between two borders is not written. Often one token holds several
// of these signs; at most each is its own.

const LETTER = 1
const CAPITAL = 2
const LONE = 3
const SPACE = 4
const OTHER = 5

/** The kind of each UTF-16 unit, zero until it was looked up: a cache of 64 kB and never more. */
const kinds = new Uint8Array(0x1_00_00)

function lookUp(unit: number): number {
  const letter = String.fromCharCode(unit)
  if (letter === ' ') return SPACE
  if (/[\p{Script=Han}가-힣]/u.test(letter)) return OTHER // never in a word, so they end one
  if (/[\p{M}\p{Script=Hangul}]/u.test(letter)) return LONE // may end a word, and be one
  if (/[\p{Uppercase}\p{Lt}]/u.test(letter)) return CAPITAL
  return /[\p{Alphabetic}\p{L}]/u.test(letter) ? LETTER : OTHER
}

function kindAt(text: string, at: number): number {
  if (at < 0 || at >= text.length) return OTHER
  const unit = text.charCodeAt(at)
  const known = kinds[unit]
  if (known !== undefined && known !== 0) return known
  const kind = lookUp(unit)
  kinds[unit] = kind
  return kind
}

const isLetter = (kind: number): boolean => kind === LETTER || kind === CAPITAL

/** At most so many tokens beside one a byte. */
export function marksIn(text: string): number {
  let marks = 0
  let last = OTHER
  let isCapital = false
  for (let at = 0; at < text.length; at += 1) {
    const kind = kindAt(text, at)
    if (isLetter(kind)) {
      if (!isLetter(last)) marks += 2
      if (!isLetter(last)) isCapital = false
      if (kind === CAPITAL && !isCapital) {
        marks += 1
        isCapital = true
      }
    } else if (kind === LONE) marks += 2
    else if (kind === SPACE && last !== SPACE) {
      const next = kindAt(text, at + 1)
      if (next !== SPACE) marks += isLetter(last) && isLetter(next) ? -1 : 1
    }
    last = kind
  }
  return Math.max(0, marks)
}
