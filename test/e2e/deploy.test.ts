// `npm run deploy` without an account: the rehearsal works, and the real thing says what it needs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Launch, launch } from '../lab/launcher.ts'

let home = ''

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'minnow-deploy-'))
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

/** With a home of its own, so that nobody's real account is found. */
async function deploy(...args: readonly string[]): Promise<Launch & { readonly code: number | null }> {
  const begun = launch(['npm', 'run', '-s', 'deploy', '--', ...args], { HOME: home, XDG_CONFIG_HOME: home })
  return { ...begun, code: await begun.ended }
}

it('a dry run needs no account: it builds, and says what would happen', { timeout: 240_000 }, async () => {
  const run = await deploy('--dry-run')
  expect(run.err()).toBe('')
  expect(run.code).toBe(0)
  for (const part of [
    'env.DB (minnow)',
    'env.MICRO (Micro)',
    'env.ASSETS',
    'create the D1 database "minnow"',
    '0001_',
    'ADMIN_KEY',
    'nothing was changed',
  ]) {
    expect(run.out()).toContain(part)
  }
})

it('without an account it stops with one sentence', { timeout: 240_000 }, async () => {
  const run = await deploy()
  expect(run.code).toBe(1)
  expect(run.err().trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^There is no Cloudflare account to deploy to: run "npx wrangler login"/),
  ])
})

it('a word it does not know is refused', async () => {
  const run = await deploy('--production')
  expect(run.code).toBe(1)
  expect(run.err()).toMatch(/^Unknown argument --production/)
})
