// What the catalogue's sources say of a model, in the catalogue's words: each rule on an entry shaped as theirs.
import { describe, expect, it } from 'vitest'
import { linesOf } from '../../../../tools/data/catalogue.ts'

const model = (provider: string, id: string, over: object = {}): object => ({
  id,
  provider,
  reasoning: false,
  input: ['text'],
  cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 },
  contextWindow: 1_000,
  maxTokens: 100,
  ...over,
})

const entryOf = (
  models: object,
  vendor: string,
  name: string,
): Readonly<Record<string, unknown>> | undefined =>
  linesOf(models, []).find(([of, id]) => of === vendor && id === name)?.[2]
const one = (provider: string, id: string, over: object = {}, vendor = provider): unknown =>
  entryOf({ [provider]: { [id]: model(provider, id, over) } }, vendor, id)

describe('a chat model', () => {
  it('calls tools, because the source lists no other, and makes no embeddings', () =>
    expect(one('groq', 'm')).toEqual({
      price: [1, 2],
      context: 1_000,
      output: 100,
      can: '-embedding -images -reasoning tools',
    }))
  it('sees, thinks and takes no temperature where the source says so', () =>
    expect(
      one('groq', 'm', { input: ['text', 'image'], reasoning: true, compat: { supportsTemperature: false } }),
    ).toMatchObject({ can: '-embedding images reasoning -temperature tools' }))
  it('has no price where the source has zeros, but where its name says free', () => {
    const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
    expect(one('nvidia', 'm', { cost })).not.toHaveProperty('price')
    expect(one('openrouter', 'm:free', { cost })).toMatchObject({ price: [0, 0] })
  })
  it('reads from its cache at the price of input where the source has zero for it', () => {
    expect(one('groq', 'm', { cost: { input: 3, output: 4, cacheRead: 0, cacheWrite: 0.5 } })).toMatchObject({
      price: [3, 4, null, 0.5],
    })
  })
  it('has its tiers', () => {
    const tiers = [{ inputTokensAbove: 200, input: 2, output: 4, cacheRead: 0.2, cacheWrite: 0 }]
    const cost = { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 0, tiers }
    expect(one('xai', 'm', { cost })).toMatchObject({
      price: [1, 2, 0.1, null, null, { tiers: [[200, 2, 4, 0.2]] }],
    })
  })
  it('never writes more than it reads', () =>
    expect(one('groq', 'm', { maxTokens: 5_000 })).toMatchObject({ context: 1_000, output: 1_000 }))
  it('goes by the name that our vendor has for it', () => {
    const models = {
      'amazon-bedrock': { a: model('amazon-bedrock', 'a') },
      'cloudflare-ai-gateway': {
        a: model('cloudflare-ai-gateway', 'claude-x'),
        b: model('cloudflare-ai-gateway', 'gpt-x'),
        c: model('cloudflare-ai-gateway', 'workers-ai/@cf/x'),
      },
      'github-copilot': { a: model('github-copilot', 'a') },
    }
    expect(linesOf(models, []).map(([vendor, name]) => `${vendor} ${name}`)).toEqual([
      'ai-gateway anthropic/claude-x',
      'ai-gateway openai/gpt-x',
      'ai-gateway workers-ai/@cf/x',
      'bedrock a',
    ])
  })
})

describe('a window that ends where a dearer tier begins', () => {
  const tiers = [{ inputTokensAbove: 1_000, input: 2, output: 4, cacheRead: 0, cacheWrite: 0 }]
  const soft = model('openai', 'gpt-x', { cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0, tiers } })
  it('is the one that another vendor of the model has', () => {
    const azure = { 'gpt-x': model('azure', 'gpt-x', { contextWindow: 4_000 }) }
    expect(entryOf({ openai: { 'gpt-x': soft }, azure }, 'openai', 'gpt-x')).toMatchObject({ context: 4_000 })
    const openrouter = { 'openai/gpt-x': model('openrouter', 'openai/gpt-x', { contextWindow: 3_000 }) }
    expect(entryOf({ openai: { 'gpt-x': soft }, openrouter }, 'openai', 'gpt-x')).toMatchObject({
      context: 3_000,
    })
  })
  it('is unknown where none has', () =>
    expect(entryOf({ openai: { 'gpt-x': soft } }, 'openai', 'gpt-x')).not.toHaveProperty('context'))
})

