// Guesses at the admin key, through the whole Worker: after ten an address waits, whatever key it sends and however many
// at once; another isolate's count holds here; and whoever is signed in notices nothing.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseFile, migrate, readMigrations } from '../../tools/gateway/migrate.ts'
import { FREE_GUESSES } from '../../workers/admin/pause.ts'
import { pick } from '../lab/client.ts'
import { type Gateway, startGateway } from '../lab/gateway.ts'
import { until } from '../lab/until.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const KEY = 'the-operators-own-key'
let gateway: Gateway
let cookie: string

beforeAll(async () => {
  gateway = await startGateway({ config: {}, env: { ADMIN_KEY: KEY } })
  const opened = await signIn(gateway, KEY)
  cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? ''
})
afterAll(() => gateway?.stop())

const signIn = ({ url }: Gateway, key: string): Promise<Response> =>
  fetch(`${url}/admin/session`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  })
const bearer = ({ url }: Gateway, key: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/admin/keys`, { headers: { authorization: `Bearer ${key}`, ...headers } })

test('many at once are not all looked at, and the right one among them is not told from the others', async () => {
  const keys = Array.from({ length: 40 }, (_, place) => (place === 39 ? KEY : `guess-${place}`))
  const replies = await Promise.all(keys.map((key) => bearer(gateway, key)))
  const statuses = replies.map(({ status }) => status)
  expect(statuses.filter((status) => status === 401)).toHaveLength(FREE_GUESSES)
  expect(statuses.filter((status) => status === 429)).toHaveLength(40 - FREE_GUESSES)
})

test('the answer says how long, and that no key is looked at until then', async () => {
  // Should the pause have been over by now, others begin it anew.
  const refused = await until('a refusal', async () => {
    await Promise.all(Array.from({ length: FREE_GUESSES + 2 }, () => signIn(gateway, 'guess')))
    const reply = await signIn(gateway, KEY)
    return reply.status === 429 && reply
  })
  const seconds = Number(refused.headers.get('retry-after'))
  expect(seconds).toBeGreaterThanOrEqual(1)
  expect(seconds).toBeLessThanOrEqual(8)
  const body = await refused.json()
  expect(pick(body, 'error', 'code')).toBe('rate_limit_exceeded')
  expect(pick(body, 'error', 'message')).toContain('Too many wrong admin keys came from this address.')
  expect(JSON.stringify(body)).not.toContain(KEY)
  expect(refused.headers.get('set-cookie')).toBeNull()
})

test('a browser that is signed in stays so, and clients of models are not concerned', async () => {
  const { url } = gateway
  const shown = await fetch(`${url}/admin/keys`, { headers: { cookie, 'sec-fetch-site': 'same-origin' } })
  expect(shown.status).toBe(200)
  expect((await fetch(`${url}/v1/models`, { headers: { authorization: 'Bearer mk-local' } })).status).toBe(
    200,
  )
})

test('after the pause the right key opens, and the wrong ones are forgotten', async () => {
  await until('the end of the pause', async () => (await bearer(gateway, KEY)).status === 200)
})

test('an address that a client makes up is not believed where Cloudflare is not in front', async () => {
  const keys = Array.from({ length: FREE_GUESSES + 1 }, (_, place) => `198.51.100.${place}`)
  const replies = await Promise.all(
    keys.map((address) => bearer(gateway, 'guess', { 'cf-connecting-ip': address })),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([...keys.slice(1).map(() => 401), 429])
})

test('what another isolate counted holds here, and outlives a restart', async () => {
  const state = mkdtempSync(join(tmpdir(), 'minnow-guesses-'))
  migrate(databaseFile(state), readMigrations(join(ROOT, 'migrations')))
  const database = new DatabaseSync(databaseFile(state))
  const name = createHash('sha256').update('all').digest('hex')
  database.prepare('INSERT INTO guesses VALUES (?, ?, ?)').run(name, FREE_GUESSES + 6, Date.now())
  database.close()
  const other = await startGateway({ config: {}, state, env: { ADMIN_KEY: KEY } })
  const refused = await bearer(other, KEY)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60)
  expect((await bearer(other, 'guess')).status).toBe(429)
  await other.stop()
  rmSync(state, { recursive: true, force: true })
})

test('the local key is no secret, so guesses at it cost nothing', async () => {
  const local = await startGateway({ config: {} })
  for (let guess = 0; guess < FREE_GUESSES + 3; guess += 1)
    expect((await bearer(local, 'guess')).status).toBe(401)
  expect((await bearer(local, 'mk-admin-local')).status).toBe(200)
  await local.stop()
})
