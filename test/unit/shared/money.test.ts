// Costs are exact: integer arithmetic, rounded up once.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  costMicros,
  dollarsFromMicros,
  fillPrice,
  free,
  microsFromDollars,
  promptSavedMicros,
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

describe('row 7: a write to the cache', () => {
  const claude = fillPrice({ input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWriteLong: 6 })
  it('costs more where it lasts an hour, and neither write is billed as plain prompt too', () => {
    expect(costMicros({ ...noUsage, cacheWrite: 1_000 }, claude)).toBe(3_750)
    expect(costMicros({ ...noUsage, cacheWriteLong: 1_000 }, claude)).toBe(6_000)
    expect(
      costMicros({ ...noUsage, input: 10, cacheRead: 100, cacheWrite: 1_000, cacheWriteLong: 1_000 }, claude),
    ).toBe(30 + 30 + 3_750 + 6_000)
  })
  it('that lasts an hour costs what a short one does where nobody says more', () => {
    const plain = fillPrice({ input: 3, output: 15, cacheWrite: 4 })
    expect(costMicros({ ...noUsage, cacheWriteLong: 1_000 }, plain)).toBe(4_000)
  })
  it('is reserved for at the dearest, which a vendor may choose alone', () => {
    expect(worstCaseMicros(1_000, 0, claude)).toBe(6_000)
  })
})

describe('row 8: tiers by the length of the prompt', () => {
  const tiered = fillPrice({
    input: 2,
    output: 10,
    cacheRead: 0.2,
    tiers: [
      { above: 400, input: 8, output: 40 },
      { above: 200, input: 4, output: 20, cacheRead: 0.4 },
    ],
  })
  const cases: readonly [string, Partial<Usage>, number][] = [
    ['a prompt of exactly the bound stays below it', { input: 200, output: 1 }, 400 + 10],
    ['one more token costs the tier for all of it, the answer too', { input: 201, output: 1 }, 804 + 20],
    ['tokens from the cache count for the length', { input: 1, cacheRead: 200, output: 1 }, 4 + 80 + 20],
    ['tokens written to it count too', { input: 1, cacheWrite: 100, cacheWriteLong: 100 }, 4 + 400 + 400],
    ['the highest tier that holds is taken, in whatever order they were given', { input: 401 }, 401 * 8],
    ['an answer makes no prompt longer', { input: 200, output: 1_000 }, 400 + 10_000],
  ]
  for (const [name, usage, micros] of cases) {
    it(name, () => expect(costMicros({ ...noUsage, ...usage }, tiered)).toBe(micros))
  }
  it('is reserved for at the tier that the prompt falls into', () => {
    expect(worstCaseMicros(200, 10, tiered)).toBe(400 + 100)
    expect(worstCaseMicros(201, 10, tiered)).toBe(804 + 200)
    // A bound of the prompt may lie above a tier that the prompt itself stays below.
    const cheaper = { ...tiered, tiers: [{ ...free, above: 100, input: 0.5, output: 1 }] }
    expect(worstCaseMicros(201, 10, cheaper)).toBe(worstCaseMicros(201, 10, { ...tiered, tiers: [] }))
  })
})

