// The re-benchmark for operators: begin one, read the last results, a model's history, or the table.
import { type Config, isModelName } from '../../shared/config.ts'
import { Failed } from '../../shared/failure.ts'
import { dollarsFromMicros, microsFromDollars } from '../../shared/money.ts'
import { type EndedRun, readHistory, readLatest, readRuns, type Result } from '../rebench/history.ts'
import { quantile, scoreOf } from '../rebench/measures.ts'
import type { Begun, Order, Progress } from '../rebench/object.ts'
import { openSubjects, type Subjects } from '../rebench/subjects.ts'
import { costOf, parametersOf, throughputOf, writeTable } from '../rebench/table.ts'
import { checked, newRebench, rebenchQuery } from './schema.ts'

export interface RebenchDesk {
  readonly database: D1Database
  readonly begin: (order: Order) => Promise<Begun>
  readonly progress: () => Promise<Progress | undefined>
  /** Does the name stand for one model? */
  readonly knows: (name: string) => boolean
  readonly subjects: Subjects
}

/** What is needed of the object; the real one is asked anew for every call. */
export type RebenchStub = () => Pick<RebenchDesk, 'begin' | 'progress'>

export const openRebenchDesk = (database: D1Database, config: Config, object: RebenchStub): RebenchDesk => ({
  database,
  begin: (order) => object().begin(order),
  progress: () => object().progress(),
  knows: (name) => isModelName(config, name),
  subjects: openSubjects(config),
})

type Shown = Record<string, unknown>

/** Undefined for no body. */
export async function beginRebench(desk: RebenchDesk, body: unknown): Promise<Shown> {
  const { models, seed, dollars, ...samples } = checked(newRebench, body ?? {})
  for (const model of models ?? []) {
    if (desk.knows(model)) continue
    const message = `'${model}' is no model here, so it cannot be measured. GET /v1/models lists what there is.`
    throw new Failed({ kind: 'invalid-request', message, param: 'models' })
  }
  const { isNew, ...progress } = await desk.begin({
    reason: 'operator',
    models: models === undefined ? undefined : [...new Set(models)],
    seed,
    limitMicros: dollars === undefined ? undefined : microsFromDollars(dollars),
    samples,
  })
  return { ...shownProgress(progress), started: isNew }
}

/** As JSON, or as text in Markdown. */
export async function readRebench(
  desk: RebenchDesk,
  query: Record<string, string>,
  accept: string | null,
): Promise<Shown | string> {
  const { model, limit, format } = checked(rebenchQuery, query)
  const isTable =
    format === 'markdown' || (format === undefined && accept?.includes('text/markdown') === true)
  const [running, runs, results] = await Promise.all([
    desk.progress(),
    readRuns(desk.database, 1),
    model === undefined ? readLatest(desk.database) : historyOf(desk, model, limit),
  ])
  if (isTable) return writeTable(runs[0], results)
  return {
    object: 'rebench',
    running: running === undefined ? null : shownProgress(running),
    last_run: runs[0] === undefined ? null : shownRun(runs[0]),
    data: results.map(shownResult),
  }
}

/** Of a model that several vendors serve: of them all, newest first. */
async function historyOf(
  { database, subjects }: RebenchDesk,
  model: string,
  limit: number,
): Promise<Result[]> {
  const histories = await Promise.all(subjects(model).map((name) => readHistory(database, name, limit)))
  return histories
    .flat()
    .toSorted((a, b) => b.at - a.at)
    .slice(0, limit)
}

const timeOf = (at: number): string => new Date(at).toISOString()

const shownProgress = (progress: Progress): Shown => ({
  object: 'rebench.run',
  id: progress.id,
  state: 'running',
  seed: progress.seed,
  reason: progress.reason,
  started_at: timeOf(progress.startedAt),
  models: progress.models,
  probes: progress.probes,
  done: progress.done,
  cost: dollarsFromMicros(progress.spentMicros),
  limit: dollarsFromMicros(progress.limitMicros),
})

const shownRun = (run: EndedRun): Shown => ({
  object: 'rebench.run',
  id: run.id,
  state: 'ended',
  seed: run.seed,
  reason: run.reason,
  started_at: timeOf(run.startedAt),
  ended_at: timeOf(run.endedAt),
  probes: run.probes,
  skipped: run.skipped,
  cost: dollarsFromMicros(run.spentMicros),
  limit: dollarsFromMicros(run.limitMicros),
})

const quantilesOf = (values: readonly number[]): Shown => ({
  p50: quantile(values, 0.5) ?? null,
  p95: quantile(values, 0.95) ?? null,
  samples: values.length,
})

const inDollars = (micros: number | undefined): number | null =>
  micros === undefined ? null : dollarsFromMicros(micros)

function shownResult({ runId, model, target, at, measures, findings, isMarked }: Result): Shown {
  const { right, total } = scoreOf(measures)
  const [cost, throughput] = [costOf(measures), throughputOf(measures)]
  const { context, memory } = measures
  return {
    object: 'rebench.result',
    run: runId,
    model,
    target,
    at: timeOf(at),
    marked: isMarked,
    findings,
    accuracy: { share: total === 0 ? null : right / total, right, total, kinds: measures.kinds },
    latency: { first_ms: quantilesOf(measures.firstMs), token_ms: quantilesOf(measures.perTokenMs) },
    throughput: {
      tokens_per_second: throughput.tokens ?? null,
      requests_per_second: throughput.requests ?? null,
      concurrency: measures.bursts[0]?.requests ?? null,
    },
    cost: {
      per_1000_requests: inDollars(cost.per1k),
      per_correct_answer: inDollars(cost.perRight),
      measuring: dollarsFromMicros(measures.costMicros),
    },
    context:
      context === undefined
        ? null
        : {
            handled: context.handled,
            tried: context.tried,
            stated: context.stated ?? null,
            depths: context.depths ?? [],
          },
    memory:
      memory === undefined
        ? (parametersOf(target) ?? null)
        : { weights_bytes: memory.weightsBytes, cache_bytes_per_token: memory.cacheBytesPerToken },
    unanswered: { count: measures.failures.right, asked: measures.failures.total, reasons: measures.reasons },
    skipped: measures.skipped,
  }
}
