// Who gets in where the whole Worker cannot be asked: over https, and without any admin key.
import { describe, expect, it } from 'vitest'
import { type Door, openDoor } from '../../../../workers/admin/door.ts'
import { openKeyStore } from '../../../../workers/keys/store.ts'
import { openKeys } from '../../../../workers/keys/verify.ts'

const KEY = 'the-operators-own-key'
/** An admin key is told without the store, so it has no database. */
const store = openKeyStore(undefined as never)

const doorOf = (adminKey: string | undefined, loopback = false): Door => {
  const keys = openKeys({ store, loopback, ...(adminKey === undefined ? {} : { adminKey }) })
  return openDoor({
    keys,
    adminKey,
    loopback,
    now: () => 1_700_000_000_000,
    guard: { weigh: async () => undefined },
  })
}
const asked = (
  method: string,
  headers: Record<string, string> = {},
  url = 'https://gate.example/admin/session',
): Request => new Request(url, { method, headers })

describe('over https', () => {
  it('the cookie is not sent over anything else', async () => {
    const { cookie } = await doorOf(KEY).signIn(KEY, asked('POST', { origin: 'https://gate.example' }))
    expect(cookie).toMatch(
      /^minnow-admin=[\w.]+; Path=\/admin; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    )
    expect(doorOf(KEY).signOut(asked('DELETE', { origin: 'https://gate.example' }))).toMatch(
      /^minnow-admin=; .*Max-Age=0; .*Secure$/,
    )
  })
})

describe('without an admin key', () => {
  it.each([undefined, ''])('nobody gets in, and is told how to set one (%j)', async (adminKey) => {
    const door = doorOf(adminKey)
    const closed = {
      failure: {
        kind: 'forbidden',
        code: 'admin_disabled',
        message: expect.stringContaining('secret put ADMIN_KEY'),
      },
    }
    await expect(door.enter(asked('GET'))).rejects.toMatchObject(closed)
    await expect(door.signIn('', asked('POST', { origin: 'https://gate.example' }))).rejects.toMatchObject(
      closed,
    )
  })
})

describe('the local key', () => {
  it('opens nothing where it does not exist, and nothing under another name', async () => {
    const refused = { failure: { code: 'local_key_elsewhere' } }
    const signIn = (door: Door): Promise<unknown> =>
      door.signIn('mk-admin-local', asked('POST', { origin: 'https://gate.example' }))
    await expect(signIn(doorOf(KEY))).rejects.toMatchObject(refused)
    await expect(signIn(doorOf(KEY, true))).rejects.toMatchObject(refused)
  })
})
