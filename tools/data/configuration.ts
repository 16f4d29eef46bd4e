// docs/configuration.md: every field of minnow.jsonc as the schema has it that reads the file. Written by `npm run schema`.
import { z } from 'zod'
import { configSchema } from '../../shared/config.ts'
import { fieldsOf, isFields, listOf, text } from '../../shared/fields.ts'

type Schema = Readonly<Record<string, unknown>>

/** What a section is for, in a sentence that no field's description says. */
const SECTIONS: Readonly<Record<string, string>> = {
  providers:
    'Where models live, by a name of your choice. One that bears the name of a [vendor](vendors.md) needs only its key.',
  models:
    'Public names for models. Whatever a provider offers also works unlisted, as `<provider>/<model>`. What is not said here comes from the [catalogue](catalogue.md).',
  routes:
    'Public names for a policy over models: an `order`, or the two tiers `mini` and `frontier`. `auto` is the default route.',
  micro: 'The [model inside the gateway](micro.md).',
  timeouts:
    'How long to wait, in milliseconds. May also stand on a provider, a model or a route; the narrowest holds.',
  retries: 'How often to try.',
  streams: 'What happens to streams when [something breaks](failover.md).',
  health: 'When a target counts as down.',
  limits: 'How much a request may bring.',
  telemetry: 'How long rows are kept.',
  rebench: 'Measuring models [again and again](rebench.md).',
  cache: 'Answers that may be [given again](cache.md), for all routes and keys that want it.',
  logs: 'What is printed.',
  media: 'How pictures are fetched for models that take no addresses.',
  conversations: 'What of a [conversation](conversations.md) is kept, and how much of it is sent.',
  price: 'No section of its own: what `price` holds, on a model or at one of its `providers`.',
}

const INTRO = `# Configuration
<!-- Made by \`npm run schema\` from the schema that reads the file; a test says when it is out of date. -->
\`minnow.jsonc\` is JSON with comments. \`npm start\` reads it (or the file named by \`MINNOW_CONFIG\`), \`npm run deploy\` builds it into the deployment, \`npx minnow check\` only looks at it. A mistake stops with file, place, what was found and what was expected. Keys never stand in it: \`"$NAME"\` is an environment variable, a line of \`.dev.vars\`, or a secret of the deployment. \`shared/config.schema.json\` helps editors.

\`\`\`jsonc
{
  "$schema": "./shared/config.schema.json",
  "providers": {
    "openai": { "apiKey": "$OPENAI_API_KEY" },
    "mine": { "dialect": "openai-chat", "baseUrl": "http://127.0.0.1:9000/v1" }
  },
  "models": {
    "big": { "provider": "openai", "model": "gpt-4.1" },
    "spare": { "provider": "mine", "model": "llama3.1:8b", "price": { "input": 0, "output": 0 } }
  },
  "routes": {
    "auto": { "mini": ["micro"], "frontier": ["big", "spare"], "strongShare": 0.2 },
    "solid": { "order": ["big", "spare"], "hedgeAfterMs": 1500 }
  },
  "timeouts": { "headMs": 10000, "totalMs": 300000 }
}
\`\`\`

In the tables \`<name>\` stands for a name of your choice, \`[]\` for each of a list; **bold** fields are needed. What a field is when it is not given stands in its text.
`

export function configurationText(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' })
  const sections = fieldsOf(schema.properties)
  const price = at(sections, 'models', 'additionalProperties', 'properties', 'price')
  const known = { ...sections, price }
  const parts = Object.entries(known)
    .filter(([name]) => name !== '$schema')
    .map(([name, section]) => sectionText(name, fieldsOf(section), known))
  return [INTRO, ...parts].join('\n')
}

/** What stands at a place within objects. */
const at = (from: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => fieldsOf(value)[name], from)

function sectionText(name: string, section: Schema, sections: Schema): string {
  const said = [SECTIONS[name], text(section['description'])].filter(Boolean).join(' ')
  const rows = rowsOf(section, '', sections)
  const table =
    rows.length === 0
      ? [`\`${name}\` is ${formOf(section)}.`]
      : ['| field | is | |', '|---|---|---|', ...rows]
  return [`## ${name}`, said, '', ...table, ''].join('\n')
}

/** A row for each field that holds a value, those of objects within objects included. */
function rowsOf(schema: Schema, prefix: string, sections: Schema): string[] {
  const required = new Set(listOf(schema['required']))
  const own = Object.entries(fieldsOf(schema['properties'])).flatMap(([name, value]) =>
    fieldRows(prefix + name, fieldsOf(value), required.has(name), sections),
  )
  const { additionalProperties } = schema
  if (!isFields(additionalProperties)) return own
  const entry = `${prefix}<name>`
  return isFields(additionalProperties['properties'])
    ? [...own, ...rowsOf(additionalProperties, `${entry}.`, sections)]
    : [...own, row(entry, additionalProperties, false)]
}

function fieldRows(path: string, schema: Schema, isNeeded: boolean, sections: Schema): string[] {
  const name = path.slice(path.lastIndexOf('.') + 1)
  const twin = sections[name]
  if (path.includes('.') && isFields(twin) && JSON.stringify(twin) === JSON.stringify(schema))
    return [`| \`${path}\` | object | As [${name}](#${name}). |`]
  const items = fieldsOf(schema['items'])
  if (isFields(schema['properties']) || isFields(schema['additionalProperties']))
    return [row(path, schema, isNeeded), ...rowsOf(schema, `${path}.`, sections)]
  if (isFields(items['properties']))
    return [row(path, schema, isNeeded), ...rowsOf(items, `${path}[].`, sections)]
  const branch = listOf(schema['anyOf'])
    .map(fieldsOf)
    .find((one) => isFields(one['properties']))
  return [row(path, schema, isNeeded), ...(branch === undefined ? [] : rowsOf(branch, `${path}.`, sections))]
}

function row(path: string, schema: Schema, isNeeded: boolean): string {
  const name = isNeeded ? `**\`${path}\`**` : `\`${path}\``
  return `| ${name} | ${formOf(schema)} | ${text(schema['description']).replaceAll('|', '\\|')} |`
}

/** What may stand there, in few words. */
function formOf(schema: Schema): string {
  const options = listOf(schema['anyOf']).map(fieldsOf)
  if (options.length > 0) return [...new Set(options.map(formOf))].join(', or ')
  const choices = listOf(schema['enum'])
  if (choices.length > 0) return choices.map((choice) => `\`${JSON.stringify(choice)}\``).join(' ')
  if ('const' in schema) return `\`${JSON.stringify(schema['const'])}\``
  const type = text(schema['type'])
  if (type === 'array') return `list of ${formOf(fieldsOf(schema['items']))}`
  if (type === 'integer' || type === 'number')
    return `${type === 'integer' ? 'whole number' : 'number'}${rangeOf(schema)}`
  if (type === 'boolean') return '`true` or `false`'
  return type === 'string' ? 'text' : type === '' ? 'anything' : type
}

function rangeOf(schema: Schema): string {
  const bound = (value: unknown): string | undefined =>
    typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER
      ? value.toLocaleString('en-US', { maximumFractionDigits: 6 })
      : undefined
  const least = bound(schema['minimum'])
  const above = bound(schema['exclusiveMinimum'])
  const most = bound(schema['maximum'])
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`
  if (least !== undefined) return `, ${least} or more`
  if (above !== undefined) return `, above ${above}${most === undefined ? '' : `, ${most} at most`}`
  return most === undefined ? '' : `, ${most} at most`
}
