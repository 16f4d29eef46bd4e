// The JSON in an answer, and whether it is what was asked for. Pure.

/** The first object or list in it, fenced or with words around it; undefined where there is none that is whole. */
export function jsonIn(answer: string): unknown {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)```/i.exec(answer)?.[1]
  for (const text of [answer, ...(fenced === undefined ? [] : [fenced])]) {
    const from = text.search(/[[{]/)
    const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))
    if (from < 0 || to <= from) continue
    try {
      return JSON.parse(text.slice(from, to + 1))
    } catch {
      // Words with braces in them: the fence may know better.
    }
  }
  return undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Equal in every field and type, no more and no less; the order of fields does not matter, that of lists does. */
export function sameJson(found: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(found) &&
      found.length === expected.length &&
      expected.every((item, at) => sameJson(found[at], item))
    )
  }
  if (isRecord(expected)) {
    if (!isRecord(found)) return false
    const names = Object.keys(expected)
    return (
      Object.keys(found).length === names.length &&
      names.every((name) => Object.hasOwn(found, name) && sameJson(found[name], expected[name]))
    )
  }
  return found === expected
}
