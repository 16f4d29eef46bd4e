// What names stand for, and which limits and prices apply to them.
import { describe, expect, it } from 'vitest'
import { noCatalogue, noPrices, openCatalogue, type Prices } from '../../../../shared/catalogue.ts'
import type { Config } from '../../../../shared/config.ts'
import { free, type Price, type Quote } from '../../../../shared/money.ts'
import { type Catalog, openCatalog, type Model, type Policy } from '../../../../workers/routing/catalog.ts'

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

const quoted = (price: Price): Quote => ({ price, version: { source: 'operator', validFrom: 5 } })
const operators = new Map([
  ['spare', quoted({ input: 1, cacheRead: 0.1, cacheWrite: 1.5, output: 3 })],
  ['big', quoted({ ...free, input: 99 })],
  ['lab/other', quoted({ ...free, output: 5 })],
])

const catalogFor = (config: Config, prices: Partial<Prices> = {}, catalogue = noCatalogue): Catalog =>
  openCatalog({
    config,
    prices: { ...noPrices, ...prices },
    microProvider: 'minnow',
    catalogue,
    vendorOf: (id) => config.providers?.[id]?.vendor ?? id,
  })
const catalog = catalogFor(config, { operators })

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
    expect(catalog.list().map(({ id }) => id)).toEqual(['auto', 'open', 'solid', 'micro', 'big', 'spare'])
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
    const empty = catalogFor({})
    expect(empty.find('auto')).toMatchObject({ kind: 'tiers', mini: [{ name: 'micro' }], frontier: [] })
    expect(empty.list().map(({ id }) => id)).toEqual(['auto', 'micro'])
    expect(empty.retries).toEqual({ sameTarget: 1, total: 4 })
  })

  it('carries its hedge, its share and the retries', () => {
    expect(catalog.find('solid')).toMatchObject({ hedgeAfterMs: 50 })
    expect(catalog.find('auto')).toMatchObject({ dial: { strongShare: 0.2 } })
    expect(catalog.find('open')).not.toHaveProperty('dial')
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
      modelsOf(catalogFor({ timeouts }).find('micro'))[0]?.timeouts.replyMs
    expect(replyMs({ replyMs: 5, headMs: 4 })).toBe(5)
    expect(replyMs({ headMs: 4 })).toBe(4)
    expect(replyMs({})).toBe(120_000)
    expect(replyMs({ totalMs: 1_000 })).toBe(1_000)
  })

  it('on slowness may stand in every one of these places, too; longer silences widen the window', () => {
    const floorOf = (over: Config, name = 'big') => {
      const { floorTokensPerSecond, floorWindowMs } =
        modelsOf(catalogFor({ ...config, ...over }).find(name))[0]?.timeouts ?? {}
      return [floorTokensPerSecond, floorWindowMs]
    }
    const slow = { floorTokensPerSecond: 4 }
    const lab = { baseUrl: 'http://127.0.0.1:1/v1', timeouts: slow }
    const big = { provider: 'lab', model: 'big-1' }
    expect(floorOf({})).toEqual([0.5, 30_000])
    expect(floorOf({ timeouts: { ...slow, floorWindowMs: 9 } })).toEqual([4, 9])
    expect(floorOf({ providers: { lab } })).toEqual([4, 30_000])
    expect(
      floorOf({ providers: { lab }, models: { big: { ...big, timeouts: { floorTokensPerSecond: 0 } } } }),
    ).toEqual([0, 30_000])
    const routes = { calm: { order: ['big'], timeouts: { floorTokensPerSecond: 1, floorWindowMs: 7 } } }
    expect(floorOf({ providers: { lab }, routes }, 'calm')).toEqual([1, 7])
    expect(floorOf({ timeouts: { idleMs: 90_000 }, models: { big }, providers: { lab } })).toEqual([
      4, 90_000,
    ])
  })
})

