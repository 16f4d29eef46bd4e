// Tables of the learner on traffic that it has seen the like of: MMLU and GSM8K, five folds, and with 1,500 labels.
import { lookAtAnswer } from '../../../workers/routing/answer.ts'
import { gainOf } from '../../../workers/routing/linear.ts'
import { fitLinear } from '../../../workers/routing/ridge.ts'
import { sketchFor } from '../../train-router/prior.ts'
import { interval, measure, shuffled } from './measure.ts'
import { byLength, byOracle, crossed, ourLearner, subjectLearner } from './routers.ts'
import type { Outcome, Pair } from './sets.ts'
import { HEAD, point, published, row, title } from './table.ts'

const SEED = 1

export function inDomain(pairs: readonly Pair[]): string {
  const [mmlu, grade] = pairs
  if (mmlu === undefined || grade === undefined) return ''
  return [
    ...mmluTable(mmlu),
    '',
    ...gradeTable(grade),
    '',
    'RouteLLM as published (arXiv 2406.18665), on the whole sets; everything else on these prompts.',
  ].join('\n')
}

function mmluTable({ name, outcomes }: Pair): string[] {
  const count = outcomes.length
  return [
    title(name, outcomes),
    ...HEAD,
    published('random', 0.5, 50, 80),
    published("RouteLLM's best", 0.603, 35.4, 71.6),
    row('prompt length', byLength(outcomes), outcomes),
    row('knowing the subject, 5 folds', crossed(count, SEED, subjectLearner(outcomes)), outcomes),
    splits('**ours**', outcomes, ourLearner(outcomes)),
    splits('ours, guarded', outcomes, ourLearner(outcomes, true)),
    few(outcomes, 1_500, false),
    few(outcomes, 1_500, true),
    few(outcomes, 400, false),
    row('oracle', byOracle(outcomes), outcomes),
  ]
}

/** Learns from so many prompts, is asked about all others; the mean of six draws, and how far they lie apart. */
function few(outcomes: readonly Outcome[], labels: number, isGuarded: boolean): string {
  const found = Array.from({ length: 6 }, (_, seed) => {
    const order = shuffled(outcomes.length, 100 + seed)
    const score = ourLearner(outcomes, isGuarded)(order.slice(0, labels))
    const rest = order.slice(labels)
    return measure(
      rest.map(score),
      rest.flatMap((at) => outcomes[at] ?? []),
    )
  })
  const mean = (name: 'apgr' | 'cpt50' | 'cpt80'): number =>
    found.reduce((sum, its) => sum + its[name], 0) / found.length
  const areas = found.map(({ apgr }) => apgr)
  const label = `${isGuarded ? 'ours, guarded' : '**ours**'}, ${labels.toLocaleString('en')} labels, mean of 6 draws`
  return `| ${label} | ${point(mean('apgr'))} (draws ${point(Math.min(...areas))} to ${point(Math.max(...areas))}) | ${mean('cpt50').toFixed(1)} | ${mean('cpt80').toFixed(1)} |`
}

function gradeTable({ name, outcomes }: Pair): string[] {
  return [
    title(name, outcomes),
    ...HEAD,
    published('random', 0.5, 50, 80),
    published("RouteLLM's best", 0.622, 33.6, 63.3),
    row('prompt length', byLength(outcomes), outcomes),
    splits('**ours, prompt only**', outcomes, ourLearner(outcomes)),
    splits('ours, guarded', outcomes, ourLearner(outcomes, true)),
    splits('**ours, with a look at the weak answer**', outcomes, answerLearner(outcomes, true)),
    splits('the same, blind to the mark `####`', outcomes, answerLearner(outcomes, false)),
    row('oracle', byOracle(outcomes), outcomes),
  ]
}

/** Split in one way, prompts say little: the mean of four ways, and the interval of the first. */
function splits(name: string, outcomes: readonly Outcome[], learn: Parameters<typeof crossed>[2]): string {
  const scores = [1, 2, 3, 4].map((seed) => crossed(outcomes.length, seed, learn))
  const found = scores.map((its) => measure(its, outcomes))
  const mean = (figure: 'apgr' | 'cpt50' | 'cpt80'): number =>
    found.reduce((sum, its) => sum + its[figure], 0) / found.length
  const [low, high] = interval(scores[0] ?? [], outcomes)
  return `| ${name}, 5 folds, mean of 4 splits | ${point(mean('apgr'))} (${point(low)} to ${point(high)}) | ${mean('cpt50').toFixed(1)} | ${mean('cpt80').toFixed(1)} |`
}

const answerLearner =
  (outcomes: readonly Outcome[], isMarkSeen: boolean) =>
  (training: readonly number[]): ((at: number) => number) => {
    const looks = (at: number): ReturnType<typeof lookAtAnswer> => {
      const { prompt = '', answer = '' } = outcomes[at] ?? {}
      return lookAtAnswer(prompt, isMarkSeen ? answer : answer.replace(/#+/g, ''), sketchFor(prompt))
    }
    const model = fitLinear(
      training.map((at) => ({ ...looks(at), gain: (outcomes[at]?.strong ?? 0) - (outcomes[at]?.weak ?? 0) })),
    )
    return (at) => gainOf(model, looks(at))
  }
