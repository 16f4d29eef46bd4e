// What other dialects' tools and settings become on Google's wire, and which of them are named as dropped.
import { describe, expect, it } from 'vitest'
import type { WireTarget } from '../../../shared/dialect.ts'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import type { ModelRequest } from '../../../shared/request.ts'
import { requestFor } from '../../unit/samples.ts'

type Body = Record<string, unknown>

const TARGET: WireTarget = { model: 'gemini-2.5-flash' }

const body = (over: Partial<ModelRequest>, model = TARGET.model): Body =>
  gemini.writeRequest(requestFor('Hi', over), { model }).body

const dropped = (over: Partial<ModelRequest>, target: WireTarget = TARGET): readonly string[] =>
  gemini.writeRequest(requestFor('Hi', over), target).dropped

const config = (over: Partial<ModelRequest>, model = TARGET.model): unknown =>
  body(over, model)['generationConfig']

describe('tools', () => {
  const tools: ModelRequest['tools'] = [
    { name: 'f', parameters: { type: 'object', properties: {} } },
    { name: 'g' },
  ]
  const choices: readonly [NonNullable<ModelRequest['toolChoice']>, object][] = [
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [{ name: 'g' }, { mode: 'ANY', allowedFunctionNames: ['g'] }],
  ]
  for (const [toolChoice, functionCallingConfig] of choices) {
    it(`chosen so: ${JSON.stringify(toolChoice)}`, () =>
      expect(body({ tools, toolChoice })['toolConfig']).toEqual({ functionCallingConfig }))
  }

  it('are no choice where there are none', () =>
    expect(body({ toolChoice: 'required' })).not.toHaveProperty('toolConfig'))

  it('that another vendor runs are named as dropped, those of Google pass', () => {
    const hosted = (dialect: string, value: unknown): ModelRequest['tools'] => [
      ...tools,
      { name: 'search', hosted: { dialect, value } },
    ]
    expect(dropped({ tools: hosted('openai-responses', { type: 'web_search' }) })).toEqual(['tools'])
    const sent = body({ tools: hosted('gemini', { googleSearch: {} }) })
    expect(sent['tools']).toEqual([
      { functionDeclarations: [{ name: 'f', parametersJsonSchema: tools[0]?.parameters }, { name: 'g' }] },
      { googleSearch: {} },
    ])
  })

  it('of models before JSON Schema have parameters of OpenAPI', () =>
    expect(body({ tools }, 'gemini-2.0-flash')['tools']).toEqual([
      {
        functionDeclarations: [{ name: 'f', parameters: { type: 'OBJECT', properties: {} } }, { name: 'g' }],
      },
    ]))
})

describe('settings', () => {
  it('all of them', () =>
    expect(
      config({
        sampling: {
          temperature: 0.1,
          topP: 0.2,
          topK: 3,
          stop: ['a', ''],
          seed: 4,
          presencePenalty: 0.5,
          frequencyPenalty: 0.6,
          topLogprobs: 7,
        },
        choices: 2,
        limits: { maxOutput: 8 },
      }),
    ).toEqual({
      temperature: 0.1,
      topP: 0.2,
      topK: 3,
      stopSequences: ['a'],
      seed: 4,
      presencePenalty: 0.5,
      frequencyPenalty: 0.6,
      responseLogprobs: true,
      logprobs: 7,
      candidateCount: 2,
      maxOutputTokens: 8,
    }))

  it('none of them', () => expect(Object.keys(body({}))).toEqual(['contents']))

  const schema = {
    type: 'object',
    properties: { a: { type: ['string', 'null'] } },
    additionalProperties: false,
  }
  const format: ModelRequest['format'] = { type: 'json-schema', name: 'x', schema }
  const mime = { responseMimeType: 'application/json' }
  const formats: readonly [string, Partial<ModelRequest>, string, object | undefined, readonly string[]][] = [
    ['JSON', { format: { type: 'json' } }, 'gemini-2.5-pro', mime, []],
    ['a JSON Schema', { format }, 'gemini-2.5-pro', { ...mime, responseJsonSchema: schema }, []],
    [
      'a JSON Schema for a model that knows none',
      { format },
      'gemini-2.0-flash',
      { ...mime, responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } } } },
      [],
    ],
    [
      'JSON beside tools, which Gemini 3 can',
      { format, tools: [{ name: 'f' }] },
      'gemini-3-flash-preview',
      { ...mime, responseJsonSchema: schema },
      [],
    ],
    [
      'JSON beside tools, which 2.5 cannot',
      { format, tools: [{ name: 'f' }] },
      'gemini-2.5-pro',
      undefined,
      ['response_format'],
    ],
  ]
  for (const [name, over, model, expected, lost] of formats) {
    it(`for ${name}`, () => {
      expect(config(over, model)).toEqual(expected)
      expect(dropped(over, { model })).toEqual(lost)
    })
  }

  const losses: readonly [string, Partial<ModelRequest>, readonly string[]][] = [
    ['min_p', { sampling: { minP: 0.1 } }, ['min_p']],
    ['logit_bias', { sampling: { logitBias: { '1': 2 } } }, ['logit_bias']],
    ['no logit_bias', { sampling: { logitBias: {} } }, []],
    ['parallel_tool_calls', { parallelTools: false, tools: [{ name: 'f' }] }, ['parallel_tool_calls']],
    ['parallel calls, as it makes them anyway', { parallelTools: true, tools: [{ name: 'f' }] }, []],
    ['user', { user: 'u' }, ['user']],
    ['a seed that is too large', { sampling: { seed: 2 ** 31 } }, ['seed']],
    ['too many stop sequences', { sampling: { stop: ['1', '2', '3', '4', '5', '6'] } }, ['stop']],
    ['a service nobody offers', { serviceTier: 'scale' }, ['service_tier']],
  ]
  for (const [name, over, lost] of losses) {
    it(`that cannot be told are named: ${name}`, () => expect(dropped(over)).toEqual(lost))
  }

  it('a temperature that the model refuses is named, for either dialect', () => {
    const target = { model: 'gemini-3.5-flash', facts: { temperature: false } }
    const native = gemini.readRequest({
      contents: [{ parts: [{ text: 'Hi' }] }],
      generationConfig: { temperature: 1, topK: 2 },
    })
    for (const request of [requestFor('Hi', { sampling: { temperature: 1, topK: 2 } }), native]) {
      const { body: sent, dropped: lost } = gemini.writeRequest(request, target)
      expect(sent['generationConfig']).toEqual({ topK: 2 })
      expect(lost).toEqual(['temperature'])
    }
  })

  const tiers: readonly [string, string | undefined][] = [
    ['auto', undefined],
    ['default', 'standard'],
    ['flex', 'flex'],
    ['priority', 'priority'],
  ]
  for (const [serviceTier, expected] of tiers) {
    it(`of service: ${serviceTier}`, () => {
      expect(body({ serviceTier })['serviceTier']).toBe(expected)
      expect(dropped({ serviceTier })).toEqual([])
    })
  }
})

it('names its parameters in its own words', () => {
  expect(['reasoning_effort', 'stop', 'tools'].map(gemini.nameOf)).toEqual([
    'thinkingConfig',
    'stopSequences',
    'tools',
  ])
})
