// The length of a text in UTF-8 is that of its bytes.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8Length } from '../../../shared/utf8.ts'

const bytes = (text: string): number => new TextEncoder().encode(text).byteLength

describe('the length in UTF-8', () => {
  for (const text of [
    '',
    'plain',
    'é',
    'ह',
    '字',
    '😀',
    'a😀b',
    '\ud83d',
    '\ude00',
    '\ude00\ud83d',
    '\ud83d\ud83d\ude00',
  ])
    it(`of ${JSON.stringify(text)}`, () => expect(utf8Length(text)).toBe(bytes(text)))

  it('is that of the bytes, for any text with broken characters too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => utf8Length(text) === bytes(text)),
    )
    const units = fc.array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 50 })
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes)
        return utf8Length(text) === bytes(text)
      }),
    )
  })
})