describe('what vendors document', () => {
  it('row 7: Claude writes for an hour at twice the price of input, wherever it runs', () => {
    const cost = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }
    for (const [provider, id] of [
      ['anthropic', 'claude-sonnet-4-5'],
      ['openrouter', 'anthropic/claude-sonnet-4.5'],
    ] as const)
      expect(one(provider, id, { cost })).toMatchObject({ price: [3, 15, 0.3, 3.75, 6] })
    expect(one('groq', 'm', { cost })).toMatchObject({ price: [3, 15, 0.3, 3.75] })
  })
  it('Claude continues an answer up to 4.5 and not from 4.6 on', () => {
    for (const [provider, id, prefills] of [
      ['anthropic', 'claude-sonnet-4-5', true],
      ['anthropic', 'claude-haiku-4-5-20251001', true],
      ['anthropic', 'claude-opus-4-20250514', true],
      ['anthropic', 'claude-opus-4-6', false],
      ['anthropic', 'claude-sonnet-5', false],
      ['amazon-bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', true],
      ['amazon-bedrock', 'anthropic.claude-opus-4-6-v1', false],
      ['amazon-bedrock', 'global.anthropic.claude-opus-4-7', false],
      ['openrouter', 'anthropic/claude-opus-4.1', true],
      ['openrouter', 'anthropic/claude-sonnet-4.5:batch', true],
      ['openrouter', 'anthropic/claude-opus-4.6', false],
      ['openrouter', 'anthropic/claude-sonnet-4.6:batch', false],
    ] as const) {
      const vendor = provider === 'amazon-bedrock' ? 'bedrock' : provider
      const { can } = Object(one(provider, id, {}, vendor)) as { can: string } // `one` found it
      expect(can.split(' ').includes(prefills ? 'prefill' : '-prefill'), id).toBe(true)
    }
  })
  it('row 8: flex costs half at OpenAI, priority what its page says or twice', () => {
    const cost = { input: 2, output: 8, cacheRead: 0.5, cacheWrite: 0 }
    expect(one('openai', 'gpt-4.1', { cost })).toMatchObject({
      price: [2, 8, 0.5, null, null, { classes: { flex: [1, 4, 0.25], priority: [3.5, 14, 0.875] } }],
    })
    expect(one('openai', 'gpt-6-x', { cost })).toMatchObject({
      price: [2, 8, 0.5, null, null, { classes: { flex: [1, 4, 0.25], priority: [4, 16, 1] } }],
    })
    expect(one('openai', 'gpt-4', { cost })).toMatchObject({ price: [2, 8, 0.5] })
  })
})

describe('the second source', () => {
  const further = (id: string, model: object): unknown => linesOf({}, [{ id, models: [model] }])
  it('has the embedding models', () =>
    expect(
      further('openai', { id: 'text-embedding-3-small', context_window: 8192, prices: { input_mtok: 0.02 } }),
    ).toEqual([
      ['openai', 'text-embedding-3-small', { price: [0.02, 0], context: 8192, can: 'embedding -tools' }],
    ]))
  it('has the models of vendors that the first one lacks, by every whole name, with what a request costs', () => {
    const match = { or: [{ equals: 'sonar' }, { equals: 'sonar-latest' }, { starts_with: 'so' }] }
    const prices = { input_mtok: 1, output_mtok: 1, requests_kcount: 12 }
    expect(further('perplexity', { id: 'sonar', match, prices })).toMatchObject([
      ['perplexity', 'sonar', { price: [1, 1, null, null, null, { request: 0.012 }] }],
      ['perplexity', 'sonar-latest', {}],
    ])
  })
  it('is asked for nothing else, and for nothing that is over', () => {
    const prices = { input_mtok: 1, output_mtok: 1 }
    expect(further('openai', { id: 'gpt-4o', prices })).toEqual([])
    expect(further('cohere', { id: 'command-r', prices, deprecated: true })).toEqual([])
    expect(further('somebody', { id: 'embed', prices })).toEqual([])
  })
  it('takes the last of dated prices', () => {
    const prices = [{ prices: { input_mtok: 9 } }, { constraint: {}, prices: { input_mtok: 1 } }]
    expect(further('cohere', { id: 'embed-v9', prices })).toMatchObject([
      ['cohere', 'embed-v9', { price: [1, 0] }],
    ])
  })
})
