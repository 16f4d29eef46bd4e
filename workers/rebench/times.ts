// Is a model slower than it was? Its times are judged by what is usual in them and by their quiet end, and freed of what
// everything took longer in the same hour. Pure.
import { timeRatio } from './bootstrap.ts'
import { type Measures, quantile } from './measures.ts'

interface Time {
  readonly what: 'first-token' | 'per-token' | 'throughput'
  readonly of: (measures: Measures) => readonly number[]
  /** Fewer are no measurement. */
  readonly fewest: number
  /** Nobody minds less. */
  readonly leastMs: number
}

const TIMES: readonly Time[] = [
  { what: 'first-token', of: ({ firstMs }) => firstMs, fewest: 5, leastMs: 100 },
  { what: 'per-token', of: ({ perTokenMs }) => perTokenMs, fewest: 5, leastMs: 5 },
  { what: 'throughput', of: ({ bursts }) => bursts.map(({ wallMs }) => wallMs), fewest: 3, leastMs: 250 },
]

/** How many times as long as usual everything took that others answered in the same run. */
export type Pace = Readonly<Record<Time['what'], number>>

export const EVEN: Pace = { 'first-token': 1, 'per-token': 1, throughput: 1 }

/** Of times, which must also be longer by much, and than ever. */
const TIME_DEVIATIONS = 3
/** Times depend on the hour, and how much so is only known after some runs. */
const leastRatio = (runs: number): number => (runs < 3 ? 3 : runs < 5 ? 2.25 : 1.75)
/** And slower than in any of them. */
const OVER_SLOWEST = 1.2
/**
 * What is too little to mind is so by the clock, and not once it is divided by the pace of a slow hour: then 200 ms would be
 * 70. But not all are slowed alike, so in a very slow hour that counts twice at most.
 */
const MOST_EASED = 2
/** Clocks here tell no less. */
const LEAST_MS = 0.01

/**
 * What is usual, and what is usual when it is quiet: a machine or network that is busy for a part of a run makes many
 * times longer but not all, and a vendor that became slower all of them. Two looks are two chances to be wrong: the
 * second one must see twice as much, then it adds nothing to the accusations of simulated healthy models.
 */
const LEVELS = [
  { level: 0.5, factor: 1 },
  { level: 0.25, factor: 2 },
] as const

export interface Slower {
  readonly what: Time['what']
  readonly was: number
  readonly is: number
  readonly low: number
  readonly high: number
}

export const slowerIn = (
  seed: string,
  now: Measures,
  before: readonly Measures[],
  pace: Pace = EVEN,
): Slower[] =>
  TIMES.flatMap((time) => {
    const [times, runs] = [time.of(now).map((ms) => ms / pace[time.what]), runsOf(time, before)]
    if (times.length < time.fewest || runs.length === 0) return []
    const least = time.leastMs / Math.min(MOST_EASED, pace[time.what])
    const found = LEVELS.map((its) => slowerAt(its, time, least, seed, times, runs)).find(
      (one) => one !== undefined,
    )
    return found === undefined ? [] : [{ ...found, is: found.is * pace[time.what] }]
  })

function slowerAt(
  { level, factor }: (typeof LEVELS)[number],
  { what }: Time,
  leastMs: number,
  seed: string,
  times: readonly number[],
  runs: readonly (readonly number[])[],
): Slower | undefined {
  const usual = runs.map((run) => at(level, run))
  const [was, is] = [at(0.5, usual), at(level, times)]
  const isSlower =
    is >= was * leastRatio(runs.length) * factor &&
    is >= Math.max(...usual) * OVER_SLOWEST * factor &&
    is - was >= leastMs
  if (!isSlower) return undefined
  const { low, high } = timeRatio(`${seed}/${what}`, level, times, runs, TIME_DEVIATIONS)
  return low > 1.1 ? { what, was, is, low, high } : undefined
}

const at = (level: number, values: readonly number[]): number => quantile(values, level) ?? 0

const runsOf = ({ of, fewest }: Time, before: readonly Measures[]): (readonly number[])[] =>
  before.map(of).filter((run) => run.length >= fewest)

/** An earlier run of a model, by its name. */
export interface Past {
  readonly runId: string
  readonly measures: Measures
}

export interface Compared {
  readonly now: Measures
  readonly before: readonly Past[]
}

/**
 * Where models of other providers are slower too, it is the gateway, its machine or its network: by so much as their
 * middle one nobody is slow. Models of one provider excuse each other nothing.
 */
export function paceOf(others: readonly Compared[]): Pace {
  const ratioOf = (time: Time): number => {
    const ratios = others.flatMap(({ now, before }) => {
      const times = time.of(now)
      const runs = runsOf(
        time,
        before.map(({ measures }) => measures),
      )
      return times.length < time.fewest || runs.length === 0
        ? []
        : [at(0.5, times) / Math.max(LEAST_MS, at(0.5, runs.flat()))]
    })
    return Math.max(1, quantile(ratios, 0.5) ?? 1)
  }
  const [first, token, burst] = TIMES.map(ratioOf)
  return { 'first-token': first ?? 1, 'per-token': token ?? 1, throughput: burst ?? 1 }
}

/** Earlier runs, each freed of the pace of its own hour: else one slow hour would hide all that is less for weeks. */
export const evened = (before: readonly Past[], others: readonly Compared[]): Measures[] =>
  before.map(({ runId, measures }) => {
    const then = others.flatMap((other) => {
      const now = other.before.find((past) => past.runId === runId)?.measures
      return now === undefined ? [] : [{ now, before: other.before }]
    })
    return atPace(measures, paceOf(then))
  })

const atPace = (measures: Measures, pace: Pace): Measures => ({
  ...measures,
  firstMs: measures.firstMs.map((ms) => ms / pace['first-token']),
  perTokenMs: measures.perTokenMs.map((ms) => ms / pace['per-token']),
  bursts: measures.bursts.map((burst) => ({ ...burst, wallMs: burst.wallMs / pace.throughput })),
})
