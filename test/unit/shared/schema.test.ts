// The JSON Schema that editors read is made from the schema that the gateway reads.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { schemaText } from '../../../tools/schema.ts'

const file = new URL('../../../shared/config.schema.json', import.meta.url)

describe('shared/config.schema.json', () => {
  it('is up to date (else: npm run schema)', () => expect(readFileSync(file, 'utf8')).toBe(schemaText()))

  it('allows $schema and refuses misspelt fields', () => {
    const schema = JSON.parse(schemaText()) as { properties: object; additionalProperties: boolean }
    expect(Object.keys(schema.properties)).toContain('$schema')
    expect(schema.additionalProperties).toBe(false)
  })

  it('carries the descriptions', () => {
    expect(schemaText()).toContain('"description": "From the head of a stream to its first content."')
    expect(schemaText()).toContain('"description": "US dollars per million tokens."')
  })
})
