// Finds values and calls in a line of text as programs write them, without ever looking at a character twice. Pure.

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Where the bracket at `from` is closed, one past it; undefined where it is not. */
export function closed(text: string, from: number): number | undefined {
  const open: string[] = []
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at] ?? ''
    const closing = CLOSING[letter]
    if (closing !== undefined) open.push(closing)
    else if (letter === '"' || letter === "'" || letter === '`') {
      const end = quoted(text, at)
      if (end === undefined) return undefined
      at = end - 1
    } else if (letter === ')' || letter === ']' || letter === '}') {
      if (open.pop() !== letter) return undefined
      if (open.length === 0) return at + 1
    }
  }
  return undefined
}

/** One past the quotation mark that ends the string at `from`. */
export function quoted(text: string, from: number): number | undefined {
  const mark = text[from]
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === mark) return at + 1
    else if (text[at] === '\n') return undefined
  }
  return undefined
}

const NUMBER = /-?\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?n?(?!\w|\.\d)/iy
const WORD = /(?:True|False|None|true|false|null|undefined|NaN|Infinity|inf)\b/y
const BLANK = /\s*/y

const after = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

/** Where the value at `from` ends: a number, a string, a list, a table, a word such as `None`. Undefined where there is none. */
export function valueEnd(text: string, from: number, depth = 0): number | undefined {
  const letter = text[from]
  if (letter === undefined || depth > 20) return undefined
  if (letter === '"' || letter === "'") return quoted(text, from)
  const closing = CLOSING[letter]
  if (closing !== undefined) return listEnd(text, from, closing, depth)
  const end = Math.max(after(NUMBER, text, from), after(WORD, text, from))
  return end === from ? undefined : end
}

function listEnd(text: string, from: number, closing: string, depth: number): number | undefined {
  let at = after(BLANK, text, from + 1)
  while (text[at] !== closing) {
    const end = entryEnd(text, at, closing, depth)
    if (end === undefined) return undefined
    at = after(BLANK, text, end)
    if (text[at] === ',') at = after(BLANK, text, at + 1)
    else if (text[at] !== closing) return undefined
  }
  return at + 1
}

const NAME = /[A-Za-z_]\w*(?=\s*[:=](?!=))/y

/** A value; in tables and calls with its name before it. */
function entryEnd(text: string, from: number, closing: string, depth: number): number | undefined {
  const named = after(NAME, text, from)
  if (named !== from && closing !== ']') return partnerEnd(text, named, depth)
  const end = valueEnd(text, from, depth + 1)
  if (end === undefined || closing !== '}' || text[after(BLANK, text, end)] !== ':') return end
  return partnerEnd(text, end, depth)
}

function partnerEnd(text: string, from: number, depth: number): number | undefined {
  const mark = after(BLANK, text, from)
  return valueEnd(text, after(BLANK, text, mark + 1), depth + 1)
}

const CALL = /(?<![\w.])([A-Za-z_]\w{0,79})\(/g

export interface CallFound {
  readonly text: string
  /** One past its closing bracket. */
  readonly end: number
}

/** Calls with nothing but values in their brackets, from left to right. */
export function callsIn(line: string): readonly CallFound[] {
  const found: CallFound[] = []
  let from = 0
  for (const match of line.matchAll(CALL)) {
    if (match.index < from) continue
    const bracket = match.index + match[0].length - 1
    const end = listEnd(line, bracket, ')', 0)
    if (end === undefined) continue
    found.push({ text: line.slice(match.index, end), end })
    from = end
  }
  return found
}
