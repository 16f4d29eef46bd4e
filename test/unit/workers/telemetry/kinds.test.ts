// What kinds of rows a page's head names, and that a search by any of them finds it.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { kindsOf, tracesOf } from '../../../../workers/telemetry/kinds.ts'
import { COLUMNS, type Value } from '../../../../workers/telemetry/record.ts'

const rowWith = (route: string, tier: string, ending: string): Value[] =>
  COLUMNS.map((column) => ({ route, tier, ending })[column as 'route'] ?? null)

const mayHave = (kinds: string | null, wanted: Parameters<typeof tracesOf>[0]): boolean =>
  tracesOf(wanted).every((trace) => kinds === null || kinds.includes(trace))

it('a page without a kind is not read for it', () => {
  const kinds = kindsOf([rowWith('auto', 'mini', 'finish'), rowWith('solid', 'fixed', 'error')])
  expect(mayHave(kinds, { end: 'error' })).toBe(true)
  expect(mayHave(kinds, { end: 'cancelled' })).toBe(false)
  expect(mayHave(kinds, { route: 'aut' })).toBe(false)
  expect(mayHave(kinds, { tier: 'frontier' })).toBe(false)
  expect(mayHave(kinds, { route: 'auto', tier: 'fixed' })).toBe(false)
  expect(mayHave(kinds, { tier: 'mini', end: 'error' })).toBe(false)
  expect(mayHave(kinds, { route: 'auto', tier: 'mini', end: 'finish' })).toBe(true)
  expect(mayHave(kinds, {})).toBe(true)
})

it('a page with a row is read for every kind that the row is of, whatever its names are made of', () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('"', ',"error"]', '["auto",', '\\', ''))
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name, name), { minLength: 1, maxLength: 9 }), (all) => {
      const kinds = kindsOf(all.map((one) => rowWith(...one)))
      for (const [route, tier, end] of all)
        for (const wanted of [
          { route },
          { tier },
          { end },
          { route, end },
          { tier, end },
          { route, tier, end },
        ])
          expect(mayHave(kinds, wanted)).toBe(true)
    }),
  )
})

it('names without end are not told, and then anything may be there', () => {
  const many = Array.from({ length: 200 }, (_, place) => rowWith(`route ${place}`, 'fixed', 'refused'))
  expect(kindsOf(many)).toBeNull()
  expect(mayHave(null, { route: 'any' })).toBe(true)
})
