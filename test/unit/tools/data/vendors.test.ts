// The table of vendors is made from their records.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { vendorsText } from '../../../../tools/data/vendors.ts'
import { vendors } from '../../../../workers/providers/registry.ts'

const file = new URL('../../../../docs/vendors.md', import.meta.url)
const text = vendorsText()
const rowOf = (id: string): string => text.split('\n').find((line) => line.includes(`| \`${id}\` |`)) ?? ''

describe('docs/vendors.md', () => {
  it('is up to date (else: node tools/data/vendors.ts)', () => expect(readFileSync(file, 'utf8')).toBe(text))

  it('has every vendor, once', () => {
    for (const { id, name } of vendors) {
      expect(text.split('\n').filter((line) => line.includes(`| \`${id}\` |`))).toHaveLength(1)
      expect(rowOf(id)).toContain(`[${name}](`)
    }
  })

  it('says what a vendor is not told, and what it is told in another way', () => {
    expect(rowOf('mistral')).toContain('`seed` is `random_seed`')
    expect(rowOf('mistral')).toContain('ids of calls have 9 characters')
    expect(rowOf('deepseek')).toContain('`thinking` (type disabled, type enabled)')
    expect(rowOf('groq')).toMatch(/`logit_bias`, `logprobs`/)
    expect(rowOf('vllm')).not.toContain('`seed`')
    expect(rowOf('moonshot')).toContain('`partial`')
    expect(rowOf('bedrock')).toContain('bills what nobody reads')
    expect(rowOf('openai')).not.toContain('bills')
  })
})
