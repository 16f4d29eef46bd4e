// Models and decisions as clients see them.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import { explain, listModels, readModel } from '../../../../workers/edge/describe.ts'
import { openCatalog } from '../../../../workers/routing/catalog.ts'
import { callerWith, planOf } from '../../samples.ts'

const lab = { baseUrl: 'http://127.0.0.1:1/v1' }
const catalog = openCatalog(
  { providers: { lab }, models: { big: { provider: 'lab', model: 'big-1' } } },
  new Map(),
  'minnow',
)

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
      features: { words: 1 },
    })
    expect(explain(plan)).toEqual({
      target: 'a',
      tier: 'mini',
      score: 0.2,
      cut: 0.5,
      reason: 'easy',
      features: { words: 1 },
      fallbacks: ['b', 'c'],
    })
  })
  it('without a score has null for it', () => {
    expect(explain(planOf(['a']))).toMatchObject({ score: null, cut: null, features: {}, fallbacks: [] })
  })
})
