// What is sealed opens where it belongs, with the key that sealed it, whole; and nowhere else.
import { createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSeals, type Seal, SealError } from '../../../shared/seal.ts'
import { cipher } from '../../../workers/cipher.ts'

const keyOf = (name: string, secret = randomBytes(32)): string => `${name}:${secret.toString('base64url')}`
const first = keyOf('k1')
const second = keyOf('k2')
const open = (keys: string, place = 'object-1'): Seal => openSeals(keys, cipher).at('thread', place)

const whyOf = (work: () => unknown): string => {
  try {
    work()
    return 'opened'
  } catch (error) {
    return error instanceof SealError ? error.why : String(error)
  }
}

describe('a sealed text', () => {
  it('opens as it was, whatever its letters', () => {
    const seal = open(first)
    assert(
      property(string({ unit: 'grapheme' }), string(), (text, row) => {
        expect(seal.open(seal.seal(text, row), row)).toBe(text)
      }),
    )
    expect(seal.open(seal.seal('\ufeffbegins with a mark', 'a'), 'a')).toBe('\ufeffbegins with a mark')
  })

  it('tells nothing of itself but its length, and is another each time', () => {
    const seal = open(first)
    const [one, other] = [seal.seal('a secret', 'a'), seal.seal('a secret', 'a')]
    expect(Buffer.from(one).includes('secret')).toBe(false)
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false)
    expect(one.byteLength).toBe('a secret'.length + 2 + 'k1'.length + 12 + 16)
  })

  it('is AES-256-GCM under HKDF of the secret, for any other program that has the secret', () => {
    const secret = randomBytes(32)
    const sealed = Buffer.from(open(keyOf('k1', secret)).seal('a secret', 'items/1'))
    const key = hkdfSync('sha256', secret, '', 'minnow/1/thread/object-1', 32)
    const opening = createDecipheriv('aes-256-gcm', new Uint8Array(key), sealed.subarray(4, 16))
    opening.setAAD(Buffer.from('items/1'))
    opening.setAuthTag(sealed.subarray(-16))
    expect(opening.update(sealed.subarray(16, -16), undefined, 'utf8') + opening.final('utf8')).toBe(
      'a secret',
    )
  })

  it('opens nowhere else: another row, another object, another purpose', () => {
    const sealed = open(first).seal('a secret', 'items/1')
    expect(whyOf(() => open(first).open(sealed, 'items/2'))).toBe('damaged')
    expect(whyOf(() => open(first, 'object-2').open(sealed, 'items/1'))).toBe('damaged')
    const other = openSeals(first, cipher).at('replay', 'object-1')
    expect(whyOf(() => other.open(sealed, 'items/1'))).toBe('damaged')
  })

  it('is noticed when any byte of it was changed, or its end is missing', () => {
    const seal = open(first)
    const sealed = seal.seal('a secret', 'a')
    for (let at = 0; at < sealed.byteLength; at += 1) {
      const changed = new Uint8Array(sealed.slice(0))
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(whyOf(() => seal.open(changed.buffer, 'a'))).toMatch(/damaged|unknown-key/)
      expect(whyOf(() => seal.open(sealed.slice(0, at), 'a'))).toBe('damaged')
    }
  })

  it('may be plain where an earlier version wrote it', () =>
    expect(open(first).open('plain', 'a')).toBe('plain'))
})

describe('a new key in front', () => {
  it('seals; the old one still opens, and what it sealed is to be sealed again', () => {
    const old = open(first).seal('a secret', 'a')
    const both = open(`${second},${first}`)
    expect(both.open(old, 'a')).toBe('a secret')
    const fresh = both.seal('a secret', 'a')
    expect([old, fresh, 'plain'].map((stored) => both.isFresh(stored))).toEqual([false, true, false])
    expect(open(second).open(fresh, 'a')).toBe('a secret')
  })

  it('says by its name which key is missing', () => {
    const old = open(first).seal('a secret', 'a')
    expect(whyOf(() => open(second).open(old, 'a'))).toBe('unknown-key')
    expect(() => open(second).open(old, 'a')).toThrow(/"k1".*put it back/)
  })

  it('another secret under the same name opens nothing', () => {
    const old = open(first).seal('a secret', 'a')
    expect(whyOf(() => open(keyOf('k1')).open(old, 'a'))).toBe('damaged')
  })
})

describe('a mark', () => {
  it('is the same for the same text, of each key one, and of no use to others', () => {
    const both = open(`${second},${first}`)
    expect(both.marks('yes')).toEqual(both.marks('yes'))
    expect(both.marks('yes')).not.toEqual(both.marks('no'))
    expect(both.marks('yes')).toEqual([...open(second).marks('yes'), ...open(first).marks('yes')])
    expect(open(first, 'object-2').marks('yes')).not.toEqual(open(first).marks('yes'))
  })
})

describe('without a key', () => {
  for (const [what, keys, message] of [
    ['missing', undefined, /has no secret DATA_KEYS/],
    ['wrong', 'nonsense', /its 1\. key has no name/],
  ] as const) {
    it(`nothing is sealed, and what is ${what} is said`, () => {
      const seals = openSeals(keys, cipher)
      const seal = seals.at('thread', 'object-1')
      expect(() => seals.check()).toThrow(message)
      expect(() => seal.seal('a secret', 'a')).toThrow(message)
      expect(() => seal.marks('a secret')).toThrow(message)
      expect(() => seal.open(open(first).seal('a secret', 'a'), 'a')).toThrow(message)
      expect(seal.open('plain', 'a')).toBe('plain')
      expect(seals.keys('tokens', '')).toEqual([])
    })
  }
})
