// A route that knows nothing meets MMLU, question by question, as the gateway's own learner does it: how well it
// orders what it has not seen, after so many labels. Draws docs/routing-cold.svg.
import { writeFileSync } from 'node:fs'
import { openLearner, readLearned } from '../../../workers/routing/learner.ts'
import { priorGain } from '../../../workers/routing/prior.ts'
import { packSketch } from '../../../workers/routing/sketch.ts'
import { fitPrior, sketchFor } from '../../train-router/prior.ts'
import { stem } from './ground.ts'
import type { Linear } from '../../../workers/routing/linear.ts'
import { measure, shuffled } from './measure.ts'
import { type Line, plot } from './plot.ts'
import type { Outcome, Pair } from './sets.ts'
import { point } from './table.ts'

const STOPS = [50, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_250, 1_500, 2_000, 3_000]
const STREAMS = 3
const GOAL = 0.62

interface Stop {
  readonly labels: number
  readonly apgr: number
  readonly isOn: boolean
  readonly bytes: number
}

type Prior = (prompt: string) => number

/** As the gateway serves: the prior routes until the learner has shown that it does better. */
function stream(outcomes: readonly Outcome[], seed: number, prior: Prior, standIn: Linear): Stop[] {
  const order = shuffled(outcomes.length, seed)
  const most = STOPS.at(-1) ?? 0
  const rest = order.slice(most)
  const held = rest.flatMap((at) => outcomes[at] ?? [])
  const learner = openLearner(undefined, (sketch) => priorGain(sketch, standIn))
  const stops: Stop[] = []
  for (const [seen, at] of order.slice(0, most).entries()) {
    const { prompt = '', weak = 0, strong = 0 } = outcomes[at] ?? {}
    learner.add({ sketch: packSketch(sketchFor(prompt)), weak, strong, source: 'shadow', at: seen })
    if (!STOPS.includes(seen + 1)) continue
    const snapshot = learner.snapshot()
    const learned = readLearned(snapshot)
    const scores = held.map(({ prompt }) => learned.gainOf(packSketch(sketchFor(prompt))) ?? prior(prompt))
    stops.push({
      labels: seen + 1,
      apgr: measure(scores, held).apgr,
      isOn: learned.standing.isOn,
      bytes: snapshot.length,
    })
  }
  return stops
}

export function coldTable(pairs: readonly Pair[]): string {
  const outcomes = pairs[0]?.outcomes ?? []
  const stems = new Set(outcomes.map(({ prompt }) => stem(prompt)))
  // The shipped prior has seen these very questions; this one has not.
  const standIn = fitPrior(
    pairs.filter(({ family }) => family !== 'mmlu'),
    (prompt) => !stems.has(stem(prompt)),
  )
  const prior: Prior = (prompt) => priorGain(sketchFor(prompt), standIn)
  const streams = Array.from({ length: STREAMS }, (_, seed) => stream(outcomes, 40 + seed, prior, standIn))
  const mean = STOPS.map((_, at) => streams.reduce((sum, stops) => sum + (stops[at]?.apgr ?? 0), 0) / STREAMS)
  const passed = STOPS.find((_, at) => (mean[at] ?? 0) >= GOAL)
  const lines: Line[] = [
    ...streams.map((stops) => ({
      points: stops.map(({ labels, apgr }) => [labels, apgr] as const),
      colour: '#b8c4d6',
      width: 1,
    })),
    {
      points: STOPS.map((labels, at) => [labels, mean[at] ?? 0] as const),
      colour: '#1f4e9c',
      width: 3,
      name: 'mean',
    },
  ]
  writeFileSync(
    new URL('../../../docs/routing-cold.svg', import.meta.url),
    plot(lines, [
      [GOAL, '.62'],
      [0.603, "RouteLLM's best, .603"],
      [0.5, 'chance'],
    ]),
  )
  return [
    `**A learner that starts cold on MMLU** (${STREAMS} streams; a prior that was not trained on MMLU routes until the learner is on)`,
    '',
    '| labels | APGR, mean | streams | on | snapshot |',
    '|---:|---:|---|---:|---:|',
    ...STOPS.map((labels, at) => {
      const its = streams.map((stops) => stops[at])
      const on = its.filter((stop) => stop?.isOn === true).length
      const kilobytes = Math.max(...its.map((stop) => stop?.bytes ?? 0)) / 1_000
      return `| ${labels} | ${point(mean[at] ?? 0)} | ${its.map((stop) => point(stop?.apgr ?? 0)).join(', ')} | ${on} of ${STREAMS} | ${Math.round(kilobytes)} kB |`
    }),
    '',
    passed === undefined ? 'The mean did not pass .62.' : `The mean passes .62 at ${passed} labels.`,
  ].join('\n')
}
