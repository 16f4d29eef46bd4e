// One outcome row taken apart for counting: what it adds to sums and histograms, and which names it counts under. Pure.
import type { Attempt } from '../../shared/plan.ts'
import { bucketOf } from './histogram.ts'
import type { Row, Value } from './record.ts'
import type { Measured } from './tally.ts'

export interface Reading extends Measured {
  readonly at: number
  readonly model: string
  readonly key: string
  readonly route: string
  readonly tier: string
  readonly operation: string
  /** Why it failed, one word; empty where it did not. */
  readonly failure: string
}

/** A request that found no way has whatever its client called it: any text, and new ones without end. */
const NO_ROUTE = '(none)'

/** Reads rows as they are handed over: values in the order of `columns`, which another version may have written. */
export function readerOf(columns: readonly string[]): (values: readonly Value[]) => Reading {
  const places = new Map(columns.map((column, index) => [column, index]))
  const at = (column: keyof Row): number => places.get(column) ?? -1
  const numbers = (column: keyof Row): ((values: readonly Value[]) => number | undefined) => {
    const place = at(column)
    return (values) => {
      const value = values[place]
      return typeof value === 'number' ? value : undefined
    }
  }
  const texts = (column: keyof Row): ((values: readonly Value[]) => string) => {
    const place = at(column)
    return (values) => {
      const value = values[place]
      return typeof value === 'string' ? value : ''
    }
  }
  const read = {
    at: numbers('at'),
    model: texts('model'),
    key: texts('key_id'),
    route: texts('route'),
    tier: texts('tier'),
    reason: texts('reason'),
    ending: texts('ending'),
    operation: texts('operation'),
    failure: texts('failure'),
    input: numbers('tokens_input'),
    cacheRead: numbers('tokens_cache_read'),
    cacheWrite: numbers('tokens_cache_write'),
    output: numbers('tokens_output'),
    reasoning: numbers('tokens_reasoning'),
    cost: numbers('cost_micros'),
    frontier: numbers('frontier_micros'),
    promptSaved: numbers('prompt_saved_micros'),
    head: numbers('head_ms'),
    first: numbers('first_ms'),
    total: numbers('total_ms'),
    attempts: texts('attempts'),
  }
  return (values) => {
    const [model, tier, ending] = [read.model(values), read.tier(values), read.ending(values)]
    const isAnswered = model !== ''
    const [head, first, total = 0] = [read.head(values), read.first(values), read.total(values)]
    const [input = 0, cacheRead = 0, cacheWrite = 0] = [
      read.input(values),
      read.cacheRead(values),
      read.cacheWrite(values),
    ]
    const [output = 0, reasoning = 0] = [read.output(values), read.reasoning(values)]
    const [cost = 0, frontier] = [read.cost(values), read.frontier(values)]
    const isRefused = ending === 'refused'
    return {
      at: read.at(values) ?? 0,
      model,
      key: read.key(values),
      route: read.reason(values) === '' ? NO_ROUTE : read.route(values),
      tier,
      operation: read.operation(values) || 'chat',
      failure: read.failure(values),
      // In the order of SUMS.
      sums: [
        1,
        ending === 'error' ? 1 : 0,
        isRefused ? 1 : 0,
        ending === 'cancelled' ? 1 : 0,
        isAnswered && tier !== 'cache' ? 1 : 0, // of those that a model answered, small ones have a share
        isAnswered && tier === 'mini' ? 1 : 0,
        input,
        cacheRead,
        cacheWrite,
        output,
        reasoning,
        cost,
        frontier ?? 0,
        frontier === undefined ? 0 : frontier - cost,
        head ?? 0,
        first ?? 0,
        isRefused ? 0 : total, // a refusal takes no time, and would hide what answers take
        read.promptSaved(values) ?? 0,
        isAnswered && ending === 'finish' && wasRescued(read.attempts(values)) ? 1 : 0,
      ],
      // In the order of SHAPES.
      buckets: [
        head === undefined ? undefined : bucketOf(head),
        isRefused ? undefined : bucketOf(total),
        first === undefined ? undefined : bucketOf(first),
        isAnswered ? bucketOf(input + cacheRead + cacheWrite) : undefined,
        isAnswered ? bucketOf(output + reasoning) : undefined,
      ],
    }
  }
}

/** A whole answer although one of its calls had failed: calls that lost a race or were only compared do not count. */
function wasRescued(attempts: string): boolean {
  const first = attempts.indexOf('"target"')
  if (first < 0 || attempts.indexOf('"target"', first + 1) < 0) return false // one call, and it answered
  const calls = JSON.parse(attempts) as readonly Attempt[] // written by writeRow
  return calls.some(({ end, aside }) => aside !== true && end !== 'answered' && end !== 'lost')
}
