// Whether an answer to a programming task can be right, without running it: there is code, it is whole, it defines what the
// tests call, and outputs that it states are those that the tests expect. Pure.

export function keepsCode(question: string, answer: string): boolean {
  const code = codeIn(answer)
  if (code === undefined) return false
  const tests = statedIn(question)
  const names = new Set([...tests.keys()].map((call) => call.slice(0, call.indexOf('('))))
  if (![...names].every((name) => defines(code, name) || defines(answer, name))) return false
  const stated = statedIn(answer)
  return [...tests].every(([call, expected]) => {
    const said = stated.get(call)
    return said === undefined || said === expected
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
  /(?:^|\n)\s*(?:def|class|function|fn|func|const|let|var|import|from|public|private|static|return|for|while|if|SELECT|INSERT|UPDATE|WITH|#include|<\w+)\b|=>|[;{}]\s*(?:\n|$)/

const defines = (code: string, name: string): boolean =>
  new RegExp(
    String.raw`\b(?:def|function\*?|fn|func|fun|sub|const|let|var|class|struct|int|long|bool|boolean|float|double|string|String|void|auto|public|static)\s+${name}\b|\b${name}\s*(?:=|:)\s*(?:\(|function|async|lambda)`,
  ).test(code)

const CALL = String.raw`([A-Za-z_]\w*\([^\n]*?\))`

const PATTERNS: readonly RegExp[] = [
  new RegExp(String.raw`^\s*assert\s+${CALL}\s*==\s*([^\n,#]+|\[[^\n\]]*\]|\([^\n)]*\))`, 'gm'),
  new RegExp(String.raw`^\s*>>>\s*(?:print\()?${CALL}\)?[ \t]*\n[ \t]*([^\n>][^\n]*)`, 'gm'),
  new RegExp(
    String.raw`(?:^|\n)\s*(?:print\(|console\.log\()?${CALL}\)?;?[ \t]*(?:#|//)[ \t]*(?:=>|->|returns|prints|outputs?:?)?[ \t]*([^\n]+)`,
    'g',
  ),
  new RegExp(String.raw`${CALL}\x60?[ \t]*(?:→|=>|->|\breturns\b|\bgives\b)[ \t]*\x60?([^\n\x60]+)`, 'g'),
]

/** Which call is said to give what, without spaces. */
function statedIn(text: string): ReadonlyMap<string, string> {
  const stated = new Map<string, string>()
  for (const pattern of PATTERNS)
    for (const [, call = '', value = ''] of text.matchAll(pattern)) {
      const key = tight(call)
      if (!stated.has(key)) stated.set(key, tight(value).replace(/[.,;]+$/, ''))
    }
  return stated
}

const tight = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll('"', "'")
