// The knob for thinking, at every position, on every generation of models; and the other way, as clients write it.
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import type { Message, Part, Reasoning } from '../../../shared/request.ts'
import { fromMiddle, own, passedOn, says } from './sent.ts'

interface Sent {
  readonly thinking?: object
  readonly effort?: string
  readonly lost?: true
}

function sent(
  reasoning: Reasoning,
  model: string,
  more: Parameters<typeof fromMiddle>[0] = {},
  facts = {},
): Sent {
  const { body, dropped } = fromMiddle({ reasoning, limits: { maxOutput: 64_000 }, ...more }, model, {
    facts,
  })
  const config = body['output_config'] as { effort?: string } | undefined
  return {
    ...(body['thinking'] === undefined ? {} : { thinking: body['thinking'] as object }),
    ...(config?.effort === undefined ? {} : { effort: config.effort }),
    ...(dropped.includes('reasoning_effort') ? { lost: true } : {}),
  }
}

const adaptive = (effort: string): Sent => ({ thinking: { type: 'adaptive' }, effort })
const enabled = (budget_tokens: number): Sent => ({ thinking: { type: 'enabled', budget_tokens } })
const disabled: Sent = { thinking: { type: 'disabled' } }
const least: Sent = { effort: 'low', lost: true }

const COUNTED = [disabled, enabled(1_024), enabled(2_048), enabled(8_192), enabled(16_384), enabled(32_768)]
const all = (off: Sent, highest = 'xhigh'): Sent[] => [
  off,
  adaptive('low'),
  adaptive('low'),
  adaptive('medium'),
  adaptive('high'),
  adaptive(highest),
]
const NONE: Sent[] = [{}, ...Array.from({ length: 5 }, (): Sent => ({ lost: true }))]

