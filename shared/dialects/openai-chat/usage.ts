// The usage object of chat completions, both ways. Pure.
import { dollarsFromMicros } from '../../money.ts'
import { count, type Fields, fieldsOf as object } from '../../fields.ts'
import { completionTokens, promptTokens, type Usage } from '../../usage.ts'

/** Cached tokens stand inside `prompt_tokens` and reasoning inside `completion_tokens`; here they are taken out. */
export function readUsage(value: unknown): Usage | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Fields
  if (fields['prompt_tokens'] === undefined && fields['completion_tokens'] === undefined) return undefined
  const prompt = count(fields['prompt_tokens'])
  const completion = count(fields['completion_tokens'])
  const details = object(fields['prompt_tokens_details'])
  const cacheRead = Math.min(prompt, count(details['cached_tokens'] ?? fields['prompt_cache_hit_tokens']))
  const cacheWrite = Math.min(prompt - cacheRead, count(details['cache_write_tokens']))
  const reasoning = Math.min(
    completion,
    count(object(fields['completion_tokens_details'])['reasoning_tokens']),
  )
  return {
    input: prompt - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: completion - reasoning,
    reasoning,
  }
}

/** A usage object for a client: the provider's own fields where there are any, ours for what we know, the cost. */
export function writeUsage(
  usage: Usage,
  costMicros: number | undefined,
  native: unknown,
): Record<string, unknown> {
  const prompt = promptTokens(usage)
  const completion = completionTokens(usage)
  return {
    ...(readUsage(native) === undefined
      ? {
          prompt_tokens: prompt,
          completion_tokens: completion,
          total_tokens: prompt + completion,
          prompt_tokens_details: {
            cached_tokens: usage.cacheRead,
            ...(usage.cacheWrite === 0 ? {} : { cache_write_tokens: usage.cacheWrite }),
          },
          completion_tokens_details: { reasoning_tokens: usage.reasoning },
        }
      : (native as Fields)),
    ...(costMicros === undefined ? {} : { cost: dollarsFromMicros(costMicros) }),
  }
}
