// The answer in a text, in a form that can be compared: a letter, a number, a JSON value, a few words. Pure.
import { calm } from './calm.ts'
import type { Question } from './question.ts'

/** Undefined where the text holds no answer of the kind that was asked for, or of one that cannot be compared. */
export function extract(question: Question, text: string): string | undefined {
  switch (question.kind) {
    case 'choice':
      return letterIn(calm(text).trim(), question.options)
    case 'number':
      return numberIn(calm(text))
    case 'json':
      return jsonIn(text)
    case 'code':
      return undefined // two programs may do the same
    case 'text':
      return fewWords(text)
  }
}

/** Do two answers say the same? Undefined where that cannot be told. */
export function isSame(question: Question, one: string, other: string): boolean | undefined {
  const [a, b] = [extract(question, one), extract(question, other)]
  if (a === undefined || b === undefined) return undefined
  // Other words may mean the same, so only the same ones say anything.
  return question.kind === 'text' && a !== b ? undefined : a === b
}

const last = (text: string, pattern: RegExp): string | undefined => [...text.matchAll(pattern)].at(-1)?.[1]

function letterIn(bare: string, options: ReadonlyMap<string, string>): string | undefined {
  const said =
    last(
      bare,
      /\b[Aa]nswer\b(?:\s+is|\s*:|\s+would be)?[\s:*"'(]{0,20}(?:[Oo]ption\s+)?\(?([A-J]\b(?!['’])|[a-j]\b(?!\s+[a-z]|['’]))/g,
    ) ??
    last(bare, /\\boxed\{\s*(?:\\text\{)?\(?([A-J])\)?\}?\s*\}/g) ??
    last(bare, /####\s*\(?([A-J])\b/g) ??
    /^[*_"'(\s]*(?:option\s+)?([A-J])(?:[*_"'\s]*$|[*_"']*[).:](?:[*_\s]|$)|[*_"']*\n)/i.exec(bare)?.[1] ??
    last(bare, /(?:^|\s)\*\*\(?([A-J])(?:[).:][^*\n]*)?\*\*/g) ??
    last(
      bare,
      /(?:\bis|\bchoose|\bpick|\bselect|\bcorrect:?|\boption|\bchoice)\s+(?:option\s+)?\(?([A-J])\)?(?=[\s.,;:)]|$)(?!\s+[a-z])/g,
    ) ??
    last(bare, /\n[*_\s]{0,9}\(?([A-J])[*_]{0,9}[).]?[*_\s.]{0,9}$/g)
  const letter = said?.toUpperCase()
  if (letter !== undefined) return options.has(letter) ? letter : undefined
  const words = plain(bare)
  return [...options].find(([, option]) => plain(option) === words)?.[0]
}

const FIGURE = String.raw`-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*/\s*\d+)?`
const SIGNS = String.raw`[\s:*"'=≈$€£(]{0,20}`

const MARKED: readonly RegExp[] = [
  new RegExp(String.raw`####\s*[$€£]?\s*(${FIGURE})`, 'g'),
  new RegExp(String.raw`\\boxed\{\s*\\?[$€£]?\s*(${FIGURE})`, 'g'),
  new RegExp(String.raw`\b(?:final )?answer\b(?:\s+is|\s+would be)?${SIGNS}(${FIGURE})`, 'gi'),
]

/** What is marked as the answer, else the last number. */
function numberIn(text: string): string | undefined {
  for (const pattern of MARKED) {
    const found = last(text, pattern)
    if (found !== undefined) return canonical(found)
  }
  const found = last(text, new RegExp(String.raw`(?<![\w.])(${FIGURE})`, 'g'))
  return found === undefined ? wordNumber(text) : canonical(found)
}

function canonical(figure: string): string | undefined {
  const [above = '', below] = figure.replaceAll(',', '').split('/')
  const value = below === undefined ? Number(above) : Number(above) / Number(below)
  return Number.isFinite(value) ? String(Math.round(value * 1e9) / 1e9) : undefined
}

const WORDS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  )

function wordNumber(text: string): string | undefined {
  const found = last(text.toLowerCase(), new RegExp(`\\b(${WORDS.join('|')})\\b`, 'g'))
  return found === undefined ? undefined : String(WORDS.indexOf(found))
}

/** Compared leniently: some models put a fence around it. Prose in it is said in one of many ways, so it is none. */
function jsonIn(text: string): string | undefined {
  const inner = unfenced(text.trim())
  try {
    const value: unknown = JSON.parse(inner)
    return hasProse(value) ? undefined : JSON.stringify(sorted(value))
  } catch {
    return undefined // no JSON, no answer
  }
}

function unfenced(text: string): string {
  const from = text.startsWith('```') && text.endsWith('```') ? text.indexOf('\n') : -1
  return from === -1 ? text : text.slice(from, -3)
}

/** A string longer than this is a sentence. */
const LONGEST_VALUE = 40

function hasProse(value: unknown): boolean {
  if (typeof value === 'string') return value.length > LONGEST_VALUE
  return typeof value === 'object' && value !== null && Object.values(value).some(hasProse)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

const MOST_WORDS = 5

function fewWords(text: string): string | undefined {
  const words = plain(text)
  return words === '' || words.split(' ').length > MOST_WORDS ? undefined : words
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
