// Models and decisions as clients see them.
import { describe, expect, it } from 'vitest'
import { noCatalogue, noPrices } from '../../../../shared/catalogue.ts'
import { Failed } from '../../../../shared/failure.ts'
import { explain, listModels, readModel } from '../../../../workers/edge/describe.ts'
import { openCatalog } from '../../../../workers/routing/catalog.ts'
import { callerWith, planOf } from '../../samples.ts'

const lab = { baseUrl: 'http://127.0.0.1:1/v1' }
const catalog = openCatalog({
  config: {
    providers: { lab },
    models: {
      big: {
        provider: 'lab',
        model: 'big-1',
        contextWindow: 8_000,
        maxOutput: 500,
        jsonSchema: true,
        images: false,
        price: {
          input: 2,
          output: 8,
          cacheWriteLong: 4,
          tiers: [{ above: 100, input: 4, output: 16 }],
          request: 0.01,
        },
      },
    },
  },
  prices: noPrices,
  microProvider: 'minnow',
  catalogue: noCatalogue,
  vendorOf: () => undefined,
})

describe('the list of models', () => {
  it("has OpenAI's shape", () => {
    const { object, data } = listModels(catalog, callerWith())
    expect(object).toBe('list')
    expect(data.map(({ id, owned_by }) => [id, owned_by])).toEqual([
      ['auto', 'minnow'],
      ['micro', 'minnow'],
      ['big', 'lab'],
    ])
    expect(data.every((entry) => entry.object === 'model' && Number.isInteger(entry.created))).toBe(true)
  })
  it('says what is known of a model, in dollars, tokens and abilities, and nothing of a route', () => {
    const { data } = listModels(catalog, callerWith())
    expect(data[2]).toEqual({
      id: 'big',
      object: 'model',
      created: data[0]?.created,
      owned_by: 'lab',
      context_window: 8_000,
      max_output_tokens: 500,
      capabilities: { images: false, json_schema: true },
      pricing: {
        input: 2,
        output: 8,
        cache_read: 2,
        cache_write: 2,
        cache_write_1h: 4,
        tiers: [{ above: 100, input: 4, output: 16, cache_read: 4, cache_write: 4 }],
        request: 0.01,
      },
    })
    expect(data[0]).toEqual({ id: 'auto', object: 'model', created: data[0]?.created, owned_by: 'minnow' })
  })
  it('has only what the key may use', () => {
    expect(listModels(catalog, callerWith({ models: ['big'] })).data.map(({ id }) => id)).toEqual(['big'])
  })
})

describe('one model', () => {
  it('is found by its name or as <provider>/<model>', () => {
    expect(readModel(catalog, callerWith(), 'big')).toMatchObject({ id: 'big', owned_by: 'lab' })
    expect(readModel(catalog, callerWith(), 'lab/other')).toMatchObject({ id: 'lab/other', owned_by: 'lab' })
  })
  for (const id of ['nothing', 'constructor', 'other/x']) {
    it(`is not found: ${id}`, () => expect(() => readModel(catalog, callerWith(), id)).toThrow(Failed))
  }
  it('is not found by a key that may not use it', () => {
    expect(() => readModel(catalog, callerWith({ models: ['auto'] }), 'big')).toThrow(/does not exist here/)
  })
})

describe('a decision', () => {
  it('is told with its score, cut, reason, features and fallbacks', () => {
    const plan = planOf(['a', 'b', 'c'], {
      tier: 'mini',
      reason: 'easy',
      score: 0.2,
      cut: 0.5,
      features: { words: 0.12345 },
      share: 0.2,
      dial: { strongShare: 0.2 },
      by: 'price',
    })
    expect(explain(plan)).toEqual({
      target: 'a',
      tier: 'mini',
      score: 0.2,
      cut: 0.5,
      reason: 'easy',
      features: { words: 0.123 },
      share: 0.2,
      dial: { strongShare: 0.2 },
      chosen_by: 'price',
      expected: null,
      fallbacks: ['b', 'c'],
    })
  })
  it('without a score has null for it', () => {
    expect(explain(planOf(['a']))).toMatchObject({ score: null, cut: null, features: {}, fallbacks: [] })
  })
})
