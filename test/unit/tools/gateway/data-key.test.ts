// Where a local gateway keeps the key of its text: made once, for its owner's eyes.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DATA_KEY_FILE, localDataKeys, newDataKey } from '../../../../tools/gateway/data-key.ts'
import { readDataKeys } from '../../../../shared/data-keys.ts'

let state: string
beforeEach(() => void (state = mkdtempSync(join(tmpdir(), 'minnow-key-'))))
afterEach(() => rmSync(state, { recursive: true, force: true }))

describe('a local key', () => {
  it('is made at the first start and the same at every other', () => {
    const keys = localDataKeys(state, undefined)
    expect(readDataKeys(keys).ok).toBe(true)
    expect(localDataKeys(state, '')).toBe(keys)
    expect(readdirSync(state)).toEqual([DATA_KEY_FILE])
  })

  it("is its owner's alone to read", () => {
    localDataKeys(state, undefined)
    expect(statSync(join(state, DATA_KEY_FILE)).mode & 0o777).toBe(0o600)
  })

  it('gives way to one that is given, which is not written down', () => {
    const given = newDataKey(new Date())
    expect(localDataKeys(state, given)).toBe(given)
    expect(readdirSync(state)).toEqual([])
  })

  it('is refused where somebody damaged it, and not made anew: that would lose what it sealed', () => {
    writeFileSync(join(state, DATA_KEY_FILE), 'k1:short\n')
    expect(() => localDataKeys(state, undefined)).toThrow(/its 1\. key is not 32 bytes.*data-keys/)
    expect(readFileSync(join(state, DATA_KEY_FILE), 'utf8')).toBe('k1:short\n')
  })

  it('is named after its day', () =>
    expect(newDataKey(new Date('2026-11-28T23:00:00Z'))).toMatch(/^k20261128:[\w-]{43}$/))
})
