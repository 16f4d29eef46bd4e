// Is a model worse than it was, or other than is said of it? Only what chance does not explain, and what matters. Pure.
import { shareShift } from './bootstrap.ts'
import { type Measures, quantile, type Score, scoreOf } from './measures.ts'
import { KINDS } from './tasks/task.ts'
import { type Pace, slowerIn } from './times.ts'

/**
 * What was found. `was` and `is` are shares, milliseconds or tokens; `low` and `high` are the bootstrap interval of the
 * difference of shares, or of the ratio of times.
 */
export interface Finding {
  readonly what: 'accuracy' | 'first-token' | 'per-token' | 'throughput' | 'failures' | 'context' | 'slow'
  /** Of which kind of task. */
  readonly kind?: string
  readonly was: number
  readonly is: number
  readonly low?: number
  readonly high?: number
}

/** Slowness beside others is told, but routing knows it already. */
export const isMark = ({ what }: Finding): boolean => what !== 'slow'

/** It was better once. */
export const isWorse = (finding: Finding): boolean => isMark(finding) && finding.what !== 'context'

/** Standard deviations: chance does as much in one of four thousand comparisons; of the kinds there are ten, so more. */
const DEVIATIONS = 3.5
const KIND_DEVIATIONS = 4.3
/** A smaller loss is of no consequence, whatever its interval. */
const LEAST_LOSS = 0.05
const LEAST_KIND_LOSS = 0.25
const LEAST_FAILURES = 0.1
/** Whoever answers nothing at all is given up after six. */
const FEWEST_FAILURES = 5

/** Fewer are no measurement. */
const LEAST_TIMES = 5
const LEAST_TASKS = 20
/** By fewer a share near one or none is not told from chance: the normal curve ends too soon there. */
const LEAST_OF_KIND = 25

/** `pace` is that of the run, of `paceOf`; earlier runs have been freed of theirs, by `evened`. */
export function findingsOf(seed: string, now: Measures, before: readonly Measures[], pace?: Pace): Finding[] {
  return [
    ...lossOf(`${seed}/all`, scoreOf(now), before.map(scoreOf), LEAST_LOSS),
    ...KINDS.flatMap((kind) => {
      const scores = before.flatMap((measures) => measures.kinds[kind] ?? [])
      const score = now.kinds[kind]
      if (score === undefined) return []
      return lossOf(`${seed}/${kind}`, score, scores, LEAST_KIND_LOSS).map((finding) => ({
        ...finding,
        kind,
      }))
    }),
    ...slowerIn(seed, now, before, pace),
    ...failuresIn(`${seed}/failures`, now, before),
    ...contextIn(now),
  ]
}

function lossOf(seed: string, now: Score, before: readonly Score[], least: number): Finding[] {
  const told = before.filter(({ total }) => total > 0)
  if (now.total < (least === LEAST_LOSS ? LEAST_TASKS : LEAST_OF_KIND) || told.length === 0) return []
  const { low, high } = shareShift(seed, now, told, least === LEAST_LOSS ? DEVIATIONS : KIND_DEVIATIONS)
  const [was, is] = [shareOf(sumOf(told)), shareOf(now)]
  return high < 0 && was - is >= least ? [{ what: 'accuracy', was, is, low, high }] : []
}

function failuresIn(seed: string, { failures: now }: Measures, before: readonly Measures[]): Finding[] {
  const is = shareOf(now)
  if (now.right < FEWEST_FAILURES || is < LEAST_FAILURES) return []
  // Whoever cannot be reached is found out without a history.
  const told = before.map(({ failures }) => failures).filter(({ total }) => total > 0)
  const was = told.length === 0 ? 0 : shareOf(sumOf(told))
  const { low, high } = told.length === 0 ? { low: is, high: is } : shareShift(seed, now, told, DEVIATIONS)
  return low > 0 && is - was >= LEAST_FAILURES ? [{ what: 'failures', was, is, low, high }] : []
}

/** It reads a short text and not a long one that it is said to read. */
function contextIn({ context }: Measures): Finding[] {
  if (context?.stated === undefined || context.handled === 0 || context.handled >= context.tried) return []
  return [{ what: 'context', was: context.stated, is: context.handled }]
}

const PEERS = 2
const SLOW_RATIO = 4
const SLOW_MS = 500

/** Who takes many times as long to begin as the others of the same run, measured in the same hour. */
export function slowAmong(all: ReadonlyMap<string, Measures>, model: string): Finding[] {
  const own = all.get(model)?.firstMs ?? []
  const others = [...all].flatMap(([name, { firstMs }]) =>
    name === model || firstMs.length < LEAST_TIMES ? [] : [middle(firstMs)],
  )
  if (own.length < LEAST_TIMES || others.length < PEERS) return []
  const [was, is] = [middle(others), middle(own)]
  return is >= was * SLOW_RATIO && is - was >= SLOW_MS ? [{ what: 'slow', was, is }] : []
}

const middle = (values: readonly number[]): number => quantile(values, 0.5) ?? 0

const shareOf = ({ right, total }: Score): number => (total === 0 ? 0 : right / total)

const sumOf = (scores: readonly Score[]): Score => ({
  right: scores.reduce((sum, { right }) => sum + right, 0),
  total: scores.reduce((sum, { total }) => sum + total, 0),
})
