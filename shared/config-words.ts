// What is wrong with a configuration file, in words for the person who wrote it. Pure.
import type { z } from 'zod'

export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** One mistake: where it stands, what was found, what was expected. Nothing that may be a secret is repeated. */
export function sentence(name: string, root: unknown, issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && issue.errors[0]?.[0] !== undefined) {
    const inner = issue.errors.flat().find((candidate) => candidate.path.length > 0) ?? issue.errors[0][0]
    return sentence(name, root, { ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue)
  }
  const path = issue.path.map(String).join('.') || '(the whole file)'
  if (issue.code === 'unrecognized_keys') {
    return `${name}, ${path}: unknown ${issue.keys.map(shown).join(', ')}. Remove it or check the spelling.`
  }
  if (issue.code === 'invalid_key') {
    const owner = issue.path.slice(0, -1).map(String).join('.') || path
    return `${name}, ${owner}: found the name ${shown(String(issue.path.at(-1)))}, expected ${expected(issue)}.`
  }
  const found = at(root, issue.path)
  const isSecret = issue.path.includes('apiKey') && typeof found === 'string'
  return `${name}, ${path}: found ${isSecret ? hidden(found) : shown(found)}, expected ${expected(issue)}.`
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  int: 'a whole number',
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return TYPE_NAMES[issue.expected] ?? `a ${issue.expected}`
  if (issue.code === 'too_small') return `at least ${issue.minimum}`
  if (issue.code === 'too_big') return `at most ${issue.maximum}`
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(' or ')
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'another name'
  return issue.message
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

/** How the keys of well-known providers, and ours, begin. */
const KEY_LIKE = /^["']?(?:sk|pk|rk|mk|key|gsk|xai|bearer)[-_ ]/i

const hidden = (text: string): string => `a text of ${text.length} characters`

/** What stands in the file, short. What may be a pasted key is not repeated, nor what may hold one. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string')
    return value.length > 24 || KEY_LIKE.test(value) ? hidden(value) : JSON.stringify(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? 'an empty object' : 'an object'
  return String(value)
}
