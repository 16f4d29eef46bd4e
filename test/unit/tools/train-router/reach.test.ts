// The fit of micro's reach: wholes are learned from, and of what is beyond it the beginning that looks easiest.
import { describe, expect, it } from 'vitest'
import { fitReach, logitsOf, packReach } from '../../../../tools/train-router/reach.ts'
import { reachOf, readReach } from '../../../../workers/routing/reach.ts'

const things = ['budgets', 'keys', 'routes', 'caches', 'prices', 'retries']
const places = ['Lisbon', 'Osaka', 'Denver', 'Leeds', 'Quito', 'Accra']
/** The hard ones begin as the easy ones do, and go on. */
const authors = ['one', 'other'].map((author) => ({
  author,
  easy: things.flatMap((thing) => [`How do ${thing} work here?`, `what are ${thing}`]),
  hard: places.flatMap((place) => [`How do trains work in ${place}?`, `what are the best songs of ${place}`]),
}))
const others = ['Sell 3 of 12 eggs. How many are left?', 'A cube has a volume of 27. Find its side.']

const fitted = fitReach(authors, others, 7)
const cuts = { held: 0, whole: 0 }

describe('a fitted reach', () => {
  it('keeps easy wholes, also where something follows, and lets no beginning of a hard one be easy', () => {
    for (const text of authors[0]?.easy ?? []) {
      const { whole, held } = logitsOf(fitted, text)
      expect(whole).toBeLessThan(0)
      expect(held).toBeLessThan(0)
    }
    for (const text of [...(authors[0]?.hard ?? []), ...others])
      expect(Math.min(...Object.values(logitsOf(fitted, text)))).toBeGreaterThan(0)
  })

  it('is the same for the same seed', () => {
    expect(packReach(fitReach(authors, others, 7), cuts)).toEqual(packReach(fitted, cuts))
  })

  it('is packed to nearly the same scores, a half at its cuts', () => {
    const model = readReach(packReach(fitted, cuts))
    for (const text of [...(authors[0]?.easy ?? []), ...others]) {
      const { whole, held } = logitsOf(fitted, text)
      const score = 1 / (1 + Math.exp(-Math.min(whole, held)))
      expect(Math.abs((reachOf(text, model)?.score ?? 0) - score)).toBeLessThan(0.03)
    }
    const text = authors[0]?.easy[0] ?? ''
    const { whole, held } = logitsOf(fitted, text)
    const strict = readReach(packReach(fitted, { held: held - 1, whole: whole - 1 }))
    expect(reachOf(text, strict)?.score).toBeGreaterThan(0.6)
  })

  it('holds nothing down by a text of fewer than five letters', () => {
    expect(logitsOf(fitted, 'hi').held).toBe(Infinity)
    expect(logitsOf(fitted, 'hi').whole).toBeLessThan(Infinity)
  })
})
