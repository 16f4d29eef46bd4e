// Only models whose vocabulary is published are counted with it; what is unheard of is bounded.
import { readFileSync } from 'node:fs'
import { modelToEncodingMap } from 'gpt-tokenizer/mapping'
import { describe, expect, it } from 'vitest'
import { openCatalogue } from '../../../../shared/catalogue.ts'
import { vendors } from '../../../../workers/providers/registry.ts'

const catalogue = openCatalogue(readFileSync('shared/catalogue.jsonl', 'utf8'))
const countingOf = (id: string, model: string) =>
  vendors.find((vendor) => vendor.id === id)?.counting?.find(({ models }) => models.test(model))

const atOpenAi = (models: string) => models.split(' ').map((model) => ['openai', model] as const)

describe('o200k', () => {
  it('is the vocabulary of these', () => {
    const known =
      'gpt-4o gpt-4o-mini-2024-07-18 chatgpt-4o-latest gpt-4.1 gpt-4.1-nano gpt-4.5-preview o1 o1-pro o3 o3-mini ' +
      'o4-mini gpt-5 gpt-5-nano gpt-5.1 gpt-5.6-sol ft:gpt-4o:me::x'
    const elsewhere = [
      ['azure', 'gpt-4o'],
      ['openrouter', 'openai/gpt-5.1'],
      ['ai-gateway', 'openai/gpt-4.1'],
    ] as const
    for (const [vendor, model] of [...atOpenAi(known), ...elsewhere])
      expect(countingOf(vendor, model)?.tokenizer, model).toBe('o200k')
  })

  it('is not that of any others', () => {
    const others =
      'gpt-4 gpt-4-turbo gpt-4-0613 gpt-3.5-turbo text-embedding-3-small gpt-6-sol gpt-50 o30 o5 chat-latest ' +
      'gpt-oss-120b my-gpt-4o'
    const elsewhere = [
      ['openrouter', 'anthropic/claude-opus-5'],
      ['openrouter', 'openai/gpt-oss-120b'],
      ['openrouter', 'gpt-4o'],
      ['anthropic', 'claude-opus-5-5'],
      ['google', 'gemini-3-flash-preview'],
      ['groq', 'openai/gpt-oss-20b'],
    ] as const
    for (const [vendor, model] of [...atOpenAi(others), ...elsewhere])
      expect(countingOf(vendor, model)?.tokenizer, model).toBeUndefined()
  })

  it('is said of no model that the tokenizer itself lists with another', () => {
    const others = Object.entries(modelToEncodingMap).filter(([, encoding]) => encoding !== 'o200k_base')
    expect(others.length).toBeGreaterThan(20)
    for (const [model] of others) expect(countingOf('openai', model)?.tokenizer, model).toBeUndefined()
  })

  it('is that of most models that OpenAI sells', () => {
    const chat = catalogue.names('openai').filter((name) => /^(?:gpt-[45]|o\d)/.test(name))
    const exact = chat.filter((name) => countingOf('openai', name)?.tokenizer === 'o200k')
    expect(exact.length / chat.length).toBeGreaterThan(0.9)
  })
})

describe('pictures', () => {
  it('have a bound of their own where it is documented', () => {
    expect(countingOf('anthropic', 'claude-opus-4-7')?.picture).toBe(4_784)
    expect(countingOf('bedrock', 'us.anthropic.claude-opus-4-6-v1')?.picture).toBe(4_784)
    expect(countingOf('bedrock', 'meta.llama4-scout')?.picture).toBeUndefined()
    expect(countingOf('vertex', 'gemini-3-flash-preview')?.picture).toBe(4_128)
    expect(countingOf('openai', 'gpt-4o-mini')?.picture).toBe(2_833 + 8 * 5_667)
    expect(countingOf('openai', 'gpt-4o')?.picture).toBeGreaterThanOrEqual(85 + 8 * 170)
    expect(countingOf('openai', 'gpt-5.4')?.picture).toBeGreaterThanOrEqual(10_000)
  })
})
