// What a decision's score costs: processor time for a prompt of 1,000 letters.
import { classify } from '../../../workers/routing/classify.ts'
import { openLearner, readLearned } from '../../../workers/routing/learner.ts'
import { packSketch, sketchOf } from '../../../workers/routing/sketch.ts'
import { ask } from '../../train-router/ask.ts'
import { sketchFor } from '../../train-router/prior.ts'
import type { Pair } from './sets.ts'

const ROUNDS = 2_000

function micros(work: () => unknown): number {
  for (let round = 0; round < 500; round += 1) work()
  const start = process.cpuUsage()
  for (let round = 0; round < ROUNDS; round += 1) work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / ROUNDS
}

export function speedLine(pairs: readonly Pair[]): string {
  const outcomes = pairs[0]?.outcomes ?? []
  const long = outcomes
    .map(({ prompt }) => prompt)
    .filter((prompt) => prompt.length > 1_000)
    .slice(0, 50)
    .map((prompt) => ask(prompt.slice(0, 1_000)))
  const learner = openLearner()
  for (const [at, { prompt, weak, strong }] of outcomes.filter((_, at) => at % 8 === 0).entries())
    learner.add({ sketch: packSketch(sketchFor(prompt)), weak, strong, source: 'shadow', at })
  const learned = readLearned(learner.snapshot())
  let turn = 0
  const next = (): (typeof long)[number] => long[turn++ % long.length] ?? ask('')
  const rows = [
    ['micro prior', () => classify(next())],
    ['micro prior, guarded', () => classify(next(), undefined, { isGuarded: true })],
    ['pair prior', () => classify(next(), undefined, { weak: 'other' })],
    ['pair prior, guarded', () => classify(next(), undefined, { weak: 'other', isGuarded: true })],
    ['learner', () => classify(next(), learned, { weak: 'other' })],
    ['learner, guarded', () => classify(next(), learned, { weak: 'other', isGuarded: true })],
    ['sketch, for a label', () => sketchOf(next())],
  ] as const
  return [
    '**Processor microseconds for a prompt of 1,000 letters** (Node)',
    '',
    ...rows.map(([name, work]) => `- ${name}: ${micros(work).toFixed(0)}`),
  ].join('\n')
}
