// The reference of the configuration is made from the schema that reads it.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configurationText } from '../../../../tools/data/configuration.ts'

const file = new URL('../../../../docs/configuration.md', import.meta.url)
const schema = new URL('../../../../shared/config.schema.json', import.meta.url)
const text = configurationText()

/** The names of all fields, wherever they stand. */
const fieldsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  const own =
    'properties' in value && typeof value.properties === 'object' ? Object.keys(value.properties ?? {}) : []
  return [...own, ...Object.values(value).flatMap(fieldsIn)]
}

describe('docs/configuration.md', () => {
  it('is up to date (else: npm run schema)', () => expect(readFileSync(file, 'utf8')).toBe(text))

  it('has every field of the schema', () => {
    const fields = new Set(fieldsIn(JSON.parse(readFileSync(schema, 'utf8'))))
    fields.delete('$schema')
    expect(fields.size).toBeGreaterThan(60)
    const silent = [...fields].filter(
      (name) => !new RegExp(`^(?:## ${name}$|\\| (?:\\*\\*)?\`[^\`]*\\b${name}\`)`, 'm').test(text),
    )
    expect(silent).toEqual([])
  })

  it('every section says what it is for', () => {
    for (const [, name = '', next = ''] of text.matchAll(/^## (\w+)\n(.*)$/gm))
      expect(next.length, name).toBeGreaterThan(10)
  })
})
