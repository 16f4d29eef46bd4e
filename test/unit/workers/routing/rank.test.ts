// In which order the vendors of one model are asked, and the models of one tier.
import { describe, expect, it } from 'vitest'
import { fillPrice } from '../../../../shared/money.ts'
import type { Model } from '../../../../workers/routing/catalog.ts'
import { chanceOf } from '../../../../workers/routing/chance.ts'
import { rank, type Sight } from '../../../../workers/routing/rank.ts'
import { type HealthView, healthKey, type Measured, type Ratings } from '../../../../workers/service.ts'
import { soundHealth, TIMEOUTS } from '../../samples.ts'

const place = (name: string, over: Partial<Model> & { cost?: number } = {}): Model => {
  const { cost, ...rest } = over
  return {
    name,
    provider: 'lab',
    model: name,
    timeouts: TIMEOUTS,
    plainText: false,
    ...(cost === undefined
      ? {}
      : { price: fillPrice({ input: cost, cacheRead: cost / 10, output: cost * 4 }) }),
    ...rest,
  }
}
const at = (name: string, over: Parameters<typeof place>[1] = {}): Model =>
  place(name, { of: 'big', ...over })

const measuring = (known: Readonly<Record<string, Measured>>, down: readonly string[] = []): HealthView => ({
  ...soundHealth,
  standing: (key) => (down.some((name) => key.endsWith(`/${name}`)) ? 'down' : 'up'),
  measured: (key) => known[key.slice(key.indexOf('/') + 1)],
})
const sight = (over: Partial<Sight> = {}): Sight => ({
  sizes: () => ({ promptTokens: 1_000, outputTokens: 300, stream: true }),
  health: soundHealth,
  now: 1_000,
  chance: () => 1,
  ...over,
})
const order = (models: readonly Model[], over: Partial<Sight> = {}, isFixed = true) => {
  const { models: ranked, by } = rank(models, sight(over), isFixed)
  return [...ranked.map(({ name }) => name), by]
}
const use = (input: number, cacheRead: number, output = 300) => ({
  calls: 50,
  input,
  cacheRead,
  cacheWrite: 0,
  output,
})

describe('the vendors of one model', () => {
  const cases: readonly [string, readonly Model[], Partial<Sight>, readonly string[]][] = [
    ['keep their order where nothing is known', [at('a'), at('b')], {}, ['a', 'b', 'order']],
    [
      'keep it where one is a little cheaper',
      [at('a', { cost: 2 }), at('b', { cost: 1.9 })],
      {},
      ['a', 'b', 'order'],
    ],
    [
      'go by price where one is clearly cheaper',
      [at('a', { cost: 2 }), at('b', { cost: 1 })],
      {},
      ['b', 'a', 'price'],
    ],
    ['are not led by one whose price nobody knows', [at('a', { cost: 2 }), at('b')], {}, ['a', 'b', 'order']],
    [
      'go by the price with the cache hits that were measured',
      [at('a', { cost: 2 }), at('b', { cost: 2.5 })],
      {
        sizes: () => ({ promptTokens: 9_000, outputTokens: 10, stream: true }),
        health: measuring({ b: { use: use(100, 900) } }),
      },
      ['b', 'a', 'price'],
    ],
    [
      'do not go by the cache hits of a few calls',
      [at('a', { cost: 2 }), at('b', { cost: 2.5 })],
      {
        sizes: () => ({ promptTokens: 9_000, outputTokens: 10, stream: true }),
        health: measuring({ b: { use: { ...use(100, 900), calls: 3 } } }),
      },
      ['a', 'b', 'order'],
    ],
    [
      'go by latency where one is clearly quicker',
      [at('a', { cost: 2 }), at('b', { cost: 2 })],
      { health: measuring({ a: { p50Ms: 900 }, b: { p50Ms: 300 } }) },
      ['b', 'a', 'latency'],
    ],
    [
      'are not led by one that was never measured',
      [at('a'), at('b')],
      { health: measuring({ a: { p50Ms: 900 } }) },
      ['a', 'b', 'order'],
    ],
    [
      'go by the time to an answer, not only to its beginning',
      [at('a'), at('b')],
      {
        health: measuring({
          a: { p50Ms: 200, tokensPerSecond: 20 },
          b: { p50Ms: 400, tokensPerSecond: 100 },
        }),
      },
      ['b', 'a', 'latency'],
    ],
    [
      'weigh price against time',
      [at('a', { cost: 1 }), at('b', { cost: 3 })],
      { health: measuring({ a: { p50Ms: 400 }, b: { p50Ms: 200 } }) },
      ['a', 'b', 'order'],
    ],
    [
      'stand before the next model, whatever that costs',
      [at('a', { cost: 2 }), at('b', { cost: 1 }), place('free', { cost: 0 })],
      {},
      ['b', 'a', 'free', 'price'],
    ],
  ]
  for (const [name, models, over, wanted] of cases)
    it(name, () => expect(order(models, over)).toEqual(wanted))
})

