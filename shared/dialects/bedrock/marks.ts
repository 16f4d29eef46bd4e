// The cache points of a request: the client's own, or ours where it set none. Pure.
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
import { MAX_MARKS, turnsToMark, type Wanted } from '../../caching.ts'
import { leastCached } from '../anthropic/least.ts'
import type { Family } from './family.ts'
import { cachePoint, type Conversation } from './messages.ts'
import type { Block, Drop } from './parts.ts'

/** Nova keeps prompts of a thousand tokens, others what Claude's models do. */
const LEAST_OF_NOVA = 1_000

/** In tokens; undefined where nothing is kept by marks. */
export function leastOf(model: string, { maker, caches }: Family): number | undefined {
  if (caches === 'nothing') return undefined
  return maker === 'nova' ? LEAST_OF_NOVA : leastCached(model)
}

export interface Prompt extends Conversation {
  readonly tools: readonly Block[]
}

const isPoint = (block: Block): boolean => 'cachePoint' in block

export function settlePoints(prompt: Prompt, wanted: Wanted, family: Family, drop: Drop): Prompt {
  const { tools, system, messages } = prompt
  const lists = [tools, system, ...messages.map(({ content }) => content)]
  const count = lists.reduce((sum, list) => sum + list.filter(isPoint).length, 0)
  if (count > MAX_MARKS) return trimmed(prompt, count - MAX_MARKS, drop)
  if (count > 0) return prompt
  const point = cachePoint('5m', family)
  const places = wanted.turns ? turnsToMark(messages.map(({ role }) => role)) : []
  const marksTools = wanted.instructions && system.length === 0 && family.caches === 'everything'
  return {
    tools: marksTools && tools.length > 0 ? [...tools, ...point] : tools,
    system: wanted.instructions && system.length > 0 ? [...system, ...point] : system,
    messages: messages.map((turn, at) =>
      places.includes(at) ? { ...turn, content: pointed(turn.content, point) } : turn,
    ),
  }
}

/**
 * Behind the last block that a point may follow: it is refused directly behind a document or a sound.
 * https://github.com/pydantic/pydantic-ai, models/bedrock.py
 */
function pointed(content: readonly Block[], point: readonly Block[]): Block[] {
  const last = content.findLastIndex((block) => !('document' in block || 'audio' in block))
  return last < 0 ? [...content] : [...content.slice(0, last + 1), ...point, ...content.slice(last + 1)]
}

/** The earliest go: what is kept up to a later point holds what was kept up to them. */
function trimmed({ tools, system, messages }: Prompt, surplus: number, drop: Drop): Prompt {
  let left = surplus
  const trim = (list: readonly Block[]): Block[] =>
    list.filter((block) => {
      if (left === 0 || !isPoint(block)) return true
      left -= 1
      return false
    })
  drop('cache_control')
  return {
    tools: trim(tools),
    system: trim(system),
    messages: messages.map((turn) => ({ ...turn, content: trim(turn.content) })),
  }
}
