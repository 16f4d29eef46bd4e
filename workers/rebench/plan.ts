// What a run does, and in which order. Pure.
import type { Samples } from './settings.ts'

export type Stage = 'latency' | 'burst' | 'task' | 'context'

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

/**
 * The models take turns within a stage, so that an early end hits all alike, and all see the same hour. What is timed is
 * timed at two times, before the tasks and after them: what is busy for a minute shall not be all that is seen of a model.
 */
export function planOf(models: readonly string[], samples: Samples): Probe[] {
  const { latency, bursts, tasks, context } = samples
  const [early, first] = [Math.ceil(latency / 2), Math.ceil(bursts / 2)]
  const parts: readonly (readonly [Stage, number, number])[] = [
    ['latency', 0, early],
    ['burst', 0, first],
    ['task', 0, tasks],
    ['latency', early, latency],
    ['burst', first, bursts],
    ['context', 0, context ? LEVELS.length * LOOKS : 0],
  ]
  const all = parts.flatMap(([stage, from, to]) =>
    Array.from({ length: to - from }, (_, at) =>
      models.map((model) => ({ model, stage, item: from + at })),
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
