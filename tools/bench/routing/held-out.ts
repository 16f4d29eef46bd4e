// Tables of the shipped prior: benchmarks that it was not trained on, one family left out at a time; and prompts that
// it was not trained on, of benchmarks that it was.
import { LEAST_KNOWN } from '../../../workers/routing/ground.ts'
import { fitPrior, USUAL_GAIN } from '../../train-router/prior.ts'
import { chooseLeast, fitWithout, type Sight, sightOf, stem, streamed } from './ground.ts'
import { foldsOf } from './measure-folds.ts'
import { byChance, byLength, byOracle } from './routers.ts'
import type { Pair } from './sets.ts'
import { interval, measure } from './measure.ts'
import { percent, point } from './table.ts'

const families = ['mmlu', 'gsm8k', 'mmlu-pro', 'math'] as const

export function heldOutTables(pairs: readonly Pair[]): string {
  const choices: string[] = []
  const left = families.flatMap((family) => {
    const held = pairs.filter((pair) => pair.family === family)
    const model = fitWithout(pairs, [family])
    const { least, from, to } = chooseLeast(pairs, family)
    choices.push(`${family} ${percent(least)} (${percent(from)} to ${percent(to)} do alike)`)
    return held.map((pair) =>
      line(
        pair,
        pair.outcomes.map(({ prompt }) => sightOf(prompt, model)),
        model.bias,
        least,
      ),
    )
  })
  const parts = families.flatMap((family) => {
    if (family === 'math') return []
    const held = pairs.filter((pair) => pair.family === family)
    const prompts = [...new Set(held.flatMap(({ outcomes }) => outcomes.map(({ prompt }) => stem(prompt))))]
    const folds = foldsOf(prompts)
    const sights = new Map<string, Sight>()
    for (let fold = 0; fold < 5; fold += 1) {
      const model = fitPrior(pairs, (prompt) => folds.get(stem(prompt)) !== fold)
      for (const { outcomes } of held) {
        for (const { prompt } of outcomes)
          if (folds.get(stem(prompt)) === fold) sights.set(prompt, sightOf(prompt, model))
      }
    }
    return held.map((pair) =>
      line(
        pair,
        pair.outcomes.flatMap(({ prompt }) => sights.get(prompt) ?? []),
        USUAL_GAIN,
        LEAST_KNOWN,
      ),
    )
  })
  const head = [
    '| benchmark | prompts | known | random | length | unguarded (95 %) | guarded (95 %) | CPT50 | CPT80 | oracle |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
  ]
  return [
    '**The shipped prior, on benchmarks that it was not trained on** (the family left out, and every question of MMLU-Pro that is one of MMLU; *known*: the share of prompts on ground that the prior knows)',
    '',
    ...head,
    ...left,
    '',
    `The share that must be known before the prior has a say, chosen without the benchmark in question and without mathematics: ${choices.join('; ')}. Routes: ${percent(LEAST_KNOWN)}.`,
    '',
    '**The shipped prior, on prompts that it was not trained on** (five folds over each family)',
    '',
    ...head,
    ...parts,
  ].join('\n')
}

function line({ name, outcomes }: Pair, sights: readonly Sight[], flat: number, least: number): string {
  const area = (its: readonly number[]): string => {
    const [low, high] = interval(its, outcomes)
    return `${point(measure(its, outcomes).apgr)} (${point(low)} to ${point(high)})`
  }
  const guarded = streamed(sights, 'guarded', flat, least)
  const { cpt50, cpt80 } = measure(guarded, outcomes)
  const [random, length, oracle] = [byChance, byLength, byOracle].map((by) =>
    point(measure(by(outcomes), outcomes).apgr),
  )
  const known = percent(sights.filter(({ isKnown }) => isKnown).length / sights.length)
  return `| ${name} | ${outcomes.length} | ${known} | ${random} | ${length} | ${area(streamed(sights, 'plain', flat, least))} | ${area(guarded)} | ${cpt50.toFixed(1)} | ${cpt80.toFixed(1)} | ${oracle} |`
}
