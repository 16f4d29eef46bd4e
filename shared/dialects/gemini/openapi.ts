// Schemas: the subset of OpenAPI's that `parameters` and `responseSchema` take, from and to JSON Schema. Pure.
// Source: https://ai.google.dev/api/caching#Schema
import { type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'

/** What lies deeper is left open. */
const DEPTH = 32

const COUNTS = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']
const PLAIN = [
  'description',
  'title',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'default',
  'required',
  'propertyOrdering',
]

/** Types in capitals become small ones, `nullable` a type of its own, counts that came as text numbers. */
export function readSchema(schema: unknown, depth = 0): unknown {
  if (!isFields(schema) || depth > DEPTH) return {}
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    const name = key.includes('_')
      ? key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
      : key
    if (name === 'type') out['type'] = text(value).toLowerCase()
    else if (name === 'items') out['items'] = readSchema(value, depth + 1)
    else if (name === 'anyOf' && Array.isArray(value))
      out['anyOf'] = value.map((one) => readSchema(one, depth + 1))
    else if (name === 'properties' && isFields(value))
      out['properties'] = each(value, (one) => readSchema(one, depth + 1))
    else if (COUNTS.includes(name)) out[name] = Number(value)
    else if (name === 'example') out['examples'] = [value]
    else if (name === 'format' && value === 'enum') continue // says only what `enum` says
    else if (name !== 'nullable') out[name] = value
  }
  if (schema['nullable'] === true) {
    if (typeof out['type'] === 'string') out['type'] = [out['type'], 'null']
    if (Array.isArray(out['anyOf'])) out['anyOf'] = [...out['anyOf'], { type: 'null' }]
    if (Array.isArray(out['enum'])) out['enum'] = [...out['enum'], null]
  }
  return out
}

/** How many schemas one may unfold into; references make few lines into many. */
const NODES = 4096

interface Unfolding {
  readonly root: Fields
  left: number
}

/** References are put where they point, unions of types become alternatives, and what the subset lacks is left out. */
export const writeSchema = (schema: unknown): Record<string, unknown> =>
  unfold(schema, { root: fieldsOf(schema), left: NODES }, [])

function unfold(given: unknown, all: Unfolding, path: readonly string[]): Record<string, unknown> {
  all.left -= 1
  const found = resolve(given, all.root, path)
  if (found === undefined || all.left < 0) return {} // it stands within itself, or has no end
  const { schema } = found
  const within = (one: unknown): Record<string, unknown> => unfold(one, all, found.path)
  const out: Record<string, unknown> = {}
  for (const name of [...PLAIN, ...COUNTS]) if (schema[name] !== undefined) out[name] = schema[name]
  const types = listOf(Array.isArray(schema['type']) ? schema['type'] : [schema['type']])
  const kinds = types.filter((type): type is string => typeof type === 'string' && type !== 'null')
  const [kind] = kinds
  const alternatives = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])]
  const inner = alternatives.filter((one) => fieldsOf(one)['type'] !== 'null')
  if (types.includes('null') || inner.length < alternatives.length) out['nullable'] = true
  if (kinds.length > 1) out['anyOf'] = kinds.map((type) => within({ ...schema, type, anyOf: [], oneOf: [] }))
  else if (kind !== undefined) out['type'] = kind.toUpperCase()
  if (inner.length > 0) out['anyOf'] = inner.map(within)
  const values = schema['const'] === undefined ? listOf(schema['enum']) : [schema['const']]
  const texts = values.filter((value) => typeof value === 'string') // it knows no other
  if (texts.length > 0) Object.assign(out, { type: 'STRING', format: 'enum', enum: texts })
  if (isFields(schema['properties'])) out['properties'] = each(schema['properties'], within)
  if (schema['items'] !== undefined) out['items'] = within(schema['items'])
  return out
}

/** The schema, or what its `$ref` points at in the root under what stands beside it; undefined where it leads back. */
function resolve(
  given: unknown,
  root: Fields,
  path: readonly string[],
): { readonly schema: Fields; readonly path: readonly string[] } | undefined {
  const { $ref: reference, ...beside } = fieldsOf(given)
  if (typeof reference !== 'string') return { schema: beside, path }
  if (path.includes(reference)) return undefined
  const steps = reference.replace(/^#\/?/, '').split('/')
  const target = steps.reduce<unknown>(
    (at, step) => (step === '' ? at : fieldsOf(at)[step.replaceAll('~1', '/').replaceAll('~0', '~')]),
    root,
  )
  return resolve({ ...fieldsOf(target), ...beside }, root, [...path, reference])
}

const each = (fields: Fields, change: (value: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value)]))
