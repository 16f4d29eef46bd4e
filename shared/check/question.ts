// What kind of answer a question asks for, as far as its form says so. Pure.
import { lastUserText, type ModelRequest } from '../request.ts'
import { calm } from './calm.ts'

/** `choice`: one of lettered options; `json`: by the format asked for; `text`: whatever cannot be compared word by word. */
export type AnswerKind = 'choice' | 'number' | 'json' | 'code' | 'text'

export interface Question {
  readonly kind: AnswerKind
  /** The newest user message, or the end of it. */
  readonly text: string
  /** Of a choice, by letter. */
  readonly options: ReadonlyMap<string, string>
}

export function questionIn(request: Pick<ModelRequest, 'messages' | 'format'>): Question {
  const text = calm(lastUserText(request.messages))
  const options = optionsIn(text)
  return { kind: kindOf(request.format.type, text, options), text, options }
}

function kindOf(format: string, text: string, options: ReadonlyMap<string, string>): AnswerKind {
  if (format !== 'text') return 'json'
  if (options.size > 0) return 'choice'
  if (CODE.test(text) || TESTS.test(text)) return 'code'
  return asksNumber(text) ? 'number' : 'text'
}

const CODE =
  /\b(?:write|implement|complete|create|fix|give me|code)\b[^.?!\n]{0,80}\b(?:function|method|class|program|script|regex|query)\b/i
/** Examples that a function must satisfy. */
const TESTS = /^ ?(?:assert\b.*==|>>> ?\S)/m

const QUANTITY =
  /\bhow many\b|\bwhat (?:is|are|was|were|will be) (?:the )?(?:total|sum|product|difference|quotient|remainder|average|mean|value|result|number|cost|price|area|volume|perimeter|probability|percentage)\b/i
const SUM = /(?:\bwhat is|\bwhat's|\bcalculate|\bcompute|\bevaluate|\bsolve)\b[^\n]{0,40}\d/i
const SHARE = /\bhow (?:much|old|long|far|tall|fast|often)\b/i
const DIGIT = /\d/

/** Without a figure in it, "how much" is more often a matter of opinion. */
const asksNumber = (text: string): boolean =>
  /\bhow many\b/i.test(text) ||
  (DIGIT.test(text) && (QUANTITY.test(text) || SHARE.test(text) || ARITHMETIC.test(text) || SUM_ONLY(text)))

const ARITHMETIC = /\d\s*(?:[+*/×÷^]|-\s|\btimes\b|\bplus\b|\bminus\b|\bdivided by\b)\s*\(?-?\d/i
const SUM_ONLY = (text: string): boolean =>
  SUM.test(text) && !/\b(?:explain|describe|why|essay)\b/i.test(text)

/** On lines of their own two options make a choice; inside a line a letter may be anything, so three are needed. */
function optionsIn(text: string): ReadonlyMap<string, string> {
  const lines = inOrder([...text.matchAll(/(?:^|\n)[ \t]*\(?([A-J])[).:][ \t]+(\S[^\n]*)/g)])
  if (lines.size >= 2) return lines
  const inside = inOrder([...text.matchAll(/(?:^|\s)\(?([A-J])[).][ \t]+(\S.*?)(?=\s\(?[A-J][).]\s|\n|$)/g)])
  return inside.size >= 3 ? inside : new Map()
}

/** Options that begin with A and leave out none. */
function inOrder(matches: readonly RegExpExecArray[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, letter = '', words = ''] of matches)
    if (letter === String.fromCharCode(65 + found.size)) found.set(letter, words.trim())
  return found
}
