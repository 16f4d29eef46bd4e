// A short question taken apart: the words that it is about, in one order, and the facts that another question must share
// to have the same answer, whatever its words: numbers, names, quotations, negations, units, directions. Pure.
import { DECISIVE, FRAMING, PAST, PHRASES, PLACING, SYNONYMS, UNLIKE_ONE } from './words.ts'

export interface Phrase {
  readonly words: readonly string[]
  /** In alphabetical order. */
  readonly facts: readonly string[]
  /** Likewise: what is written as a name. Who writes everything small has none. */
  readonly names: readonly string[]
}

/** Of more words one is little, and may be all that matters: such a question is compared as it stands. */
const MOST_WORDS = 20

export const isComparable = ({ words }: Phrase): boolean => words.length > 0 && words.length <= MOST_WORDS

/** What stands between quotation marks, in backticks, or looks like code, an address or a formula: every character counts. */
const VERBATIM =
  /"[^"]*"|“[^”]*”|«[^»]*»|‘[^’]*’(?!\w)|(?<!\w)'[^']*'(?!\w)|`[^`]*`|\b[a-z]+:\/\/\S+|\S+@\S+\.\w+|\b\w+(?:[_/\\.]\w+)+\b(?:\(\))?|\b\w+\(\)|\b[a-z]+[A-Z]\w*|[-+]?\d[\d.,:/-]*\d%?|[-+]?\d%?|[^\p{L}\p{N}\s'’.,;:!?()-]+/gu

const NUMBER_WORDS =
  /^(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|percent)$/

export function phraseOf(text: string): Phrase {
  const facts: string[] = []
  const plain = text.normalize('NFKC').replaceAll(/[’`](?=\w)/g, "'")
  const said = plain.replaceAll(VERBATIM, (found) => {
    facts.push(`verbatim ${facts.length} ${numeral(found)}`) // two of them do not change places
    return ' ⟂ ' // something stood here: what is before and after it is no phrase
  })
  const spoken = said.replaceAll(/\b\p{Lu}{2,}\b/gu, (letters) =>
    isLittle(letters.toLowerCase()) ? `${letters}\u2020` : letters,
  )
  let lower = spoken.toLowerCase().replaceAll(/[^\p{L}\p{N}'⟂†\s-]+/gu, ' , ')
  for (const [phrase, plainly] of PHRASES) lower = lower.replaceAll(phrase, plainly)
  return { words: wordsOf(lower, facts), facts: facts.sort(), names: [...namesIn(said)].sort() }
}

/** 1,000 and 1000 are one number; 1.5 and 15 are not. */
const numeral = (found: string): string =>
  /^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?$/.test(found) ? found.replaceAll(',', '') : found

/** Words with a capital letter where no sentence begins. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<![.!?⟂]\s+|^\s*)\b\p{Lu}[\p{L}\p{N}-]*/gu)]
    .map(([name]) => stem(name.toLowerCase()))
    .filter((name) => name !== 'i' && !DECISIVE.has(name) && !FRAMING.has(name))
    .map((name) => SYNONYMS.get(name) ?? name)
}

function wordsOf(lower: string, facts: string[]): readonly string[] {
  const words: string[] = []
  let placing: string | undefined
  let ofAt: number | undefined // where the word stands that belongs to what follows
  let isPast = false
  for (const raw of lower.split(/\s+/)) {
    const owner = /^(.+?)'s?$/.exec(raw)?.[1] ?? raw
    const word = owner.replaceAll(/^[-']+|[-']+$/g, '')
    if (word === 'of' && words.length > 0) {
      ofAt = words.length - 1
      continue
    }
    if (raw === ',' || raw === '⟂') ofAt = undefined
    if (PAST.has(word)) isPast = true
    else if (DECISIVE.has(word)) {
      facts.push(`decisive ${word}`)
      ofAt = undefined
    } else if (PLACING.has(word)) {
      placing = word
      ofAt = undefined
    } else if (word !== '' && word !== '⟂' && word !== ',' && !FRAMING.has(word)) {
      const plain = plainOf(word)
      if (NUMBER_WORDS.test(word)) facts.push(`number ${word}`)
      if (placing !== undefined) facts.push(`${placing} ${plain}`)
      placing = undefined
      if (ofAt === undefined) words.push(plain)
      else {
        words.splice(ofAt, 0, plain) // "height of a tower" as "a tower's height"
        ofAt += 1
      }
    }
  }
  if (placing !== undefined) facts.push(`${placing} -`)
  if (isPast) facts.push('past')
  return words
}

/** IT, US and WHO are no pronouns. */
const isLittle = (word: string): boolean =>
  FRAMING.has(word) || DECISIVE.has(word) || PLACING.has(word) || PAST.has(word)

function plainOf(word: string): string {
  const stemmed = stem(word)
  return SYNONYMS.get(stemmed) ?? SYNONYMS.get(word) ?? stemmed
}

/** Plurals only: what other endings say is not always the same thing. */
function stem(word: string): string {
  if (UNLIKE_ONE.has(word)) return word
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(?:ches|shes|xes|sses)$/.test(word)) return word.slice(0, -2)
  return word.endsWith('s') ? word.slice(0, -1) : word
}
