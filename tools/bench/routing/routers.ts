// Who scores prompts: baselines, and the gateway's own learner, each on prompts that it has not seen. Pure.
import { gainOf, guardedGain } from '../../../workers/routing/linear.ts'
import { readRequest } from '../../../workers/routing/reading.ts'
import { fitLinear } from '../../../workers/routing/ridge.ts'
import { sketchFor } from '../../train-router/prior.ts'
import { ask } from '../../train-router/ask.ts'
import { shuffled } from './measure.ts'
import type { Outcome } from './sets.ts'

export const byLength = (outcomes: readonly Outcome[]): number[] =>
  outcomes.map(({ prompt }) => prompt.length)

/** Nothing orders them: any order of equals counts as all of them. */
export const byChance = (outcomes: readonly Outcome[]): number[] => outcomes.map(() => 0)

export const byOracle = (outcomes: readonly Outcome[]): number[] =>
  outcomes.map(({ weak, strong }) => strong - weak)

const FOLDS = 5

/** Which fold each prompt is held out in. */
export function foldsOf(count: number, seed = 1): number[] {
  const folds: number[] = []
  for (const [place, at] of shuffled(count, seed).entries()) folds[at] = place % FOLDS
  return folds
}

/** Scores of every fold by what was learned from the others. */
export function crossed(
  count: number,
  seed: number,
  learn: (training: readonly number[]) => (at: number) => number,
): number[] {
  const folds = foldsOf(count, seed)
  const all = folds.map((_, at) => at)
  const scores: number[] = []
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const score = learn(all.filter((at) => folds[at] !== fold))
    for (const at of all) if (folds[at] === fold) scores[at] = score(at)
  }
  return scores
}

/** Knows which subject a question is of, and nothing else. */
export const subjectLearner =
  (outcomes: readonly Outcome[]) =>
  (training: readonly number[]): ((at: number) => number) => {
    const sums = new Map<string, { gain: number; count: number }>()
    const all = { gain: 0, count: 0 }
    for (const at of training) {
      const { subject = '', weak = 0, strong = 0 } = outcomes[at] ?? {}
      const sum = sums.get(subject) ?? { gain: 0, count: 0 }
      sums.set(subject, { gain: sum.gain + strong - weak, count: sum.count + 1 })
      all.gain += strong - weak
      all.count += 1
    }
    return (at) => {
      const sum = sums.get(outcomes[at]?.subject ?? '') ?? { gain: 0, count: 0 }
      return (sum.gain + (20 * all.gain) / all.count) / (sum.count + 20)
    }
  }

/** What the Durable Object fits, asked as isolates ask it. */
export const ourLearner =
  (outcomes: readonly Outcome[], isGuarded = false) =>
  (training: readonly number[]): ((at: number) => number) => {
    const model = fitLinear(
      training.flatMap((at) => {
        const { prompt, weak, strong } = outcomes[at] ?? {}
        if (prompt === undefined || weak === undefined || strong === undefined) return []
        return [{ ...sketchFor(prompt), gain: strong - weak }]
      }),
    )
    return (at) => {
      const prompt = outcomes[at]?.prompt ?? ''
      return isGuarded ? guardedGain(model, readRequest(ask(prompt), true)) : gainOf(model, sketchFor(prompt))
    }
  }
