// The one knob for thinking, turned in every vendor's way: from a client of this dialect and from one of another.
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { Reasoning } from '../../../shared/request.ts'
import { requestFor } from '../../unit/samples.ts'
import { ask, chat, type Json } from './chunks.ts'

type Knobs = NonNullable<NonNullable<Parameters<typeof openaiChat>[0]>['thinking']>

const FIELDS = new Set([
  'reasoning_effort',
  'reasoning',
  'thinking',
  'enable_thinking',
  'thinking_budget',
  'chat_template_kwargs',
])
const knobsOf = (body: Json): Json =>
  Object.fromEntries(Object.entries(body).filter(([key]) => FIELDS.has(key)))

const openai: Knobs = [{ efforts: ['minimal', 'low', 'medium', 'high'] }]
const pair: Knobs = [{ efforts: ['low', 'high'] }]
const deepseek: Knobs = [
  { efforts: ['low', 'medium', 'high', 'xhigh'], words: { xhigh: 'max' }, toggle: 'thinking' },
]
const zai: Knobs = [{ toggle: 'thinking' }]
const qwen: Knobs = [{ toggle: 'enable_thinking', budget: 'thinking_budget' }]
const claude: Knobs = [{ toggle: 'thinking', budget: 'thinking.budget_tokens' }]
const vllm: Knobs = [{ toggle: 'chat_template_kwargs.enable_thinking' }]
const together: Knobs = [{ efforts: ['low', 'medium', 'high'], toggle: 'reasoning.enabled' }]
const openrouter: Knobs = [
  {
    efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
    effortField: 'reasoning',
    budget: 'reasoning.max_tokens',
  },
]
const silent: Knobs = [{}]
const LOST = ['reasoning_effort']

