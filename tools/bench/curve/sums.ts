// What came of many questions, in figures with 95 % intervals. Pure.
import { seededRandom } from '../../../shared/random.ts'

/** One question as the gateway had it answered, beside what the weak and the strong model alone would have said. */
export interface Outcome {
  readonly right: boolean
  readonly weak: boolean
  readonly strong: boolean
  readonly isStrong: boolean
  readonly micros: number
  /** What the strong model alone costs. */
  readonly strongMicros: number
}

export interface Figures {
  readonly share: number
  readonly accuracy: number
  /** Of the strong model's accuracy. */
  readonly quality: number
  /** Of what the strong model gains on the weak one. */
  readonly recovered: number
  readonly dollarsPer1k: number
  /** Of what the strong model alone costs. */
  readonly cost: number
}

export type Interval = readonly [low: number, high: number]

const PER_1K_DOLLARS = 1_000 / 1e6

export function figuresOf(outcomes: readonly Outcome[]): Figures {
  let [right, weak, strong, sent, micros, strongMicros] = [0, 0, 0, 0, 0, 0]
  for (const outcome of outcomes) {
    right += Number(outcome.right)
    weak += Number(outcome.weak)
    strong += Number(outcome.strong)
    sent += Number(outcome.isStrong)
    micros += outcome.micros
    strongMicros += outcome.strongMicros
  }
  const count = outcomes.length
  return {
    share: sent / count,
    accuracy: right / count,
    quality: right / strong,
    recovered: (right - weak) / (strong - weak),
    dollarsPer1k: (micros * PER_1K_DOLLARS) / count,
    cost: micros / strongMicros,
  }
}

const DRAWS = 1_000

/** From draws of as many questions, with replacement; the baselines are drawn with them. */
export function intervals(
  outcomes: readonly Outcome[],
  seed = 1,
): { readonly [name in keyof Figures]: Interval } {
  const random = seededRandom(seed)
  const draws = Array.from({ length: DRAWS }, () =>
    figuresOf(outcomes.flatMap(() => outcomes[Math.floor(random() * outcomes.length)] ?? [])),
  )
  const of = (name: keyof Figures): Interval => {
    const sorted = draws.map((figures) => figures[name]).sort((a, b) => a - b)
    return [sorted[Math.floor(DRAWS * 0.025)] ?? 0, sorted[Math.ceil(DRAWS * 0.975) - 1] ?? 0]
  }
  return {
    share: of('share'),
    accuracy: of('accuracy'),
    quality: of('quality'),
    recovered: of('recovered'),
    dollarsPer1k: of('dollarsPer1k'),
    cost: of('cost'),
  }
}

/** The gain recovered over the share of strong calls, between the points: RouteLLM's APGR, where they go from 0 to 1. */
export function areaUnder(points: readonly Pick<Figures, 'share' | 'recovered'>[]): number {
  const sorted = points.toSorted((a, b) => a.share - b.share)
  return sorted.slice(1).reduce((sum, { share, recovered }, at) => {
    const before = sorted[at] ?? { share, recovered }
    return sum + ((share - before.share) * (recovered + before.recovered)) / 2
  }, 0)
}
