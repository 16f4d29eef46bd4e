// The one knob for thinking, as this dialect turns it: a budget of tokens, or adaptive thinking with an effort. Pure.
import type { ModelFacts } from '../../model.ts'
import type { Message, Reasoning, ReasoningEffort } from '../../request.ts'
import type { Effort, Generation } from './generation.ts'
import { DIALECT, type MessagesBody } from './schema.ts'

/**
 * The one table. `effort` is ours; a model whose effort knows no `xhigh` is given `max`, which stands above it.
 * The budgets are our choice between the documented ends: at least 1,024, above 32k only for work that runs for minutes.
 * Source: https://platform.claude.com/docs/en/build-with-claude/effort and /extended-thinking.
 */
const TABLE: readonly (readonly [
  effort: Exclude<ReasoningEffort, 'none'>,
  level: Effort,
  budgetTokens: number,
])[] = [
  ['minimal', 'low', 1_024],
  ['low', 'low', 2_048],
  ['medium', 'medium', 8_192],
  ['high', 'high', 16_384],
  ['xhigh', 'xhigh', 32_768],
]

const MIN_BUDGET = 1_024
/** What an answer is left of its limit beside the thoughts, where the client gave no budget of its own. */
const ANSWER_SHARE = 0.2

const LEVELS: ReadonlyMap<string, ReasoningEffort> = new Map<Effort, ReasoningEffort>([
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  ['xhigh', 'xhigh'],
  ['max', 'xhigh'],
])

export function readReasoning({
  thinking,
  output_config: config,
}: Pick<MessagesBody, 'thinking' | 'output_config'>): Reasoning | undefined {
  const effort = LEVELS.get(config?.effort ?? '')
  const stated = effort === undefined ? {} : { effort }
  if (thinking === undefined || thinking === null) return effort === undefined ? undefined : stated
  const { type, budget_tokens: budgetTokens, display } = thinking
  if (type === 'disabled' || type === 'between_tools') return { effort: 'none' }
  return {
    ...stated,
    // Effort is `high` unless said: https://platform.claude.com/docs/en/build-with-claude/effort
    ...(type === 'adaptive' && effort === undefined ? { effort: 'high' } : {}),
    ...(type === 'enabled' && budgetTokens !== undefined ? { budgetTokens } : {}),
    ...(display === 'summarized' || display === 'omitted' ? { visible: display === 'summarized' } : {}),
    // Models with a budget show what they think unless told otherwise, and their clients count on it.
    // Source: https://platform.claude.com/docs/en/build-with-claude/thinking#controlling-thinking-display
    ...(type === 'enabled' && display !== 'summarized' && display !== 'omitted' ? { visible: true } : {}),
  }
}

export interface Thinking {
  readonly thinking?: Readonly<Record<string, unknown>>
  readonly effort?: Effort
  /** The wish cannot be told to this model, or only in part. */
  readonly isLost: boolean
}

export interface Circumstances {
  readonly generation: Generation
  readonly facts: ModelFacts | undefined
  readonly maxTokens: number
  /**
   * A tool must be called, which nobody who is asked to think takes.
   * Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking
   */
  readonly isForced: boolean
  /**
   * A turn of tools goes on whose thoughts did not come back, or an answer that was begun without any. Where they are
   * counted, the API then wants none or all.
   * Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking#extended-thinking-with-tool-use
   */
  readonly isBereft: boolean
}

export function writeReasoning(reasoning: Reasoning | undefined, about: Circumstances): Thinking {
  if (reasoning === undefined) return { isLost: false }
  const { effort, budgetTokens, visible } = reasoning
  if (effort === undefined && budgetTokens === undefined) return { isLost: false }
  const { generation, facts, maxTokens, isForced, isBereft } = about
  const isWanted = effort !== 'none'
  const canThink = facts?.reasoning !== false && (generation.adaptive || generation.budget)
  if (!canThink || (isWanted && isForced)) return { isLost: isWanted }
  if (!isWanted) {
    // Nothing turns some models off; they are asked to think as little as they can.
    return generation.off === undefined
      ? { effort: 'low', isLost: true }
      : { thinking: { type: generation.off }, isLost: false }
  }
  const display = visible === undefined ? {} : { display: visible ? 'summarized' : 'omitted' }
  const [, level, budget] = rowOf(effort, budgetTokens ?? 0)
  if (generation.adaptive) {
    const known = generation.efforts.includes(level) ? level : 'max'
    return { thinking: { type: 'adaptive', ...display }, effort: known, isLost: false }
  }
  if (isBereft) return { isLost: true }
  const isCounted = effort === undefined
  const fitted = fitBudget(isCounted ? (budgetTokens ?? 0) : budget, maxTokens, !isCounted)
  if (fitted === undefined) return { isLost: true }
  // Shown is what these models do by themselves, and hosts of older ones know no other word for it.
  const hidden = visible === false ? display : {}
  return { thinking: { type: 'enabled', budget_tokens: fitted, ...hidden }, isLost: false }
}

/**
 * Is an answer to be gone on with that was begun by others, without a thought of this model's? Who thinks takes none:
 * https://platform.claude.com/docs/en/build-with-claude/prompt-engineering/prefill-claudes-response
 */
export const isBegun = (messages: readonly Message[]): boolean => messages.at(-1)?.role === 'assistant'

/** Do the messages end in results for calls that a model made after thoughts which are not there any more? */
export function isTurnBereft(messages: readonly Message[]): boolean {
  if (isBegun(messages)) return true
  const at = messages.findLastIndex(({ role }) => role === 'assistant')
  const isToolTurn = messages.slice(at + 1).some(({ role }) => role === 'tool')
  const [first] = messages[at]?.parts ?? []
  return isToolTurn && !(first?.type === 'reasoning' && first.signature?.dialect === DIALECT)
}

type Row = (typeof TABLE)[number]

const LAST: Row = ['xhigh', 'xhigh', 32_768]

function rowOf(effort: ReasoningEffort | undefined, budgetTokens: number): Row {
  const found =
    effort === undefined
      ? TABLE.find(([, , budget]) => budgetTokens <= budget)
      : TABLE.find(([name]) => name === effort)
  return found ?? LAST
}

/** The budget must stay under `max_tokens`; undefined where there is no room for the smallest. */
export function fitBudget(wanted: number, maxTokens: number, leaveRoom: boolean): number | undefined {
  const most = leaveRoom ? Math.floor(maxTokens * (1 - ANSWER_SHARE)) : maxTokens - 1
  const budget = Math.max(MIN_BUDGET, Math.min(wanted, most))
  return budget < maxTokens ? budget : undefined
}

/** Would the model take what a client of this dialect wrote? What nobody knows is left to it. */
export function acceptsThinking(
  { thinking, output_config: config }: Pick<MessagesBody, 'thinking' | 'output_config'>,
  generation: Generation,
  facts: ModelFacts | undefined,
): boolean {
  const type = thinking?.type
  if (facts?.reasoning === false && (type === 'enabled' || type === 'adaptive')) return false
  if (generation.systemInPlace === undefined) return true // another maker's
  if (type === 'enabled' && !generation.budget) return false
  if (type === 'adaptive' && !generation.adaptive) return false
  if ((type === 'disabled' || type === 'between_tools') && generation.off !== type) return false
  const effort = config?.effort ?? undefined
  return effort === undefined || generation.efforts.some((level) => level === effort)
}
