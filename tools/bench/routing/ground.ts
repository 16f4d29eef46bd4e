// How scores come about on a route: by the prior where most of what the route gets is on ground that it knows. And how it was
// chosen how much that must be, on the benchmarks that the prior is trained on, each left out in turn.
import { PLAIN_CUT } from '../../../workers/routing/dial.ts'
import { openGrounds } from '../../../workers/routing/ground.ts'
import type { Linear } from '../../../workers/routing/linear.ts'
import { pairSight, priorGain } from '../../../workers/routing/prior.ts'
import { reachOf } from '../../../workers/routing/reach.ts'
import { type Reading, readRequest } from '../../../workers/routing/reading.ts'
import { ask } from '../../train-router/ask.ts'
import { fitPrior, sketchFor } from '../../train-router/prior.ts'
import { measure, shuffled } from './measure.ts'
import type { Pair } from './sets.ts'

/** One prompt, as the prior sees it by itself. */
export interface Sight {
  readonly isKnown: boolean
  /** As routes ask it, what micro could answer held; and without the guard. */
  readonly guarded: number
  readonly plain: number
}

interface Read {
  readonly reading: Reading
  /** Micro could answer it, whatever follows. */
  readonly isHeld: boolean
}

const reads = new Map<string, Read>() // a cache, bounded by the prompts of the benchmarks

function readOnce(prompt: string): Read {
  const known = reads.get(prompt)
  if (known !== undefined) return known
  const reading = readRequest(ask(prompt), true)
  const read = { reading, isHeld: (reachOf(prompt)?.lasting ?? 1) <= PLAIN_CUT }
  reads.set(prompt, read)
  return read
}

export function sightOf(prompt: string, model: Linear): Sight {
  const { reading, isHeld } = readOnce(prompt)
  const { gain, isKnown } = pairSight(reading, true, model)
  return {
    isKnown,
    guarded: isHeld ? Math.min(gain, model.bias) : gain,
    plain: priorGain(sketchFor(prompt), model),
  }
}

/** What a route makes of them that gets them in some order: one score for all while it knows too few. */
export function streamed(
  sights: readonly Sight[],
  of: 'guarded' | 'plain',
  flat: number,
  least?: number,
): number[] {
  const grounds = openGrounds(least)
  const scores: number[] = []
  for (const at of shuffled(sights.length, 1)) {
    const sight = sights[at]
    if (sight === undefined) continue
    scores[at] = grounds.isKnown() ? sight[of] : flat
    grounds.note(sight.isKnown)
  }
  return scores
}

/** Many questions of MMLU-Pro were questions of MMLU: what stands in the one is not learned from in the other. */
export const stem = (prompt: string): string =>
  (prompt.split(/\nA\. /)[0] ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 80)

/** A prior that has seen neither these families nor any of their questions elsewhere. */
export function fitWithout(pairs: readonly Pair[], families: readonly Pair['family'][]): Linear {
  const isLeft = ({ family }: Pair): boolean => families.includes(family)
  const left = pairs.filter(isLeft).flatMap(({ outcomes }) => outcomes.map(({ prompt }) => stem(prompt)))
  const stems = new Set(left)
  return fitPrior(
    pairs.filter((pair) => !isLeft(pair)),
    (prompt) => !stems.has(stem(prompt)),
  )
}

/** Those that the prior learns from; mathematics it never does. */
const TRAINED = ['mmlu', 'gsm8k', 'mmlu-pro'] as const
const GRID = Array.from({ length: 41 }, (_, at) => at / 40)
/** Of the area: less is no difference. A quarter of how far the narrowest interval of these benchmarks reaches. */
const SAME = 0.005

/** One family scored by a prior that has not seen it, nor the one that all this is done without. */
interface Trial {
  readonly pairs: readonly Pair[]
  readonly sights: readonly (readonly Sight[])[]
  readonly flat: number
}

function trialsWithout(pairs: readonly Pair[], outer: Pair['family']): Trial[] {
  return TRAINED.filter((family) => family !== outer).map((inner) => {
    const model = fitWithout(pairs, [outer, inner])
    const own = pairs.filter(({ family }) => family === inner)
    const sights = own.map(({ outcomes }) => outcomes.map(({ prompt }) => sightOf(prompt, model)))
    return { pairs: own, sights, flat: model.bias }
  })
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

const areaAt = (trials: readonly Trial[], least: number): number =>
  mean(
    trials.map(({ pairs, sights, flat }) =>
      mean(
        pairs.map(
          ({ outcomes }, at) => measure(streamed(sights[at] ?? [], 'guarded', flat, least), outcomes).apgr,
        ),
      ),
    ),
  )

export interface Choice {
  /** In the middle of those that do best. */
  readonly least: number
  readonly from: number
  readonly to: number
}

/** By the other families alone. Of all shares that do best, which are many, the middle one: farthest from where it matters. */
export function chooseLeast(pairs: readonly Pair[], outer: Pair['family']): Choice {
  const trials = trialsWithout(pairs, outer)
  const areas = GRID.map((least) => ({ least, area: areaAt(trials, least) }))
  const best = Math.max(...areas.map(({ area }) => area))
  const good = areas.filter(({ area }) => area >= best - SAME).map(({ least }) => least)
  const [from, to] = [Math.min(...good), Math.max(...good)]
  return { least: (from + to) / 2, from, to }
}