describe('a client of another dialect', () => {
  const cases: readonly [string, Knobs | undefined, Reasoning, Json, (readonly string[])?][] = [
    ['OpenAI', undefined, { effort: 'xhigh' }, { reasoning_effort: 'xhigh' }],
    ['OpenAI, by tokens, few', undefined, { budgetTokens: 1024 }, { reasoning_effort: 'low' }],
    ['OpenAI, by tokens, more', undefined, { budgetTokens: 8000 }, { reasoning_effort: 'medium' }],
    ['OpenAI, by tokens, many', undefined, { budgetTokens: 24_000 }, { reasoning_effort: 'high' }],
    ['OpenAI, by tokens, all', undefined, { budgetTokens: 60_000 }, { reasoning_effort: 'xhigh' }],
    ['OpenAI, by tokens, none', undefined, { budgetTokens: 0 }, { reasoning_effort: 'none' }],
    ['OpenAI, nothing but unseen', undefined, { visible: false }, {}],
    ['a word that is known', openai, { effort: 'minimal' }, { reasoning_effort: 'minimal' }],
    ['the nearest word below', openai, { effort: 'xhigh' }, { reasoning_effort: 'high' }],
    ['the higher of two near ones', pair, { effort: 'medium' }, { reasoning_effort: 'high' }],
    ['the nearest word above', pair, { effort: 'minimal' }, { reasoning_effort: 'low' }],
    ['what cannot be turned off is turned low', pair, { effort: 'none' }, { reasoning_effort: 'low' }, LOST],
    ['DeepSeek', deepseek, { effort: 'xhigh' }, { thinking: { type: 'enabled' }, reasoning_effort: 'max' }],
    ['DeepSeek, off', deepseek, { effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['Z.ai', zai, { effort: 'low' }, { thinking: { type: 'enabled' } }],
    ['Z.ai, off', zai, { effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['Qwen', qwen, { effort: 'high' }, { enable_thinking: true, thinking_budget: 24_576 }],
    ['Qwen, by tokens', qwen, { budgetTokens: 700 }, { enable_thinking: true, thinking_budget: 700 }],
    ['Qwen, off', qwen, { effort: 'none' }, { enable_thinking: false }],
    [
      'a budget in `thinking`',
      claude,
      { effort: 'medium' },
      { thinking: { type: 'enabled', budget_tokens: 8192 } },
    ],
    ['a budget in `thinking`, off', claude, { effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['a chat template', vllm, { effort: 'high' }, { chat_template_kwargs: { enable_thinking: true } }],
    ['a chat template, off', vllm, { effort: 'none' }, { chat_template_kwargs: { enable_thinking: false } }],
    ['Together', together, { effort: 'low' }, { reasoning: { enabled: true }, reasoning_effort: 'low' }],
    ['Together, off', together, { effort: 'none' }, { reasoning: { enabled: false } }],
    ['OpenRouter', openrouter, { effort: 'low' }, { reasoning: { effort: 'low' } }],
    ['OpenRouter, off', openrouter, { effort: 'none' }, { reasoning: { effort: 'none' } }],
    ['OpenRouter, by tokens', openrouter, { budgetTokens: 3000 }, { reasoning: { max_tokens: 3000 } }],
    [
      'OpenRouter, unseen',
      openrouter,
      { effort: 'low', visible: false },
      { reasoning: { effort: 'low', exclude: true } },
    ],
    ['a model that cannot be told', silent, { effort: 'low' }, {}, LOST],
    ['a model that cannot be told to stop', silent, { effort: 'none' }, {}, LOST],
    ['a model that no rule matches', [{ models: /^other/, efforts: ['low'] }], { effort: 'low' }, {}, LOST],
    [
      'the first rule that matches',
      [{ models: /^big/, toggle: 'enable_thinking' }, { efforts: ['low'] }],
      { effort: 'low' },
      { enable_thinking: true },
    ],
  ]
  for (const [name, thinking, reasoning, fields, lost = []] of cases) {
    it(name, () => {
      const request = requestFor('Hi', { reasoning, native: { dialect: 'anthropic', body: {} } })
      const options = thinking === undefined ? {} : { thinking }
      const { body, dropped } = openaiChat(options).writeRequest(request, { model: 'big-1' })
      expect(knobsOf(body)).toEqual(fields)
      expect(dropped).toEqual(lost)
    })
  }
})

describe('a client of this dialect', () => {
  const cases: readonly [string, Knobs | undefined, Json, Json, (readonly string[])?][] = [
    [
      'of a server without a record is not touched',
      undefined,
      { thinking: { type: 'enabled' }, reasoning: 5 },
      { thinking: { type: 'enabled' }, reasoning: 5 },
    ],
    ['that asks for nothing is asked nothing', deepseek, {}, {}],
    ['has its word translated', zai, { reasoning_effort: 'high' }, { thinking: { type: 'enabled' } }],
    ['has its word turned off', deepseek, { reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['keeps a word of the vendor', deepseek, { reasoning_effort: 'max' }, { reasoning_effort: 'max' }],
    [
      'has the nearest word where its own is unknown',
      openai,
      { reasoning_effort: 'max' },
      { reasoning_effort: 'high' },
    ],
    [
      'keeps a word that some of the models accept',
      [{ efforts: ['low'], also: ['max'] }],
      { reasoning_effort: 'max' },
      { reasoning_effort: 'max' },
    ],
    [
      'keeps what the vendor itself knows',
      qwen,
      { enable_thinking: true, thinking_budget: 5 },
      { enable_thinking: true, thinking_budget: 5 },
    ],
    [
      'keeps an object of the vendor',
      claude,
      { thinking: { type: 'enabled', budget_tokens: 99 } },
      { thinking: { type: 'enabled', budget_tokens: 99 } },
    ],
    [
      "has another vendor's field translated",
      qwen,
      { thinking: { type: 'disabled' } },
      { enable_thinking: false },
    ],
    [
      "has OpenRouter's field translated",
      openai,
      { reasoning: { effort: 'low', exclude: true } },
      { reasoning_effort: 'low' },
    ],
    ['keeps both of OpenRouter’s ways', openrouter, { reasoning_effort: 'low' }, { reasoning_effort: 'low' }],
    [
      'keeps the rest of its template',
      zai,
      { chat_template_kwargs: { enable_thinking: false, greeting: 'x' } },
      { chat_template_kwargs: { greeting: 'x' }, thinking: { type: 'disabled' } },
    ],
    ['is told when it cannot be told', silent, { reasoning_effort: 'low' }, {}, LOST],
  ]
  for (const [name, thinking, sent, fields, lost = []] of cases) {
    it(name, () => {
      const options = thinking === undefined ? {} : { thinking }
      const { body, dropped } = openaiChat(options).writeRequest(chat.readRequest(ask(sent)), {
        model: 'big-1',
      })
      expect(knobsOf(body)).toEqual(fields)
      expect(dropped).toEqual(lost)
    })
  }

  it('asks nothing of a model that does not think, and is told so', () => {
    const write = (sent: Json) =>
      openaiChat().writeRequest(chat.readRequest(ask(sent)), { model: 'm', facts: { reasoning: false } })
    expect(knobsOf(write({ reasoning_effort: 'low' }).body)).toEqual({})
    expect(write({ reasoning_effort: 'low' }).dropped).toEqual(LOST)
    expect(write({ thinking: { type: 'disabled' } }).dropped).toEqual([])
  })
})
