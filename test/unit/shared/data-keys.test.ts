// What the secret DATA_KEYS may look like, and that no complaint about it tells any of it.
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { dataKeysIn, readDataKeys } from '../../../shared/data-keys.ts'

const secret = randomBytes(32)
const text = secret.toString('base64url')

describe('the keys of what is kept', () => {
  it('are read in order, newest first', () => {
    const read = readDataKeys(`k2:${text}, k1:${randomBytes(32).toString('base64url')}`)
    expect(read.ok && read.keys.map(({ name }) => name)).toEqual(['k2', 'k1'])
    expect(read.ok && Buffer.from(read.keys[0]?.secret ?? []).equals(secret)).toBe(true)
  })

  it('are read to the last bit, whatever the bytes', () => {
    for (let round = 0; round < 200; round += 1) {
      const bytes = randomBytes(32)
      const read = readDataKeys(`k:${bytes.toString('base64url')}`)
      expect(read.ok && Buffer.from(read.keys[0]?.secret ?? []).equals(bytes)).toBe(true)
    }
  })

  const wrong: readonly [string, string, RegExp][] = [
    ['nothing', '', /its 1\. key has no name/],
    ['no name', text, /its 1\. key has no name/],
    ['a name with a space', `my key:${text}`, /its 1\. key has no name/],
    ['a name too long to stand in every row', `${'n'.repeat(33)}:${text}`, /its 1\. key has no name/],
    ['a short key behind a good one', `k2:${text},k1:${text.slice(4)}`, /its 2\. key is not 32 bytes/],
    ['a key too long', `k1:${text}AAAA`, /its 1\. key is not 32 bytes/],
    ['other letters', `k1:${text.slice(0, 42)}*`, /its 1\. key is not 32 bytes/],
    ['bits left over', `k1:${'A'.repeat(42)}B`, /its 1\. key is not 32 bytes/],
    ['one name twice', `k1:${text},k1:${text}`, /two of its keys are called "k1"/],
    ['a comma at the end', `k1:${text},`, /its 2\. key has no name/],
    ['far too many', Array.from({ length: 17 }, (_, n) => `k${n}:${text}`).join(), /at most 16/],
  ]
  for (const [what, given, message] of wrong) {
    it(`are refused with ${what}, and the message tells no secret`, () => {
      const read = readDataKeys(given)
      expect(read).toMatchObject({ ok: false, message: expect.stringMatching(message) })
      expect(JSON.stringify(read)).not.toContain(text.slice(0, 12))
    })
  }
})

describe('newer keys', () => {
  it('may have secrets of their own, and come before those without a date', () => {
    const named = {
      DATA_KEYS: 'k1:a',
      DATA_KEYS_20270102: 'k3:c',
      DATA_KEYS_20270101: 'k2:b',
      DATA_KEYSTONE: 'x',
    }
    expect(dataKeysIn(named)).toBe('k3:c,k2:b,k1:a')
  })

  it('are none where nothing is said', () => {
    expect(dataKeysIn({ DATA_KEYS: '', DATA: 'k1:a', DB: {} })).toBeUndefined()
    expect(dataKeysIn({ DATA_KEYS_2: 'k2:b' })).toBe('k2:b')
  })
})
