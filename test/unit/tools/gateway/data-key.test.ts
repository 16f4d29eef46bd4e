// Where a local gateway keeps the key of its text: made once, for its owner's eyes.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DATA_KEY_FILE, deployedKeys, localDataKeys, newDataKey } from '../../../../tools/gateway/data-key.ts'
import { dataKeysIn, readDataKeys } from '../../../../shared/data-keys.ts'

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
    expect(newDataKey(new Date('2026-11-28T23:00:00Z'))).toMatch(/^k20261128-[0-9a-f]{4}:[\w-]{43}$/))
})

describe('the keys of a deployment', () => {
  const today = new Date('2027-01-02T10:00:00Z')
  const plan = (present: string[], given = {}, isRenewing = false): ReturnType<typeof deployedKeys> =>
    deployedKeys(present, given, isRenewing, today)

  it('are made where there are none, and never told', () => {
    const { lines, made } = plan(['ADMIN_KEY'])
    expect(Object.keys(made)).toEqual(['DATA_KEYS'])
    expect(readDataKeys(made['DATA_KEYS'] ?? '').ok).toBe(true)
    expect(lines.join('\n')).not.toContain(made['DATA_KEYS']?.split(':')[1])
  })

  it('are left alone where there are some', () =>
    expect(plan(['DATA_KEYS'])).toEqual({ lines: ['DATA_KEYS: already there'], made: {} }))

  it('get a newer one in front where that is wished, though nobody can read the old one', () => {
    const { made } = plan(['DATA_KEYS'], {}, true)
    expect(Object.keys(made)).toEqual(['DATA_KEYS_20270102'])
    const all = readDataKeys(dataKeysIn({ DATA_KEYS: newDataKey(today), ...made }) ?? '')
    expect(all.ok && all.keys.length).toBe(2)
    expect(all.ok && made['DATA_KEYS_20270102']?.startsWith(`${all.keys[0]?.name}:`)).toBe(true)
    expect(() => plan(['DATA_KEYS', 'DATA_KEYS_20270102'], {}, true)).toThrow(/was made today/)
  })

  it('are the ones that are given, if they are any', () => {
    const given = { DATA_KEYS: newDataKey(today) }
    expect(plan([], given)).toEqual({ lines: ['DATA_KEYS: will be set'], made: {} })
    expect(() => plan([], { DATA_KEYS: 'k1:short' })).toThrow(/not 32 bytes/)
  })
})
