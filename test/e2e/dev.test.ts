// `npm run dev`: the same gateway in wrangler dev, with the local keys, its own D1 and the pages.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Launch, launch } from '../lab/launcher.ts'

let home = ''
let gateway: Launch
let url = ''

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'minnow-dev-'))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  gateway = launch(['npm', 'run', 'dev'], {
    HOME: home,
    PORT: String(port),
    MINNOW_STATE: join(home, 'state'),
  })
  while (!(await isAnswering())) await new Promise((tick) => setTimeout(tick, 200))
})

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
    signal: AbortSignal.timeout(15_000),
  })
  expect(reply.status).toBe(200)
  expect(await reply.json()).toMatchObject({ object: 'chat.completion' })
  expect(gateway.out()).toContain('mk-local')
})

it('SIGTERM to npm ends it and everything it started', async () => {
  process.kill(gateway.pid, 'SIGTERM')
  expect(await gateway.ended).toBe(0)
  await expect.poll(gateway.isGroupAlive, { timeout: 10_000 }).toBe(false)
})

function isAnswering(): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).then(
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
