// Zod's schemas as JSON Schemas: those that validate requests, and those that say how replies look.
import { z } from 'zod'

export type Json = Readonly<Record<string, unknown>>

/** Component names and their schemas. */
export type Named = Readonly<Record<string, z.ZodType>>

const PLACE = '#/components/schemas/'

export const refTo = (name: string): Json => ({ $ref: `${PLACE}${name}` })

/** All of them at once, so that one may refer to another by its name. */
export function componentsOf(named: Named, io: 'input' | 'output'): Record<string, Json> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    io,
    unrepresentable: 'any',
    uri: (id) => `${PLACE}${id}`,
    override: ({ jsonSchema }) => widen(jsonSchema),
  })
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, tidy(schema) as Json]))
}

/** Of one schema alone, for a parameter. */
export const schemaOf = (schema: z.ZodType): Json =>
  tidy(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })) as Json

/**
 * A wire's schema may say `also` of a list: a text stands for it, or one of its items does. Readers make a list of that
 * before they look at it, which the schema itself cannot tell.
 */
function widen(schema: Record<string, unknown>): void {
  const { also, type, items, minItems, ...rest } = schema
  if (also === undefined || type !== 'array') return
  const list = { type, items, ...(minItems === undefined ? {} : { minItems }) }
  for (const key of Object.keys(schema)) delete schema[key]
  Object.assign(schema, rest, { anyOf: [also === 'text' ? { type: 'string' } : items, list] })
}

const WHOLE = Number.MAX_SAFE_INTEGER

/** Without what only says that a number is one of JavaScript's, and without what belongs to no component. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([key, item]) =>
      key !== '$id' &&
      key !== '$schema' &&
      !(key === 'maximum' && item === WHOLE) &&
      !(key === 'minimum' && item === -WHOLE) &&
      !(key === 'pattern' && 'format' in value && String(value.format).startsWith('date')),
  )
  return Object.fromEntries(kept.map(([key, item]) => [key, tidy(item)]))
}
