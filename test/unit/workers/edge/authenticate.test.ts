// The key of a request, and where a publishable one works.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import { checkLocal, checkOrigin, keyOf } from '../../../../workers/edge/authenticate.ts'
import { timeOfRequestId } from '../../../../shared/request-id.ts'
import { requestIdOf } from '../../../../workers/edge/identity.ts'
import { callerWith } from '../../samples.ts'

describe('the key', () => {
  const cases: readonly [Record<string, string>, string | undefined][] = [
    [{ authorization: 'Bearer mk-1' }, 'mk-1'],
    [{ authorization: 'bearer   mk-1 ' }, 'mk-1'],
    [{ 'x-api-key': 'mk-1' }, 'mk-1'],
    [{ 'api-key': 'mk-1' }, 'mk-1'],
    [{ authorization: 'Bearer mk-1', 'x-api-key': 'mk-2', 'api-key': 'mk-3' }, 'mk-1'],
    [{ authorization: 'Basic abc', 'x-api-key': 'mk-2' }, 'mk-2'],
    [{ authorization: 'mk-1' }, undefined],
    [{ authorization: 'Bearer' }, undefined],
    [{ authorization: 'Bearer a b' }, undefined],
    [{}, undefined],
  ]
  for (const [headers, key] of cases) {
    it(`in ${JSON.stringify(headers)} is ${key ?? 'missing'}`, () =>
      expect(keyOf(new Headers(headers))).toBe(key))
  }
})

describe('a publishable key', () => {
  const caller = callerWith({ origins: ['https://shop.example', 'http://localhost:3000'] })
  const check = (headers: Record<string, string>) => () => checkOrigin(caller, new Headers(headers))

  it('works from its own sites', () => {
    expect(check({ origin: 'https://shop.example' })).not.toThrow()
    expect(check({ origin: 'http://localhost:3000' })).not.toThrow()
  })

  for (const origin of [
    'https://evil.example',
    'https://shop.example.evil',
    'http://shop.example',
    'https://shop.example:444',
    'null',
    'https://SHOP.example/',
  ]) {
    it(`does not work from ${origin}`, () => expect(check({ origin })).toThrow(Failed))
  }
  it('does not work outside browsers', () => expect(check({})).toThrow(/without an Origin/))
  it('that is secret works from anywhere', () =>
    expect(() => checkOrigin(callerWith(), new Headers())).not.toThrow())
})

describe('a local key', () => {
  const check =
    (url: string, origin?: string, key = 'mk-local') =>
    () =>
      checkLocal(key, new Request(url, { headers: origin === undefined ? {} : { origin } }))
  for (const host of ['127.0.0.1:8787', 'localhost:8787', 'minnow.localhost', '[::1]:8787', '127.3.2.1']) {
    it(`works on ${host}`, () => expect(check(`http://${host}/v1/models`)).not.toThrow())
    it(`works from a page on ${host}`, () =>
      expect(check('http://127.0.0.1:8787/v1/models', `http://${host}`)).not.toThrow())
  }
  for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '192.168.0.4']) {
    it(`does not work under the name ${host}, which may only resolve to this machine`, () =>
      expect(check(`http://${host}:8787/v1/models`)).toThrow(/loopback/))
    it(`does not work from a page on ${host}`, () =>
      expect(check('http://127.0.0.1:8787/v1/models', `https://${host}`)).toThrow(/loopback/))
  }
  it('for operators is held to the same', () =>
    expect(check('http://127.0.0.1/admin/keys', 'https://evil.example', 'mk-admin-local')).toThrow(Failed))
  it('that was made is not held to it', () =>
    expect(check('https://gateway.example/v1/models', 'https://a.example', 'mk-made')).not.toThrow())
})

describe('the id of a request', () => {
  const NOW = Date.UTC(2026, 10, 28)
  it('of ours tells when it was made', () =>
    expect(timeOfRequestId(requestIdOf(new Headers(), NOW))).toBe(NOW))
  it('of another kind tells no time', () =>
    expect(['req_1', `req_${'0'.repeat(32)}`, 'test-1'].map(timeOfRequestId)).toEqual([
      undefined,
      undefined,
      undefined,
    ]))
  it("is the client's own where it is sane", () =>
    expect(requestIdOf(new Headers({ 'x-request-id': 'a.B:1-2_3' }), NOW)).toBe('a.B:1-2_3'))
  for (const id of ['', 'a b', 'x'.repeat(129), 'a/b', '<script>']) {
    it(`is ours instead of ${JSON.stringify(id.slice(0, 9))}`, () =>
      expect(requestIdOf(new Headers({ 'x-request-id': id }), NOW)).toMatch(/^req_[0-9a-z]{8}_[0-9a-f]{20}$/))
  }
  it('of ours is new every time', () =>
    expect(requestIdOf(new Headers(), NOW)).not.toBe(requestIdOf(new Headers(), NOW)))
})
