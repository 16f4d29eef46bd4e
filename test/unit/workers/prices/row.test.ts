// Prices as rows: what goes in comes out again, and what a hand has spoiled takes nothing else along.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillPrice } from '../../../../shared/money.ts'
import { PRICE_COLUMNS, priceOf, type PriceRow, valuesOf } from '../../../../workers/prices/row.ts'

const rowOf = (values: readonly unknown[]): PriceRow => ({
  source: 'operator',
  model: 'm',
  valid_from: 0,
  ...(Object.fromEntries(PRICE_COLUMNS.map((column, index) => [column, values[index]])) as Omit<
    PriceRow,
    'source' | 'model' | 'valid_from'
  >), // the columns are those of a row
})

const dollars = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000)
const rates = {
  input: dollars,
  output: dollars,
  cacheRead: fc.option(dollars, { nil: undefined }),
  cacheWrite: fc.option(dollars, { nil: undefined }),
  cacheWriteLong: fc.option(dollars, { nil: undefined }),
  reasoning: fc.option(dollars, { nil: undefined }),
}

describe('a price', () => {
  it('comes back from its row as it went in', () => {
    const given = fc.record({
      ...rates,
      request: fc.option(dollars, { nil: undefined }),
      tiers: fc.array(fc.record({ ...rates, above: fc.integer({ min: 1 }) }), { maxLength: 3 }),
      classes: fc.dictionary(fc.constantFrom('flex', 'priority', 'batch'), fc.record(rates)),
    })
    fc.assert(
      fc.property(given, (price) => {
        const filled = fillPrice(price)
        expect(priceOf(rowOf(valuesOf(filled)))).toEqual(filled)
      }),
    )
  })
  it('whose tiers or classes are no JSON any more keeps the rest', () => {
    const row = rowOf([
      1,
      1,
      1,
      null,
      2,
      '[{"above":',
      '{"flex":{"input":"x"},"priority":{"input":1,"output":2}}',
      null,
      null,
    ])
    expect(priceOf(row)).toEqual({
      input: 1,
      cacheRead: 1,
      cacheWrite: 1,
      output: 2,
      classes: { priority: { input: 1, output: 2, cacheRead: 1, cacheWrite: 1 } },
    })
  })
})
