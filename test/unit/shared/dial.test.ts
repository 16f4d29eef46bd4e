// What a request says of its models goes before what its route says.
import { describe, expect, it } from 'vitest'
import { dialIn, type DialSetting, mergeDials } from '../../../shared/dial.ts'

describe('a request and its route', () => {
  const route: DialSetting = { strongShare: 0.2, sort: 'price', maxPrice: { input: 2 } }
  const cases: readonly [string, DialSetting | undefined, DialSetting | undefined, DialSetting][] = [
    ['nothing said', undefined, undefined, {}],
    ['the route alone', route, undefined, route],
    ['the request alone', undefined, { quality: 0.9 }, { quality: 0.9 }],
    [
      'another knob takes the first back',
      route,
      { quality: 0.9 },
      { quality: 0.9, sort: 'price', maxPrice: { input: 2 } },
    ],
    ['the same knob', route, { strongShare: 0 }, { ...route, strongShare: 0 }],
    ['no knob leaves that of the route', route, { sort: 'latency' }, { ...route, sort: 'latency' }],
    ['a price more', route, { maxPrice: { output: 1 } }, { ...route, maxPrice: { input: 2, output: 1 } }],
    ['a lower price', route, { maxPrice: { input: 1 } }, { ...route, maxPrice: { input: 1 } }],
    ['no higher price', route, { maxPrice: { input: 9 } }, route],
  ]
  for (const [name, of, request, merged] of cases)
    it(name, () => expect(mergeDials(of, request)).toEqual(merged))
})

it('what was not said is not there', () => {
  expect(dialIn({ strongShare: undefined, maxPrice: { input: undefined } })).toBeUndefined()
  expect(dialIn({ strongShare: 0, sort: undefined })).toEqual({ strongShare: 0 })
})
