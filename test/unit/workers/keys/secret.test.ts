// Keys: random, recognisable, stored as a hash.
import { describe, expect, it } from 'vitest'
import { hashKey, makeSecret } from '../../../../workers/keys/secret.ts'

describe('a new key', () => {
  it('is mk- or, publishable, pk-, and 256 random bits that travel in a header', async () => {
    expect((await makeSecret(false)).key).toMatch(/^mk-[A-Za-z0-9_-]{43}$/)
    expect((await makeSecret(true)).key).toMatch(/^pk-[A-Za-z0-9_-]{43}$/)
  })
  it('is never the same', async () => {
    const keys = await Promise.all(Array.from({ length: 100 }, () => makeSecret(false)))
    expect(new Set(keys.map(({ key }) => key)).size).toBe(100)
  })
  it('comes with its hash and a beginning that gives nothing away', async () => {
    const { key, prefix, hash } = await makeSecret(false)
    expect(hash).toBe(await hashKey(key))
    expect(key.startsWith(prefix)).toBe(true)
    expect(prefix.length).toBeLessThanOrEqual(10)
    expect(hash).not.toContain(key.slice(3))
  })
})

describe('a hash', () => {
  it('is SHA-256 in hex', async () => {
    // Source: FIPS 180-4, the one-block example
    expect(await hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
