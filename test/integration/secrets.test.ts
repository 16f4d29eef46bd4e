// Keys, ours and the clients', in none of the places where they could be read: errors, headers, rows, logs, disk.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Behaviour } from '../lab/behaviour.ts'
import { openClient, type Reply } from '../lab/client.ts'
import { freshId, LAB_KEY, openScene, type Scene, withId } from '../lab/scene.ts'

/** A key of no known form, as self-hosted servers have; nothing but its value gives it away. */
const PLAIN_KEY = 'correcthorsebatterystaple'
const HEADER_SECRET = 'tenant-secret-4711'

let scene: Scene

beforeAll(async () => {
  scene = await openScene(
    (labUrl) => ({
      providers: {
        plain: { baseUrl: labUrl, apiKey: '$PLAIN_KEY', headers: { 'x-tenant': '$TENANT_SECRET' } },
      },
      retries: { sameTarget: 0 },
    }),
    { env: { PLAIN_KEY, TENANT_SECRET: HEADER_SECRET, ADMIN_KEY: 'operator-key-of-this-test' } },
  )
})
afterAll(() => scene.stop())

/** Everything a client can read of a reply. */
const visible = (reply: Reply): string => [...reply.headers].flat().join('\n') + reply.text

test('a provider that repeats the key it was sent does not tell it to the client, in any kind of error', async () => {
  const ids: string[] = []
  for (const [provider, secrets] of [
    ['lab', [LAB_KEY]],
    ['plain', [PLAIN_KEY, HEADER_SECRET]],
  ] as const) {
    for (const [at, behaviour] of echoes(secrets).entries()) {
      const model = `secrets-${provider}-${at}`
      scene.lab.always(model, behaviour)
      for (const send of [scene.client.ask, scene.client.stream]) {
        const id = freshId()
        ids.push(id)
        const reply = await send({ model: `${provider}/${model}` }, withId(id))
        const leaked = secrets.filter((secret) => visible(reply).includes(secret))
        expect({ provider, at, leaked }).toEqual({ provider, at, leaked: [] })
      }
    }
  }
  await scene.rowOf(ids.at(-1) ?? '')
  const rows = JSON.stringify(await scene.rows())
  for (const secret of [LAB_KEY, PLAIN_KEY, HEADER_SECRET]) expect(rows).not.toContain(secret)
  const sent = scene.lab.seen('secrets-plain-0').at(-1)?.headers
  expect(sent).toMatchObject({ authorization: `Bearer ${PLAIN_KEY}`, 'x-tenant': HEADER_SECRET })
})

/** Every kind of error in which a provider may repeat what it was sent. */
function echoes(secrets: readonly string[]): readonly Behaviour[] {
  const [first = ''] = secrets
  const message = `Bad key ${secrets.join(' / ')} in Authorization: Bearer ${first}`
  const error = { error: { message, type: 'invalid_request_error', code: null, param: null } }
  return [
    { status: 400, body: error },
    { status: 401, body: error },
    { status: 403, body: { error: { ...error.error, code: 'content_policy_violation' } } },
    { status: 404, body: error },
    { status: 422, body: { ...error.error } },
    { status: 429, body: error, headers: { 'x-echo': first, 'www-authenticate': first } },
    { status: 500, body: message },
    { body: error },
    { body: `data: ${JSON.stringify(error)}\n\n`, contentType: 'text/event-stream' },
    { text: 'one two three', insert: [{ at: 2, text: `data: ${JSON.stringify(error)}\n\n` }] },
    { status: 400, body: { error: { message: 'x', param: first, type: first, code: first } } },
  ]
}

test('a redirect of a provider is not followed, so its key goes to no other host', async () => {
  scene.lab.always('moved', {
    status: 307,
    body: 'moved',
    headers: { location: `${scene.lab.url}/chat/completions?stolen` },
  })
  const reply = await scene.client.ask({ model: 'lab/moved' })
  expect(reply.status).toBe(502)
  expect(scene.lab.requests.filter((request) => request.path.includes('stolen'))).toEqual([])
})

test('a wrong key is not repeated in the error about it', async () => {
  const reply = await openClient(scene.gateway.url, 'mk-mistyped-but-nearly-right').ask({ model: 'micro' })
  expect(visible(reply)).not.toContain('mistyped')
})

test('no key is in the log, in the database or anywhere else in the state folder', async () => {
  const made = await scene.makeKey()
  const id = freshId()
  await made.client.ask(
    { model: 'plain/state' },
    { headers: { 'x-request-id': id, 'x-minnow-conversation': 'secrets' } },
  )
  await scene.rowOf(id)
  const secrets = [made.key, LAB_KEY, PLAIN_KEY, HEADER_SECRET, 'operator-key-of-this-test']
  const files = readdirSync(scene.gateway.state, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const stored = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n')
  expect(stored).toContain(made.id) // so the search means something
  for (const secret of secrets) {
    expect(stored.includes(secret)).toBe(false)
    expect(scene.gateway.output().includes(secret)).toBe(false)
  }
})
