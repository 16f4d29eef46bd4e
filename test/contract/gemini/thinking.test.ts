// The one knob of thinking on every model of Google's: each effort, each budget, each limit.
import { describe, expect, it } from 'vitest'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import type { ModelFacts } from '../../../shared/model.ts'
import type { ModelRequest, Reasoning, ReasoningEffort } from '../../../shared/request.ts'
import { requestFor } from '../../unit/samples.ts'

const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

interface Outcome {
  readonly thinkingConfig: unknown
  readonly dropped: readonly string[]
}

const written = (request: ModelRequest, model: string, facts?: ModelFacts): Outcome => {
  const { body, dropped } = gemini.writeRequest(request, { model, ...(facts === undefined ? {} : { facts }) })
  const config = body['generationConfig'] as { thinkingConfig?: unknown } | undefined
  return { thinkingConfig: config?.thinkingConfig, dropped }
}

const outcome = (reasoning: Reasoning, model: string, facts?: ModelFacts): Outcome =>
  written(requestFor('Hi', { reasoning }), model, facts)

/** A `!` says that the wish is named as dropped. */
const table: Readonly<Record<string, readonly (string | number)[]>> = {
  //                              none       minimal    low    medium    high    xhigh
  'gemini-3.8-flash': ['MINIMAL', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'HIGH'],
  'gemini-3-flash-preview': ['MINIMAL', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'HIGH'],
  'gemini-3.1-flash-lite': ['MINIMAL', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'HIGH'],
  'gemini-flash-latest': ['MINIMAL', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'HIGH'],
  'gemini-3.1-pro-preview': ['LOW!', 'LOW', 'LOW', 'MEDIUM', 'HIGH', 'HIGH'],
  'gemini-pro-latest': ['LOW!', 'LOW', 'LOW', 'MEDIUM', 'HIGH', 'HIGH'],
  'gemini-3-pro-preview': ['LOW!', 'LOW', 'LOW', 'HIGH', 'HIGH', 'HIGH'],
  'gemini-4-argon': ['MINIMAL', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'HIGH'],
  'gemini-2.5-pro': ['128!', 1024, 1024, 8192, 24_576, 32_768],
  'gemini-2.5-flash': [0, 1024, 1024, 8192, 24_576, 24_576],
  'gemini-2.5-flash-lite': [0, 1024, 1024, 8192, 24_576, 24_576],
  'gemini-2.0-flash': ['', '!', '!', '!', '!', '!'],
  'gemini-2.5-flash-image': ['', '!', '!', '!', '!', '!'],
  'gemma-3-27b-it': ['', '!', '!', '!', '!', '!'],
}

for (const [model, cells] of Object.entries(table)) {
  describe(`the effort of ${model}`, () => {
    for (const [at, effort] of EFFORTS.entries()) {
      const cell = String(cells[at])
      const amount = cell.replace('!', '')
      it(`${effort} is ${cell || 'nothing to say'}`, () => {
        const expected =
          amount === ''
            ? undefined
            : /^\d+$/.test(amount)
              ? { thinkingBudget: Number(amount) }
              : { thinkingLevel: amount }
        expect(outcome({ effort }, model)).toEqual({
          thinkingConfig: expected,
          dropped: cell.endsWith('!') ? ['reasoning_effort'] : [],
        })
      })
    }
  })
}

describe('a budget', () => {
  const cases: readonly [string, number, object][] = [
    ['gemini-2.5-pro', 64, { thinkingBudget: 128 }],
    ['gemini-2.5-pro', 50_000, { thinkingBudget: 32_768 }],
    ['gemini-2.5-flash', 64, { thinkingBudget: 64 }],
    ['gemini-2.5-flash', 0, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', 30_000, { thinkingBudget: 24_576 }],
    ['gemini-2.5-flash-lite', 64, { thinkingBudget: 512 }],
    ['gemini-3-flash-preview', 0, { thinkingLevel: 'MINIMAL' }],
    ['gemini-3-flash-preview', 1024, { thinkingLevel: 'LOW' }],
    ['gemini-3-flash-preview', 4096, { thinkingLevel: 'MEDIUM' }],
    ['gemini-3-flash-preview', 8192, { thinkingLevel: 'MEDIUM' }],
    ['gemini-3-flash-preview', 8193, { thinkingLevel: 'HIGH' }],
    ['gemini-3-pro-preview', 8192, { thinkingLevel: 'HIGH' }],
  ]
  for (const [model, budgetTokens, thinkingConfig] of cases) {
    it(`of ${budgetTokens} tokens at ${model} is ${JSON.stringify(thinkingConfig)}`, () =>
      expect(outcome({ budgetTokens }, model)).toEqual({ thinkingConfig, dropped: [] }))
  }

  it('gives way to an effort', () =>
    expect(outcome({ effort: 'low', budgetTokens: 20_000 }, 'gemini-2.5-pro').thinkingConfig).toEqual({
      thinkingBudget: 1024,
    }))
})

describe('thoughts', () => {
  it('are shown to who wants to see them, and hidden from who does not', () => {
    for (const visible of [true, false]) {
      expect(outcome({ visible }, 'gemini-2.5-pro').thinkingConfig).toEqual({ includeThoughts: visible })
      expect(outcome({ effort: 'high', visible }, 'gemini-3-flash-preview').thinkingConfig).toEqual({
        thinkingLevel: 'HIGH',
        includeThoughts: visible,
      })
    }
    expect(outcome({ visible: true }, 'gemini-2.0-flash')).toEqual({ thinkingConfig: undefined, dropped: [] })
  })

  it('are not asked of a model of which it is known that it has none', () => {
    const facts = { reasoning: false }
    expect(outcome({ effort: 'high' }, 'gemini-2.5-pro', facts)).toEqual({
      thinkingConfig: undefined,
      dropped: ['reasoning_effort'],
    })
    expect(outcome({ effort: 'none' }, 'gemini-2.5-pro', facts).dropped).toEqual([])
    expect(written(requestFor('Hi'), 'gemini-2.5-pro', facts)).toEqual({
      thinkingConfig: undefined,
      dropped: [],
    })
  })
})

describe('a thinking config of a client of the same dialect', () => {
  const given = (thinkingConfig: object): ModelRequest =>
    gemini.readRequest({ contents: [{ parts: [{ text: 'Hi' }] }], generationConfig: { thinkingConfig } })
  const cases: readonly [string, object, string, object | undefined, readonly string[]][] = [
    [
      'passes with its unknown fields',
      { thinkingBudget: 5, x: 1 },
      'gemini-2.5-pro',
      { thinkingBudget: 5, x: 1 },
      [],
    ],
    [
      'passes where it is only out of date',
      { thinkingBudget: 99 },
      'gemini-3-flash-preview',
      { thinkingBudget: 99 },
      [],
    ],
    ['passes to a model that nobody knows', { thinkingLevel: 'LOW' }, 'my-own', { thinkingLevel: 'LOW' }, []],
    [
      'becomes a budget where the model counts',
      { thinkingLevel: 'LOW', includeThoughts: true },
      'gemini-2.5-flash',
      { thinkingBudget: 1024, includeThoughts: true },
      [],
    ],
    [
      'is left out where the model does not think',
      { thinkingBudget: 99 },
      'gemini-2.0-flash',
      undefined,
      ['reasoning_effort'],
    ],
  ]
  for (const [name, thinkingConfig, model, expected, dropped] of cases) {
    it(name, () =>
      expect(written(given(thinkingConfig), model)).toEqual({ thinkingConfig: expected, dropped }),
    )
  }
})