describe("a vendor's model", () => {
  const line = (vendor: string, model: string, entry: object): string =>
    JSON.stringify([vendor, model, entry])
  const catalogue = openCatalogue(
    [
      JSON.stringify({ date: '2026-11-01T00:00:00Z', sources: [], vendors: ['acme', 'other'] }),
      line('acme', 'a-1', {
        price: [2, 8, 0.5],
        context: 1_000,
        output: 100,
        can: '-images jsonSchema -prefill tools',
      }),
      line('acme', 'a-2', { can: 'embedding' }),
      line('other', 'b', { price: [1, 1], can: '' }),
    ].join('\n'),
  )
  const shop: Config = {
    providers: { acme: { apiKey: '$A' }, 'acme-eu': { vendor: 'acme', apiKey: '$B' }, elsewhere: {} },
    models: {
      plain: { provider: 'acme', model: 'a-1' },
      own: {
        provider: 'acme-eu',
        model: 'a-1',
        price: { input: 9, output: 9 },
        contextWindow: 5,
        maxOutput: 4,
        images: true,
        prefill: true,
      },
    },
  }
  const find = (name: string, prices: Partial<Prices> = {}): Model | undefined =>
    modelsOf(catalogFor(shop, prices, catalogue).find(name))[0]

  it('is known from the catalogue, listed in the configuration or not', () => {
    const known = {
      price: { input: 2, cacheRead: 0.5, cacheWrite: 2, output: 8 },
      contextWindow: 1_000,
      maxOutput: 100,
      facts: { tools: true, images: false, jsonSchema: true, prefill: false },
    }
    expect(find('acme/a-1')).toMatchObject({ provider: 'acme', model: 'a-1', ...known })
    expect(find('plain')).toMatchObject({ name: 'plain', ...known })
  })
  it("is known to a provider of another name that is this vendor's", () =>
    expect(find('acme-eu/a-1')).toMatchObject({ price: { input: 9 }, contextWindow: 5 }))
  it('is what the configuration says where that says something', () => {
    expect(find('own')).toMatchObject({
      price: { input: 9, cacheRead: 9, cacheWrite: 9, output: 9 },
      contextWindow: 5,
      maxOutput: 4,
      facts: { tools: true, images: true, jsonSchema: true, prefill: true },
    })
  })
  it("costs what an operator says before what the catalogue says, by the provider's name", () => {
    const price = { ...free, input: 7 }
    expect(find('acme/a-1', { operators: new Map([['acme/a-1', quoted(price)]]) })?.price).toEqual(price)
    expect(find('plain', { operators: new Map([['plain', quoted(price)]]) })?.price).toEqual(price)
    expect(find('own', { operators: new Map([['own', quoted(price)]]) })?.price?.input).toBe(9)
  })
  it('says who said its price, and from when that holds', () => {
    const said = { operators: new Map([['plain', quoted({ ...free, input: 7 })]]) }
    expect(find('own', said)?.priceVersion).toEqual({ source: 'configuration' })
    expect(find('plain', said)?.priceVersion).toEqual({ source: 'operator', validFrom: 5 })
    expect(find('acme/a-1', said)?.priceVersion).toEqual({
      source: 'catalogue',
      validFrom: catalogue.datedAt,
    })
  })
  it('costs what a later catalogue in the database says before what ships', () => {
    const later = new Map([['acme/a-1', quoted({ ...free, input: 3 })]])
    expect(find('acme/a-1', { later })?.price?.input).toBe(3)
    const operators = new Map([['acme/a-1', quoted({ ...free, input: 7 })]])
    expect(find('acme/a-1', { later, operators })?.price?.input).toBe(7)
  })
  it('by its snapshot is the model, where the snapshot is not listed itself', () => {
    expect(find('acme/a-1-2026-10-31')).toMatchObject({ model: 'a-1-2026-10-31', contextWindow: 1_000 })
    expect(find('acme/a-1-20261031')?.price?.input).toBe(2)
    expect(find('acme/a-1-2099')?.price).toBeUndefined()
  })
  it('that nobody knows has no price, no window and no facts', () => {
    for (const name of ['acme/unheard', 'elsewhere/a-1']) {
      expect(find(name)).not.toHaveProperty('price')
      expect(find(name)).not.toHaveProperty('contextWindow')
      expect(find(name)?.facts).toEqual({})
    }
  })
  it('of every configured provider stands in the list, after the configuration', () => {
    const ids = catalogFor(shop, {}, catalogue)
      .list()
      .map(({ id }) => id)
    expect(ids).toEqual([
      'auto',
      'micro',
      'plain',
      'own',
      'acme/a-1',
      'acme/a-2',
      'acme-eu/a-1',
      'acme-eu/a-2',
    ])
  })
})

