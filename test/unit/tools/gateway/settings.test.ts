// What the environment says about the AI binding of a local gateway.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Refusal } from '../../../../tools/gateway/refusal.ts'
import { readSettings } from '../../../../tools/gateway/settings.ts'

const root = resolve(import.meta.dirname, '../../../..')
const state = mkdtempSync(join(tmpdir(), 'minnow-settings-'))
afterAll(() => rmSync(state, { recursive: true, force: true }))

const aiOf = (value: string | undefined): string | undefined =>
  readSettings(root, { MINNOW_STATE: state, MINNOW_AI: value }, root).ai

describe('MINNOW_AI', () => {
  it('is where the binding leads, as workerd wants an address', () => {
    expect(aiOf('http://127.0.0.1:8788')).toBe('127.0.0.1:8788')
    expect(aiOf(' http://[::1]:8788/ ')).toBe('[::1]:8788')
  })

  it('is not there unless somebody says so', () => {
    expect(aiOf(undefined)).toBeUndefined()
    expect(aiOf('')).toBeUndefined()
  })

  for (const wrong of [
    '127.0.0.1:8788',
    'https://127.0.0.1:8788',
    'http://host',
    'http://a:1/run',
    'http://u@a:1',
  ]) {
    it(`is refused where it is no such address: ${wrong}`, () => expect(() => aiOf(wrong)).toThrow(Refusal))
  }
})
