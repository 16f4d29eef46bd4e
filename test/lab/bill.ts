// What a vendor would bill for what it sent, from its own words and in whole numbers; it shares no code with the gateway. Pure.
import { pick } from './client.ts'
import type { Fields } from './wire.ts'

/** Dollars per million tokens, as a configuration has them, and dollars a request. */
export interface Rates {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly cacheWriteLong: number
  readonly reasoning: number
}

export interface Tariff extends Rates {
  readonly request: number
  readonly tiers: readonly (Rates & { readonly above: number })[]
}

export type Counts = Readonly<Record<keyof Rates, number>>

const NOTHING: Counts = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0, reasoning: 0 }

export const countsWith = (some: Partial<Counts>): Counts => ({ ...NOTHING, ...some })

/** Reads numbers at places of a usage object; what is not there is none. */
const reader =
  (usage: Fields) =>
  (...path: readonly string[]): number =>
    Number(pick(usage, ...path) ?? 0)

/** Cached and written tokens inside the prompt's, thoughts inside the answer's, under the names of either API of OpenAI's. */
const inside =
  (prompt: string, answer: string) =>
  (usage: Fields): Counts => {
    const at = reader(usage)
    const [cacheRead, cacheWrite] = ['cached_tokens', 'cache_write_tokens'].map((name) =>
      at(`${prompt}_details`, name),
    ) as [number, number] // one for each name
    const reasoning = at(`${answer}_details`, 'reasoning_tokens')
    return countsWith({
      input: at(prompt) - cacheRead - cacheWrite,
      cacheRead,
      cacheWrite,
      output: at(answer) - reasoning,
      reasoning,
    })
  }

const chat = inside('prompt_tokens', 'completion_tokens')

/** By the wire's name in the stage. */
const COUNTS: Readonly<Record<string, (usage: Fields) => Counts>> = {
  'openai-chat': chat,
  'workers-ai': chat,
  'openai-responses': inside('input_tokens', 'output_tokens'),
  anthropic(usage) {
    const at = reader(usage)
    const cacheWriteLong = at('cache_creation', 'ephemeral_1h_input_tokens')
    const reasoning = at('output_tokens_details', 'thinking_tokens')
    return {
      input: at('input_tokens'),
      cacheRead: at('cache_read_input_tokens'),
      cacheWrite: at('cache_creation', 'ephemeral_5m_input_tokens'),
      cacheWriteLong,
      output: at('output_tokens') - reasoning,
      reasoning,
    }
  },
  gemini(usage) {
    const at = reader(usage)
    const cacheRead = at('cachedContentTokenCount')
    return countsWith({
      input: at('promptTokenCount') - cacheRead,
      cacheRead,
      output: at('candidatesTokenCount'),
      reasoning: at('thoughtsTokenCount'),
    })
  },
  bedrock(usage) {
    const at = reader(usage)
    const details = (usage['cacheDetails'] ?? []) as readonly Fields[] // as the lab writes them
    const long = details.find(({ ttl }) => ttl === '1h')
    const cacheWriteLong = Number(long?.['inputTokens'] ?? 0)
    return countsWith({
      input: at('inputTokens'),
      cacheRead: at('cacheReadInputTokens'),
      cacheWrite: at('cacheWriteInputTokens') - cacheWriteLong,
      cacheWriteLong,
      output: at('outputTokens'), // thoughts are not told apart
    })
  },
}

export function countsIn(wire: string, usage: Fields): Counts {
  const read = COUNTS[wire.replace(/ \(.*/, '')]
  if (read === undefined) throw new Error(`no bill for ${wire}`)
  return read(usage)
}

const millionths = (dollars: number): bigint => BigInt(Math.round(dollars * 1_000_000))

/** Micro-dollars, rounded up once. */
export function billOf(counts: Counts, tariff: Tariff): number {
  const prompt = counts.input + counts.cacheRead + counts.cacheWrite + counts.cacheWriteLong
  const rates: Rates = tariff.tiers.findLast(({ above }) => prompt > above) ?? tariff
  const names = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWriteLong', 'reasoning'] as const
  const tokens = names.reduce((sum, name) => sum + BigInt(counts[name]) * millionths(rates[name]), 0n)
  const sum = tokens + 1_000_000n * millionths(tariff.request)
  return Number((sum + 999_999n) / 1_000_000n)
}
