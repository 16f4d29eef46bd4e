// A value that follows a JSON schema, for answers to structured requests. Pure; knows what structured outputs allow.

export function exampleOf(schema: unknown, root: unknown = schema): unknown {
  if (!isObject(schema)) return { ok: true }
  const reference = schema['$ref']
  if (typeof reference === 'string') return exampleOf(resolve(root, reference), root)
  if ('const' in schema) return schema['const']
  for (const key of ['enum', 'anyOf', 'oneOf', 'allOf']) {
    const options = schema[key]
    if (Array.isArray(options)) return key === 'enum' ? options[0] : exampleOf(options[0], root)
  }
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  switch (type) {
    case 'string':
      return 'text'
    case 'integer':
      return 7
    case 'number':
      return 1.5
    case 'boolean':
      return true
    case 'null':
      return null
    case 'array':
      return [exampleOf(schema['items'], root)]
    default: {
      const properties = isObject(schema['properties']) ? schema['properties'] : {}
      return Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, exampleOf(inner, root)]),
      )
    }
  }
}

/** `#/$defs/name` */
function resolve(root: unknown, reference: string): unknown {
  let value = root
  for (const key of reference.split('/').slice(1)) value = isObject(value) ? value[key] : undefined
  return value
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