describe('weights', () => {
  const weighed = [at('old', { weight: 9, cost: 9 }), at('canary', { weight: 1, cost: 1 })]
  const shareOf = (models: readonly Model[], over: Partial<Sight> = {}): number => {
    const firsts = Array.from({ length: 4_000 }, (_, n) =>
      rank(models, sight({ chance: (what) => chanceOf(`req_${n}`, what), ...over }), true),
    )
    return firsts.filter(({ models: [first] }) => first?.name === 'canary').length / 4_000
  }
  it('say which share each gets, whatever it costs', () =>
    expect(Math.abs(shareOf(weighed) - 0.1)).toBeLessThan(0.015))
  it('are the same for the same name', () => {
    const first = (n: number) => order(weighed, { chance: (what) => chanceOf(`conversation_${n}`, what) })
    for (let n = 0; n < 50; n += 1) expect(first(n)).toEqual(first(n))
    expect(order(weighed, { chance: () => 0.95 })).toEqual(['old', 'canary', 'weight'])
    expect(order(weighed, { chance: () => 0.05 })).toEqual(['canary', 'old', 'weight'])
  })
  it('of nothing send nothing, and leave a way to fail over to', () => {
    const off = [at('old', { weight: 1 }), at('canary', { weight: 0 })]
    expect(shareOf(off)).toBe(0)
    expect(order(off, { chance: () => 0.5 })).toEqual(['old', 'canary', 'weight'])
  })
  it('go to those that are up', () =>
    expect(order(weighed, { chance: () => 0.5, health: measuring({}, ['old']) })).toContain('weight'))
  it('give way to a sort that was asked for', () =>
    expect(order(weighed, { chance: () => 0.95, sort: 'price' })).toEqual(['canary', 'old', 'price']))
})

describe('a trial', () => {
  const two = [at('a', { cost: 1 }), at('b', { cost: 2 })]
  it('lets another vendor be measured, now and then', () => {
    expect(order(two, { chance: () => 0.01 })).toEqual(['b', 'a', 'trial'])
    expect(order(two, { chance: () => 0.02 })).toEqual(['a', 'b', 'order'])
  })
  it('is not made with a cached conversation, one that is down, another model or a sort', () => {
    const last = { target: healthKey(two[0] ?? at('a')), at: 0, promptTokens: 900, cachedTokens: 800 }
    const elsewhere = { ...last, target: 'lab/other' }
    for (const over of [
      { last },
      { last: elsewhere },
      { health: measuring({}, ['b']) },
      { sort: 'price' as const },
    ])
      expect(order(two, { chance: () => 0.01, ...over })[0]).toBe('a')
    expect(order([place('a'), place('b')], { chance: () => 0.01 })).toEqual(['a', 'b', 'order'])
  })
})

describe('a vendor that has become worse', () => {
  const [a, b, c] = [at('a', { cost: 1 }), at('b', { cost: 2 }), at('c', { cost: 2 })]
  const ratings: Ratings = { quality: () => undefined, isMarked: (name) => name === 'a' }
  it('is asked last, though it is the cheapest, and the reason is told', () =>
    expect(order([a, b, c], { ratings })).toEqual(['b', 'c', 'a', 'regression']))
  it('is tried by nobody', () => {
    const tried = Array.from(
      { length: 200 },
      (_, at) => order([a, b, c], { ratings, chance: () => at / 5_000 })[0],
    )
    expect(new Set(tried)).toEqual(new Set(['b', 'c']))
  })
  it('is not stayed with', () => {
    const last = { target: healthKey(a), at: 0, promptTokens: 1_000, cachedTokens: 900 }
    expect(order([a, b], { ratings, last })[0]).toBe('b')
  })
  it('is asked by its weight all the same, as the operator says', () => {
    const weighed = [at('a', { weight: 1 }), at('b', { weight: 0 })]
    expect(order(weighed, { ratings, chance: () => 0.5 })).toEqual(['a', 'b', 'weight'])
  })
})

