// A receipt: what one request did and cost, call by call, as its caller may see it. Pure.
import { dollarsFromMicros } from '../../shared/money.ts'
import type { Attempt } from '../../shared/plan.ts'
import { promptCacheIn, type Row, tokensIn } from './record.ts'
import { readRouting, writeRouting } from './routing.ts'

const attemptsIn = (row: Row): readonly Attempt[] => JSON.parse(String(row.attempts)) as Attempt[] // written by writeRow

/** Tokens are disjoint classes, costs are in US dollars, times are milliseconds. */
export function readReceipt(row: Row): Record<string, unknown> {
  const attempts = attemptsIn(row)
  return {
    object: 'receipt',
    id: row.request_id,
    at: new Date(Number(row.at)).toISOString(),
    route: row.route,
    tier: row.tier,
    reason: row.reason,
    score: row.score,
    ...writeRouting(readRouting(row.routing)),
    ...reusedIn(row),
    ...contextIn(row),
    model: row.model === '' ? null : row.model,
    stream: row.stream === 1,
    status: row.status,
    end: row.ending,
    failure: row.failure,
    tokens: tokensIn(row),
    cache_hit_share: cacheHitShare(row),
    ...promptCacheIn(row),
    ...(typeof row.conversation === 'string' ? { conversation: row.conversation } : {}),
    cost: dollarsFromMicros(Number(row.cost_micros)),
    cost_micros: row.cost_micros,
    ...(Number(row.overrun_micros) > 0 ? { overrun_micros: row.overrun_micros } : {}),
    frontier_cost: row.frontier_micros === null ? null : dollarsFromMicros(Number(row.frontier_micros)),
    frontier_cost_micros: row.frontier_micros,
    clamped: row.clamped_to === null ? null : { max_tokens: row.clamped_to },
    head_ms: row.head_ms,
    total_ms: row.total_ms,
    attempts: attempts.map(writeAttempt),
    seams: seamsOf(attempts),
  }
}

function writeAttempt(attempt: Attempt): Record<string, unknown> {
  const { usage, costMicros, price, promptSavedMicros: saved } = attempt
  return {
    target: attempt.target,
    at: new Date(attempt.startedAt).toISOString(),
    status: attempt.status ?? null,
    head_ms: attempt.headMs ?? null,
    total_ms: attempt.durationMs,
    end: attempt.end,
    ...(attempt.aside === true ? { aside: true } : {}),
    ...(attempt.doubt === undefined ? {} : { doubt: attempt.doubt }),
    ...(attempt.look === undefined ? {} : { look: attempt.look }),
    ...(attempt.logprob === undefined ? {} : { logprob: attempt.logprob }),
    ...(attempt.tests === undefined ? {} : { tests: attempt.tests }),
    ...(usage === undefined
      ? {}
      : {
          tokens: {
            input: usage.input,
            cache_read: usage.cacheRead,
            cache_write: usage.cacheWrite + (usage.cacheWriteLong ?? 0),
            output: usage.output,
            reasoning: usage.reasoning,
            source: attempt.usageSource ?? 'none',
          },
        }),
    ...(costMicros === undefined ? {} : { cost: dollarsFromMicros(costMicros), cost_micros: costMicros }),
    ...(saved === undefined ? {} : { prompt_cache_saved_micros: saved }),
    ...(price === undefined ? {} : { price: writeVersion(price) }),
  }
}

const writeVersion = ({
  source,
  validFrom,
  class: billed,
}: NonNullable<Attempt['price']>): Record<string, unknown> => ({
  source,
  valid_from: validFrom === undefined ? null : new Date(validFrom).toISOString(),
  ...(billed === undefined ? {} : { class: billed }),
})

/** Only where an answer was given again. */
function reusedIn(row: Row): Record<string, unknown> {
  const { cache } = readRouting(row.routing)
  if (cache === undefined) return {}
  const { age_ms: ageMs, similarity, saved_micros: saved } = cache
  return {
    cache: {
      age_ms: ageMs,
      similarity: similarity ?? null,
      saved: saved === undefined ? null : dollarsFromMicros(saved),
      saved_micros: saved ?? null,
    },
  }
}

/** Only of a conversation that is kept: what of it was sent, and what was not. */
function contextIn(row: Row): Record<string, unknown> {
  const { context } = readRouting(row.routing)
  if (context === undefined) return {}
  const { turn, tokens, left_out: left, summary, kept } = context
  return {
    context: {
      turn,
      tokens,
      left_out: left ?? { turns: 0, tokens: 0, tool_results: 0 },
      summary: summary === true,
      ...(kept === false ? { kept } : {}),
    },
  }
}

/** How much of the prompt was read from the vendor's cache, 0..1; null without a prompt. */
function cacheHitShare(row: Row): number | null {
  const hit = Number(row.tokens_cache_read)
  const prompt = Number(row.tokens_input) + hit + Number(row.tokens_cache_write)
  return prompt === 0 ? null : Math.round((hit / prompt) * 10_000) / 10_000
}

/** Where one target's words end and another's begin: characters of the answer's text before it. */
function seamsOf(attempts: readonly Attempt[]): readonly Record<string, unknown>[] {
  return attempts.flatMap((attempt, position) => {
    const { resumed, seamAt, end, target } = attempt
    if (resumed === undefined || (end !== 'answered' && !end.startsWith('cut-'))) return []
    const from = attempts.slice(0, position).findLast((before) => before.end.startsWith('cut-'))
    return [
      { at_char: seamAt ?? 0, from: from?.target ?? null, to: target, why: from?.end ?? null, how: resumed },
    ]
  })
}
