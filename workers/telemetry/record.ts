// Outcome rows: written as SQL values and read back as the admin API shows them. Pure.
import { dollarsFromMicros } from '../../shared/money.ts'
import type { Outcome } from '../../shared/plan.ts'
import { readRouting } from './routing.ts'

/** New ones are added at the end: rows that lie in D1 are lists in this order. */
export const COLUMNS = [
  'id',
  'request_id',
  'at',
  'key_id',
  'route',
  'tier',
  'reason',
  'score',
  'model',
  'attempts',
  'tokens_input',
  'tokens_cache_read',
  'tokens_cache_write',
  'tokens_output',
  'tokens_reasoning',
  'usage_source',
  'cost_micros',
  'head_ms',
  'total_ms',
  'stream',
  'status',
  'ending',
  'failure',
  'first_ms',
  'frontier_micros',
  'operation',
  'overrun_micros',
  'clamped_to',
  'routing',
  'trace',
  'prompt_saved_micros',
  'conversation',
] as const

/** What a row of a key that wants it kept has besides, on its way to a table of its own: what was said. */
export const TEXT = 'text'

export type Value = string | number | null

type Column = (typeof COLUMNS)[number]

/** Where each value is in such a list. */
export const PLACES = Object.fromEntries(COLUMNS.map((column, place) => [column, place])) as Record<
  Column,
  number
>

export function writeRow(outcome: Outcome): Value[] {
  return [
    outcome.id,
    outcome.requestId,
    outcome.at,
    outcome.keyId,
    outcome.route,
    outcome.tier,
    outcome.reason,
    outcome.score ?? null,
    outcome.model,
    JSON.stringify(outcome.attempts),
    outcome.usage.input,
    outcome.usage.cacheRead,
    outcome.usage.cacheWrite + (outcome.usage.cacheWriteLong ?? 0),
    outcome.usage.output,
    outcome.usage.reasoning,
    outcome.usageSource,
    outcome.costMicros,
    outcome.headMs ?? null,
    outcome.totalMs,
    outcome.stream ? 1 : 0,
    outcome.status,
    outcome.end,
    outcome.failure ?? null,
    outcome.firstMs ?? null,
    outcome.frontierMicros ?? null,
    outcome.operation ?? null,
    outcome.overrunMicros ?? null,
    outcome.clampedTo ?? null,
    outcome.routing ?? null,
    outcome.trace ?? null,
    outcome.promptSavedMicros ?? null,
    outcome.conversation ?? null,
  ]
}

export type Row = Record<Column, Value>

/** A list of values with its names; what it does not have is null. */
export function rowOf(columns: readonly string[], values: readonly Value[]): Row {
  const places = new Map(columns.map((column, place) => [column, place]))
  return Object.fromEntries(
    COLUMNS.map((column) => [column, values[places.get(column) ?? -1] ?? null]),
  ) as Row
}

/** A row for the operator. Tokens are disjoint classes, cost is in US dollars, times are milliseconds. */
export function readRow(row: Row): Record<string, unknown> {
  return {
    id: row.id,
    request_id: row.request_id,
    at: new Date(Number(row.at)).toISOString(),
    key: row.key_id,
    route: row.route,
    operation: row.operation,
    tier: row.tier,
    reason: row.reason,
    score: row.score,
    routing: typeof row.routing === 'string' ? readRouting(row.routing) : null,
    model: row.model === '' ? null : row.model,
    attempts: JSON.parse(String(row.attempts)) as unknown,
    tokens: tokensIn(row),
    cost: dollarsFromMicros(Number(row.cost_micros)),
    cost_micros: row.cost_micros,
    frontier_cost: row.frontier_micros === null ? null : dollarsFromMicros(Number(row.frontier_micros)),
    clamped_to: row.clamped_to,
    head_ms: row.head_ms,
    first_ms: row.first_ms,
    total_ms: row.total_ms,
    stream: row.stream === 1,
    status: row.status,
    end: row.ending,
    failure: row.failure,
    ...(typeof row.trace === 'string' ? { trace: row.trace } : {}),
    ...(Number(row.overrun_micros) > 0 ? { overrun_micros: row.overrun_micros } : {}),
    ...promptCacheIn(row),
    ...(typeof row.conversation === 'string' ? { conversation: row.conversation } : {}),
  }
}

/** What the vendor's prompt cache saved, in US dollars too; below zero where writing cost more than reading saved. */
export const promptCacheIn = (row: Row): Record<string, unknown> =>
  typeof row.prompt_saved_micros === 'number'
    ? {
        prompt_cache_saved: dollarsFromMicros(row.prompt_saved_micros),
        prompt_cache_saved_micros: row.prompt_saved_micros,
      }
    : {}

/** Tokens by class, and who counted them. */
export const tokensIn = (row: Row): Record<string, Value> => ({
  input: row.tokens_input,
  cache_read: row.tokens_cache_read,
  cache_write: row.tokens_cache_write,
  output: row.tokens_output,
  reasoning: row.tokens_reasoning,
  source: row.usage_source,
})
