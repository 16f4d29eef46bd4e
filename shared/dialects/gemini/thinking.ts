// The one knob of thinking, both ways: an effort or a budget, and `thinkingConfig`. Pure.
//
// | effort  | levels (Gemini 3 and later)          | budget (Gemini 2.5)                            |
// |---------|--------------------------------------|------------------------------------------------|
// | none    | minimal; a Pro thinks on and says so | 0; a Pro thinks on with its least, and says so |
// | minimal | minimal, or low                      | 1,024                                          |
// | low     | low                                  | 1,024                                          |
// | medium  | medium, or high                      | 8,192                                          |
// | high    | high                                 | 24,576                                         |
// | xhigh   | high                                 | as much as the model may                       |
//
// Source: https://ai.google.dev/gemini-api/docs/openai#thinking; budgets as levels: under 4,096 low, up to 8,192 medium,
// beyond that high, https://github.com/google-gemini/cookbook/blob/main/quickstarts/Get_started_thinking.ipynb
import type { ModelFacts } from '../../model.ts'
import type { Reasoning, ReasoningEffort } from '../../request.ts'
import { type Level, type Thinking, thinkingOf } from './models.ts'
import type { GenerationConfig } from './schema.ts'

type ThinkingConfig = NonNullable<GenerationConfig['thinkingConfig']>

const LEVELS: ReadonlyMap<string, Level> = new Map([
  ['MINIMAL', 'minimal'],
  ['LOW', 'low'],
  ['MEDIUM', 'medium'],
  ['HIGH', 'high'],
])

export function readThinking(config: ThinkingConfig | null | undefined): Reasoning | undefined {
  if (config === undefined || config === null) return undefined
  const level = LEVELS.get(config.thinkingLevel?.toUpperCase() ?? '')
  const budget = config.thinkingBudget ?? -1 // -1 leaves it to the model, as saying nothing does
  const effort = level ?? (budget === 0 ? 'none' : undefined)
  const visible = config.includeThoughts ?? undefined
  if (effort === undefined && budget < 0 && visible === undefined) return undefined
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(level === undefined && budget > 0 ? { budgetTokens: budget } : {}),
    ...(visible === undefined ? {} : { visible }),
  }
}

export interface Thought {
  readonly config?: ThinkingConfig
  /** The client asked for something that the model cannot be told. */
  readonly isDropped: boolean
}

export function writeThinking(
  reasoning: Reasoning | undefined,
  model: string,
  facts: ModelFacts | undefined,
): Thought {
  if (reasoning === undefined) return { isDropped: false }
  const { effort, budgetTokens, visible } = reasoning
  const wanted = effort ?? (budgetTokens === 0 ? 'none' : budgetTokens)
  const thinking = facts?.reasoning === false ? undefined : thinkingOf(model)
  // A model that does not think already does what `none` asks.
  if (thinking === undefined) return { isDropped: wanted !== undefined && wanted !== 'none' }
  const shown = visible === undefined ? {} : { includeThoughts: visible }
  if (wanted === undefined)
    return visible === undefined ? { isDropped: false } : { config: shown, isDropped: false }
  const amount =
    thinking.by === 'level'
      ? { thinkingLevel: levelFor(wanted, thinking.levels).toUpperCase() }
      : { thinkingBudget: budgetFor(wanted, thinking) }
  return { config: { ...amount, ...shown }, isDropped: wanted === 'none' && !canRest(thinking) }
}

const canRest = (thinking: Thinking): boolean =>
  thinking.by === 'level' ? thinking.levels.includes('minimal') : thinking.canRest

function levelFor(wanted: ReasoningEffort | number, levels: readonly Level[]): Level {
  const level = typeof wanted === 'number' ? levelOfBudget(wanted) : levelOfEffort(wanted)
  if (levels.includes(level)) return level
  return level === 'minimal' ? 'low' : 'high'
}

const levelOfBudget = (tokens: number): Level => (tokens < 4096 ? 'low' : tokens <= 8192 ? 'medium' : 'high')

function levelOfEffort(effort: ReasoningEffort): Level {
  switch (effort) {
    case 'none':
    case 'minimal':
      return 'minimal'
    case 'low':
    case 'medium':
    case 'high':
      return effort
    case 'xhigh':
      return 'high'
  }
}

function budgetFor(
  wanted: ReasoningEffort | number,
  { min, max, canRest }: Extract<Thinking, { by: 'budget' }>,
): number {
  const tokens = typeof wanted === 'number' ? wanted : budgetOfEffort(wanted, max)
  if (tokens === 0 && canRest) return 0
  return Math.min(max, Math.max(min, tokens))
}

function budgetOfEffort(effort: ReasoningEffort, most: number): number {
  switch (effort) {
    case 'none':
      return 0
    case 'minimal':
    case 'low':
      return 1024
    case 'medium':
      return 8192
    case 'high':
      return 24_576
    case 'xhigh':
      return most
  }
}
