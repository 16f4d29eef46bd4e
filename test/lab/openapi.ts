// What OpenAI publishes about its requests, as a judge: is this body valid, and does it hold anything unknown?
// The schemas stand in openapi/, made by tools/data/openapi.ts; MINNOW_OPENAPI names another folder of them, such as
// one made from the OpenAPI description itself.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'

export type Operation = 'chat' | 'responses' | 'embeddings'

export interface Judgement {
  /** What makes the body invalid; the vendor answers 400. */
  readonly wrong?: string
  /** Fields that the published description does not have, though the rest is valid. */
  readonly strange?: string
}

const FOLDER = process.env['MINNOW_OPENAPI'] ?? join(import.meta.dirname, 'openapi')

const judges = new Map<Operation, { readonly valid: ValidateFunction; readonly known: ValidateFunction }>()

function judgeOf(operation: Operation): {
  readonly valid: ValidateFunction
  readonly known: ValidateFunction
} {
  const made = judges.get(operation)
  if (made !== undefined) return made
  const schema: unknown = JSON.parse(readFileSync(join(FOLDER, `${operation}.json`), 'utf8'))
  const compile = (value: unknown): ValidateFunction =>
    new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(Object(value) as object)
  const judge = { valid: compile(open(schema)), known: compile(schema) }
  judges.set(operation, judge)
  return judge
}

/** The same schema for a reader that does not mind fields it has never heard of. */
function open(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(open)
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(
    ([key, value]) => key !== 'additionalProperties' || value !== false,
  )
  return Object.fromEntries(kept.map(([key, value]) => [key, open(value)]))
}

export function judge(operation: Operation, body: unknown): Judgement {
  const { valid, known } = judgeOf(operation)
  if (!valid(body)) return { wrong: describe(valid.errors, body) }
  return known(body) ? {} : { strange: extra(known.errors) }
}

/** Of the fields that some branch of a union does not know, the one that most of them do not. */
function extra(errors: readonly ErrorObject[] | null | undefined): string {
  const counts = new Map<string, number>()
  for (const { keyword, instancePath, params } of errors ?? []) {
    if (keyword !== 'additionalProperties') continue
    const what = `${instancePath || '/'} has "${String(params['additionalProperty'])}"`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a)
  return most?.[0] ?? 'a field that is not known'
}

/** Of all the reasons why no branch of a union fits, the one that got furthest into the body. */
function describe(errors: readonly ErrorObject[] | null | undefined, body: unknown): string {
  const depth = (error: ErrorObject): number => error.instancePath.split('/').length
  const telling = (errors ?? []).filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf')
  const [best] = telling.sort((a, b) => depth(b) - depth(a))
  if (best === undefined) return 'the body is not valid'
  const allowed = best.keyword === 'enum' || best.keyword === 'const' ? ` ${JSON.stringify(best.params)}` : ''
  const found = JSON.stringify(at(body, best.instancePath))?.slice(0, 120) ?? 'nothing'
  return `${best.instancePath || '/'} ${best.message ?? 'is wrong'}${allowed}, found ${found}`
}

function at(body: unknown, pointer: string): unknown {
  let value = body
  for (const key of pointer.split('/').slice(1)) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  }
  return value
}
