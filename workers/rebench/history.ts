// The results in D1: written once a run, read as the last ones, as a model's history, and as what runs are compared with.
import type { Measures } from './measures.ts'
import type { Past } from './times.ts'
import { type Finding, isWorse } from './verdict.ts'

export interface Result {
  readonly runId: string
  readonly model: string
  /** `<provider>/<model>` behind the name. */
  readonly target: string
  readonly at: number
  readonly measures: Measures
  readonly findings: readonly Finding[]
  readonly isMarked: boolean
}

export interface EndedRun {
  readonly id: string
  readonly seed: string
  readonly reason: 'schedule' | 'operator'
  readonly startedAt: number
  readonly endedAt: number
  readonly spentMicros: number
  readonly limitMicros: number
  readonly probes: number
  readonly skipped: number
}

/** Runs that a new one is compared with, and how old they may be: what is older says nothing of today. */
const COMPARED = 10
const LOOKED_AT = 40
const COMPARED_MS = 60 * 86_400_000

/** All or nothing, and again without harm. */
export async function writeRun(
  database: D1Database,
  run: EndedRun,
  results: readonly Result[],
): Promise<void> {
  const { id, seed, reason, startedAt, endedAt, spentMicros, limitMicros, probes, skipped } = run
  await database.batch([
    database
      .prepare('INSERT OR REPLACE INTO rebench_runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .bind(id, seed, reason, startedAt, endedAt, spentMicros, limitMicros, probes, skipped),
    ...results.map(({ model, target, at, measures, findings, isMarked }) =>
      database
        .prepare('INSERT OR REPLACE INTO rebench_results VALUES (?, ?, ?, ?, ?, ?, ?)')
        .bind(id, model, target, at, JSON.stringify(measures), JSON.stringify(findings), isMarked ? 1 : 0),
    ),
  ])
}

/**
 * Of one model at one target, newest first, without those that were worse than others before them. What a model never
 * could, as a length that it does not read, says nothing against the rest.
 */
export async function readBaseline(
  database: D1Database,
  { model, target, at, runId }: Pick<Result, 'model' | 'target' | 'at' | 'runId'>,
): Promise<Past[]> {
  const { results } = await database
    .prepare(
      'SELECT run_id, measures, findings FROM rebench_results WHERE model = ? AND target = ? AND run_id <> ? AND at > ? ORDER BY at DESC LIMIT ?',
    )
    .bind(model, target, runId, at - COMPARED_MS, LOOKED_AT)
    .all()
  const sound = results.filter((row) => !(JSON.parse(String(row['findings'])) as Finding[]).some(isWorse))
  return sound.slice(0, COMPARED).map((row) => ({
    runId: String(row['run_id']),
    measures: JSON.parse(String(row['measures'])) as Measures,
  }))
}

/** A model's results, newest first. */
export async function readHistory(database: D1Database, model: string, limit: number): Promise<Result[]> {
  const { results } = await database
    .prepare('SELECT * FROM rebench_results WHERE model = ? ORDER BY at DESC LIMIT ?')
    .bind(model, limit)
    .all()
  return results.map(resultOf)
}

/** The newest result of every model. */
export async function readLatest(database: D1Database): Promise<Result[]> {
  const { results } = await database
    .prepare(
      'SELECT r.* FROM rebench_results AS r JOIN (SELECT model, MAX(at) AS at FROM rebench_results GROUP BY model) AS last ON r.model = last.model AND r.at = last.at ORDER BY r.model',
    )
    .all()
  return results.map(resultOf)
}

export async function readRuns(database: D1Database, limit: number): Promise<EndedRun[]> {
  const { results } = await database
    .prepare('SELECT * FROM rebench_runs ORDER BY started_at DESC LIMIT ?')
    .bind(limit)
    .all()
  return results.map((row) => ({
    id: String(row['id']),
    seed: String(row['seed']),
    reason: row['reason'] === 'operator' ? 'operator' : 'schedule',
    startedAt: Number(row['started_at']),
    endedAt: Number(row['ended_at']),
    spentMicros: Number(row['spent_micros']),
    limitMicros: Number(row['limit_micros']),
    probes: Number(row['probes']),
    skipped: Number(row['skipped']),
  }))
}

const resultOf = (row: Record<string, unknown>): Result => ({
  runId: String(row['run_id']),
  model: String(row['model']),
  target: String(row['target']),
  at: Number(row['at']),
  measures: JSON.parse(String(row['measures'])) as Measures, // written above
  findings: JSON.parse(String(row['findings'])) as Finding[],
  isMarked: row['marked'] === 1,
})
