// `npm run schema`: writes the JSON Schema of minnow.jsonc, made from the schema that reads it, for editors; and the same
// as docs/configuration.md, for people.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { configSchema } from '../shared/config.ts'
import { configurationText } from './data/configuration.ts'

/** The text of shared/config.schema.json. Rules between fields are checked by the gateway, not by editors. */
export function schemaText(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' })
  return `${JSON.stringify({ ...schema, title: 'minnow.jsonc, the configuration of Minnow' }, null, 2)}\n`
}

if (import.meta.main) {
  const file = resolve(import.meta.dirname, '../shared/config.schema.json')
  writeFileSync(file, schemaText())
  writeFileSync(resolve(import.meta.dirname, '../docs/configuration.md'), configurationText())
  console.log('Wrote shared/config.schema.json and docs/configuration.md')
}
