// The one knob for thinking, as each model of Workers AI has it. Pure.
// Source: the comments on `reasoning_effort` and `chat_template_kwargs` in @cloudflare/workers-types 5.20261117, which
// are made from the models' own metadata. A word that a model does not know becomes the nearest one that it does.
import type { Reasoning, ReasoningEffort } from '../../request.ts'
import { effortOf } from '../openai-chat/thinking.ts'

type Told = Readonly<Record<string, unknown>>

const word = (reasoning_effort: string): Told => ({ reasoning_effort })
const thinking = (enable_thinking: boolean, more: Told = {}): Told => ({
  chat_template_kwargs: { enable_thinking, ...more },
})

interface Knob {
  readonly models: RegExp
  /** Absent where the model cannot be told. */
  readonly told?: Readonly<Record<ReasoningEffort, Told>>
}

const SWITCH: Readonly<Record<ReasoningEffort, Told>> = {
  none: thinking(false),
  minimal: thinking(true),
  low: thinking(true),
  medium: thinking(true),
  high: thinking(true),
  xhigh: thinking(true),
}

const WORDS: Readonly<Record<ReasoningEffort, Told>> = {
  none: thinking(false),
  minimal: word('low'),
  low: word('low'),
  medium: word('medium'),
  high: word('high'),
  xhigh: word('high'),
}

const KNOBS: readonly Knob[] = [
  // low, medium, high; always thinks
  { models: /gpt-oss/, told: { ...WORDS, none: word('low') } },
  // on or off
  { models: /glm-4\.7-flash|gemma-4/, told: SWITCH },
  // high, none
  {
    models: /kimi-k2\.6/,
    told: {
      none: word('none'),
      minimal: word('high'),
      low: word('high'),
      medium: word('high'),
      high: word('high'),
      xhigh: word('high'),
    },
  },
  // always thinks, and has no levels
  { models: /kimi-k2\.7/ },
  // off, a little, or on
  {
    models: /nemotron-3/,
    told: {
      ...SWITCH,
      minimal: thinking(true, { low_effort: true }),
      low: thinking(true, { low_effort: true }),
    },
  },
  // max, high, none
  {
    models: /glm-5\.2/,
    told: {
      none: word('none'),
      minimal: word('none'),
      low: word('high'),
      medium: word('high'),
      high: word('high'),
      xhigh: word('max'),
    },
  },
  // max, high, low; always thinks. Left to itself the API would take medium for max.
  {
    models: /glm-5\.3/,
    told: {
      none: word('low'),
      minimal: word('low'),
      low: word('low'),
      medium: word('high'),
      high: word('high'),
      xhigh: word('max'),
    },
  },
  // max, high, low, none
  {
    models: /deepseek-v4/,
    told: {
      none: word('none'),
      minimal: word('low'),
      low: word('low'),
      medium: word('high'),
      high: word('high'),
      xhigh: word('max'),
    },
  },
  // low, medium, xhigh, and the switch
  { models: /qwen3\.8/, told: { ...WORDS, high: word('xhigh'), xhigh: word('xhigh') } },
  // what the common type has: low, medium, high, and the switch
  { models: /^/, told: WORDS },
]

/** The fields that ask for this much thinking; undefined where the model has none for it. */
export function writeEffort(model: string, reasoning: Reasoning): Told | undefined {
  const wanted = effortOf(reasoning)
  if (wanted === undefined) return {}
  return KNOBS.find((knob) => knob.models.test(model))?.told?.[wanted]
}
