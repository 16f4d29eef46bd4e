import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { pack, readSource } from '../../../../tools/data/vocabulary.ts'
import { unpack } from '../../../../workers/vocabulary/unpack.ts'
import { packed } from '../../tokenizer.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe("the tokenizer's vocabulary", () => {
  it("is the package's own, packed by the documented command", () => {
    expect(sha256(new Uint8Array(packed()))).toBe(sha256(pack(readSource())))
  })

  it('gives every rank its token: text where the bytes are whole characters, else the bytes', () => {
    const vocabulary = unpack(packed())
    expect(vocabulary).toHaveLength(199_998)
    expect(vocabulary[0]).toBe('!')
    expect(vocabulary.filter((token) => typeof token !== 'string').length).toBeGreaterThan(128)
    expect(vocabulary).not.toContain('')
  })
})
