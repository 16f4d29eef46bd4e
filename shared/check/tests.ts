// The tests and examples in a question that an answer's code can be run against. Pure.
// Taken are: doctests (`>>> f(2)`, its value on the next line), lines that begin with `assert`, `console.assert(`, `assert(`,
// `assert.equal(` and its like, `expect(f(2)).toBe(4)`; and a call with values only, then `->`, `=>`, `==`, `===`, `returns`,
// `should return`, a comment and the like, then a value: `f([1, 2]) -> 3`.
import type { Language } from './blocks.ts'
import { callsIn, closed, valueEnd } from './literal.ts'

/** More are not run. */
const MOST_TESTS = 50
/** A test that goes on for more lines than this is none. */
const MOST_LINES = 30
/** After so many that are never closed, the next ones are looked for on one line only. */
const MOST_UNCLOSED = 20
const LONGEST_LINE = 2_000

export function testsIn(question: string, language: Language): readonly string[] {
  const lines = question.split('\n').map((line) => (line.length > LONGEST_LINE ? '' : line))
  const tests: string[] = []
  let unclosed = 0
  for (let at = 0; at < lines.length && tests.length < MOST_TESTS; at += 1) {
    const line = (lines[at] ?? '').trim()
    if (line.startsWith('>>>')) {
      if (language === 'python') tests.push(...doctest(line.slice(3).trim(), (lines[at + 1] ?? '').trim()))
      continue
    }
    const whole = wholeStatement(lines, at, unclosed < MOST_UNCLOSED ? MOST_LINES : 1)
    if (whole === undefined && STARTS_ANY.test(line)) unclosed += 1
    if (whole !== undefined && isAssertion(whole.text, language)) {
      tests.push(whole.text)
      at = whole.last
    } else tests.push(...examples(line, language))
  }
  return [...new Set(tests)].slice(0, MOST_TESTS)
}

const OWN = new Set([
  'assert',
  'expect',
  'print',
  'str',
  'repr',
  'list',
  'sorted',
  'set',
  'tuple',
  'len',
  'not',
])

/** The functions that a test calls, by name. */
export const calledIn = (test: string): readonly string[] =>
  [...test.matchAll(/(?<![\w.])(?:new )?([A-Za-z_]\w{0,79})\(/g)]
    .map(([, name = '']) => name)
    .filter((name) => !OWN.has(name))

const STARTS_ANY = /^(?:assert|console\.assert|expect)\b/

const STARTS: Readonly<Record<Language, RegExp>> = {
  python: /^assert\b(?!\.)/,
  javascript: /^(?:console\.assert\(|assert(?:\.\w{1,40})?\(|expect\()/,
}

const isAssertion = (text: string, language: Language): boolean => STARTS[language].test(text)

/** A statement that begins on this line and may go on over the next ones until its brackets are closed. */
function wholeStatement(
  lines: readonly string[],
  at: number,
  most: number,
): { readonly text: string; readonly last: number } | undefined {
  const first = (lines[at] ?? '').trim()
  if (!STARTS_ANY.test(first)) return undefined
  for (let last = at; last < Math.min(lines.length, at + most); last += 1) {
    const text = lines
      .slice(at, last + 1)
      .join('\n')
      .trim()
    if (closed(`(${text}\n)`, 0) === text.length + 3) return { text, last }
  }
  return undefined
}

/** Only a whole value can be compared; what is printed is not. */
function doctest(source: string, next: string): readonly string[] {
  const end = valueEnd(next, 0)
  const isValue = end !== undefined && end === next.length
  if (isValue && !/^\w+\s*=[^=]/.test(source) && closed(`(${source}\n)`, 0) === source.length + 3)
    return [equality(source, next, 'python')]
  return []
}

const SAYS =
  /\s*\)?;?`?\s*(?:[→➞]|={1,2}>|->|={2,3}|(?:#|\/\/)\s*(?:[→➞]|={1,2}>|->|={1,3}|returns?:?|prints?:?|outputs?:?|expected:?)?|(?:should|must|will|would)\s+(?:return|be|give|equal)|returns?|gives|equals|evaluates to|output:)\s*`?/iy

function examples(line: string, language: Language): readonly string[] {
  const tests: string[] = []
  for (const { text, end } of callsIn(line)) {
    SAYS.lastIndex = end
    if (!SAYS.test(line)) continue
    const from = SAYS.lastIndex
    const to = valueEnd(line, from)
    if (to === undefined || !isOver(line.slice(to))) continue
    const value = inWords(line.slice(from, to), language)
    if (isOf(value, language) && isOf(text, language)) tests.push(equality(text, value, language))
  }
  return tests
}

/** Is that all of the value, and not the beginning of a sum or of a sentence about it? */
const isOver = (rest: string): boolean =>
  /^[`'".,;:)]*(?:$|\s+(?![-+*/%<>=&|]|times\b|plus\b|minus\b))/.test(rest)

/** Who gives an example may say `true` and `True` of any language. */
const WORDS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  python: { true: 'True', false: 'False', null: 'None' },
  javascript: { True: 'true', False: 'false', None: 'null' },
}

const inWords = (value: string, language: Language): string => WORDS[language][value] ?? value

/** Words that one language has and the other has not. */
const OTHERS: Readonly<Record<Language, RegExp>> = {
  python: /\b(?:true|false|null|undefined|NaN|Infinity)\b|\d+n\b/,
  javascript: /\b(?:True|False|None|inf)\b|^\(|\(\(|[,:[{]\s*\(/,
}

const isOf = (value: string, language: Language): boolean =>
  !OTHERS[language].test(value.replaceAll(/"[^"]*"|'[^']*'/g, '""'))

const equality = (call: string, value: string, language: Language): string =>
  language === 'python' ? `assert (${call}) == (${value})` : `assert.deepEqual(${call}, ${value})`
