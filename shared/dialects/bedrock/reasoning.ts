// The one knob for thinking, in the words of each maker on Bedrock. Pure.
import type { WireTarget } from '../../dialect.ts'
import type { Message, ModelRequest, Reasoning, ReasoningEffort } from '../../request.ts'
import type { Generation } from '../anthropic/generation.ts'
import { isBegun, writeReasoning as writeThinking } from '../anthropic/reasoning.ts'
import type { Family } from './family.ts'
import type { Block, Drop } from './parts.ts'
import { proofOf } from './signature.ts'
import { isForced } from './tools.ts'

/**
 * | effort  | Nova 2        | open GPT | GPT    |
 * |---------|---------------|----------|--------|
 * | none    | not asked for | -        | none   |
 * | minimal | low           | low      | low    |
 * | low     | low           | low      | low    |
 * | medium  | medium        | medium   | medium |
 * | high    | high          | high     | high   |
 * | xhigh   | high          | high     | xhigh  |
 *
 * Nova: https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html.
 * GPT: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html.
 * Claude is asked as Anthropic asks it, with the table of that dialect; what differs is where the words stand:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html.
 */
const LEVELS: Readonly<Record<ReasoningEffort, 'low' | 'medium' | 'high'>> = {
  none: 'low',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
}

/** The output limit beside a budget where nobody has set one: every model that takes a budget puts out as much. */
const OUTPUT_TOKENS = 32_000

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
  const { thinking } = family
  if (thinking.kind === 'claude') return forClaude(request, target, family, thinking.generation, drop)
  const effort = effortOf(settled(request.reasoning))
  if (effort === undefined) return silent
  const lost = (): Thoughts => {
    drop('reasoning_effort')
    return silent
  }
  if (thinking.kind === 'none' || target.facts?.reasoning === false) {
    return effort === 'none' ? silent : lost()
  }
  switch (thinking.kind) {
    case 'levels':
      return effort === 'none' ? silent : withLevel(request, LEVELS[effort], drop)
    case 'flat':
      return effort === 'none' ? lost() : { ...silent, fields: { reasoning_effort: LEVELS[effort] } }
    case 'nested':
      return { ...silent, fields: { reasoning: { effort: effort === 'minimal' ? 'low' : effort } } }
  }
}

function forClaude(
  request: ModelRequest,
  target: WireTarget,
  family: Family,
  generation: Generation,
  drop: Drop,
): Thoughts {
  const maxTokens = request.limits.maxOutput ?? target.maxOutput ?? OUTPUT_TOKENS
  const { thinking, effort, isLost } = writeThinking(settled(request.reasoning), {
    generation,
    facts: target.facts,
    maxTokens,
    // A tool that must be called, and a turn with tools whose own thoughts are gone, are refused beside a budget, and
    // only there: https://platform.claude.com/docs/en/build-with-claude/thinking-tool-workflows
    isForced: !generation.adaptive && isForced(request.toolChoice),
    isBereft: isThoughtless(request.messages, family),
  })
  if (isLost) drop('reasoning_effort')
  const type = thinking?.['type']
  return {
    steerable: type !== 'enabled' && type !== 'adaptive',
    fields: thinking === undefined ? {} : { thinking },
    ...(effort === undefined ? {} : { effort }),
    ...(type === 'enabled' ? { maxTokens } : {}),
  }
}

/** A budget of nothing is the wish not to think. */
const settled = (reasoning: Reasoning | undefined): Reasoning | undefined =>
  reasoning?.budgetTokens !== undefined && reasoning.budgetTokens <= 0 && reasoning.effort === undefined
    ? { effort: 'none' }
    : reasoning

/** A budget is turned into the effort it comes nearest to, for models that are not given one. */
function effortOf(reasoning: Reasoning | undefined): ReasoningEffort | undefined {
  if (reasoning?.effort !== undefined) return reasoning.effort
  const tokens = reasoning?.budgetTokens
  if (tokens === undefined) return undefined
  return tokens <= 2_048 ? 'low' : tokens <= 8_192 ? 'medium' : 'high'
}

/** The model is waiting for its tools, and how it came to call them cannot be shown to it; or others began its answer. */
function isThoughtless(messages: readonly Message[], family: Family): boolean {
  if (isBegun(messages)) return true
  const asked = messages.findLast((message) => message.role !== 'tool')
  if (messages.at(-1)?.role !== 'tool' || asked?.toolCalls === undefined) return false
  return !asked.parts.some(
    (part) =>
      part.type === 'reasoning' &&
      part.signature !== undefined &&
      part.signature.dialect === proofOf(family, part.signature.kind),
  )
}

/** The highest level takes no output limit (recorded), and a limit is the caller's money: then the next one is asked for. */
function withLevel(request: ModelRequest, wanted: 'low' | 'medium' | 'high', drop: Drop): Thoughts {
  const isCapped = wanted === 'high' && request.limits.maxOutput !== undefined
  if (isCapped) drop('reasoning_effort')
  return {
    steerable: wanted !== 'high' || isCapped,
    fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: isCapped ? 'medium' : wanted } },
  }
}
