// The list of models as Anthropic's and Google's clients read it, page by page.
import { describe, expect, it } from 'vitest'
import { noCatalogue, noPrices } from '../../../../shared/catalogue.ts'
import {
  anthropicList,
  anthropicModel,
  geminiList,
  geminiModel,
  modelsFor,
} from '../../../../workers/edge/shelf.ts'
import { openCatalog } from '../../../../workers/routing/catalog.ts'
import { callerWith } from '../../samples.ts'

const names = ['a', 'b', 'c', 'd']
const catalog = openCatalog({
  config: {
    providers: { lab: { baseUrl: 'http://127.0.0.1:1/v1' } },
    models: {
      ...Object.fromEntries(names.map((name) => [name, { provider: 'lab', model: name }])),
      wide: { provider: 'lab', model: 'w', contextWindow: 9_000, maxOutput: 90, reasoning: true },
      vectors: { provider: 'lab', model: 'v', embedding: true },
    },
  },
  prices: noPrices,
  microProvider: 'minnow',
  catalogue: noCatalogue,
  vendorOf: () => undefined,
})
const caller = callerWith({ models: names })
const query = (text: string): URLSearchParams => new URLSearchParams(text)

describe("Anthropic's list", () => {
  const cases: readonly [string, string[], boolean][] = [
    ['', ['a', 'b', 'c', 'd'], false],
    ['limit=3', ['a', 'b', 'c'], true],
    ['limit=2&after_id=b', ['c', 'd'], false],
    ['limit=1&after_id=b', ['c'], true],
    ['limit=2&before_id=d', ['b', 'c'], true],
    ['limit=2&before_id=c', ['a', 'b'], false],
    ['after_id=d', [], false],
  ]
  for (const [text, ids, more] of cases) {
    it(`${text === '' ? 'whole' : text} has ${ids.join(', ') || 'nothing'}`, () => {
      const list = anthropicList(catalog, caller, query(text))
      expect(list).toMatchObject({
        data: ids.map((id) => ({ type: 'model', id, display_name: id })),
        has_more: more,
        first_id: ids[0] ?? null,
        last_id: ids.at(-1) ?? null,
      })
    })
  }
  it('walks back and forth over the same pages', () => {
    const forth = anthropicList(catalog, caller, query('limit=2'))
    const next = anthropicList(catalog, caller, query(`limit=2&after_id=${String(forth['last_id'])}`))
    const back = anthropicList(catalog, caller, query(`limit=2&before_id=${String(next['first_id'])}`))
    expect(back).toMatchObject({ data: forth['data'], first_id: 'a', last_id: 'b' })
  })
  it('says when a model was made, how much it reads and writes', () => {
    const model = anthropicModel(catalog, callerWith(), 'wide')
    expect(model).toMatchObject({ max_input_tokens: 9_000, max_tokens: 90 })
    expect(new Date(String(model['created_at'])).toISOString()).toBe('2025-11-23T00:00:00.000Z')
  })
  it.each(['limit=0', 'limit=x', 'limit=1.5', 'after_id=zzz', 'before_id=zzz'])(
    'refuses %s by name',
    (text) => {
      expect(() => anthropicList(catalog, caller, query(text))).toThrow(
        `Invalid '${text.split('=')[0] ?? ''}'`,
      )
    },
  )
  it('stands where OpenAI has its own, for clients that send their version', () => {
    const ask = (headers: Record<string, string>): object =>
      modelsFor(new Request('http://x/v1/models?limit=1', { headers }), catalog, caller)
    expect(ask({ 'anthropic-version': '2023-06-01' })).toMatchObject({ has_more: true, last_id: 'a' })
    expect(ask({})).toMatchObject({ object: 'list', data: names.map((id) => ({ id, object: 'model' })) })
  })
})

describe("Gemini's list", () => {
  it('goes page by page until no token is left', () => {
    const first = geminiList(catalog, caller, query('pageSize=3'))
    expect(first).toMatchObject({
      models: [{ name: 'models/a' }, { name: 'models/b' }, { name: 'models/c' }],
    })
    const second = geminiList(
      catalog,
      caller,
      query(`pageSize=3&pageToken=${String(first['nextPageToken'])}`),
    )
    expect(second).toMatchObject({ models: [{ name: 'models/d', displayName: 'd' }] })
    expect(second).not.toHaveProperty('nextPageToken')
  })
  it('says how much a model reads and writes, whether it thinks and what may be asked of it', () => {
    expect(geminiModel(catalog, callerWith(), 'wide')).toEqual({
      name: 'models/wide',
      displayName: 'wide',
      inputTokenLimit: 9_000,
      outputTokenLimit: 90,
      supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
      thinking: true,
    })
    expect(geminiModel(catalog, callerWith(), 'vectors')).toMatchObject({
      supportedGenerationMethods: ['embedContent'],
    })
  })
  it('has nothing that the key may not use', () =>
    expect(() => geminiModel(catalog, caller, 'wide')).toThrow(/does not exist here/))
})
