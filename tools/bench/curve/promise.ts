// The promise in one table: which quality, of the strong model's, is got for which part of its cost; by a route that has
// learned from a part of the traffic, with all as it is by default. By the question alone, by a cascade that looks at answers,
// and by cascades that only check them.
import { askAll, rowOf, strongCosts } from './curve.ts'
import { isKnown, standingOf, teach, TEACHING, type Split } from './learned.ts'
import type { Question } from './questions.ts'
import { agreed, dialled, formal, ROUTES, type Setting } from './settings.ts'
import { openStage, type Sent, type StageOptions } from './stage.ts'
import { figuresOf, intervals } from './sums.ts'
import { percent, type Row } from './table.ts'

/** Parts of the strong model's quality, and of its cost. */
export const QUALITIES = [0.8, 0.85, 0.9, 0.95, 0.98]
export const COSTS = [0.1, 0.15, 0.2]
const SHARES = [0, 0.2, 0.3, 0.5, 0.8]

/** Answers are looked at where the route has learned to; a request may ask to go by its question alone. */
const AUTO = { mini: ['weak'], frontier: ['strong'], cascade: { secondAnswer: false } }
const WAYS = [
  { name: 'a cascade with the look', wish: {}, asks: { shares: [], qualities: QUALITIES } },
  { name: 'the question alone', wish: { cascade: false }, asks: { shares: SHARES, qualities: [] } },
] as const

export interface Way {
  readonly name: string
  readonly rows: readonly Row[]
}

export interface Kept {
  readonly ways: readonly Way[]
  readonly standings: readonly string[]
  readonly strongMicros: number
  readonly questions: number
}

export async function runPromise(
  questions: readonly Question[],
  splits: readonly Split[],
  { helpers, isLooked }: { readonly helpers: readonly string[]; readonly isLooked: boolean },
  options: Pick<StageOptions, 'root' | 'tell'>,
): Promise<Kept> {
  const teaching = { ...TEACHING, cascade: AUTO.cascade }
  const stage = await openStage({ questions, routes: { ...ROUTES, auto: teaching }, ...options })
  try {
    const { tenants } = await teach(stage, splits)
    const routes = { ...ROUTES, auto: AUTO }
    await stage.keep(routes)
    /** What a cascade escalates it learns from, and every setting asks the same questions. */
    const goBack = async (): Promise<void> => {
      await stage.goBack(routes)
      const known = await Promise.all(tenants.map(({ project, asked }) => isKnown(stage, project, asked)))
      if (known.includes(false)) throw new Error('the gateway has not heard of a learner in time')
    }
    const asked = splits.flatMap((split) => split.asked)
    const costs = await strongCosts(stage, asked)
    const per1k = asked.reduce((sum, { prompt }) => sum + (costs.get(prompt) ?? 0), 0) / asked.length / 1_000
    const over = async (setting: Setting): Promise<Row> => {
      const all: Sent[] = []
      for (const { project, asked: own } of tenants)
        all.push(...(await askAll(stage, setting, own, project)).sent)
      const row = rowOf(setting.name, all, costs)
      const { share, quality, cost } = figuresOf(row.outcomes)
      stage.tell(`  strong ${percent(share)} %, quality ${percent(quality)} %, cost ${percent(cost)} %`)
      return row
    }
    const ways: Way[] = []
    for (const { name, wish, asks } of isLooked ? WAYS : WAYS.slice(1)) {
      const rows: Row[] = []
      for (const setting of settingsOf(per1k, wish, asks)) {
        await goBack()
        rows.push(await over(setting))
      }
      ways.push({ name, rows })
    }
    if (isLooked) ways.push({ name: 'a cascade with its checks', rows: await checked(helpers, over) })
    const standings = await Promise.all(tenants.map(({ project }) => standingOf(stage, project)))
    return { ways, standings, strongMicros: Math.round(per1k * 1e6), questions: asked.length }
  } finally {
    await stage.stop()
  }
}

