// Whether a text is JSON that keeps to a schema. Nothing is compiled from the schema, so it runs where code from strings may not. Pure.
import { type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema'
import { isFields } from '../fields.ts'
import type { Format } from '../request.ts'

/** A schema with more nodes than this is taken on trust: checking it would cost more than the call. */
const MOST_NODES = 5_000
/** In a longer value no pattern is looked for. */
const MOST_MATCHED = 4_000

/** Undefined where there is nothing to hold the text to, or the schema itself cannot be followed. */
export function keepsFormat(format: Format, text: string): boolean | undefined {
  if (format.type === 'text') return undefined
  const value = parse(text)
  if (value === undefined) return false
  return format.type === 'json' ? isFields(value) : keepsSchema(format.schema, value)
}

export function keepsSchema(schema: unknown, value: unknown): boolean | undefined {
  if (typeof schema === 'boolean') return schema
  if (!isFields(schema)) return undefined
  const isShort = JSON.stringify(value).length <= MOST_MATCHED
  const tamed = tame(schema, { left: MOST_NODES, isShort })
  if (!isFields(tamed)) return undefined
  try {
    return new Validator(tamed as Schema, draftOf(schema)).validate(value).valid
  } catch {
    return undefined // a reference that leads nowhere, a pattern that is none: the schema's fault, not the answer's
  }
}

/** JSON of any kind; undefined for what is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined // that is what was asked
  }
}

const DRAFTS: readonly (readonly [RegExp, SchemaDraft])[] = [
  [/draft-04/, '4'],
  [/draft-0[67]/, '7'],
  [/2019-09/, '2019-09'],
]

const draftOf = ({ $schema }: Readonly<Record<string, unknown>>): SchemaDraft =>
  DRAFTS.find(([name]) => typeof $schema === 'string' && name.test($schema))?.[1] ?? '2020-12'

/** What stands here is a value, not a schema. */
const VALUES = new Set(['const', 'enum', 'default', 'examples'])

/**
 * Without patterns that can take for ever: a client's own schema must not stop the isolate that others share. Undefined
 * where it is too large.
 */
function tame(schema: unknown, size: { left: number; readonly isShort: boolean }): unknown {
  size.left -= 1
  if (size.left < 0) return undefined
  if (Array.isArray(schema)) return schema.map((inner) => tame(inner, size))
  if (!isFields(schema)) return schema
  const entries: [string, unknown][] = []
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'pattern' && typeof value === 'string' && !(size.isShort && isTame(value))) continue
    if (key === 'patternProperties' && isFields(value) && !(size.isShort && Object.keys(value).every(isTame)))
      continue
    entries.push([key, VALUES.has(key) ? value : tame(value, size)])
  }
  return size.left < 0 ? undefined : Object.fromEntries(entries)
}

/** No repeated group, no reference back, and at most one thing of no certain number, or two from the beginning on. */
function isTame(pattern: string): boolean {
  if (pattern.length > 200 || /\)[*+{?]|\\[1-9]|\\k</.test(pattern)) return false
  const repeats = pattern.replaceAll('(?', '(').match(/[*+?]|\{\d*,\d*\}/g) ?? []
  return repeats.length <= (pattern.startsWith('^') && !pattern.includes('|') ? 2 : 1)
}