describe('thinking', () => {
  const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const
  const models: readonly [string, readonly Sent[]][] = [
    ['claude-sonnet-5-5', all({ thinking: { type: 'between_tools' } })],
    ['claude-opus-5-5', all(least)],
    ['claude-fable-5-2', all(least)],
    ['claude-mythos-5', all(least)],
    ['claude-mythos-preview', all(least, 'max')],
    ['claude-haiku-5-5', all(disabled)],
    ['claude-opus-5', all(disabled)],
    ['claude-sonnet-5', all(disabled)],
    ['claude-opus-4-8', all(disabled)],
    ['claude-opus-4-7', all(disabled)],
    ['claude-opus-4-6', all(disabled, 'max')],
    ['claude-sonnet-4-6', all(disabled, 'max')],
    ['claude-opus-4-5-20251101', COUNTED],
    ['claude-sonnet-4-5@20250929', COUNTED],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', COUNTED],
    ['anthropic/claude-opus-4.1', COUNTED],
    ['claude-sonnet-4-20250514', COUNTED],
    ['claude-3-7-sonnet-20250219', COUNTED],
    ['claude-3-5-haiku-20241022', NONE],
    ['claude-3-haiku-20240307', NONE],
    ['claude-sonnet-7', all(least)],
    ['kimi-k2-thinking', COUNTED],
  ]
  for (const [model, expected] of models) {
    for (const [at, effort] of efforts.entries()) {
      it(`of effort '${effort}' is asked of ${model} in its way`, () =>
        expect(sent({ effort }, model)).toEqual(expected[at]))
    }
  }

  it('is not mentioned to who did not ask', () => {
    for (const [model] of models) expect(sent({}, model), model).toEqual({})
  })

  const budgets: readonly [number, string, number][] = [
    [500, 'low', 1_024],
    [2_048, 'low', 2_048],
    [2_049, 'medium', 2_049],
    [10_000, 'high', 10_000],
    [30_000, 'xhigh', 30_000],
    [99_000, 'xhigh', 63_999],
  ]
  for (const [budgetTokens, effort, budget] of budgets) {
    it(`of ${budgetTokens} tokens is an effort of '${effort}' where nobody counts, and ${budget} where one does`, () => {
      expect(sent({ budgetTokens }, 'claude-opus-5-5')).toEqual(adaptive(effort))
      expect(sent({ budgetTokens }, 'claude-sonnet-4-5')).toEqual(enabled(budget))
    })
  }

  it('leaves room for the answer under the limit, or is left out and named', () => {
    const under = (maxOutput: number) =>
      sent({ effort: 'high' }, 'claude-sonnet-4-5', { limits: { maxOutput } })
    expect(under(10_000)).toEqual(enabled(8_000))
    expect(under(1_200)).toEqual(enabled(1_024))
    expect(under(1_024)).toEqual({ lost: true })
  })

  it('is shown or hidden as the client wants', () => {
    const shown = (visible: boolean, model: string) => sent({ effort: 'high', visible }, model).thinking
    expect(shown(true, 'claude-opus-5-5')).toEqual({ type: 'adaptive', display: 'summarized' })
    expect(shown(false, 'claude-sonnet-4-5')).toMatchObject({ display: 'omitted' })
  })

  it('is not asked of a model that the catalogue says does not think', () => {
    expect(sent({ effort: 'high' }, 'claude-opus-5-5', {}, { reasoning: false })).toEqual({ lost: true })
    expect(sent({ effort: 'none' }, 'kimi-k2', {}, { reasoning: false })).toEqual({})
  })

  it('gives way to a tool that must be called', () => {
    const tools = [{ name: 'f', parameters: { type: 'object' } }]
    const forced = (model: string) => sent({ effort: 'high' }, model, { tools, toolChoice: 'required' })
    expect(forced('claude-sonnet-4-5')).toEqual({ lost: true })
    // A model that takes no such choice keeps its thoughts.
    expect(forced('claude-opus-5-5')).toEqual(adaptive('high'))
  })

  it('row 38: is not counted on in a turn of tools whose thoughts did not come back', () => {
    const thought: Part = {
      type: 'reasoning',
      text: 'Hm.',
      signature: { dialect: 'anthropic', kind: 'signature', data: 'x' },
    }
    const turn = (parts: Part[], model: string) =>
      sent({ effort: 'high' }, model, {
        messages: [
          { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
          { role: 'assistant', parts, toolCalls: [{ id: 'toolu_1', name: 'f', json: '{}' }] },
          { role: 'tool', toolCallId: 'toolu_1', parts: [{ type: 'text', text: '1' }] },
        ],
      })
    expect(turn([], 'claude-sonnet-4-5')).toEqual({ lost: true })
    expect(turn([{ type: 'reasoning', text: 'Hm.' }], 'claude-sonnet-4-5')).toEqual({ lost: true })
    expect(turn([thought], 'claude-sonnet-4-5')).toEqual(enabled(16_384))
    expect(turn([], 'claude-opus-5-5')).toEqual(adaptive('high')) // adaptive thinking does not insist
  })
})

describe('an answer that was begun without a thought', () => {
  const begun: readonly Message[] = [says('user', 'Hi'), says('assistant', 'The tide \n')]

  it('is gone on with without one, on models that would refuse to think beside it, and ends in no white space', () => {
    const request = { reasoning: { effort: 'high' }, limits: { maxOutput: 64_000 }, messages: begun } as const
    const { body, dropped } = fromMiddle(request, 'claude-sonnet-4-5')
    expect(body).not.toHaveProperty('thinking')
    expect(dropped).toEqual(['reasoning_effort'])
    expect((body['messages'] as object[]).at(-1)).toEqual({ role: 'assistant', content: 'The tide' })
  })

  it('also where the client has asked for thoughts in this dialect', () => {
    const asked = anthropic().readRequest(
      own({ thinking: { type: 'enabled', budget_tokens: 2_000 }, max_tokens: 32_000 }),
    )
    const messages = [...asked.messages, says('assistant', 'The tide')]
    const { body, dropped } = anthropic().writeRequest({ ...asked, messages }, { model: 'claude-opus-4-5' })
    expect(body).not.toHaveProperty('thinking')
    expect(dropped).toEqual(['reasoning_effort'])
    expect((body['messages'] as object[]).at(-1)).toEqual({ role: 'assistant', content: 'The tide' })
  })
})

describe('sampling', () => {
  const asked = { temperature: 0.5, topP: 0.9, topK: 40 }
  const cases: readonly [string, Parameters<typeof fromMiddle>[0], object, readonly string[]][] = [
    ['claude-sonnet-4-5', { sampling: asked }, { temperature: 0.5, top_k: 40 }, ['top_p']],
    ['claude-sonnet-4-5', { sampling: { topP: 0.9 } }, { top_p: 0.9 }, []],
    ['claude-3-haiku-20240307', { sampling: asked }, { temperature: 0.5, top_p: 0.9, top_k: 40 }, []],
    ['kimi-k2', { sampling: asked }, { temperature: 0.5, top_p: 0.9, top_k: 40 }, []],
    ['claude-opus-4-7', { sampling: asked }, {}, ['temperature', 'top_p', 'top_k']],
    ['claude-opus-5-5', { sampling: { temperature: 1, topP: 1 } }, {}, []],
    ['kimi-k2', { sampling: { temperature: 1.4 } }, { temperature: 1 }, ['temperature']],
    [
      'claude-sonnet-4-5',
      { sampling: asked, reasoning: { effort: 'low' } },
      {},
      ['temperature', 'top_p', 'top_k'],
    ],
    [
      'claude-sonnet-4-5',
      { sampling: { temperature: 1, topP: 0.97 }, reasoning: { effort: 'low' } },
      { top_p: 0.97 },
      [],
    ],
  ]
  for (const [model, request, fields, lost] of cases) {
    it(`${JSON.stringify(request)} of ${model} is ${JSON.stringify(fields)}`, () => {
      const { body, dropped } = fromMiddle(request, model)
      const { temperature, top_p, top_k } = body
      expect(JSON.parse(JSON.stringify({ temperature, top_p, top_k }))).toEqual(fields)
      expect(dropped).toEqual(lost)
    })
  }

  it('is left out where the catalogue says that the model takes none', () => {
    const { body, dropped } = fromMiddle({ sampling: { temperature: 0.5 } }, 'kimi-k2', {
      facts: { temperature: false },
    })
    expect(body).not.toHaveProperty('temperature')
    expect(dropped).toEqual(['temperature'])
  })
})

describe('what a client of this dialect says of thinking', () => {
  const cases: readonly [object, Reasoning | undefined][] = [
    [{}, undefined],
    [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
    [{ thinking: { type: 'between_tools' }, output_config: { effort: 'low' } }, { effort: 'none' }],
    [{ thinking: { type: 'enabled', budget_tokens: 5_000 } }, { budgetTokens: 5_000, visible: true }],
    [
      { thinking: { type: 'enabled', budget_tokens: 5_000, display: 'omitted' } },
      { budgetTokens: 5_000, visible: false },
    ],
    [{ thinking: { type: 'adaptive' } }, { effort: 'high' }],
    [
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'medium' } },
      { effort: 'medium', visible: false },
    ],
    [{ thinking: { type: 'adaptive', display: 'summarized' } }, { effort: 'high', visible: true }],
    ...(['low', 'medium', 'high', 'xhigh'] as const).map((effort): [object, Reasoning] => [
      { output_config: { effort } },
      { effort },
    ]),
    [{ output_config: { effort: 'max' } }, { effort: 'xhigh' }],
  ]
  for (const [body, reasoning] of cases) {
    it(`${JSON.stringify(body)} is ${JSON.stringify(reasoning)}`, () =>
      expect(anthropic().readRequest(own(body)).reasoning).toEqual(reasoning))
  }
})

