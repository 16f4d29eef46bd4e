// A conversation stays with its model unless the change is worth the cached prompt it throws away, in dollars. Pure.
import type { LastServed } from '../service.ts'

/**
 * Prompt caches are sure to last so long after they were used. Sources: docs.anthropic.com/en/docs/build-with-claude/prompt-caching
 * (five minutes, from the last use), platform.openai.com/docs/guides/prompt-caching (five to ten minutes without use).
 */
const CACHE_MS = 5 * 60_000

/** Who answered last, where its cache is worth something still. */
export function cachedAt(last: LastServed | undefined, now: number): LastServed | undefined {
  return last !== undefined && last.cachedTokens > 0 && now - last.at <= CACHE_MS ? last : undefined
}

/** Micro-dollars for the next turn: as things are, and had nothing been cached. */
export interface TurnCost {
  readonly costMicros?: number
  readonly freshMicros?: number
}

/** Whoever prefers a model pays for that, once more, what the cache of another was worth: up to this share of a turn. */
const WORTH = 0.25

/**
 * Should the next turn go to the model that has the last ones cached, though another comes first? Where both are the
 * same model, to the cheaper one. Where the other is preferred, unless what is thrown away is small.
 */
export function staysWith(last: TurnCost, first: TurnCost, isSameModel: boolean): boolean {
  const { costMicros: cached, freshMicros: fresh } = last
  const next = first.freshMicros
  if (cached === undefined || fresh === undefined || next === undefined) return false
  if (isSameModel) return cached < next
  return cached < next && fresh - cached > WORTH * next
}

/**
 * The cut in a conversation. The dial says that a gain of `cut` is worth what the strong model costs more than the weak
 * one. A cached prompt changes that difference: it is dearer to leave the weak model, and cheaper to stay with the strong
 * one. So the gain that is asked for changes with it; at 0 and below the strong model is no dearer and always asked.
 */
export function cutBetween(cut: number, weak: TurnCost, strong: TurnCost): number {
  const { costMicros: weakNow, freshMicros: weakFresh } = weak
  const { costMicros: strongNow, freshMicros: strongFresh } = strong
  if (weakNow === undefined || weakFresh === undefined) return cut
  if (strongNow === undefined || strongFresh === undefined) return cut
  const usual = strongFresh - weakFresh
  const now = strongNow - weakNow
  if (usual <= 0 || now === usual) return cut
  if (now <= 0) return -1
  return Math.min((cut * now) / usual, Math.max(cut, (1 + cut) / 2))
}
