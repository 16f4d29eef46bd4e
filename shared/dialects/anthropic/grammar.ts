// A JSON Schema as structured outputs take it: closed objects, and only what a grammar can hold to. Pure.
// Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
import { type Fields, isFields } from '../../fields.ts'

const KEPT = new Set(['type', 'enum', 'const', '$ref', 'description', 'title', 'required', 'default'])
const LISTS = new Set(['anyOf', 'allOf'])
const MAPS = new Set(['properties', '$defs', 'definitions'])
const FORMATS = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])
/** Says which JSON Schema it is, and nothing about the answer. */
const SILENT = new Set(['$schema', '$id', '$comment', 'additionalProperties'])

const isKept = (key: string, value: unknown): boolean =>
  KEPT.has(key) ||
  (key === 'format' && FORMATS.has(String(value))) ||
  (key === 'minItems' && (value === 0 || value === 1))

/** What cannot be enforced is told to the model in words, in the description. */
export function closeSchema(schema: unknown): unknown {
  if (!isFields(schema)) return schema
  const closed: Record<string, unknown> = {}
  const told: string[] = []
  for (const [key, value] of Object.entries(schema)) {
    if (isKept(key, value)) closed[key] = value
    else if (key === 'items') closed[key] = closeSchema(value)
    else if (key === 'oneOf' && Array.isArray(value)) closed['anyOf'] = value.map(closeSchema)
    else if (LISTS.has(key) && Array.isArray(value)) closed[key] = value.map(closeSchema)
    else if (MAPS.has(key) && isFields(value)) closed[key] = closeAll(value)
    else if (!SILENT.has(key)) told.push(`${key}: ${JSON.stringify(value)}`)
  }
  if (isObject(schema)) closed['additionalProperties'] = false
  if (told.length > 0) {
    const before = typeof closed['description'] === 'string' ? `${closed['description']}\n` : ''
    closed['description'] = `${before}It must hold to ${told.join(', ')}.`
  }
  return closed
}

const closeAll = (schemas: Fields): Fields =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, closeSchema(schema)]))

function isObject({ type, properties }: Fields): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isFields(properties)
}
