// The promise in one table, without a gateway around it: which quality, of the strong model's, what part of its cost buys. A
// route is taught as shadows teach it, then asked other questions; by its learner of questions, and by its look at answers.
import { lookOf } from '../../../workers/routing/answer.ts'
import { noteOf } from '../../../workers/routing/classify.ts'
import type { Linear } from '../../../workers/routing/linear.ts'
import { openMind, readMind, type Taught } from '../../../workers/routing/mind.ts'
import { readRequest } from '../../../workers/routing/reading.ts'
import { ask } from '../../train-router/ask.ts'
import { finalNumber } from '../curve/judge.ts'
import { type Question, STRONG, WEAK } from '../curve/questions.ts'
import { FRAME_TOKENS } from '../curve/replay.ts'
import { LARGE, SMALL } from '../curve/stage.ts'
import { fitWithout, sightOf } from './ground.ts'
import { shuffled } from './measure.ts'
import type { Pair } from './sets.ts'
import { percent } from './table.ts'

const QUALITIES = [0.8, 0.85, 0.9, 0.95, 0.98]
const COSTS = [0.1, 0.15, 0.2]
const SEEDS = [1, 2, 3, 4]

export interface Trial {
  readonly name: string
  readonly family: Pair['family']
  readonly questions: readonly Question[]
  readonly taught: number
  readonly asked: number
}

/** One question with what both models make of it, in micro-dollars and right or wrong. */
interface Case {
  readonly question: Question
  readonly weak: Side
  readonly strong: Side
}

interface Side {
  readonly text: string
  readonly right: number
  readonly micros: number
}

type Count = (text: string) => number

function caseOf(question: Question, count: Count): Case {
  const { prompt, answers, isRight } = question
  const side = (model: string, price: { readonly input: number; readonly output: number }): Side => {
    const text = answers.get(model)?.text ?? ''
    const micros = price.input * (FRAME_TOKENS + count(prompt)) + price.output * count(text)
    return { text, right: Number(isRight(text)), micros }
  }
  return { question, weak: side(WEAK, SMALL), strong: side(STRONG, LARGE) }
}

/** A shadow knows no right answers: where the two differ, the large model's is taken for it. */
const agree = ({ weak, strong }: Case): boolean =>
  weak.text === strong.text ||
  (finalNumber(weak.text) !== undefined && finalNumber(weak.text) === finalNumber(strong.text))

function teach(cases: readonly Case[], prior: Linear): Taught {
  const mind = openMind()
  for (const [at, one] of cases.entries()) {
    const { prompt } = one.question
    const request = ask(prompt)
    const { guarded } = sightOf(prompt, prior)
    const look = { sketch: lookOf(request, one.weak.text), prior: guarded }
    mind.add({
      ...noteOf(request, { weak: 'other' }),
      prior: guarded,
      look,
      weak: Number(agree(one)),
      strong: 1,
      source: 'shadow',
      at,
    })
  }
  return readMind(mind.lesson())
}

interface Point {
  readonly share: number
  readonly quality: number
  readonly cost: number
}

/** From none to all, in the order of the scores. `isPaid`: small answers are paid for everywhere. */
function pointsOf(cases: readonly Case[], scores: readonly number[], isPaid: boolean): Point[] {
  const order = cases.map((_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  const all = (of: (one: Case) => number): number => cases.reduce((sum, one) => sum + of(one), 0)
  const best = all(({ strong }) => strong.right)
  const most = all(({ strong }) => strong.micros)
  let [right, micros] = [all(({ weak }) => weak.right), all(({ weak }) => weak.micros)]
  const points = [{ share: 0, quality: right / best, cost: micros / most }]
  for (const [place, at] of order.entries()) {
    const one = cases[at]
    if (one === undefined) continue
    right += one.strong.right - one.weak.right
    micros += one.strong.micros - (isPaid ? 0 : one.weak.micros)
    points.push({ share: (place + 1) / cases.length, quality: right / best, cost: micros / most })
  }
  return points
}

const cheapest = (points: readonly Point[], quality: number): Point | undefined =>
  points.find((point) => point.quality >= quality)
const dearest = (points: readonly Point[], cost: number): Point | undefined =>
  points.findLast((point) => point.cost <= cost)

interface Split {
  readonly routing: Point[]
  readonly look: Point[]
  readonly chance: Point[]
  readonly told: string
}

function splitOf({ questions, taught, asked }: Trial, prior: Linear, count: Count, seed: number): Split {
  const cases = shuffled(questions.length, seed)
    .slice(0, taught + asked)
    .flatMap((at) => (questions[at] === undefined ? [] : [caseOf(questions[at], count)]))
  const mind = teach(cases.slice(0, taught), prior)
  const rest = cases.slice(taught)
  const byQuestion = rest.map(({ question }) => {
    const learned = mind.gainOfReading(readRequest(ask(question.prompt), true), true)
    return learned ?? sightOf(question.prompt, prior).guarded
  })
  const byLook = rest.map(({ question, weak }, at) => {
    const gain = mind.look.gainOf(lookOf(ask(question.prompt), weak.text))
    return gain ?? byQuestion[at] ?? 0
  })
  return {
    routing: pointsOf(rest, byQuestion, false),
    look: pointsOf(rest, byLook, true),
    chance: pointsOf(
      rest,
      rest.map((_, at) => -at),
      false,
    ),
    told: `${mind.standing.isOn ? 'questions on' : 'questions off'}, ${mind.look.standing.isOn ? 'look on' : 'look off'}`,
  }
}

export function promiseTable(trial: Trial, pairs: readonly Pair[], count: Count): string {
  const prior = fitWithout(pairs, [trial.family])
  const splits = SEEDS.map((seed) => splitOf(trial, prior, count, seed))
  const ways = [
    ['at random', (split: Split) => split.chance],
    ['by the question alone', (split: Split) => split.routing],
    ['a cascade with the look', (split: Split) => split.look],
  ] as const
  const told = (values: readonly (number | undefined)[]): string => {
    const known = values.flatMap((value) => value ?? [])
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length
    const range = `${percent(Math.min(...known))} to ${percent(Math.max(...known))}`
    return known.length < values.length ? 'not always' : `${percent(mean)} (${range})`
  }
  const row = (name: string, of: (points: readonly Point[]) => number | undefined): string =>
    `| ${name} | ${ways.map(([, pick]) => told(splits.map((split) => of(pick(split))))).join(' | ')} |`
  return [
    `**The promise, ${trial.name}** (prior without it; taught with ${trial.taught} questions as shadows teach, asked ${trial.asked} others; mean of ${SEEDS.length} splits, least and most)`,
    '',
    `| wanted | ${ways.map(([name]) => name).join(' | ')} |`,
    '|---|---:|---:|---:|',
    ...QUALITIES.map((quality) =>
      row(`${100 * quality} % of the quality: its cost`, (points) => cheapest(points, quality)?.cost),
    ),
    ...COSTS.map((cost) =>
      row(`${100 * cost} % of the cost: its quality`, (points) => dearest(points, cost)?.quality),
    ),
    row('no strong call: its quality', (points) => points[0]?.quality),
    '',
    `Learners: ${splits.map((split) => split.told).join('; ')}.`,
  ].join('\n')
}