describe('the models of a tier', () => {
  const ratings = (quality: Readonly<Record<string, number>>, marked: readonly string[] = []): Ratings => ({
    quality: (model) => quality[model],
    isMarked: (model) => marked.includes(model),
  })
  const [good, cheap] = [place('good', { cost: 10 }), place('cheap', { cost: 1 })]
  const cases: readonly [string, readonly Model[], Partial<Sight>, readonly string[]][] = [
    [
      'keep their order, whatever they cost, where no quality is known',
      [good, cheap],
      {},
      ['good', 'cheap', 'order'],
    ],
    [
      'keep it where the quality of only one is known',
      [good, cheap],
      { ratings: ratings({ good: 0.2 }) },
      ['good', 'cheap', 'order'],
    ],
    [
      'go by price where they are as good',
      [good, cheap],
      { ratings: ratings({ good: 0.9, cheap: 0.89 }) },
      ['cheap', 'good', 'price'],
    ],
    [
      'go by quality where that is worth its price',
      [cheap, good],
      { ratings: ratings({ good: 0.9, cheap: 0.5 }) },
      ['good', 'cheap', 'quality'],
    ],
    [
      'do not where it is not',
      [cheap, good],
      { ratings: ratings({ good: 0.9, cheap: 0.8 }) },
      ['cheap', 'good', 'order'],
    ],
    [
      'go last where they have become worse',
      [good, cheap],
      { ratings: ratings({}, ['good']) },
      ['cheap', 'good', 'regression'],
    ],
    [
      'stay where all have',
      [good, cheap],
      { ratings: ratings({}, ['good', 'cheap']) },
      ['good', 'cheap', 'order'],
    ],
  ]
  for (const [name, models, over, wanted] of cases)
    it(name, () => expect(order(models, over, false)).toEqual(wanted))

  it('are rated by their public name, whoever serves them', () => {
    const rated = { ratings: ratings({ big: 0.5, good: 0.9 }) }
    expect(order([at('a', { cost: 1 }), at('b', { cost: 1 }), good], rated, false)).toEqual([
      'good',
      'a',
      'b',
      'quality',
    ])
  })
  it('in an order that was given stay there, rated or not', () =>
    expect(order([good, cheap], { ratings: ratings({ good: 0.9, cheap: 0.89 }) }, true)).toEqual([
      'good',
      'cheap',
      'order',
    ]))
})

describe('a sort', () => {
  const models = [place('a', { cost: 3 }), place('b', { cost: 1 }), place('c', { cost: 2 }), place('d')]
  const health = measuring({
    a: { p50Ms: 300, tokensPerSecond: 10 },
    b: { p50Ms: 200, tokensPerSecond: 30 },
    c: { p50Ms: 100 },
  })
  const cases: readonly [NonNullable<Sight['sort']>, readonly string[]][] = [
    ['price', ['b', 'c', 'a', 'd', 'price']],
    ['latency', ['c', 'b', 'a', 'd', 'latency']],
    ['throughput', ['b', 'a', 'c', 'd', 'throughput']],
  ]
  for (const [sort, wanted] of cases) {
    it(`by ${sort} is kept to the letter, the unknown last`, () => {
      expect(order(models, { sort, health }, true)).toEqual(wanted)
      expect(order(models, { sort, health }, false)).toEqual(wanted)
    })
  }
  it('that changes nothing is no reason', () =>
    expect(order([place('a', { cost: 1 }), place('b', { cost: 2 })], { sort: 'price' })).toEqual([
      'a',
      'b',
      'order',
    ]))
})

describe('a conversation', () => {
  const [a, b] = [at('a', { cost: 2 }), at('b', { cost: 2 })]
  const by = (model: Model, cachedTokens: number) => ({
    last: { target: healthKey(model), at: 0, promptTokens: 1_000, cachedTokens },
    sizes: () => ({ promptTokens: 1_000, outputTokens: 10, stream: true }),
  })
  it('stays with the vendor that has it cached', () =>
    expect(order([a, b], by(b, 800))).toEqual(['b', 'a', 'conversation']))
  it('stays with it for the least that is cheaper, for it is the same model', () =>
    expect(order([a, b], by(b, 100))).toEqual(['b', 'a', 'conversation']))
  it('leaves it for one that is cheaper without', () =>
    expect(order([at('a', { cost: 0.2 }), b], by(b, 400))).toEqual(['a', 'b', 'order']))
  it('leaves one that is down, or has become worse', () => {
    expect(order([a, b], { ...by(b, 800), health: measuring({}, ['b']) })[0]).toBe('a')
    const worse = { quality: () => undefined, isMarked: (name: string) => name === 'y' }
    const others = [place('x', { cost: 2 }), place('y', { cost: 2 })]
    expect(order(others, { ...by(others[1] ?? b, 900), ratings: worse }, false)[0]).toBe('x')
  })
  it('stays with another model only while much would be thrown away', () => {
    const [x, y] = [place('x', { cost: 2 }), place('y', { cost: 2 })]
    expect(order([x, y], by(y, 900))).toEqual(['y', 'x', 'conversation'])
    expect(order([x, y], by(y, 100))).toEqual(['x', 'y', 'order'])
  })
})
