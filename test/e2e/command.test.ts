// `minnow` as a person meets it: real processes, their words and exit codes.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launch, ROOT } from '../lab/launcher.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'minnow-command-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function minnow(...words: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'tools/minnow.mjs'), ...words], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
  })
  return { code: status, out: stdout, err: stderr }
}

it('without a command it helps', () => {
  const { code, out, err } = minnow()
  expect([code, err]).toEqual([0, ''])
  expect(out).toContain('minnow <command>')
})

it('a mistake is explained, with an exit code that scripts can see', () => {
  const { code, out, err } = minnow('strat')
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain('Did you mean "minnow start"?')
})

it('check says what is configured, and stops at a mistake with its place', { timeout: 300_000 }, () => {
  expect(minnow('check')).toMatchObject({
    code: 0,
    out: expect.stringContaining('minnow.jsonc is fine.') as string,
  })
  writeFileSync(join(folder, 'wrong.jsonc'), '{ "routes": { "auto": { "mini": ["nobody"] } } }')
  const wrong = minnow('check', '--config', 'wrong.jsonc')
  expect(wrong.code).toBe(1)
  expect(wrong.err).toContain('wrong.jsonc')
  expect(wrong.err).toContain('nobody')
  writeFileSync(join(folder, 'lacking.jsonc'), '{ "providers": { "openai": { "apiKey": "$NOT_THERE" } } }')
  const lacking = minnow('check', '--config=lacking.jsonc')
  expect(lacking.code).toBe(1)
  expect(lacking.err).toContain('$NOT_THERE')
  expect(minnow('check', '--config', 'nowhere.jsonc').err).toContain('nowhere.jsonc cannot be read')
})

it(
  'start serves on the port asked for, greets the first time, and ends with a signal',
  { timeout: 240_000 },
  async () => {
    const state = join(folder, 'state')
    const begun = launch([process.execPath, 'tools/minnow.mjs', 'start', '--port', '0', '--state', state], {})
    try {
      const url = await begun.ready()
      await expect.poll(begun.out).toContain(`${url}/docs`)
      expect((await fetch(`${url}/health`)).status).toBe(200)
      process.kill(begun.pid, 'SIGTERM')
      expect(await begun.ended).toBe(0)
      expect(begun.isGroupAlive()).toBe(false)
    } finally {
      begun.killGroup()
    }
  },
)
