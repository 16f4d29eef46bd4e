// The configuration that ships: as it stands, and as the examples in its comments say.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../../shared/config.ts'
import { vendorFacts } from '../../../../workers/providers/registry.ts'

const text = readFileSync(resolve(import.meta.dirname, '../../../../minnow.jsonc'), 'utf8')

describe('minnow.jsonc', () => {
  it('needs no key: only micro answers, on the route auto', () => {
    const config = readConfig(text, 'minnow.jsonc', vendorFacts)
    expect(config).toMatchObject({
      ok: true,
      variables: [],
      value: { providers: {}, models: {}, routes: { auto: { mini: ['micro'] } } },
    })
  })

  it('is right too with every example in its comments taken in', () => {
    const uncommented = text.replace(/^(\s+)\/\/ (?=["}]|  )/gm, '$1')
    const config = readConfig(uncommented, 'minnow.jsonc', vendorFacts)
    expect(config).toMatchObject({
      ok: true,
      variables: ['OPENAI_API_KEY', 'AWS_KEY_AND_SECRET', 'OPENAI_EU_KEY'],
      value: {
        routes: { auto: { frontier: ['big', 'spare'] }, solid: { order: ['big', 'spare'] } },
        retries: { total: 4 },
      },
    })
  })
})
