import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { nodeBinary, whatIsMissing, workerdBinary } from '../../../../tools/gateway/install.mjs'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'minnow-install-'))
  lock('package-lock.json', {
    '': {},
    'node_modules/hono': { version: '4.0.0', integrity: 'a' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
  })
  for (const binary of [nodeBinary(root), workerdBinary(root)]) {
    mkdirSync(dirname(binary), { recursive: true })
    writeFileSync(binary, '')
  }
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

it('a fresh clone has nothing installed', () => {
  expect(whatIsMissing(root)).toBe('nothing is installed yet')
})

it('what npm put there is enough, however it was called; packages of other platforms may be absent', () => {
  lock('node_modules/.package-lock.json', { 'node_modules/hono': { version: '4.0.0', integrity: 'a' } })
  expect(whatIsMissing(root)).toBeUndefined()
})

it('another version, a missing package and a missing binary are noticed', () => {
  lock('node_modules/.package-lock.json', { 'node_modules/hono': { version: '3.0.0', integrity: 'b' } })
  expect(whatIsMissing(root)).toContain('node_modules/hono')
  lock('node_modules/.package-lock.json', {})
  expect(whatIsMissing(root)).toContain('node_modules/hono')
  lock('node_modules/.package-lock.json', { 'node_modules/hono': { version: '4.0.0', integrity: 'a' } })
  rmSync(workerdBinary(root))
  expect(whatIsMissing(root)).toContain('workerd')
})

function lock(file: string, packages: object): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), JSON.stringify({ packages }))
}

it('the lockfile names the packages of every platform, without which npm ci refuses it, and no registry', () => {
  const { packages } = JSON.parse(
    readFileSync(resolve(import.meta.dirname, '../../../../package-lock.json'), 'utf8'),
  ) as {
    packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>
  }
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')))
  const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
  expect(optional.filter((name) => !names.has(name))).toEqual([])
  expect(Object.values(packages).filter((entry) => entry.resolved !== undefined)).toEqual([])
})
