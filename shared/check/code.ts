// Whether an answer to a programming task can be right, without running it: there is code, it is whole, it defines what the
// tests call, and outputs that it states are those that the tests expect. Pure.
import { calm } from './calm.ts'

/** More of an answer is not read, and more tests than this are not looked for. */
const MOST_READ = 64_000
const MOST_TESTS = 50
const MOST_STATED = 2_000

export function keepsCode(question: string, said: string): boolean {
  const answer = calm(said.slice(0, MOST_READ), MOST_READ)
  const code = codeIn(answer)
  if (code === undefined) return false
  const tests = statedIn(question, MOST_TESTS)
  const names = new Set([...tests.keys()].map((call) => call.slice(0, call.indexOf('('))))
  if (![...names].every((name) => defines(code, name) || defines(answer, name))) return false
  const stated = statedIn(answer, MOST_STATED)
  return [...tests].every(([call, expected]) => {
    const output = stated.get(call)
    return output === undefined || output === expected
  })
}

/** Undefined where there is none, or where it was cut off. */
function codeIn(answer: string): string | undefined {
  const fences = answer.match(/^[ \t]*```/gm)?.length ?? 0
  if (fences % 2 === 1) return undefined
  if (fences > 0)
    return [...answer.matchAll(/^[ \t]*```[^\n]*\n([^]*?)^[ \t]*```/gm)].map(([, code]) => code).join('\n')
  return LOOKS_LIKE.test(answer) ? answer : undefined
}

const LOOKS_LIKE =
  /(?:^|\n) ?(?:def|class|function|fn|func|const|let|var|import|from|public|private|static|return|for|while|if|SELECT|INSERT|UPDATE|WITH|#include|<\w+)\b|=>|[;{}] ?(?:\n|$)/

export const defines = (code: string, name: string): boolean =>
  new RegExp(
    String.raw`\b(?:def|function\*?|fn|func|fun|sub|const|let|var|class|struct|int|long|bool|boolean|float|double|string|String|void|auto|public|static)\s+${name}\b|\b${name}\s*(?:=|:)\s*(?:\(|function|async|lambda)`,
  ).test(code)

const CALL = String.raw`(\b[A-Za-z_]\w{0,60}\([^\n]{0,120}?\))`

const PATTERNS: readonly RegExp[] = [
  new RegExp(String.raw`^ ?assert ${CALL} ?== ?([^\n,#]+|\[[^\n\]]*\]|\([^\n)]*\))`, 'gm'),
  new RegExp(String.raw`^ ?>>> ?(?:print\()?${CALL}\)?[ \t]*\n[ \t]*([^\n>][^\n]*)`, 'gm'),
  new RegExp(
    String.raw`(?:^|\n) ?(?:print\(|console\.log\()?${CALL}\)?;?[ \t]*(?:#|//)[ \t]*(?:=>|->|returns|prints|outputs?:?)?[ \t]*([^\n]+)`,
    'g',
  ),
  new RegExp(String.raw`${CALL}\x60?[ \t]*(?:→|=>|->|\breturns\b|\bgives\b)[ \t]*\x60?([^\n\x60]+)`, 'g'),
]

/** Which call is said to give what, without spaces. */
function statedIn(text: string, most: number): ReadonlyMap<string, string> {
  const stated = new Map<string, string>()
  for (const pattern of PATTERNS)
    for (const [, call = '', value = ''] of text.matchAll(pattern)) {
      if (stated.size >= most) return stated
      const key = tight(call)
      if (!stated.has(key)) stated.set(key, tight(value.slice(0, 200)).replace(/[.,;]+$/, ''))
    }
  return stated
}

const tight = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll('"', "'")
