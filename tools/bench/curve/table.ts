// The curve as Markdown. Pure.
import { areaUnder, figuresOf, type Interval, intervals, type Outcome } from './sums.ts'

export interface Row {
  readonly name: string
  readonly outcomes: readonly Outcome[]
  /** The same, judged by the recorded flags. */
  readonly recorded: readonly Outcome[]
}

export const percent = (value: number, digits = 1): string => (100 * value).toFixed(digits)

const range = ([low, high]: Interval): string => `${percent(low)} to ${percent(high)}`

const HEAD = [
  '| asked for | strong calls % | right % (95 %) | of the strong quality % (95 %) | gain recovered % (95 %) | $ per 1,000 | of the strong cost % (95 %) | by recorded flags: right %, recovered % |',
  '|---|---:|---:|---:|---:|---:|---:|---:|',
]

export const curveTable = (rows: readonly Row[]): string => [...HEAD, ...rows.map(line)].join('\n')

function line({ name, outcomes, recorded }: Row): string {
  const its = figuresOf(outcomes)
  const within = intervals(outcomes)
  const flags = figuresOf(recorded)
  return `| ${[
    name,
    percent(its.share),
    `${percent(its.accuracy)} (${range(within.accuracy)})`,
    `${percent(its.quality)} (${range(within.quality)})`,
    `${percent(its.recovered)} (${range(within.recovered)})`,
    its.dollarsPer1k.toFixed(3),
    `${percent(its.cost)} (${range(within.cost)})`,
    `${percent(flags.accuracy)}, ${percent(flags.recovered)}`,
  ].join(' | ')} |`
}

/** Of the rows that are points of one curve. */
export function areaLine(rows: readonly Row[]): string {
  const [replies, flags] = [
    areaUnder(rows.map(({ outcomes }) => figuresOf(outcomes))),
    areaUnder(rows.map(({ recorded }) => figuresOf(recorded))),
  ]
  return `The area under the gain recovered over the share of strong calls is ${replies.toFixed(3)}, by recorded flags ${flags.toFixed(3)}; chance is .500.`
}

/** What others promise: so much of the quality for so little of the cost. */
const PROMISE = { quality: [0.8, 0.9], cost: [0.1, 0.2] } as const

/** Where the rows stand against it: the best quality within each cost, and the least cost of each quality. */
export function promiseLines(rows: readonly Row[]): string {
  const all = rows.map(({ name, outcomes }) => ({ name, ...figuresOf(outcomes) }))
  const within = PROMISE.cost.map((cost) => {
    const best = all.filter((one) => one.cost <= cost).toSorted((a, b) => b.quality - a.quality)[0]
    return best === undefined
      ? `- for at most ${percent(cost, 0)} % of the cost: nothing`
      : `- for at most ${percent(cost, 0)} % of the cost: ${percent(best.quality)} % of the quality (${best.name}, ${percent(best.cost)} % of the cost)`
  })
  const reaching = [...PROMISE.quality, 0.95].map((quality) => {
    const best = all.filter((one) => one.quality >= quality).toSorted((a, b) => a.cost - b.cost)[0]
    return best === undefined
      ? `- for at least ${percent(quality, 0)} % of the quality: nothing`
      : `- for at least ${percent(quality, 0)} % of the quality: ${percent(best.cost)} % of the cost (${best.name})`
  })
  return [
    'The promise to compare with is 80-90 % of the quality for 10-20 % of the cost. Here:',
    ...within,
    ...reaching,
  ].join('\n')
}
