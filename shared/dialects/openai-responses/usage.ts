// The usage object of the Responses API, both ways. Pure.
import { count, type Fields, fieldsOf, isFields } from '../../fields.ts'
import { dollarsFromMicros } from '../../money.ts'
import { completionTokens, promptTokens, type Usage } from '../../usage.ts'

/** Cached tokens, read and written, stand inside `input_tokens` and reasoning inside `output_tokens`; here they are taken out. */
export function readUsage(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined
  if (value['input_tokens'] === undefined && value['output_tokens'] === undefined) return undefined
  const input = count(value['input_tokens'])
  const output = count(value['output_tokens'])
  const details = fieldsOf(value['input_tokens_details'])
  const cacheRead = Math.min(input, count(details['cached_tokens']))
  const written = Math.min(input - cacheRead, count(details['cache_write_tokens']))
  const long = Math.min(written, count(fieldsOf(details['cache_write_tokens_details'])['ttl_12h_tokens']))
  const reasoning = Math.min(output, count(fieldsOf(value['output_tokens_details'])['reasoning_tokens']))
  return {
    input: input - cacheRead - written,
    cacheRead,
    cacheWrite: written - long,
    ...(long === 0 ? {} : { cacheWriteLong: long }),
    output: output - reasoning,
    reasoning,
  }
}

/** A usage object for a client: the vendor's own fields where there are any, ours for what we know, the cost. */
export function writeUsage(
  usage: Usage,
  costMicros: number | undefined,
  native: unknown,
): Record<string, unknown> {
  const cost = costMicros === undefined ? {} : { cost: dollarsFromMicros(costMicros) }
  if (isFields(native) && readUsage(native) !== undefined) return { ...native, ...cost }
  const [input, output, long] = [promptTokens(usage), completionTokens(usage), usage.cacheWriteLong ?? 0]
  const lives: Fields =
    long === 0
      ? {}
      : { cache_write_tokens_details: { ttl_12h_tokens: long, ttl_30m_tokens: usage.cacheWrite } }
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite + long,
      ...lives,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + output,
    ...cost,
  }
}
