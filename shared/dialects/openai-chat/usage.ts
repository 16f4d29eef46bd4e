// The usage object of chat completions, both ways. Pure.
import { dollarsFromMicros } from '../../money.ts'
import { count, type Fields, fieldsOf as object } from '../../fields.ts'
import { completionTokens, promptTokens, type Usage } from '../../usage.ts'
import type { ChatOptions } from './options.ts'

/** Cached tokens stand inside `prompt_tokens` and reasoning inside `completion_tokens`; here they are taken out. */
export function readUsage(
  value: unknown,
  options: Pick<ChatOptions, 'reasoningBeside'> = {},
): Usage | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Fields
  if (fields['prompt_tokens'] === undefined && fields['completion_tokens'] === undefined) return undefined
  const prompt = count(fields['prompt_tokens'])
  const details = object(fields['prompt_tokens_details'])
  const cacheRead = Math.min(prompt, count(cached(fields, details)))
  const cacheWrite = Math.min(prompt - cacheRead, count(written(details)))
  const completion = readCompletion(fields, prompt, options.reasoningBeside === true)
  return { input: prompt - cacheRead - cacheWrite, cacheRead, cacheWrite, ...completion }
}

/** Beside OpenAI's own: DeepSeek's, Moonshot's and Mistral's. https://api-docs.deepseek.com/guides/kv_cache */
const cached = (fields: Fields, details: Fields): unknown =>
  details['cached_tokens'] ??
  fields['prompt_cache_hit_tokens'] ??
  fields['cached_tokens'] ?? // https://platform.moonshot.ai/docs/api/chat
  fields['num_cached_tokens'] // https://docs.mistral.ai/api

/** OpenAI's and OpenRouter's, and Alibaba's: https://www.alibabacloud.com/help/en/model-studio/context-cache */
const written = (details: Fields): unknown =>
  details['cache_write_tokens'] ?? details['cache_creation_input_tokens']

/**
 * Where the total is larger than its parts by exactly the reasoning that is listed, or the record says so, reasoning
 * stands beside `completion_tokens`: https://docs.x.ai/docs/guides/reasoning
 */
function readCompletion(
  fields: Fields,
  prompt: number,
  beside: boolean,
): Pick<Usage, 'output' | 'reasoning'> {
  const completion = count(fields['completion_tokens'])
  const listed = count(object(fields['completion_tokens_details'])['reasoning_tokens'])
  const rest = Math.max(0, count(fields['total_tokens']) - prompt - completion)
  if (beside) return { output: completion, reasoning: Math.max(listed, rest) }
  if (listed > 0 && rest === listed) return { output: completion, reasoning: listed }
  const reasoning = Math.min(completion, listed)
  return { output: completion - reasoning, reasoning }
}

/** A usage object for a client: the provider's own fields where there are any, ours for what we know, the cost. */
export function writeUsage(
  usage: Usage,
  costMicros: number | undefined,
  native: unknown,
): Record<string, unknown> {
  const cost = costMicros === undefined ? {} : { cost: dollarsFromMicros(costMicros) }
  const prompt = promptTokens(usage)
  const completion = completionTokens(usage)
  const totals = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
  if (readUsage(native) !== undefined) {
    const fields = native as Fields // it was read as an object
    // Clients add up what they are told, so reasoning that was counted beside the completion is counted in.
    const isShort =
      typeof fields['completion_tokens'] === 'number' && fields['completion_tokens'] < completion
    return { ...fields, ...(isShort ? totals : {}), ...cost }
  }
  const cacheWrite = usage.cacheWrite + (usage.cacheWriteLong ?? 0)
  return {
    ...totals,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(cacheWrite === 0 ? {} : { cache_write_tokens: cacheWrite }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    ...cost,
  }
}
