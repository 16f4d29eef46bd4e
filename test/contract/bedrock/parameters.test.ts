// What a client asks of a model, in Bedrock's words: tools, sampling, formats, and what has none.
import { describe, expect, it } from 'vitest'
import type { Message, ModelRequest, Sampling } from '../../../shared/request.ts'
import { message } from '../../unit/samples.ts'
import { CLAUDE, type Json, LLAMA, NOVA, OLDER, send } from './converse.ts'

const CLAUDE_3 = 'anthropic.claude-3-haiku-20240307-v1:0'
const NEWEST = 'global.anthropic.claude-opus-5'
const GPT = 'us.openai.gpt-5.6'

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools: ModelRequest['tools'] = [{ name: 'weather', description: 'Tells the weather.', parameters }]
const history: Message[] = [
  message('a'),
  { role: 'assistant', parts: [], toolCalls: [{ id: 'c1', name: 'old', json: '{}' }] },
  { role: 'tool', parts: [{ type: 'text', text: 'x' }], toolCallId: 'c1' },
]
const config = (over: Partial<ModelRequest>, model = CLAUDE): unknown => send(over, model).body['toolConfig']

describe('tools', () => {
  it('keep their schema', () =>
    expect(config({ tools })).toEqual({
      tools: [
        {
          toolSpec: { name: 'weather', description: 'Tells the weather.', inputSchema: { json: parameters } },
        },
      ],
    }))

  it('without a schema or a description take no arguments', () =>
    expect(config({ tools: [{ name: 'now', description: ' ' }] })).toEqual({
      tools: [{ toolSpec: { name: 'now', inputSchema: { json: { type: 'object' } } } }],
    }))

  it('that are to be strict are so where the model can, and it is said where not', () => {
    const strict = [{ name: 'weather', parameters, strict: true }]
    expect(config({ tools: strict }, OLDER)).toMatchObject({
      tools: [
        { toolSpec: { strict: true, inputSchema: { json: { ...parameters, additionalProperties: false } } } },
      ],
    })
    for (const model of [NEWEST, LLAMA, CLAUDE_3]) {
      const { body, dropped } = send({ tools: strict }, model)
      expect(JSON.stringify(body)).not.toContain('strict')
      expect(dropped).toEqual(['strict'])
    }
    expect(send({ tools: [{ name: 'weather', strict: false }] }, LLAMA).dropped).toEqual([])
  })

  it('in a stream are called whole by models that cannot call them otherwise', () => {
    expect(send({ tools, stream: true }, LLAMA)).toMatchObject({
      path: expect.stringMatching(/\/converse$/),
      headers: { accept: 'application/json' },
    })
    expect(send({ stream: true }, LLAMA).path).toMatch(/\/converse-stream$/)
    expect(send({ tools, stream: true }).path).toMatch(/\/converse-stream$/)
  })

  it('that a vendor runs are dropped by name', () => {
    const hosted = {
      name: 'web_search',
      hosted: { dialect: 'openai-responses', value: { type: 'web_search' } },
    }
    expect(send({ tools: [hosted] }).dropped).toEqual(['tools'])
    expect(send({ tools: [hosted, ...tools] }).body['toolConfig']).toMatchObject({
      tools: [{ toolSpec: { name: 'weather' } }],
    })
  })

  it('that the conversation has used are declared, or Bedrock refuses it', () => {
    const old = { toolSpec: { name: 'old', inputSchema: { json: { type: 'object' } } } }
    expect(config({ messages: history })).toEqual({ tools: [old] })
    expect(config({ messages: history, tools })).toMatchObject({
      tools: [{ toolSpec: { name: 'weather' } }, old],
    })
    expect(config({ messages: history, tools: [{ name: 'old', description: 'Mine.' }] })).toMatchObject({
      tools: [{ toolSpec: { name: 'old', description: 'Mine.' } }],
    })
  })
})

