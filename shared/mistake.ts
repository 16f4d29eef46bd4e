// What is wrong with a client's body, in words: the field, what was found, what is expected. Pure.
import type { z } from 'zod'
import { Failed } from './failure.ts'

export function invalid(message: string, param: string | undefined): Failed {
  return new Failed({ kind: 'invalid-request', message, ...(param === undefined ? {} : { param }) })
}

/** The first thing wrong with a body, in the usual way of naming fields: `messages[0].content`. */
export function mistake(error: z.ZodError, body: object): Failed {
  const issue = error.issues[0]
  if (issue === undefined) return invalid('The request body cannot be understood.', undefined)
  const found = issue.path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  )
  const param = issue.path.reduce<string>(
    (path, key) =>
      typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`,
    '',
  )
  if (found === undefined) return invalid(`Missing required parameter: '${param}'.`, param)
  if (issue.code === 'too_small' && Array.isArray(found)) {
    return invalid(`Invalid '${param}': an empty array was sent, at least one entry is needed.`, param)
  }
  return invalid(`Invalid '${param}': ${typeName(found)} was sent, ${wanted(issue)}.`, param)
}

function wanted(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `${article(issue.expected)} is expected`
  if (issue.code === 'invalid_value')
    return `expected one of ${issue.values.map((value) => `'${String(value)}'`).join(', ')}`
  if (issue.code === 'too_small') return `at least ${issue.minimum} is expected`
  if (issue.code === 'too_big') return `at most ${issue.maximum} is expected`
  if (issue.code === 'invalid_union') {
    const kinds = issue.errors.map((errors) => errors[0]).filter((inner) => inner?.code === 'invalid_type')
    const names = kinds.map((inner) => (inner?.code === 'invalid_type' ? article(inner.expected) : ''))
    return names.length > 0 ? `${names.join(' or ')} is expected` : 'another value is expected'
  }
  return issue.message
}

function article(type: string): string {
  const name = type === 'int' ? 'integer' : type
  return /^[aeio]/.test(name) ? `an ${name}` : `a ${name}`
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string')
    return value.length > 40 ? `a string of ${value.length} characters` : `'${value}'`
  if (typeof value === 'object') return 'an object'
  return String(value)
}
