// What a request is expected to cost at a model and how fast it would be, by what was measured there. Pure.
import { ratesFor } from '../../shared/money.ts'
import { type HealthView, healthKey, type LastServed, type Measured } from '../service.ts'
import type { Model } from './catalog.ts'

/** How large a request is taken to be. */
export interface Sizes {
  readonly promptTokens: number
  readonly outputTokens: number
  readonly stream: boolean
  readonly serviceTier?: string
}

/** Absent where nobody has said, or nothing was measured. */
export interface Expected {
  /** Micro-dollars, with the share of the prompt that its cache usually has. */
  readonly costMicros?: number
  /** The same without any cache. */
  readonly freshMicros?: number
  /** To the first content of a stream, or to the whole reply. */
  readonly firstMs?: number
  readonly tokensPerSecond?: number
}

/** Fewer calls say nothing about what is usual. */
export const ENOUGH = 20

/** An answer has so many tokens where nothing is known. */
const USUAL_OUTPUT = 300

/** How long an answer is expected to be: as these models' usually are, within what the client allows. */
export function outputOf(
  models: readonly Model[],
  health: HealthView,
  stream: boolean,
  maxOutput: number | undefined,
): number {
  let [calls, tokens] = [0, 0]
  for (const model of models) {
    const use = health.measured(healthKey(model), stream)?.use
    if (use === undefined || use.calls < ENOUGH) continue
    calls += use.calls
    tokens += use.output
  }
  return Math.min(maxOutput ?? Number.POSITIVE_INFINITY, calls === 0 ? USUAL_OUTPUT : tokens / calls)
}

/** `last`: the conversation was answered by this model before, and its cache has what is said there. */
export function expectOf(model: Model, sizes: Sizes, health: HealthView, last?: LastServed): Expected {
  const measured = health.measured(healthKey(model), sizes.stream)
  const fresh = costAt(model, sizes, { read: 0, write: 0 })
  const hits =
    last === undefined
      ? hitsOf(measured)
      : { read: Math.min(last.cachedTokens, sizes.promptTokens) / Math.max(1, sizes.promptTokens), write: 0 }
  const cost = costAt(model, sizes, hits)
  return {
    ...(cost === undefined ? {} : { costMicros: cost }),
    ...(fresh === undefined ? {} : { freshMicros: fresh }),
    ...(measured?.p50Ms === undefined ? {} : { firstMs: measured.p50Ms }),
    ...(measured?.tokensPerSecond === undefined ? {} : { tokensPerSecond: measured.tokensPerSecond }),
  }
}

interface Hits {
  /** Shares of the prompt that are read from the cache and written to it. */
  readonly read: number
  readonly write: number
}

function hitsOf(measured: Measured | undefined): Hits {
  const use = measured?.use
  if (use === undefined || use.calls < ENOUGH) return { read: 0, write: 0 }
  const prompt = use.input + use.cacheRead + use.cacheWrite
  return prompt === 0
    ? { read: 0, write: 0 }
    : { read: use.cacheRead / prompt, write: use.cacheWrite / prompt }
}

function costAt({ price }: Model, sizes: Sizes, { read, write }: Hits): number | undefined {
  if (price === undefined) return undefined
  const { promptTokens, outputTokens, serviceTier } = sizes
  const rates = ratesFor(price, promptTokens, serviceTier)
  const token = rates.input * (1 - read - write) + rates.cacheRead * read + rates.cacheWrite * write
  return promptTokens * token + outputTokens * rates.output + (price.request ?? 0) * 1_000_000
}