describe('the choice of a tool', () => {
  const choices: readonly [ModelRequest['toolChoice'], unknown][] = [
    [undefined, undefined],
    ['auto', undefined], // as it is by itself
    ['required', { any: {} }],
    [{ name: 'weather' }, { tool: { name: 'weather' } }],
  ]
  for (const [toolChoice, written] of choices) {
    it(`${JSON.stringify(toolChoice)} is ${JSON.stringify(written)}`, () =>
      expect(
        (config({ tools, ...(toolChoice === undefined ? {} : { toolChoice }) }) as Json)['toolChoice'],
      ).toEqual(written))
  }

  it('of none takes the tools away', () => {
    const { body, dropped } = send({ tools, toolChoice: 'none' })
    expect(body).not.toHaveProperty('toolConfig')
    expect(dropped).toEqual([])
  })

  it('of none cannot be told where the conversation has used them', () => {
    const { body, dropped } = send({ tools, toolChoice: 'none', messages: history })
    expect(body['toolConfig']).toMatchObject({ tools: [{}, {}] })
    expect(dropped).toEqual(['tool_choice'])
  })

  it('is demanded as far as the model lets it be, and the rest is said', () => {
    const any = { any: {} }
    const tool = { tool: { name: 'weather' } }
    const demands: readonly [string, unknown, unknown][] = [
      [CLAUDE, any, tool],
      ['us.anthropic.claude-opus-5-5', undefined, undefined],
      [NOVA, any, tool],
      [GPT, any, any],
      ['openai.gpt-oss-20b-1:0', any, any],
      ['mistral.mistral-large-2407-v1:0', any, any],
      ['mistral.ministral-3-8b-instruct', undefined, undefined],
      ['deepseek.v3-v1:0', any, any],
      ['deepseek.v3.2', any, tool],
      ['us.deepseek.r1-v1:0', undefined, undefined],
      [LLAMA, undefined, undefined],
    ]
    for (const [model, required, named] of demands) {
      const one = send({ tools, toolChoice: 'required' }, model)
      const two = send({ tools, toolChoice: { name: 'weather' } }, model)
      expect((one.body['toolConfig'] as Json)['toolChoice'], model).toEqual(required)
      expect(one.dropped, model).toEqual(required === undefined ? ['tool_choice'] : [])
      expect((two.body['toolConfig'] as Json)['toolChoice'], model).toEqual(named)
      expect(two.dropped, model).toEqual(named === tool ? [] : ['tool_choice'])
    }
  })

  it('of one call at a time is told to Claude, in one place, and to nobody else', () => {
    const one = { tools, parallelTools: false }
    const told: readonly [ModelRequest['toolChoice'], Json][] = [
      ['auto', { type: 'auto', disable_parallel_tool_use: true }],
      ['required', { type: 'any', disable_parallel_tool_use: true }],
      [{ name: 'weather' }, { type: 'tool', name: 'weather', disable_parallel_tool_use: true }],
    ]
    for (const [toolChoice, tool_choice] of told) {
      const { body, dropped } = send({ ...one, ...(toolChoice === undefined ? {} : { toolChoice }) })
      expect(body['additionalModelRequestFields']).toEqual({ tool_choice })
      expect(body['toolConfig']).not.toHaveProperty('toolChoice') // two of them are refused
      expect(dropped).toEqual([])
    }
    expect(send({ ...one, toolChoice: 'required' }, NOVA)).toMatchObject({
      body: { toolConfig: { toolChoice: { any: {} } } },
      dropped: ['parallel_tool_calls'],
    })
    expect(send({ tools, parallelTools: true }, NOVA).dropped).toEqual([])
    expect(send({ parallelTools: false }, NOVA).dropped).toEqual([])
  })
})

