// What a run does, and in which order. Pure.
import type { Samples } from './settings.ts'

export const STAGES = ['latency', 'burst', 'task', 'context'] as const

export type Stage = (typeof STAGES)[number]

/** One thing to find out about one model, done exactly once in a run. */
export interface Probe {
  readonly position: number
  readonly model: string
  readonly stage: Stage
  /** Which of its stage: the number of a task, a level of length. */
  readonly item: number
}

/** Lengths that are tried, as shares of the stated window; each may be tried twice, with other facts. */
export const LEVELS = [0.125, 0.25, 0.5, 0.9] as const
const LOOKS = 2

export const levelOf = (item: number): number => Math.floor(item / LOOKS)
/** The second look at a length is only taken where the first one did not find all. */
export const isSecondLook = (item: number): boolean => item % LOOKS === 1

/** The models take turns within a stage, so that an early end hits all alike, and all see the same hour. */
export function planOf(models: readonly string[], samples: Samples): Probe[] {
  const counts: Readonly<Record<Stage, number>> = {
    latency: samples.latency,
    burst: samples.bursts,
    task: samples.tasks,
    context: samples.context ? LEVELS.length * LOOKS : 0,
  }
  const all = STAGES.flatMap((stage) =>
    Array.from({ length: counts[stage] }, (_, item) =>
      models.map((model) => ({ model, stage, item })),
    ).flat(),
  )
  return all.map((probe, position) => ({ position, ...probe }))
}

/** What is timed must be alone; so is what is long, of which one look depends on the other. */
const isAlone = ({ stage }: Probe): boolean => stage !== 'task'

/** Of what is open, in order: the first alone, or as many as may go together. */
export function nextOf(open: readonly Probe[], most: number): readonly Probe[] {
  const [first] = open
  if (first === undefined) return []
  if (isAlone(first)) return [first]
  const end = open.findIndex(isAlone)
  return open.slice(0, Math.min(end < 0 ? open.length : end, most))
}