describe('a body of this dialect for a model of another generation', () => {
  const cases: readonly [string, object, object, readonly string[]][] = [
    [
      'claude-opus-5-5',
      { thinking: { type: 'enabled', budget_tokens: 8_000 } },
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'medium' } },
      [],
    ],
    [
      'claude-opus-5-5',
      { thinking: { type: 'disabled' } },
      { output_config: { effort: 'low' } },
      ['reasoning_effort'],
    ],
    ['claude-sonnet-5-5', { thinking: { type: 'disabled' } }, { thinking: { type: 'between_tools' } }, []],
    [
      'claude-sonnet-4-5',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      { thinking: { type: 'enabled', budget_tokens: 2_048 } },
      [],
    ],
    [
      'claude-sonnet-4-5',
      { output_config: { effort: 'low', task_budget: 1 } },
      { output_config: { task_budget: 1 } },
      ['reasoning_effort'],
    ],
    ['claude-opus-4-6', { output_config: { effort: 'xhigh' } }, { output_config: { effort: 'max' } }, []],
    ['claude-opus-5-5', { temperature: 0.5, top_p: 1, top_k: 4 }, { top_p: 1 }, ['temperature', 'top_k']],
    [
      'claude-opus-5-5',
      { tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true } },
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      ['tool_choice'],
    ],
  ]
  for (const [model, written, expected, lost] of cases) {
    it(`${JSON.stringify(written)} becomes ${JSON.stringify(expected)} for ${model}`, () => {
      const { body, dropped } = passedOn({ ...written, max_tokens: 32_000 }, model)
      const { model: _, max_tokens: __, messages: ___, ...rest } = body
      expect(rest).toEqual(expected)
      expect(dropped).toEqual(lost)
    })
  }

  it('stays as it came where the model takes it, and where nobody knows', () => {
    const untouched: readonly [string, object][] = [
      ['claude-opus-4-6', { thinking: { type: 'enabled', budget_tokens: 2_000, x: 1 }, temperature: 1 }],
      ['claude-opus-5-5', { thinking: { type: 'adaptive', x: 1 }, output_config: { effort: 'max' } }],
      ['claude-sonnet-4-5', { temperature: 0.5, top_k: 4, tool_choice: { type: 'any' } }],
      ['kimi-k2', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' }, temperature: 0.5 }],
      ['claude-opus-5-5', { thinking: { type: 'dreaming' } }],
    ]
    for (const [model, written] of untouched) {
      const { body, dropped } = passedOn({ ...written, max_tokens: 32_000 }, model)
      expect(body).toEqual({ ...own(written), max_tokens: 32_000, model })
      expect(dropped).toEqual([])
    }
  })
})
