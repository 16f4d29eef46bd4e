// The usage object of Messages, both ways. Pure.
// Source: https://platform.claude.com/docs/en/api/messages and /docs/en/build-with-claude/prompt-caching
import { count, type Fields, fieldsOf, listOf } from '../../fields.ts'
import { dollarsFromMicros } from '../../money.ts'
import { completionTokens, type Usage } from '../../usage.ts'

/** The counts of a later frame are cumulative and replace those of an earlier one; what it leaves out stays. */
export function mergeUsage(earlier: Fields, later: unknown): Fields {
  const said = Object.entries(fieldsOf(later)).filter(([, value]) => value !== null && value !== undefined)
  return { ...earlier, ...Object.fromEntries(said) }
}

/** Cached tokens stand beside `input_tokens`, thoughts inside `output_tokens`; here all classes are disjoint. */
export function readUsage(fields: Fields): Usage | undefined {
  if (fields['input_tokens'] === undefined && fields['output_tokens'] === undefined) return undefined
  const written = count(fields['cache_creation_input_tokens'])
  const lives = fieldsOf(fields['cache_creation'])
  const hour = count(lives['ephemeral_1h_input_tokens'])
  const minutes = count(lives['ephemeral_5m_input_tokens'])
  // Where only the classes are given they are the whole; where both are, the total may have grown since.
  const total = Math.max(written, hour + minutes)
  const more = compactions(fields['iterations'])
  const output = count(fields['output_tokens']) + more.output
  const reasoning = Math.min(output, count(fieldsOf(fields['output_tokens_details'])['thinking_tokens']))
  return {
    input: count(fields['input_tokens']) + more.input,
    cacheRead: count(fields['cache_read_input_tokens']) + more.cacheRead,
    cacheWrite: total - hour + more.cacheWrite,
    ...(hour === 0 ? {} : { cacheWriteLong: hour }),
    output: output - reasoning,
    reasoning,
  }
}

/** Summaries that the server made of a long conversation are billed beside the totals, which leave them out. */
function compactions(iterations: unknown): Pick<Usage, 'input' | 'cacheRead' | 'cacheWrite' | 'output'> {
  const sum = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }
  for (const iteration of listOf(iterations).map(fieldsOf)) {
    if (iteration['type'] !== 'compaction') continue
    sum.input += count(iteration['input_tokens'])
    sum.cacheRead += count(iteration['cache_read_input_tokens'])
    sum.cacheWrite += count(iteration['cache_creation_input_tokens'])
    sum.output += count(iteration['output_tokens'])
  }
  return sum
}

/** `standard` is no class of its own: it is what holds where nothing is said. */
export function readTier(fields: Fields): { serviceTier?: string } {
  const tier = fields['service_tier']
  return typeof tier === 'string' && tier !== 'standard' ? { serviceTier: tier } : {}
}

/** The counts that stand at the end of a stream; those of the prompt are there too, for who missed the beginning. */
export function writeUsage(usage: Usage, costMicros: number | undefined): Record<string, unknown> {
  const long = usage.cacheWriteLong ?? 0
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite + long,
    cache_read_input_tokens: usage.cacheRead,
    ...(long === 0 ? {} : { cache_creation: writeLives(usage) }),
    output_tokens: completionTokens(usage),
    output_tokens_details: usage.reasoning === 0 ? null : { thinking_tokens: usage.reasoning },
    server_tool_use: null,
    ...writeCost(costMicros),
  }
}

/** What was written to a cache, by how long it lives. */
export const writeLives = (usage: Usage): Fields => ({
  ephemeral_5m_input_tokens: usage.cacheWrite,
  ephemeral_1h_input_tokens: usage.cacheWriteLong ?? 0,
})

/** The usage of a whole message, which says a little more. */
export function writeWholeUsage(usage: Usage, costMicros: number | undefined): Record<string, unknown> {
  return {
    ...writeUsage(usage, costMicros),
    cache_creation: writeLives(usage),
    inference_geo: null,
    service_tier: null,
    speed: null,
  }
}

export const writeCost = (costMicros: number | undefined): { cost?: number } =>
  costMicros === undefined ? {} : { cost: dollarsFromMicros(costMicros) }
