// `npm run dev`: the same gateway in wrangler dev, with the local keys, its own D1 and the pages.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Launch, launch, ROOT } from '../lab/launcher.ts'

let home = ''
let checkout = ''
let gateway: Launch
let url = ''

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'minnow-dev-'))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  checkout = copyCheckout(join(home, 'checkout'))
  gateway = launch(
    ['npm', 'run', 'dev'],
    { HOME: home, PORT: String(port), MINNOW_STATE: join(home, 'state') },
    checkout,
  )
  while (!(await isAnswering())) await new Promise((tick) => setTimeout(tick, 200))
}, 300_000)

afterAll(async () => {
  gateway.killGroup()
  await gateway.ended
  rmSync(home, { recursive: true, force: true })
})

it('serves the pages and answers with the local key', async () => {
  expect(await (await fetch(url)).text()).toContain('<title>Minnow</title>')
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer mk-local', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'micro', messages: [{ role: 'user', content: 'Hello' }] }),
    signal: AbortSignal.timeout(60_000),
  })
  expect(reply.status).toBe(200)
  expect(await reply.json()).toMatchObject({ object: 'chat.completion' })
  expect(gateway.out()).toContain('mk-local')
  // Its database has its tables: the request is found in them.
  const requests = async (): Promise<string> =>
    (await fetch(`${url}/admin/requests`, { headers: { authorization: 'Bearer mk-admin-local' } })).text()
  await expect.poll(requests, { timeout: 60_000 }).toContain('"micro"')
})

it('takes up a change of the Worker and of the configuration without a restart', async () => {
  edit('workers/index.ts', /const VERSION = '[^']*'/, "const VERSION = 'edited'")
  const health = async (): Promise<string> => (await fetch(`${url}/health`)).text()
  await expect.poll(health, { timeout: 150_000, interval: 500 }).toContain('edited')
  edit('minnow.jsonc', /"routes": \{/, '"routes": { "edited": { "order": ["micro"] },')
  const models = async (): Promise<string> =>
    (await fetch(`${url}/v1/models`, { headers: { authorization: 'Bearer mk-local' } })).text()
  await expect.poll(models, { timeout: 150_000, interval: 500 }).toContain('"edited"')
}, 400_000) // wrangler builds everything anew, twice

it('SIGTERM to npm ends it and everything it started', async () => {
  process.kill(gateway.pid, 'SIGTERM')
  expect(await gateway.ended).toBe(0)
  await expect.poll(gateway.isGroupAlive, { timeout: 60_000 }).toBe(false)
})

/** What a clone holds, to be edited; packages are shared with this checkout. */
function copyCheckout(folder: string): string {
  mkdirSync(folder)
  for (const part of [
    'workers',
    'shared',
    'migrations',
    'models',
    'tools/gateway',
    'tools/openapi',
    'tools/dev.ts',
    'tools/run.mjs',
  ]) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true })
  }
  for (const file of [
    'package.json',
    'package-lock.json',
    'wrangler.toml',
    'minnow.jsonc',
    'tsconfig.json',
    '.npmrc',
  ]) {
    cpSync(join(ROOT, file), join(folder, file))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

function edit(file: string, from: RegExp, to: string): void {
  const before = readFileSync(join(checkout, file), 'utf8')
  const after = before.replace(from, to)
  expect(after).not.toBe(before)
  writeFileSync(join(checkout, file), after)
}

function isAnswering(): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) }).then(
    ({ ok }) => ok,
    () => false,
  )
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
