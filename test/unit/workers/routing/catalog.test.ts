// What names stand for, and which limits and prices apply to them.
import { describe, expect, it } from 'vitest'
import type { Config } from '../../../../shared/config.ts'
import { free } from '../../../../shared/money.ts'
import { openCatalog, type Model, type Policy } from '../../../../workers/routing/catalog.ts'

const config: Config = {
  providers: { lab: { baseUrl: 'http://127.0.0.1:1/v1', timeouts: { headMs: 300, idleMs: 300 } } },
  models: {
    big: {
      provider: 'lab',
      model: 'big-1',
      contextWindow: 1_000,
      maxOutput: 100,
      price: { input: 2, output: 8 },
      timeouts: { idleMs: 400 },
    },
    spare: { provider: 'lab', model: 'spare-1' },
  },
  routes: {
    auto: { mini: ['micro'], frontier: ['big', 'spare'], strongShare: 0.2 },
    open: { mini: ['micro', 'spare'] },
    solid: { order: ['big', 'lab/other', 'micro'], hedgeAfterMs: 50, timeouts: { idleMs: 500 } },
  },
  timeouts: { headMs: 100, totalMs: 9_000 },
  retries: { total: 7 },
}

const prices = new Map([
  ['spare', { input: 1, cacheRead: 0.1, cacheWrite: 1.5, output: 3 }],
  ['big', { ...free, input: 99 }],
  ['lab/other', { ...free, output: 5 }],
])
const catalog = openCatalog(config, prices, 'minnow')

const modelsOf = (policy: Policy | undefined): readonly Model[] =>
  policy === undefined ? [] : policy.kind === 'order' ? policy.models : [...policy.mini, ...policy.frontier]
const model = (name: string): Model | undefined => modelsOf(catalog.find(name))[0]

describe('a name', () => {
  const cases: readonly [string, string, string[]][] = [
    ['auto', 'tiers', ['micro', 'big', 'spare']],
    ['solid', 'order', ['big', 'lab/other', 'micro']],
    ['big', 'order', ['big']],
    ['micro', 'order', ['micro']],
    ['minnow/micro', 'order', ['micro']],
    ['lab/anything:7b/x', 'order', ['lab/anything:7b/x']],
  ]
  for (const [name, kind, models] of cases) {
    it(`${name} stands for ${models.join(', ')}`, () => {
      expect(catalog.find(name)?.kind).toBe(kind)
      expect(modelsOf(catalog.find(name)).map((found) => found.name)).toEqual(models)
    })
  }

  for (const name of [
    'nothing',
    '',
    '/',
    'lab/',
    '/big',
    'other/big',
    'constructor',
    'toString',
    '__proto__',
    'constructor/x',
    'hasOwnProperty/y',
  ]) {
    it(`${JSON.stringify(name)} stands for nothing`, () => expect(catalog.find(name)).toBeUndefined())
  }

  it('lists routes first, then micro, then models', () => {
    expect(catalog.names.map(({ id }) => id)).toEqual(['auto', 'open', 'solid', 'micro', 'big', 'spare'])
  })
})

describe('a route', () => {
  it('of tiers without a frontier takes every model that is not a mini', () => {
    expect(catalog.find('open')).toMatchObject({
      kind: 'tiers',
      mini: [{ name: 'micro' }, { name: 'spare' }],
      frontier: [{ name: 'big' }],
    })
  })

  it('called auto exists in every configuration, and is micro alone in an empty one', () => {
    const empty = openCatalog({}, new Map(), 'minnow')
    expect(empty.find('auto')).toMatchObject({ kind: 'tiers', mini: [{ name: 'micro' }], frontier: [] })
    expect(empty.names.map(({ id }) => id)).toEqual(['auto', 'micro'])
    expect(empty.retries).toEqual({ sameTarget: 1, total: 4 })
  })

  it('carries its hedge, its share and the retries', () => {
    expect(catalog.find('solid')).toMatchObject({ hedgeAfterMs: 50 })
    expect(catalog.find('auto')).toMatchObject({ strongShare: 0.2 })
    expect(catalog.retries).toEqual({ sameTarget: 1, total: 7 })
  })
})

describe('a price', () => {
  it("is the configuration's own before the book's; a missing cache price is that of input", () => {
    expect(model('big')?.price).toEqual({ input: 2, cacheRead: 2, cacheWrite: 2, output: 8 })
  })
  it("is the book's, by public name or by <provider>/<model>", () => {
    expect(model('spare')?.price).toEqual({ input: 1, cacheRead: 0.1, cacheWrite: 1.5, output: 3 })
    expect(model('lab/other')?.price).toMatchObject({ output: 5 })
  })
  it('is known for a listed model that is asked for as <provider>/<model>', () =>
    expect(model('lab/big-1')?.price).toMatchObject({ input: 2 }))
  it('is nothing for micro and unknown for the rest', () => {
    expect(model('micro')?.price).toEqual(free)
    expect(model('lab/unknown')).not.toHaveProperty('price')
  })
})

describe('time limits', () => {
  it('come from the route, the model, the provider, the whole configuration, in this order', () => {
    expect(modelsOf(catalog.find('solid'))[0]?.timeouts).toMatchObject({
      idleMs: 500,
      headMs: 300,
      totalMs: 9_000,
    })
    expect(model('big')?.timeouts).toMatchObject({ idleMs: 400, headMs: 300 })
    expect(model('spare')?.timeouts).toMatchObject({ idleMs: 300, headMs: 300 })
    expect(model('micro')?.timeouts).toMatchObject({ idleMs: 10_000, headMs: 100 })
  })

  it('of whole replies are their own, else the head limit somebody set, else two minutes within the total', () => {
    const replyMs = (timeouts: Config['timeouts']) =>
      modelsOf(openCatalog({ timeouts }, new Map(), 'minnow').find('micro'))[0]?.timeouts.replyMs
    expect(replyMs({ replyMs: 5, headMs: 4 })).toBe(5)
    expect(replyMs({ headMs: 4 })).toBe(4)
    expect(replyMs({})).toBe(120_000)
    expect(replyMs({ totalMs: 1_000 })).toBe(1_000)
  })
})
