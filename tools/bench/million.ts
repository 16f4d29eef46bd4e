// A million rows of some months, as outboxes would have written them: what the benchmarks of the operator's questions and of
// the dashboard in a browser stand on. The same at every run but for the random part of ids.
import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { requestIdAt } from '../../shared/request-id.ts'
import { COLUMNS } from '../../workers/telemetry/record.ts'
import { fill, type Filled } from './filling.ts'

export const DAYS = 90
/** One is the local key, whose receipts are asked for. */
export const KEYS = Array.from({ length: 50 }, (_, index) =>
  index === 40 ? 'local' : `key_${String(index).padStart(20, '0')}`,
)
export const MODELS = ['lab/big', 'lab/small', 'other/big', 'other/small', 'minnow/micro', 'third/large']
const ROUTES = ['auto', 'solid', 'fast', 'big']
/** One in so many requests has an id of its client's. */
const NAMED = 10

export interface Million extends Filled {
  /** Request ids of the local key: ours and a client's, of old requests and of young ones. */
  readonly ids: readonly string[]
}

/** Into the state folder of a gateway that does not run. */
export function fillMillion(state: string, rows: number, now: number): Million {
  let seed = 7
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed / 2 ** 31
  }
  const pick = <T>(list: readonly T[], skew = 1): T => list[Math.floor(random() ** skew * list.length)] as T
  /** Times are lognormal, as those of answers are. */
  const time = (median: number): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return Math.round(median * Math.exp(0.8 * normal))
  }
  const ids: string[] = []

  const rowAt = (at: number): unknown[] => {
    const uuid = randomUUID()
    const model = pick(MODELS, 1.5)
    const [tier, head] = [model === 'minnow/micro' ? 'mini' : 'frontier', time(400)]
    const [end, cost] = [random() < 0.01 ? 'error' : 'finish', time(500)]
    const answered = { target: model, startedAt: at, headMs: head, durationMs: head + 900 }
    const values: Record<(typeof COLUMNS)[number], unknown> = {
      id: `row_${at.toString(36)}_${uuid}`,
      request_id: random() < 1 / NAMED ? uuid : requestIdAt(at - 3, uuid),
      at,
      key_id: pick(KEYS, 2),
      route: pick(ROUTES),
      tier,
      reason: 'order',
      score: Math.round(random() * 1_000) / 1_000,
      model,
      attempts: JSON.stringify([
        {
          ...answered,
          end: end === 'error' ? 'overloaded' : 'answered',
          status: end === 'error' ? 529 : 200,
        },
      ]),
      tokens_input: time(600),
      tokens_cache_read: 0,
      tokens_cache_write: 0,
      tokens_output: time(200),
      tokens_reasoning: 0,
      usage_source: 'reported',
      cost_micros: cost,
      head_ms: head,
      total_ms: head + time(900),
      stream: 1,
      status: end === 'error' ? 502 : 200,
      ending: end,
      failure: end === 'error' ? 'overloaded' : null,
      first_ms: head + 5,
      frontier_micros: 1_000,
      clamped_to: null,
      routing: null,
      operation: 'chat',
      overrun_micros: null,
      trace: null,
      prompt_saved_micros: null,
      conversation: null,
    }
    if (values.key_id === 'local') ids.push(String(values.request_id))
    return COLUMNS.map((column) => values[column])
  }
  const root = resolve(import.meta.dirname, '../..')
  return { ...fill({ root, state, rows, days: DAYS, now, rowAt, random }), ids }
}
