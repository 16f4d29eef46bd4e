// The one knob for thinking against every model of Workers AI that has one: what each word becomes.
import { describe, expect, it } from 'vitest'
import { workersAi } from '../../../shared/dialects/workers-ai/index.ts'
import type { ModelFacts } from '../../../shared/model.ts'
import type { Reasoning, ReasoningEffort } from '../../../shared/request.ts'
import { requestFor } from '../../unit/samples.ts'

const WORDS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

function told(
  model: string,
  reasoning: Reasoning,
  facts?: ModelFacts,
): readonly [unknown, readonly string[]] {
  const target = { model, ...(facts === undefined ? {} : { facts }) }
  const { body, dropped } = workersAi().writeRequest(requestFor('Hi', { reasoning }), target)
  const { reasoning_effort: effort, chat_template_kwargs: kwargs } = body
  return [effort ?? kwargs, dropped]
}

const ON = { enable_thinking: true }
const OFF = { enable_thinking: false }
const LITTLE = { enable_thinking: true, low_effort: true }

const table: readonly [model: string, ...told: unknown[]][] = [
  ['@cf/openai/gpt-oss-120b', 'low', 'low', 'low', 'medium', 'high', 'high'],
  ['@cf/openai/gpt-oss-20b', 'low', 'low', 'low', 'medium', 'high', 'high'],
  ['@cf/zai-org/glm-4.7-flash', OFF, ON, ON, ON, ON, ON],
  ['@cf/google/gemma-4-26b-a4b-it', OFF, ON, ON, ON, ON, ON],
  ['@cf/moonshotai/kimi-k2.5', OFF, 'low', 'low', 'medium', 'high', 'high'],
  ['@cf/moonshotai/kimi-k2.6', 'none', 'high', 'high', 'high', 'high', 'high'],
  ['@cf/nvidia/nemotron-3-120b-a12b', OFF, LITTLE, LITTLE, ON, ON, ON],
  ['@cf/zai-org/glm-5.2', 'none', 'none', 'high', 'high', 'high', 'max'],
  ['@cf/zai-org/glm-5.3', 'low', 'low', 'low', 'high', 'high', 'max'],
  ['@cf/zai-org/glm-5.3-flash', 'low', 'low', 'low', 'high', 'high', 'max'],
  ['@cf/deepseek-ai/deepseek-v4-flash-0731', 'none', 'low', 'low', 'high', 'high', 'max'],
  ['@cf/deepseek-ai/deepseek-v4-pro-0813', 'none', 'low', 'low', 'high', 'high', 'max'],
  ['@cf/qwen/qwen3.8-27b', OFF, 'low', 'low', 'medium', 'xhigh', 'xhigh'],
  ['@cf/somebody/new-1', OFF, 'low', 'low', 'medium', 'high', 'high'],
]

describe('an effort', () => {
  for (const [model, ...expected] of table) {
    it(`for ${model}`, () => {
      expect(WORDS.map((effort) => told(model, { effort }))).toEqual(expected.map((one) => [one, []]))
    })
  }

  const deaf = [
    '@cf/moonshotai/kimi-k2.7-code',
    '@cf/qwen/qwq-32b',
    '@cf/deepseek-ai/deepseek-r1-distill-qwen-32b',
    '@cf/meta/llama-3.3-70b-instruct-fp8-fast',
  ]
  for (const model of deaf) {
    it(`cannot be told to ${model}, and that is said`, () =>
      expect(told(model, { effort: 'high' })).toEqual([undefined, ['reasoning_effort']]))
  }

  it('is not told to a model that must not be asked to think', () =>
    expect(told('@cf/openai/gpt-oss-20b', { effort: 'high' }, { reasoning: false })).toEqual([
      undefined,
      ['reasoning_effort'],
    ]))

  it('is made of a number of tokens where a client counts, and wins over it', () => {
    const model = '@cf/openai/gpt-oss-20b'
    const words = [0, 1_024, 1_025, 8_193].map((budgetTokens) => told(model, { budgetTokens })[0])
    expect(words).toEqual(['low', 'low', 'medium', 'high'])
    expect(told('@cf/zai-org/glm-5.3', { budgetTokens: 24_577 })[0]).toBe('max')
    expect(told(model, { budgetTokens: 99_999, effort: 'low' })[0]).toBe('low')
    expect(told('@cf/google/gemma-4-26b-a4b-it', { budgetTokens: 0 })[0]).toEqual(OFF)
  })

  it('is not made up where a client only says whether it wants to read the thoughts', () => {
    for (const model of ['@cf/openai/gpt-oss-20b', ...deaf])
      expect(told(model, { visible: false })).toEqual([undefined, []])
  })
})
