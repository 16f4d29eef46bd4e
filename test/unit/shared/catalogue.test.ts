// The catalogue: how its lines are read, and what the file that ships must hold.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalogue } from '../../../shared/catalogue.ts'
import { vendors } from '../../../workers/providers/registry.ts'

const line = (vendor: string, model: string, entry: object): string => JSON.stringify([vendor, model, entry])
const head = {
  date: '2026-11-24T00:00:00.000Z',
  sources: [{ package: 'x', version: '1.2.3' }],
  vendors: ['a', 'ab'],
}

const small = openCatalogue(
  `${[
    JSON.stringify(head),
    line('a', 'one', {
      price: [2, 8, 0.5, 2.5, 4, { tiers: [[1000, 4, 16, 1]], classes: { flex: [1, 4] }, request: 0.01 }],
      context: 1_000,
      output: 100,
      can: '-audio images tools',
    }),
    line('a', 'x"y\\z,[', { price: [1, 2], can: 'embedding' }),
    line('ab', 'one', { can: '' }),
  ].join('\n')}\n`,
)

describe('a line', () => {
  it('has a price with all its parts, limits and abilities', () => {
    expect(small.find('a', 'one')).toEqual({
      price: {
        input: 2,
        output: 8,
        cacheRead: 0.5,
        cacheWrite: 2.5,
        cacheWriteLong: 4,
        tiers: [{ above: 1_000, input: 4, output: 16, cacheRead: 1, cacheWrite: 4 }],
        classes: { flex: { input: 1, output: 4, cacheRead: 1, cacheWrite: 1 } },
        request: 0.01,
      },
      contextWindow: 1_000,
      maxOutput: 100,
      facts: { audio: false, images: true, tools: true },
    })
  })
  it('without a price, limits and abilities says nothing of them', () =>
    expect(small.find('ab', 'one')).toEqual({ facts: {} }))
  it('may be of a model with any name', () =>
    expect(small.find('a', 'x"y\\z,[')?.facts).toEqual({ embedding: true }))
  it("is found by its own vendor's name only, not by one that begins like it", () => {
    expect(small.names('a')).toEqual(['one', 'x"y\\z,['])
    expect(small.names('ab')).toEqual(['one'])
    for (const [vendor, model] of [
      ['', 'one'],
      ['b', 'one'],
      ['a', ''],
      ['a', 'two'],
      ['constructor', 'x'],
      ['a', 'constructor'],
    ] as const)
      expect(small.find(vendor, model)).toBeUndefined()
  })
  it('is read once', () => expect(small.find('a', 'one')).toBe(small.find('a', 'one')))
})

it('the head says from when the prices hold, and whose they are', () => {
  expect(small.datedAt).toBe(Date.parse('2026-11-24T00:00:00Z'))
  expect(small.sources).toEqual(['x@1.2.3'])
})

describe('the catalogue that ships', () => {
  const file = readFileSync(resolve(import.meta.dirname, '../../../shared/catalogue.jsonl'), 'utf8')
  const catalogue = openCatalogue(file)
  const all = catalogue.vendors.flatMap((vendor) =>
    catalogue.names(vendor).map((model) => ({ vendor, model, listing: catalogue.find(vendor, model) })),
  )

  it('has every line read, sorted, under 200 kB, by vendors whose records stand in the registry', () => {
    const lines = file.trimEnd().split('\n').slice(1)
    expect(all).toHaveLength(lines.length)
    expect(Buffer.byteLength(file)).toBeLessThan(200_000)
    const ids = new Set(vendors.map(({ id }) => id))
    expect(catalogue.vendors.filter((vendor) => !ids.has(vendor))).toEqual([])
    const names = all.map(({ vendor, model }) => `${vendor}/${model}`)
    expect(new Set(names).size).toBe(names.length)
    expect(names.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(names)
  })
  it('has at least 150 models with a price, a window, an output limit and abilities', () => {
    const whole = all.filter(
      ({ listing }) =>
        listing?.price !== undefined &&
        listing.contextWindow !== undefined &&
        listing.maxOutput !== undefined,
    )
    expect(whole.length).toBeGreaterThan(150)
    for (const { listing } of whole) expect(Object.keys(listing?.facts ?? {}).length).toBeGreaterThan(2)
  })
  it('has no price below zero, none that is free without saying so, and tiers that rise', () => {
    for (const { model, listing } of all) {
      const { price } = listing ?? {}
      if (price === undefined) continue
      const rates = [price, ...(price.tiers ?? []), ...Object.values(price.classes ?? {})]
      for (const { input, output, cacheRead, cacheWrite, cacheWriteLong = 0 } of rates)
        for (const rate of [input, output, cacheRead, cacheWrite, cacheWriteLong])
          expect(rate).toBeGreaterThanOrEqual(0)
      if (!model.endsWith(':free')) expect(price.input + price.output).toBeGreaterThan(0)
      const bounds = (price.tiers ?? []).map(({ above }) => above)
      expect(bounds).toEqual([...new Set(bounds)].toSorted((a, b) => a - b))
      // A window that ends where a tier begins would keep every request from that tier.
      for (const above of bounds) expect(listing?.contextWindow ?? Infinity).toBeGreaterThan(above)
    }
  })
  it('has what vendors publish: long writes, tiers, classes, requests, embeddings', () => {
    expect(catalogue.find('anthropic', 'claude-haiku-4-5')).toMatchObject({
      // https://platform.claude.com/docs/en/about-claude/pricing
      price: { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25, cacheWriteLong: 2 },
      facts: { tools: true, images: true, files: true, audio: false },
    })
    expect(catalogue.find('google', 'gemini-2.5-pro')?.price?.tiers).toEqual([
      // https://ai.google.dev/gemini-api/docs/pricing
      { above: 200_000, input: 2.5, output: 15, cacheRead: 0.25, cacheWrite: 2.5 },
    ])
    expect(catalogue.find('openai', 'gpt-4.1')?.price?.classes).toMatchObject({
      flex: { input: 1, output: 4 },
      priority: { input: 3.5, output: 14 },
    })
    expect(catalogue.find('openai', 'text-embedding-3-small')).toMatchObject({
      price: { input: 0.02, output: 0 },
      facts: { embedding: true, tools: false },
    })
    expect(catalogue.find('openai', 'gpt-4.1')?.facts.embedding).toBe(false)
    expect(catalogue.find('perplexity', 'sonar')?.price?.request).toBeGreaterThan(0)
  })
})
