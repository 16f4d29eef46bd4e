// The usage of Converse. Cached tokens stand beside the input, as with Claude everywhere; thoughts are not told apart. Pure.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
import { count, fieldsOf, isFields, listOf, text } from '../../fields.ts'
import type { Usage } from '../../usage.ts'

export function readUsage(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined
  if (value['inputTokens'] === undefined && value['outputTokens'] === undefined) return undefined
  const written = count(value['cacheWriteInputTokens'])
  const long = listOf(value['cacheDetails'])
    .map(fieldsOf)
    .filter((detail) => /1h/i.test(text(detail['ttl'])))
    .reduce((sum, detail) => sum + count(detail['inputTokens']), 0)
  const cacheWriteLong = Math.min(written, long)
  return {
    input: count(value['inputTokens']),
    cacheRead: count(value['cacheReadInputTokens']),
    cacheWrite: written - cacheWriteLong,
    ...(cacheWriteLong === 0 ? {} : { cacheWriteLong }),
    output: count(value['outputTokens']),
    reasoning: 0,
  }
}
