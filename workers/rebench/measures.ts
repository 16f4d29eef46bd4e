// What a run found out about one model, from the probes that are over. Pure.
import type { Burst, Look, Solved, Timed } from './probe.ts'
import type { Footprint } from './house.ts'
import { depthsOf } from './needles.ts'
import { LEVELS, levelOf } from './plan.ts'
import type { Done } from './store.ts'
import { type Kind, KINDS } from './tasks/task.ts'
import { kindOf } from './tasks/tasks.ts'

export interface Score {
  readonly right: number
  readonly total: number
}

export interface Context {
  /** What is said of the model, in tokens; absent where nobody has said. */
  readonly stated?: number
  /** The longest text it read with its facts, every shorter one too; 0 for none. */
  readonly handled: number
  /** The longest text that was tried. */
  readonly tried: number
  /** Of the facts at each depth, 0 the beginning of a text and 1 its end, over all lengths; absent in older results. */
  readonly depths?: readonly (Score & { readonly depth: number })[]
}

export interface Measures {
  readonly firstMs: readonly number[]
  readonly perTokenMs: readonly number[]
  readonly bursts: readonly Burst[]
  readonly kinds: Readonly<Partial<Record<Kind, Score>>>
  /** One character a task: `1` right, `0` wrong, `-` not answered. With the run's seed it says which. */
  readonly rights: string
  /** Of the tasks that were answered, in micro-dollars. */
  readonly taskMicros: number
  /** Absent where no length was tried. */
  readonly context?: Context
  /** Probes that got no answer, of those that were asked. */
  readonly failures: Score
  /** Why, by word. */
  readonly reasons: Readonly<Record<string, number>>
  /** Why probes were left out, by word. */
  readonly skipped: Readonly<Record<string, number>>
  readonly costMicros: number
  readonly memory?: Footprint
}

/** Of the facts in a text so many must be found for it to count as read. */
const READ_SHARE = 0.8

export interface Known {
  readonly contextWindow: number | undefined
  readonly footprint: Footprint | undefined
}

export function measure(probes: readonly Done[], { contextWindow, footprint }: Known): Measures {
  // Results were written by the probe of their stage.
  const resultsOf = <T>(stage: Done['stage']): T[] =>
    probes.filter((probe) => probe.stage === stage && probe.state === 'done').map(({ result }) => result as T)
  const timed = resultsOf<Timed>('latency')
  const tasks = probes.filter(({ stage }) => stage === 'task')
  const asked = probes.filter(({ state }) => state !== 'skipped')
  const failed = asked.filter(({ state }) => state === 'failed')
  const context = contextOf(
    probes.filter(({ stage }) => stage === 'context'),
    contextWindow,
  )
  return {
    firstMs: sorted(timed.map(({ firstMs }) => firstMs)),
    perTokenMs: sorted(timed.flatMap(({ perTokenMs }) => perTokenMs ?? [])),
    bursts: resultsOf<Burst>('burst'),
    kinds: kindsOf(tasks),
    rights: rightsOf(tasks),
    taskMicros: tasks.reduce((sum, { state, costMicros }) => sum + (state === 'done' ? costMicros : 0), 0),
    ...(context === undefined ? {} : { context }),
    failures: { right: failed.length, total: asked.length },
    reasons: countsOf(failed),
    skipped: countsOf(probes.filter(({ state, note }) => state === 'skipped' && note !== 'clear')),
    costMicros: probes.reduce((sum, { costMicros }) => sum + costMicros, 0),
    ...(footprint === undefined ? {} : { memory: footprint }),
  }
}

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b)

const isRight = ({ result }: Done): boolean => (result as Solved).right

function kindsOf(tasks: readonly Done[]): Partial<Record<Kind, Score>> {
  const kinds: Partial<Record<Kind, Score>> = {}
  for (const kind of KINDS) {
    const own = tasks.filter(({ state, item }) => state === 'done' && kindOf(item) === kind)
    if (own.length > 0) kinds[kind] = { right: own.filter(isRight).length, total: own.length }
  }
  return kinds
}

function rightsOf(tasks: readonly Done[]): string {
  const marks: string[] = []
  for (const task of tasks) marks[task.item] = task.state === 'done' ? (isRight(task) ? '1' : '0') : '-'
  return Array.from(marks, (mark) => mark ?? '-').join('')
}

function countsOf(probes: readonly Done[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { note } of probes) counts[note] = (counts[note] ?? 0) + 1
  return counts
}

function contextOf(probes: readonly Done[], stated: number | undefined): Context | undefined {
  let [handled, tried, isWhole] = [0, 0, true]
  const depths = new Map<number, { right: number; total: number }>()
  for (const level of LEVELS.keys()) {
    const looks = probes.filter(({ item, state }) => levelOf(item) === level && state === 'done')
    if (looks.length === 0) break
    const [found, tokens] = [
      looks.flatMap(({ result }) => (result as Look).found),
      looks.map(({ result }) => (result as Look).tokens),
    ]
    for (const { result } of looks) countDepths(depths, result as Look)
    tried = Math.max(tried, ...tokens)
    isWhole &&= found.filter(Boolean).length / found.length >= READ_SHARE
    if (isWhole) handled = Math.max(handled, ...tokens)
  }
  if (tried === 0) return undefined
  const found = [...depths]
    .map(([depth, score]) => ({ depth, ...score }))
    .toSorted((a, b) => a.depth - b.depth)
  return { ...(stated === undefined ? {} : { stated }), handled, tried, depths: found }
}

function countDepths(depths: Map<number, { right: number; total: number }>, { found }: Look): void {
  for (const [at, depth] of depthsOf(found.length).entries()) {
    const score = depths.get(depth) ?? { right: 0, total: 0 }
    depths.set(depth, { right: score.right + Number(found[at] === true), total: score.total + 1 })
  }
}

export const scoreOf = ({ kinds }: Measures): Score =>
  Object.values(kinds).reduce(
    (sum, { right, total }) => ({ right: sum.right + right, total: sum.total + total }),
    { right: 0, total: 0 },
  )

/** The value below which so large a share lies; undefined of none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const all = sorted(values)
  return all[Math.min(all.length - 1, Math.floor(share * all.length))]
}
