// Costs are exact: integer arithmetic, rounded up once.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  costMicros,
  dollarsFromMicros,
  free,
  microsFromDollars,
  type Price,
  worstCaseMicros,
  writeDollars,
} from '../../../shared/money.ts'
import { noUsage, type Usage } from '../../../shared/usage.ts'

const price: Price = { input: 2.5, cacheRead: 0.25, cacheWrite: 3.1, output: 10 }

describe('the cost of a usage', () => {
  const cases: readonly [string, Partial<Usage>, number][] = [
    ['nothing', {}, 0],
    ['one input token, rounded up to a whole micro-dollar', { input: 1 }, 3],
    ['two input tokens, exactly', { input: 2 }, 5],
    ['a cached token at its own price only', { cacheRead: 4 }, 1],
    ['a token written to the cache at its own price only', { cacheWrite: 10 }, 31],
    ['reasoning as output', { output: 3, reasoning: 4 }, 70],
    ['all classes, rounded once and not per class', { input: 1, cacheRead: 1, cacheWrite: 1, output: 0 }, 6],
  ]
  for (const [name, usage, micros] of cases) {
    it(`is that of ${name}`, () => expect(costMicros({ ...noUsage, ...usage }, price)).toBe(micros))
  }

  it('does not suffer from binary fractions', () => {
    // 0.1 + 0.2 in floating point would round up to one micro-dollar too many.
    expect(
      costMicros({ ...noUsage, input: 1_000_000, output: 1_000_000 }, { ...free, input: 0.1, output: 0.2 }),
    ).toBe(300_000)
    expect(costMicros({ ...noUsage, input: 3 }, { ...free, input: 1.1 })).toBe(4)
    expect(costMicros({ ...noUsage, input: 10 }, { ...free, input: 1.1 })).toBe(11)
  })

  const tokens = fc.integer({ min: 0, max: 1_000_000 })
  const dollars = fc.integer({ min: 0, max: 1_000_000_000 }).map((millionths) => millionths / 1_000_000)
  const usages = fc.record({
    input: tokens,
    cacheRead: tokens,
    cacheWrite: tokens,
    output: tokens,
    reasoning: tokens,
  })
  const prices = fc.record({ input: dollars, cacheRead: dollars, cacheWrite: dollars, output: dollars })

  it('equals exact arithmetic for a million tokens a class and prices of six decimals', () => {
    fc.assert(
      fc.property(usages, prices, (usage, of) => {
        const exact = (count: number, each: number): bigint =>
          BigInt(count) * BigInt(Math.round(each * 1_000_000))
        const sum =
          exact(usage.input, of.input) +
          exact(usage.cacheRead, of.cacheRead) +
          exact(usage.cacheWrite, of.cacheWrite) +
          exact(usage.output + usage.reasoning, of.output)
        expect(BigInt(costMicros(usage, of))).toBe((sum + 999_999n) / 1_000_000n)
      }),
    )
  })

  it('is never more than the worst case that was reserved for it', () => {
    fc.assert(
      fc.property(usages, prices, (usage, of) => {
        const worst = worstCaseMicros(
          usage.input + usage.cacheRead + usage.cacheWrite,
          usage.output + usage.reasoning,
          of,
        )
        expect(costMicros(usage, of)).toBeLessThanOrEqual(worst)
      }),
    )
  })
})

describe('the worst case', () => {
  it('takes the dearest way a prompt can be billed', () => {
    expect(worstCaseMicros(100, 10, price)).toBe(310 + 100)
    expect(worstCaseMicros(100, 10, { ...price, cacheWrite: 0 })).toBe(250 + 100)
  })
})

describe('dollars', () => {
  const cases: readonly [number, string][] = [
    [0, '0'],
    [1, '0.000001'],
    [10, '0.00001'],
    [120_000, '0.12'],
    [1_000_000, '1'],
    [100_000_000, '100'],
    [1_234_567, '1.234567'],
  ]
  for (const [micros, text] of cases) {
    it(`are written without exponent and trailing zeros: ${text}`, () =>
      expect(writeDollars(micros)).toBe(text))
  }

  it('become micro-dollars and back without loss', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (micros) => {
        expect(microsFromDollars(dollarsFromMicros(micros))).toBe(micros)
        expect(microsFromDollars(Number(writeDollars(micros)))).toBe(micros)
      }),
    )
  })
})
