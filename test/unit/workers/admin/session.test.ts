// The dashboard's session cookie: who can open one, and what ends it.
import { describe, expect, it } from 'vitest'
import { openSessions, SESSION_MS } from '../../../../workers/admin/session.ts'

const NOW = 1_700_000_000_000
const KEY = 'the-operators-own-key'

describe('a session', () => {
  it('is read back with its key, until it is over', async () => {
    const sessions = openSessions([KEY, 'mk-admin-local'])
    for (const key of [KEY, 'mk-admin-local']) {
      const { token, expiresAt } = await sessions.open(key, NOW)
      expect(expiresAt).toBe(NOW + SESSION_MS)
      expect(await sessions.read(token, NOW)).toEqual({ key, expiresAt })
      expect(await sessions.read(token, expiresAt - 1)).toEqual({ key, expiresAt })
      expect(await sessions.read(token, expiresAt)).toBeUndefined()
    }
  })

  it('does not say the key, and is another one each time', async () => {
    const sessions = openSessions([KEY])
    const [one, two] = [await sessions.open(KEY, NOW), await sessions.open(KEY, NOW)]
    expect(one.token).not.toContain(KEY)
    expect(one.token).not.toBe(two.token)
  })

  it('ends when the key changes, and is known by every isolate that has the same', async () => {
    const { token } = await openSessions([KEY]).open(KEY, NOW)
    expect(await openSessions([KEY]).read(token, NOW)).toBeDefined()
    expect(await openSessions([`${KEY}2`]).read(token, NOW)).toBeUndefined()
    expect(await openSessions([]).read(token, NOW)).toBeUndefined()
  })

  it('is opened with an admin key only', async () => {
    await expect(openSessions([KEY]).open('another', NOW)).rejects.toThrow('admin key')
  })

  it('is refused whatever character of it is changed', async () => {
    const sessions = openSessions([KEY])
    const { token } = await sessions.open(KEY, NOW)
    for (let place = 0; place < token.length; place += 1) {
      const other = token[place] === '1' ? '2' : '1'
      const changed = token.slice(0, place) + other + token.slice(place + 1)
      expect(await sessions.read(changed, NOW), changed).toBeUndefined()
    }
  })

  const nonsense = [
    '',
    '.',
    '..',
    'a.b.c',
    `${NOW + 1}.${'0'.repeat(32)}.`,
    `${NOW + 1}.${'0'.repeat(32)}.${'0'.repeat(64)}`,
  ]
  it.each(nonsense)('is not %j', async (token) => {
    expect(await openSessions([KEY]).read(token, NOW)).toBeUndefined()
  })
})
