// The one knob for thinking, for every maker on Bedrock, and what it cannot stand beside.
import { describe, expect, it } from 'vitest'
import type { Message, ModelRequest, Part, ReasoningEffort } from '../../../shared/request.ts'
import { message } from '../../unit/samples.ts'
import { CLAUDE, LLAMA, NOVA, OLDER, send } from './converse.ts'

const FABLE = 'anthropic.claude-fable-5-1'
const OPUS = 'us.anthropic.claude-opus-4-7'
const OSS = 'openai.gpt-oss-120b-1:0'
const GPT = 'us.openai.gpt-5.6'
const FIRST_NOVA = 'amazon.nova-pro-v1:0'
const EARLY = 'anthropic.claude-3-5-sonnet-20241022-v2:0'

const EFFORTS = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
] as const satisfies readonly ReasoningEffort[]
const NOTHING = { told: {} }
const LOST = { told: {}, isLost: true }
const told = (fields: object) => ({ told: fields })
const adaptive = (effort: string) => ({
  additionalModelRequestFields: { thinking: { type: 'adaptive' } },
  outputConfig: { effort },
})
const budget = (budget_tokens: number) => ({
  additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens } },
  inferenceConfig: { maxTokens: 32_000 },
})
const nova = (maxReasoningEffort: string) => ({
  additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort } },
})
const flat = (reasoning_effort: string) => ({ additionalModelRequestFields: { reasoning_effort } })
const nested = (effort: string) => ({ additionalModelRequestFields: { reasoning: { effort } } })
const off = { additionalModelRequestFields: { thinking: { type: 'disabled' } } }

/** What each effort, in the order above, becomes, and whether it is said to be lost. */
const table: readonly [string, readonly { readonly told: object; readonly isLost?: boolean }[]][] = [
  [
    CLAUDE,
    [off, adaptive('low'), adaptive('low'), adaptive('medium'), adaptive('high'), adaptive('max')].map(told),
  ],
  [
    OPUS,
    [off, adaptive('low'), adaptive('low'), adaptive('medium'), adaptive('high'), adaptive('xhigh')].map(
      told,
    ),
  ],
  [
    FABLE,
    [
      { told: { outputConfig: { effort: 'low' } }, isLost: true }, // it always thinks: as little as it can
      ...[adaptive('low'), adaptive('low'), adaptive('medium'), adaptive('high'), adaptive('xhigh')].map(
        told,
      ),
    ],
  ],
  [OLDER, [off, budget(1_024), budget(2_048), budget(8_192), budget(16_384), budget(25_600)].map(told)],
  [NOVA, [{}, nova('low'), nova('low'), nova('medium'), nova('high'), nova('high')].map(told)],
  [OSS, [LOST, ...[flat('low'), flat('low'), flat('medium'), flat('high'), flat('high')].map(told)]],
  [
    GPT,
    [nested('none'), nested('low'), nested('low'), nested('medium'), nested('high'), nested('xhigh')].map(
      told,
    ),
  ],
  [FIRST_NOVA, [NOTHING, LOST, LOST, LOST, LOST, LOST]],
  [EARLY, [NOTHING, LOST, LOST, LOST, LOST, LOST]],
  [LLAMA, [NOTHING, LOST, LOST, LOST, LOST, LOST]],
]

describe('an effort', () => {
  for (const [model, row] of table) {
    for (const [index, effort] of EFFORTS.entries()) {
      it(`of ${effort} for ${model}`, () => {
        const { body, dropped } = send({ reasoning: { effort } }, model)
        const { messages: _, ...rest } = body
        expect(rest).toEqual(row[index]?.told)
        expect(dropped).toEqual(row[index]?.isLost === true ? ['reasoning_effort'] : [])
      })
    }
  }

  it('is not told to a model that is known not to think, and that is said', () => {
    for (const model of [CLAUDE, OLDER, NOVA, OSS]) {
      const { body, dropped } = send({ reasoning: { effort: 'high' } }, model, {
        facts: { reasoning: false },
      })
      expect(Object.keys(body)).toEqual(['messages'])
      expect(dropped).toEqual(['reasoning_effort'])
      expect(send({ reasoning: { effort: 'none' } }, model, { facts: { reasoning: false } }).dropped).toEqual(
        [],
      )
    }
  })

  it('wins over a budget that stands beside it', () =>
    expect(send({ reasoning: { effort: 'low', budgetTokens: 30_000 } }, OLDER).body).toMatchObject(
      budget(2_048),
    ))

  it('is not invented where nobody asked for one', () => {
    for (const [model] of table)
      expect(Object.keys(send({ reasoning: {} }, model).body)).toEqual(['messages'])
  })
})

