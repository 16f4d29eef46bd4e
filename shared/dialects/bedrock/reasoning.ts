// The one knob for thinking, in the words of each maker on Bedrock. Pure.
import type { WireTarget } from '../../dialect.ts'
import type { Message, ModelRequest, Reasoning, ReasoningEffort } from '../../request.ts'
import type { Family } from './family.ts'
import type { Block, Drop } from './parts.ts'
import { proofOf } from './signature.ts'
import { isForced } from './tools.ts'

/**
 * | effort  | adaptive Claude (4.6 and later)  | earlier Claude: tokens | Nova 2 | open GPT | GPT     |
 * |---------|----------------------------------|------------------------|--------|----------|---------|
 * | none    | disabled, where it may be        | not asked for          | not asked for | -  | none    |
 * | minimal | low                              | 1,024                  | low    | low      | low     |
 * | low     | low                              | 2,048                  | low    | low      | low     |
 * | medium  | medium                           | 8,192                  | medium | medium   | medium  |
 * | high    | high                             | 16,384                 | high   | high     | high    |
 * | xhigh   | xhigh; max for 4.6               | 32,768                 | high   | high     | xhigh   |
 *
 * Claude: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html,
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html (at least 1,024 tokens,
 * fewer than the output limit). Nova: https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html.
 * GPT: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html.
 */
const TOKENS: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_768,
}

const LEAST_TOKENS = 1_024
/** What an answer may take beside its thoughts where nobody has set a limit. */
const ANSWER_TOKENS = 8_192

export interface Thoughts {
  /** May words still be chosen by temperature and the like? Claude, and Nova at its highest, want it left to them. */
  readonly steerable: boolean
  /** For `additionalModelRequestFields`. */
  readonly fields: Block
  /** For `outputConfig.effort`. */
  readonly effort?: string
  /** The output limit that goes with it, where none was asked for. */
  readonly maxTokens?: number
}

const silent: Thoughts = { steerable: true, fields: {} }

export function writeReasoning(
  request: ModelRequest,
  target: WireTarget,
  family: Family,
  drop: Drop,
): Thoughts {
  const { reasoning } = request
  const effort = effortOf(reasoning)
  if (effort === undefined) return silent
  const lost = (): Thoughts => {
    drop('reasoning_effort')
    return silent
  }
  if (target.facts?.reasoning === false) return effort === 'none' ? silent : lost()
  const { thinking } = family
  switch (thinking.kind) {
    case 'none':
      return effort === 'none' ? silent : lost()
    case 'adaptive':
      if (effort === 'none')
        return thinking.off ? { ...silent, fields: { thinking: { type: 'disabled' } } } : lost()
      return {
        steerable: false,
        fields: { thinking: { type: 'adaptive', ...display(reasoning) } },
        effort: effort === 'minimal' ? 'low' : effort === 'xhigh' ? thinking.top : effort,
      }
    case 'budget':
      if (effort === 'none') return silent
      return withBudget(request, target, family, tokensOf(reasoning, effort)) ?? lost()
    case 'levels':
      if (effort === 'none') return silent
      return withLevel(request, effort, drop)
    case 'flat':
      return effort === 'none' ? lost() : { ...silent, fields: { reasoning_effort: level(effort) } }
    case 'nested':
      return { ...silent, fields: { reasoning: { effort: effort === 'minimal' ? 'low' : effort } } }
  }
}

/** A budget is turned into the effort it comes nearest to, for models that are not given one. */
function effortOf(reasoning: Reasoning | undefined): ReasoningEffort | undefined {
  if (reasoning?.effort !== undefined) return reasoning.effort
  const tokens = reasoning?.budgetTokens
  if (tokens === undefined) return undefined
  if (tokens <= 0) return 'none'
  return tokens <= TOKENS.low
    ? 'low'
    : tokens <= TOKENS.medium
      ? 'medium'
      : tokens <= TOKENS.high
        ? 'high'
        : 'xhigh'
}

/** A budget counts as it was given, unless an effort stands beside it. */
const tokensOf = (reasoning: Reasoning | undefined, effort: Exclude<ReasoningEffort, 'none'>): number =>
  reasoning?.effort === undefined ? (reasoning?.budgetTokens ?? TOKENS[effort]) : TOKENS[effort]

const level = (effort: Exclude<ReasoningEffort, 'none'>): 'low' | 'medium' | 'high' =>
  effort === 'minimal' ? 'low' : effort === 'xhigh' ? 'high' : effort

const display = (reasoning: Reasoning | undefined): Block =>
  reasoning?.visible === undefined ? {} : { display: reasoning.visible ? 'summarized' : 'omitted' }

/** The limit holds thoughts and answer together, and is the caller's money: the budget makes room for an answer. */
function withBudget(
  request: ModelRequest,
  target: WireTarget,
  family: Family,
  wanted: number,
): Thoughts | undefined {
  // A tool that must be called, and a turn with tools whose own thoughts are gone, are refused beside a budget:
  // https://platform.claude.com/docs/en/build-with-claude/extended-thinking#extended-thinking-with-tool-use
  if (isForced(request.toolChoice) || isThoughtless(request.messages, family)) return undefined
  const budget = Math.max(LEAST_TOKENS, Math.floor(wanted))
  const limit = request.limits.maxOutput ?? Math.min(target.maxOutput ?? Infinity, budget + ANSWER_TOKENS)
  if (limit <= LEAST_TOKENS) return undefined
  const budget_tokens = Math.min(budget, Math.max(LEAST_TOKENS, Math.floor(limit * 0.8)))
  return { steerable: false, fields: { thinking: { type: 'enabled', budget_tokens } }, maxTokens: limit }
}

/** The model is waiting for its tools, and how it came to call them cannot be shown to it. */
function isThoughtless(messages: readonly Message[], family: Family): boolean {
  const asked = messages.findLast((message) => message.role !== 'tool')
  if (messages.at(-1)?.role !== 'tool' || asked?.toolCalls === undefined) return false
  return !asked.parts.some(
    ({ type, ...part }) =>
      type === 'reasoning' &&
      'signature' in part &&
      part.signature !== undefined &&
      part.signature.dialect === proofOf(family, part.signature.kind),
  )
}

/** The highest level takes no output limit (recorded), and a limit is the caller's money: then the next one is asked for. */
function withLevel(request: ModelRequest, effort: Exclude<ReasoningEffort, 'none'>, drop: Drop): Thoughts {
  const wanted = level(effort)
  const isCapped = wanted === 'high' && request.limits.maxOutput !== undefined
  if (isCapped) drop('reasoning_effort')
  return {
    steerable: wanted !== 'high' || isCapped,
    fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: isCapped ? 'medium' : wanted } },
  }
}