/** `per1k`: what the strong model alone costs, in dollars. */
const settingsOf = (
  per1k: number,
  wish: object,
  { shares, qualities }: { readonly shares: readonly number[]; readonly qualities: readonly number[] },
): readonly Setting[] =>
  [
    ...shares.map((strongShare) => [`strongShare ${strongShare}`, { strongShare }] as const),
    ...qualities.map((quality) => [`quality ${quality}`, { quality }] as const),
    ...COSTS.map(
      (part) =>
        [`maxCostPer1k, ${percent(part, 0)} %`, { maxCostPer1k: Number((part * per1k).toFixed(4)) }] as const,
    ),
  ].map(([name, dial]) => ({ name, bodyFor: () => dialled({ ...dial, ...wish }) }))

async function checked(helpers: readonly string[], over: (setting: Setting) => Promise<Row>): Promise<Row[]> {
  const rows: Row[] = []
  for (const setting of [formal, ...helpers.map(agreed)]) rows.push(await over(setting))
  return rows
}

interface Point {
  readonly name: string
  readonly quality: number
  readonly cost: number
}

const pointsOf = ({ rows }: Way): readonly Point[] =>
  rows.map(({ name, outcomes }) => ({ name, ...figuresOf(outcomes) }))

/** Those for which nothing that costs as little is better. */
function hull(points: readonly Point[]): readonly Point[] {
  let best = Number.NEGATIVE_INFINITY
  return points
    .toSorted((a, b) => a.cost - b.cost || b.quality - a.quality)
    .filter(({ quality }) => {
      if (quality <= best) return false
      best = quality
      return true
    })
}

/** The cheapest setting that reached it. */
export const cheapest = (points: readonly Point[], quality: number): Point | undefined =>
  hull(points).find((point) => point.quality >= quality)

/** The best of those that kept to it. */
export const best = (points: readonly Point[], cost: number): Point | undefined =>
  hull(points).findLast((point) => point.cost <= cost)

const told = (point: Point | undefined, of: 'quality' | 'cost'): string =>
  point === undefined ? 'not reached' : `${percent(point[of])} % (${point.name})`

/** What was the best of all settings that were tried, picked on the same questions. */
export function promiseTable(kept: Kept): string {
  const { ways, strongMicros, questions } = kept
  const all = ways.map((way) => pointsOf(way))
  const dollars = (strongMicros / 1e6).toFixed(3)
  return [
    `| wanted | ${ways.map(({ name }) => name).join(' | ')} |`,
    `|---|${ways.map(() => '---:|').join('')}`,
    ...QUALITIES.map(
      (quality) =>
        `| ${percent(quality, 0)} % of the quality: its cost | ${all.map((points) => told(cheapest(points, quality), 'cost')).join(' | ')} |`,
    ),
    ...COSTS.map(
      (cost) =>
        `| ${percent(cost, 0)} % of the cost: its quality | ${all.map((points) => told(best(points, cost), 'quality')).join(' | ')} |`,
    ),
    '',
    `${questions} questions; the strong model alone costs $${dollars} per 1,000.`,
  ].join('\n')
}

/** What came of every setting: a quality or a cost that was asked for beside the one that was got. */
export function gotTable({ ways }: Kept): string {
  const line = (way: string, { name, outcomes }: Row): string => {
    const its = figuresOf(outcomes)
    const within = intervals(outcomes)
    const range = ([low, high]: readonly [number, number]): string => `${percent(low)} to ${percent(high)}`
    return `| ${[
      way,
      name,
      percent(its.share),
      `${percent(its.quality)} (${range(within.quality)})`,
      its.dollarsPer1k.toFixed(3),
      `${percent(its.cost)} (${range(within.cost)})`,
    ].join(' | ')} |`
  }
  return [
    '| by | asked for | strong calls % | of the strong quality % (95 %) | $ per 1,000 | of the strong cost % (95 %) |',
    '|---|---|---:|---:|---:|---:|',
    ...ways.flatMap(({ name, rows }) => rows.map((row) => line(name, row))),
  ].join('\n')
}