describe('how a model counts', () => {
  const own: Config = {
    providers: { maker: {}, other: {} },
    models: {
      plain: { provider: 'maker', model: 'gpt-x' },
      vouched: { provider: 'maker', model: 'gpt-x', counting: { file: 9_000 } },
      told: { provider: 'other', model: 'any', counting: { tokenizer: 'o200k' } },
      untold: { provider: 'other', model: 'any-2' },
    },
  }
  const counts = openCatalog({
    config: own,
    prices: noPrices,
    microProvider: 'minnow',
    catalogue: noCatalogue,
    vendorOf: (id) => id,
    countingOf: (provider) => (provider === 'maker' ? { tokenizer: 'o200k', picture: 900 } : undefined),
  })
  const countingIn = (name: string) => modelsOf(counts.find(name))[0]?.counting

  it('is as its vendor says and, field by field, as the configuration does', () => {
    expect(countingIn('plain')).toEqual({ tokenizer: 'o200k', picture: 900 })
    expect(countingIn('vouched')).toEqual({ tokenizer: 'o200k', picture: 900, file: 9_000 })
    expect(countingIn('maker/unlisted')).toEqual({ tokenizer: 'o200k', picture: 900 })
    expect(countingIn('told')).toEqual({ tokenizer: 'o200k' })
    expect(countingIn('untold')).toBeUndefined()
    expect(countingIn('micro')).toBeUndefined()
  })
})

describe('a model that several vendors serve', () => {
  const shop: Config = {
    providers: {
      lab: { baseUrl: 'http://127.0.0.1:1/v1', timeouts: { headMs: 300 } },
      eu: { baseUrl: 'http://127.0.0.1:2/v1' },
    },
    models: {
      big: {
        providers: [
          { provider: 'lab', model: 'big-1', price: { input: 2, output: 8 }, weight: 9 },
          { provider: 'eu', model: 'acme/big-1', weight: 1 },
        ],
        contextWindow: 1_000,
        timeouts: { idleMs: 400 },
      },
      even: {
        price: { input: 1, output: 1 },
        providers: [
          { provider: 'lab', model: 'e', price: { input: 5, output: 5 } },
          { provider: 'eu', model: 'e' },
        ],
      },
      one: { providers: [{ provider: 'eu', model: 'o' }] },
    },
    routes: { auto: { mini: ['micro'], frontier: ['big', 'one'] } },
  }
  const find = (name: string, prices: Partial<Prices> = {}) => modelsOf(catalogFor(shop, prices).find(name))

  it('is all of its places, each under a name of its own', () => {
    expect(find('big')).toMatchObject([
      { name: 'lab/big-1', of: 'big', provider: 'lab', model: 'big-1', weight: 9, price: { output: 8 } },
      { name: 'eu/acme/big-1', of: 'big', provider: 'eu', model: 'acme/big-1', weight: 1 },
    ])
    expect(
      find('big').map(({ contextWindow, timeouts }) => [contextWindow, timeouts.idleMs, timeouts.headMs]),
    ).toEqual([
      [1_000, 400, 300],
      [1_000, 400, 10_000],
    ])
    expect(find('auto').map(({ name }) => name)).toEqual(['micro', 'lab/big-1', 'eu/acme/big-1', 'one'])
  })
  it('is one place under its own name where it has only one', () =>
    expect(find('one')).toMatchObject([{ name: 'one', provider: 'eu', model: 'o' }]))
  it('costs what is said of the place, else of the model', () => {
    expect(find('even').map(({ price }) => price?.input)).toEqual([5, 1])
    const operators = new Map([
      ['big', quoted({ ...free, input: 7 })],
      ['eu/acme/big-1', quoted({ ...free, input: 6 })],
    ])
    expect(find('big', { operators }).map(({ price }) => price?.input)).toEqual([2, 6])
    const shared = new Map([['big', quoted({ ...free, input: 7 })]])
    expect(find('big', { operators: shared }).map(({ price }) => price?.input)).toEqual([2, 7])
  })
  it('may be asked for at one of its places, with what is known of it', () => {
    expect(find('lab/big-1')).toMatchObject([
      { name: 'lab/big-1', contextWindow: 1_000, price: { output: 8 } },
    ])
    expect(find('lab/big-1')[0]).not.toHaveProperty('weight')
    expect(find('lab/big-1')[0]).not.toHaveProperty('of')
  })
  it('is one entry in the list', () =>
    expect(
      catalogFor(shop)
        .list()
        .map(({ id }) => id),
    ).toEqual(['auto', 'micro', 'big', 'even', 'one']))
})
