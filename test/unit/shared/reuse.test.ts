// What keys, routes and requests say of answers that are given again, and what of all that holds.
import { describe, expect, test } from 'vitest'
import { type CacheSetting, type CacheWish, readCacheHeader, termsOf } from '../../../shared/reuse.ts'

type Case = readonly [
  key: CacheSetting | undefined,
  route: CacheSetting | undefined,
  wish: CacheWish | undefined,
  want: unknown,
]

const HOUR_MS = 3_600_000
const exact = { mode: 'exact', ttlMs: HOUR_MS, scope: 'key', refresh: false }

const CASES: Readonly<Record<string, Case>> = {
  'nothing is kept unless somebody says so': [undefined, undefined, undefined, undefined],
  'a request is enough': [undefined, undefined, {}, exact],
  'a key is enough': [{ mode: 'exact' }, undefined, undefined, exact],
  'a route is enough': [undefined, { mode: 'exact' }, undefined, exact],
  'a request can have none of it': [{ mode: 'exact' }, { mode: 'exact' }, { mode: 'off' }, undefined],
  'a key without it is without it': [{ mode: 'off' }, { mode: 'exact' }, { mode: 'semantic' }, undefined],
  'a request that says only how long is for the same words': [
    undefined,
    undefined,
    { ttl: 5 },
    { ...exact, ttlMs: 5_000 },
  ],
  'a request says more than a key': [
    { mode: 'exact' },
    undefined,
    { mode: 'semantic' },
    { ...exact, mode: 'semantic' },
  ],
  'no request keeps longer than its key may': [
    { mode: 'exact', ttl: 60 },
    undefined,
    { ttl: 600 },
    { ...exact, ttlMs: 60_000 },
  ],
  'but shorter': [{ mode: 'exact', ttl: 60 }, undefined, { ttl: 6 }, { ...exact, ttlMs: 6_000 }],
  'no request shares more widely than its key may': [
    { mode: 'exact', scope: 'key' },
    undefined,
    { scope: 'project' },
    exact,
  ],
  'but more narrowly': [
    { mode: 'exact', scope: 'project' },
    undefined,
    { scope: 'user' },
    { ...exact, scope: 'user' },
  ],
  'where the key says nothing the request does': [
    undefined,
    undefined,
    { scope: 'project' },
    { ...exact, scope: 'project' },
  ],
  'a refresh is told': [undefined, undefined, { refresh: true }, { ...exact, refresh: true }],
}

describe('what holds of keys, routes and requests', () => {
  for (const [name, [key, route, wish, want]] of Object.entries(CASES))
    test(name, () => expect(termsOf(key, route, wish)).toEqual(want))
})

describe('the header', () => {
  test.each([
    ['on', {}],
    ['exact', { mode: 'exact' }],
    ['Semantic; TTL=600; scope=user', { mode: 'semantic', ttl: 600, scope: 'user' }],
    ['refresh', { refresh: true }],
    ['off', { mode: 'off' }],
  ])('says %s', (header, want) => expect(readCacheHeader(header)).toEqual(want))

  test.each(['', 'maybe', 'ttl=0', 'ttl=-1', 'ttl=9999999', 'scope=world', 'on; what=ever'])(
    'does not say "%s"',
    (header) => expect(readCacheHeader(header)).toBeUndefined(),
  )
})
