// What a model call consumed, in tokens. Pure.

/**
 * Tokens by class. The classes are disjoint: they add up, and no price applies twice.
 * OpenAI counts cached tokens inside `prompt_tokens` and reasoning inside `completion_tokens`;
 * Anthropic counts cached tokens beside `input_tokens`. Dialects normalise to this.
 */
export interface Usage {
  readonly input: number
  readonly cacheRead: number
  /** Written to a cache that lasts minutes. */
  readonly cacheWrite: number
  /** Written to a cache that lasts an hour, at its own price; beside `cacheWrite`, absent for none. */
  readonly cacheWriteLong?: number
  readonly output: number
  readonly reasoning: number
}

export const noUsage: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }

export const promptTokens = (usage: Usage): number =>
  usage.input + usage.cacheRead + usage.cacheWrite + (usage.cacheWriteLong ?? 0)

export const completionTokens = (usage: Usage): number => usage.output + usage.reasoning

export const totalTokens = (usage: Usage): number => promptTokens(usage) + completionTokens(usage)