describe('row 8: classes of service', () => {
  const classed = fillPrice({
    input: 2,
    output: 10,
    tiers: [{ above: 100, input: 3, output: 15 }],
    classes: { flex: { input: 1, output: 5 }, priority: { input: 4, output: 20 } },
    request: 0.001,
  })
  const usage = { ...noUsage, input: 10, output: 10 }
  it('are billed as served, at the usual rates where a class has none of its own', () => {
    expect(costMicros(usage, classed)).toBe(120 + 1_000)
    expect(costMicros(usage, classed, 'flex')).toBe(60 + 1_000)
    expect(costMicros(usage, classed, 'priority')).toBe(240 + 1_000)
    for (const other of ['default', 'scale', 'constructor'])
      expect(costMicros(usage, classed, other)).toBe(1_120)
  })
  it('are reserved for at the dearer of what was asked for and the usual, which a busy vendor serves', () => {
    expect(worstCaseMicros(10, 10, classed, 'flex')).toBe(120 + 1_000)
    expect(worstCaseMicros(10, 10, classed, 'priority')).toBe(240 + 1_000)
    expect(worstCaseMicros(10, 10, classed)).toBe(120 + 1_000)
  })
  it('are reserved for at the dearest of all where the vendor may choose', () =>
    expect(worstCaseMicros(10, 10, classed, 'auto')).toBe(240 + 1_000))

  const tokens = fc.integer({ min: 0, max: 500_000 })
  const dollars = fc.integer({ min: 0, max: 100_000_000 }).map((millionths) => millionths / 1_000_000)
  const rates = {
    input: dollars,
    output: dollars,
    cacheRead: fc.option(dollars, { nil: undefined }),
    cacheWrite: fc.option(dollars, { nil: undefined }),
    cacheWriteLong: fc.option(dollars, { nil: undefined }),
    reasoning: fc.option(dollars, { nil: undefined }),
  }
  const given = fc.record({
    ...rates,
    request: dollars,
    tiers: fc.array(fc.record({ ...rates, above: tokens }), { maxLength: 3 }),
    classes: fc.record({ flex: fc.record(rates), priority: fc.record(rates) }),
  })
  const used = fc.record({
    input: tokens,
    cacheRead: tokens,
    cacheWrite: tokens,
    cacheWriteLong: tokens,
    output: tokens,
    reasoning: tokens,
  })
  it('never cost more than was reserved, whichever of the possible ones was served', () => {
    const asked = fc.constantFrom(undefined, 'auto', 'default', 'flex', 'priority')
    fc.assert(
      fc.property(
        given,
        used,
        asked,
        fc.constantFrom('flex', 'priority', undefined),
        (price, usage, tier, auto) => {
          const filled = fillPrice(price)
          const prompt = usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWriteLong
          const worst = worstCaseMicros(prompt, usage.output + usage.reasoning, filled, tier)
          const served = tier === 'auto' ? auto : tier
          expect(costMicros(usage, filled, served)).toBeLessThanOrEqual(worst)
          expect(costMicros(usage, filled, tier === 'auto' ? undefined : 'default')).toBeLessThanOrEqual(
            worst,
          )
        },
      ),
    )
  })
})

describe('thoughts', () => {
  const used = { ...noUsage, output: 10, reasoning: 100 }
  const priced = { input: 1, output: 2 }
  it('cost what words do, unless they have a rate of their own', () => {
    expect(costMicros(used, fillPrice(priced))).toBe(220)
    expect(costMicros(used, fillPrice({ ...priced, reasoning: 5 }))).toBe(520)
    expect(costMicros(used, fillPrice({ ...priced, reasoning: 0 }))).toBe(20)
  })
  it('have it by tier and by class of service', () => {
    const price = fillPrice({
      ...priced,
      reasoning: 5,
      tiers: [{ above: 100, ...priced, reasoning: 7 }],
      classes: { batch: { input: 0.5, output: 1 }, priority: { input: 2, output: 4, reasoning: 9 } },
    })
    expect(costMicros({ ...used, input: 101 }, price)).toBe(101 + 20 + 700)
    expect(costMicros(used, price, 'batch')).toBe(110)
    expect(costMicros(used, price, 'priority')).toBe(40 + 900)
  })
  it('are reserved for at the dearer of both', () => {
    expect(worstCaseMicros(0, 10, fillPrice({ ...priced, reasoning: 5 }))).toBe(50)
    expect(worstCaseMicros(0, 10, fillPrice({ ...priced, reasoning: 1 }))).toBe(20)
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

describe('what a prompt cache saved', () => {
  const rates: Price = { input: 3, cacheRead: 0.3, cacheWrite: 3.75, cacheWriteLong: 6, output: 15 }
  const saved = (usage: Partial<Usage>, over: Partial<Price> = {}) =>
    promptSavedMicros({ ...noUsage, ...usage }, { ...rates, ...over })

  it('is what reading saved less what writing cost more, and below zero where that was more', () => {
    expect(saved({ input: 100, output: 100 })).toBe(0)
    expect(saved({ cacheRead: 1_000, input: 50, output: 9 })).toBe(2_700)
    expect(saved({ cacheRead: 1_000, cacheWrite: 1_000 })).toBe(2_700 - 750)
    expect(saved({ cacheWrite: 1_000 })).toBe(-750)
    expect(saved({ cacheWriteLong: 1_000 })).toBe(-3_000)
  })

  it('is reckoned at the rates of a prompt as long as it was', () => {
    const tiers = [{ above: 500, ...rates, input: 6, cacheRead: 0.6 }]
    expect(saved({ cacheRead: 1_000 }, { tiers })).toBe(5_400)
  })
})