describe('a budget', () => {
  it('is told to models that count', () =>
    expect(send({ reasoning: { budgetTokens: 5_000 } }, OLDER).body).toMatchObject(budget(5_000)))

  it('becomes the nearest effort for others, and none where it is zero', () => {
    const efforts: readonly [number, object][] = [
      [0, off],
      [1_024, adaptive('low')],
      [8_000, adaptive('medium')],
      [16_000, adaptive('high')],
      [60_000, adaptive('max')],
    ]
    for (const [budgetTokens, wanted] of efforts) {
      expect(send({ reasoning: { budgetTokens } }).body).toMatchObject(wanted)
    }
  })

  const limits: readonly [number, number | undefined][] = [
    [100_000, 16_384],
    [16_385, 13_108],
    [2_000, 1_600],
    [1_100, 1_024],
    [1_025, 1_024],
    [1_024, undefined],
    [5, undefined],
  ]
  for (const [maxOutput, tokens] of limits) {
    it(`leaves room for an answer within ${maxOutput} tokens, and never raises that limit`, () => {
      const { body, dropped } = send({ reasoning: { effort: 'high' }, limits: { maxOutput } }, OLDER)
      expect(body['inferenceConfig']).toEqual({ maxTokens: maxOutput })
      expect(body['additionalModelRequestFields']).toEqual(
        tokens === undefined ? undefined : { thinking: { type: 'enabled', budget_tokens: tokens } },
      )
      expect(dropped).toEqual(tokens === undefined ? ['reasoning_effort'] : [])
    })
  }

  it('keeps to what the model can put out', () =>
    expect(send({ reasoning: { effort: 'xhigh' } }, OLDER, { maxOutput: 8_192 }).body).toMatchObject({
      inferenceConfig: { maxTokens: 8_192 },
      additionalModelRequestFields: { thinking: { budget_tokens: 6_553 } },
    }))
})

describe('thinking by budget is left out, and that is said,', () => {
  const tools = [{ name: 'f' }]
  const turn = (...parts: Part[]): Message[] => [
    message('a'),
    { role: 'assistant', parts, toolCalls: [{ id: 'c1', name: 'f', json: '{}' }] },
    { role: 'tool', parts: [{ type: 'text', text: 'x' }], toolCallId: 'c1' },
  ]
  const asked = (over: Partial<ModelRequest>, model = OLDER): readonly [boolean, readonly string[]] => {
    const { body, dropped } = send({ reasoning: { effort: 'low' }, tools, ...over }, model)
    return [JSON.stringify(body).includes('"thinking":'), dropped]
  }
  const sealed: Part = {
    type: 'reasoning',
    text: 'Hm.',
    signature: { dialect: 'anthropic', kind: 'signature', data: 'c2VhbA==' },
  }
  const OUT = [false, ['reasoning_effort']]
  const IN = [true, []]

  it('where a tool must be called', () => {
    expect(asked({ toolChoice: 'required' })).toEqual(OUT)
    expect(asked({ toolChoice: { name: 'f' } })).toEqual(OUT)
    expect(asked({ toolChoice: 'auto' })).toEqual(IN)
  })

  it('where the model waits for its tools and its thoughts are gone', () => {
    expect(asked({ messages: turn() })).toEqual(OUT)
    expect(asked({ messages: turn({ type: 'reasoning', text: 'Hm.' }) })).toEqual(OUT)
    expect(asked({ messages: turn(sealed) })).toEqual(IN)
    expect(asked({ messages: [...turn(), message('go on')] })).toEqual(IN)
  })

  it('where an answer is to be gone on with that was begun without a thought', () => {
    const messages: Message[] = [message('a'), { role: 'assistant', parts: [{ type: 'text', text: 'So ' }] }]
    expect(asked({ messages })).toEqual(OUT)
    const { body } = send({ messages }, OLDER)
    expect((body['messages'] as object[]).at(-1)).toEqual({ role: 'assistant', content: [{ text: 'So' }] })
  })

  it('but not for models that decide themselves', () => {
    expect(asked({ toolChoice: 'required' }, CLAUDE)).toEqual(IN)
    expect(asked({ messages: turn() }, CLAUDE)).toEqual(IN)
  })
})

describe('a model that thinks', () => {
  const sampling = { temperature: 0.5, topP: 0.9, topK: 5 }
  const lost = ['temperature', 'top_p', 'top_k']

  it('is not steered word by word, if it is Claude, or Nova at its highest', () => {
    for (const [model, effort] of [
      [CLAUDE, 'low'],
      [OLDER, 'low'],
      [NOVA, 'high'],
    ] as const) {
      const { body, dropped } = send({ reasoning: { effort }, sampling }, model)
      expect(JSON.stringify(body), model).not.toMatch(/temperature|topP|top_k|topK/)
      expect(dropped, model).toEqual(lost)
    }
  })

  it('may be steered otherwise', () => {
    expect(send({ reasoning: { effort: 'low' }, sampling }, NOVA)).toMatchObject({
      body: { inferenceConfig: { temperature: 0.5, topP: 0.9 } },
      dropped: [],
    })
    expect(
      send({ reasoning: { effort: 'none' }, sampling: { temperature: 0.5 } }).body['inferenceConfig'],
    ).toEqual({
      temperature: 0.5,
    })
  })

  it('keeps its output limit where its highest effort would take none', () =>
    expect(send({ reasoning: { effort: 'high' }, limits: { maxOutput: 500 } }, NOVA)).toMatchObject({
      body: { ...nova('medium'), inferenceConfig: { maxTokens: 500 } },
      dropped: ['reasoning_effort'],
    }))

  it('shows its thoughts as the client wants them', () => {
    const shown = (visible: boolean): unknown =>
      send({ reasoning: { effort: 'low', visible } }).body['additionalModelRequestFields']
    expect(shown(true)).toEqual({ thinking: { type: 'adaptive', display: 'summarized' } })
    expect(shown(false)).toEqual({ thinking: { type: 'adaptive', display: 'omitted' } })
  })

  it('keeps the format of its answer beside its effort', () => {
    const format = { type: 'json-schema', name: 'a', schema: {} } as const
    expect(send({ reasoning: { effort: 'low' }, format }).body['outputConfig']).toMatchObject({
      effort: 'low',
      textFormat: { type: 'json_schema' },
    })
  })
})
