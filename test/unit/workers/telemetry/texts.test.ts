// What was said is kept sealed or not at all, and only its own row opens it.
import { describe, expect, it } from 'vitest'
import { openSeals } from '../../../../shared/seal.ts'
import { cipher } from '../../../../workers/cipher.ts'
import { openTexts, type Texts } from '../../../../workers/telemetry/texts.ts'

const KEY = `k1:${'A'.repeat(43)}`
const OTHER = `k2:${'B'.repeat(42)}A`
const open = (keys: string | undefined, warnings: string[] = []): Texts =>
  openTexts(openSeals(keys, cipher), (message) => warnings.push(message))
const said = { prompt: [{ role: 'user', text: 'ein Döner, bitte 🥙'.repeat(5_000) }], answers: ['gern'] }

describe('a text', () => {
  it('is what it was for its row, however long, and for no other', () => {
    const texts = open(KEY)
    const kept = texts.close(JSON.stringify(said), 'row 1') ?? ''
    expect(kept).toMatch(/^sealed:k1:[A-Za-z0-9+/]+=*$/)
    expect(texts.open(kept, 'row 1')).toEqual(said)
    expect(texts.open(kept, 'row 2')).toMatchObject({
      sealed: true,
      error: expect.stringContaining('belongs elsewhere'),
    })
  })

  it('that an earlier version kept is read as it stands', () =>
    expect(open(KEY).open(JSON.stringify(said), 'row 1')).toEqual(said))

  it('whose key is gone says which one that is', () => {
    const kept = open(KEY).close('{}', 'row 1') ?? ''
    expect(open(OTHER).open(kept, 'row 1')).toMatchObject({
      sealed: true,
      error: expect.stringContaining('"k1"'),
    })
  })

  it('is not kept where nothing can be sealed, and the operator is told once', () => {
    const warnings: string[] = []
    const texts = open(undefined, warnings)
    expect(texts.close('{}', 'row 1')).toBeUndefined()
    expect(texts.close('{}', 'row 2')).toBeUndefined()
    expect(warnings).toEqual([expect.stringContaining('DATA_KEYS')])
  })
})
