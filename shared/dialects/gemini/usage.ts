// The usage metadata of generateContent, both ways. Pure.
// Source: https://ai.google.dev/api/generate-content#UsageMetadata
import { count, type Fields, isFields, text } from '../../fields.ts'
import { dollarsFromMicros } from '../../money.ts'
import { completionTokens, promptTokens, type Usage } from '../../usage.ts'

/**
 * Cached tokens stand inside `promptTokenCount`, what Google's own tools read stands beside it, and thoughts stand
 * beside `candidatesTokenCount`. Where the total shows that a server counts thoughts among the candidates, they are
 * taken out.
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined
  const known = ['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount']
  if (known.every((name) => value[name] === undefined)) return undefined
  const prompt = count(value['promptTokenCount'])
  const tools = count(value['toolUsePromptTokenCount'])
  const candidates = count(value['candidatesTokenCount'])
  const reasoning = count(value['thoughtsTokenCount'])
  const cacheRead = Math.min(prompt, count(value['cachedContentTokenCount']))
  const isInside =
    reasoning > 0 &&
    reasoning <= candidates &&
    prompt + tools + candidates === count(value['totalTokenCount'])
  return {
    input: prompt - cacheRead + tools,
    cacheRead,
    cacheWrite: 0,
    output: isInside ? candidates - reasoning : candidates,
    reasoning,
  }
}

const TIERS: ReadonlyMap<string, string> = new Map([
  ['standard', 'default'],
  ['flex', 'flex'],
  ['priority', 'priority'],
  // Vertex AI's words for the same: `TrafficType` of https://googleapis.github.io/js-genai/
  ['on_demand', 'default'],
  ['on_demand_flex', 'flex'],
  ['on_demand_priority', 'priority'],
])

/** The class of service that was billed, where the server says it. */
export const readTier = (metadata: Fields): string | undefined =>
  TIERS.get(text(metadata['serviceTier']).toLowerCase()) ??
  TIERS.get(text(metadata['trafficType']).toLowerCase())

/** Usage metadata for a client: the provider's own fields where there are any, ours for what we know, the cost. */
export function writeUsage(
  usage: Usage | undefined,
  costMicros: number | undefined,
  native: unknown,
): Record<string, unknown> | undefined {
  const cost = costMicros === undefined ? {} : { cost: dollarsFromMicros(costMicros) }
  if (isFields(native) && readUsage(native) !== undefined) return { ...native, ...cost }
  if (usage === undefined) return undefined
  const prompt = promptTokens(usage)
  return {
    promptTokenCount: prompt,
    ...(usage.cacheRead === 0 ? {} : { cachedContentTokenCount: usage.cacheRead }),
    candidatesTokenCount: usage.output,
    ...(usage.reasoning === 0 ? {} : { thoughtsTokenCount: usage.reasoning }),
    totalTokenCount: prompt + completionTokens(usage),
    ...cost,
  }
}
