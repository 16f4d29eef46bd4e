// Tokens: what was written is read, and nothing else is.
import { expect, it } from 'vitest'
import { type Pass, readToken, type SigningKey, writeToken } from '../../../../workers/visitors/token.ts'

const key = (name: string, fill: number): SigningKey => ({ name, key: new Uint8Array(32).fill(fill) })
const NEW = key('new', 1)
const OLD = key('old', 2)
const PASS: Pass = {
  kind: 'speak',
  keyId: 'key_1',
  conversation: 'visit-0f',
  origin: 'https://shöp.example',
  expiresAt: 1_795_900_000_000,
}

it('a token is read by whoever has the key, also once a newer one signs', async () => {
  expect(await readToken('speak', await writeToken(PASS, OLD), [NEW, OLD])).toEqual(PASS)
  expect(await readToken('speak', await writeToken(PASS, OLD), [NEW])).toBeUndefined()
})

it('any changed character makes it void', async () => {
  const token = await writeToken(PASS, NEW)
  // The last character of a mark carries two bits that mean nothing.
  for (let at = 0; at < token.length - 1; at += 1) {
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
    expect(await readToken('speak', changed, [NEW]), String(at)).toBeUndefined()
  }
})

it('one kind is no other, with its prefix changed or not', async () => {
  const renewal = await writeToken({ ...PASS, kind: 'renew' }, NEW)
  expect(await readToken('speak', renewal, [NEW])).toBeUndefined()
  expect(await readToken('speak', renewal.replace('mr-', 'mv-'), [NEW])).toBeUndefined()
  expect(await readToken('renew', renewal, [NEW])).toMatchObject({ kind: 'renew' })
})

it('what is no token is none', async () => {
  const token = await writeToken(PASS, NEW)
  const mark = token.split('.')[1] ?? ''
  const long = `mv-${'A'.repeat(5_000)}.${mark}`
  for (const text of ['', 'mv-', 'mv-.', 'mv-a.b', token.slice(0, -1), `${token} `, long])
    expect(await readToken('speak', text, [NEW]), text).toBeUndefined()
})