describe('sampling', () => {
  const cases: readonly [string, Sampling, string, Json | undefined, readonly string[]][] = [
    [
      'what everybody takes',
      { temperature: 0.2, topP: 0.9, stop: ['END', 'STOP'] },
      LLAMA,
      { temperature: 0.2, topP: 0.9, stopSequences: ['END', 'STOP'] },
      [],
    ],
    ['a temperature of zero', { temperature: 0 }, LLAMA, { temperature: 0 }, []],
    ['a temperature above the scale', { temperature: 1.7 }, LLAMA, { temperature: 1 }, ['temperature']],
    [
      'both for an early Claude',
      { temperature: 0.5, topP: 0.5 },
      CLAUDE_3,
      { temperature: 0.5, topP: 0.5 },
      [],
    ],
    ['both for one that takes one', { temperature: 0.5, topP: 0.5 }, OLDER, { temperature: 0.5 }, ['top_p']],
    ['top-p alone for one that takes one', { topP: 0.5 }, OLDER, { topP: 0.5 }, []],
    [
      'either for one that takes neither',
      { temperature: 0.5, topP: 0.5, topK: 5 },
      NEWEST,
      undefined,
      ['temperature', 'top_p', 'top_k'],
    ],
    [
      'all for GPT',
      { temperature: 0.5, topP: 0.5, stop: ['END'] },
      GPT,
      undefined,
      ['temperature', 'top_p', 'stop'],
    ],
    ['a blank stop for Claude', { stop: ['\n', 'END'] }, CLAUDE, { stopSequences: ['END'] }, ['stop']],
    ['a blank stop for others', { stop: ['\n'] }, LLAMA, { stopSequences: ['\n'] }, []],
    [
      'what nobody takes',
      { minP: 0.1, seed: 1, presencePenalty: 1, frequencyPenalty: 1, logitBias: { 1: 1 }, topLogprobs: 0 },
      CLAUDE,
      undefined,
      ['min_p', 'seed', 'presence_penalty', 'frequency_penalty', 'logit_bias', 'logprobs'],
    ],
    ['top-k for Llama', { topK: 5 }, LLAMA, undefined, ['top_k']],
  ]
  for (const [name, sampling, model, inferenceConfig, lost] of cases) {
    it(`of ${name}`, () => {
      const { body, dropped } = send({ sampling }, model)
      expect(body['inferenceConfig']).toEqual(inferenceConfig)
      expect(dropped).toEqual(lost)
    })
  }

  it('by top-k stands where its maker wants it', () => {
    expect(send({ sampling: { topK: 5 } }).body['additionalModelRequestFields']).toEqual({ top_k: 5 })
    expect(send({ sampling: { topK: 5 } }, NOVA).body['additionalModelRequestFields']).toEqual({
      inferenceConfig: { topK: 5 },
    })
  })

  it('is left alone for models that are known not to take a temperature', () => {
    const { body, dropped } = send({ sampling: { temperature: 1, topP: 1 } }, LLAMA, {
      facts: { temperature: false },
    })
    expect(body).not.toHaveProperty('inferenceConfig')
    expect(dropped).toEqual(['temperature', 'top_p'])
  })

  it('row 40: knows one output limit, the one that was reserved for', () => {
    expect(send({ limits: { maxOutput: 100 } }).body['inferenceConfig']).toEqual({ maxTokens: 100 })
    expect(send({}, CLAUDE, { maxOutput: 64_000 }).body).not.toHaveProperty('inferenceConfig')
  })
})

describe('the format of an answer', () => {
  const schema = { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false }
  const format = { type: 'json-schema', name: 'sum', schema, description: 'A sum.' } as const

  it('by schema travels as text', () =>
    expect(send({ format }).body['outputConfig']).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'sum', description: 'A sum.' } },
      },
    }))

  it('by schema is closed for Claude, which takes no open one, and left alone for others', () => {
    const open = { type: 'object', properties: { a: { type: 'object', properties: {} } } }
    const sentTo = (model: string): string =>
      JSON.stringify(send({ format: { ...format, schema: open } }, model).body)
    expect(sentTo(CLAUDE).match(/additionalProperties/g)).toHaveLength(2)
    expect(sentTo(LLAMA)).not.toContain('additionalProperties')
  })

  it('by schema is dropped by name for a Claude that follows none', () => {
    const { body, dropped } = send({ format }, CLAUDE_3)
    expect(body).not.toHaveProperty('outputConfig')
    expect(dropped).toEqual(['response_format'])
  })

  it('by schema is dropped by name for models that are known not to follow one', () => {
    const { body, dropped } = send({ format }, LLAMA, { facts: { jsonSchema: false } })
    expect(body).not.toHaveProperty('outputConfig')
    expect(dropped).toEqual(['response_format'])
  })

  it('as any JSON has no word', () =>
    expect(send({ format: { type: 'json' } }).dropped).toEqual(['response_format']))
})

describe('the class of service', () => {
  const tiers: readonly [string, unknown, readonly string[]][] = [
    ['auto', undefined, []],
    ['default', { type: 'default' }, []],
    ['flex', { type: 'flex' }, []],
    ['priority', { type: 'priority' }, []],
    ['scale', undefined, ['service_tier']],
  ]
  for (const [serviceTier, written, lost] of tiers) {
    it(`'${serviceTier}' is ${JSON.stringify(written)}`, () => {
      const { body, dropped } = send({ serviceTier })
      expect(body['serviceTier']).toEqual(written)
      expect(dropped).toEqual(lost)
    })
  }
})

it('several answers, and whose they are, cannot be told', () =>
  expect(send({ choices: 2, user: 'u1' }).dropped).toEqual(['n', 'user']))

it('nothing is called dropped that nobody asked for', () => {
  for (const model of [CLAUDE, OLDER, CLAUDE_3, NEWEST, NOVA, LLAMA, GPT, 'cohere.command-r-plus-v1:0']) {
    expect(
      send({ limits: { maxOutput: 9 } }, model, { facts: { temperature: false, reasoning: false } }).dropped,
    ).toEqual([])
  }
})
