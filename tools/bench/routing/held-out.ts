// Tables of the shipped prior: benchmarks that it was not trained on, one family left out at a time; and prompts that
// it was not trained on, of benchmarks that it was.
import type { Linear } from '../../../workers/routing/linear.ts'
import { groundOf, pairGain, priorGain } from '../../../workers/routing/prior.ts'
import { readRequest } from '../../../workers/routing/reading.ts'
import { ask } from '../../train-router/ask.ts'
import { fitPrior, sketchFor } from '../../train-router/prior.ts'
import { foldsOf } from './measure-folds.ts'
import { byChance, byLength, byOracle } from './routers.ts'
import type { Pair } from './sets.ts'
import { interval, measure } from './measure.ts'
import { point } from './table.ts'

const families = ['mmlu', 'gsm8k', 'mmlu-pro', 'math'] as const

/** Many questions of MMLU-Pro were questions of MMLU: what stands in the one is not learned from in the other. */
export const stem = (prompt: string): string =>
  (prompt.split(/\nA\. /)[0] ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 80)

interface Scores {
  /** As routes ask it, and without the guard. */
  readonly guarded: number
  readonly plain: number
}

function scoresOf(prompt: string, model: Linear): Scores {
  const reading = readRequest(ask(prompt), true)
  const plain = priorGain(sketchFor(prompt), model)
  const ground = groundOf(reading)
  const guarded = ground === 'unknown' ? model.bias : pairGain(reading, true, model)
  return { plain, guarded: ground === 'left' ? Math.min(model.bias, guarded) : guarded }
}

export function heldOutTables(pairs: readonly Pair[]): string {
  const left = families.flatMap((family) => {
    const held = pairs.filter((pair) => pair.family === family)
    const stems = new Set(held.flatMap(({ outcomes }) => outcomes.map(({ prompt }) => stem(prompt))))
    const model = fitPrior(
      pairs.filter((pair) => pair.family !== family),
      (prompt) => !stems.has(stem(prompt)),
    )
    return held.map((pair) =>
      line(
        pair,
        pair.outcomes.map(({ prompt }) => scoresOf(prompt, model)),
      ),
    )
  })
  const parts = families.flatMap((family) => {
    if (family === 'math') return []
    const held = pairs.filter((pair) => pair.family === family)
    const prompts = [...new Set(held.flatMap(({ outcomes }) => outcomes.map(({ prompt }) => stem(prompt))))]
    const folds = foldsOf(prompts)
    const score = new Map<string, Scores>()
    for (let fold = 0; fold < 5; fold += 1) {
      const model = fitPrior(pairs, (prompt) => folds.get(stem(prompt)) !== fold)
      for (const { outcomes } of held) {
        for (const { prompt } of outcomes)
          if (folds.get(stem(prompt)) === fold) score.set(prompt, scoresOf(prompt, model))
      }
    }
    return held.map((pair) =>
      line(
        pair,
        pair.outcomes.map(({ prompt }) => score.get(prompt) ?? { guarded: 0, plain: 0 }),
      ),
    )
  })
  const head = [
    '| benchmark | prompts | random | length | unguarded (95 %) | guarded (95 %) | CPT50 | CPT80 | oracle |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
  ]
  return [
    '**The shipped prior, on benchmarks that it was not trained on** (the family left out, and every question of MMLU-Pro that is one of MMLU)',
    '',
    ...head,
    ...left,
    '',
    '**The shipped prior, on prompts that it was not trained on** (five folds over each family)',
    '',
    ...head,
    ...parts,
  ].join('\n')
}

function line({ name, outcomes }: Pair, scores: readonly Scores[]): string {
  const area = (its: readonly number[]): string => {
    const [low, high] = interval(its, outcomes)
    return `${point(measure(its, outcomes).apgr)} (${point(low)} to ${point(high)})`
  }
  const guarded = scores.map((its) => its.guarded)
  const { cpt50, cpt80 } = measure(guarded, outcomes)
  const [random, length, oracle] = [byChance, byLength, byOracle].map((by) =>
    point(measure(by(outcomes), outcomes).apgr),
  )
  return `| ${name} | ${outcomes.length} | ${random} | ${length} | ${area(scores.map(({ plain }) => plain))} | ${area(guarded)} | ${cpt50.toFixed(1)} | ${cpt80.toFixed(1)} | ${oracle} |`
}
