// What a route's last requests would have cost at every other share of strong calls: those with the highest scores go to
// the frontier, the rest stay small. Pure but for the reading of rows.
import { dollarsFromMicros } from '../../shared/money.ts'
import { type ReadRequests } from './requests.ts'

type Shown = Record<string, unknown>

export interface Past {
  /** Absent where the request could be answered by one tier only. */
  readonly score?: number
  readonly tier: 'mini' | 'frontier'
  readonly costMicros: number
  /** What the frontier would have cost, where that is known. */
  readonly frontierMicros?: number
}

export interface Point {
  readonly share: number
  /** Scores above it go to the frontier; null where all or none do. */
  readonly cut: number | null
  readonly per1kMicros: number
}

const STEPS = 20
const MOST_ROWS = 2_000
const ROWS_AT_ONCE = 1_000
const MOST_LOOKS = 4

/** Undefined where no request had a score and a price to go by. */
export function pointsOf(past: readonly Past[]): Point[] | undefined {
  const free = past
    .flatMap(({ score, ...rest }) => (score === undefined ? [] : [{ ...rest, score }]))
    .sort((a, b) => b.score - a.score)
  const bound = past.filter(({ score }) => score === undefined)
  const minis = free.filter(({ tier }) => tier === 'mini')
  if (free.every(({ tier, frontierMicros }) => tier === 'mini' && frontierMicros === undefined))
    return undefined
  // What a request that went to the frontier would have cost here is not known; others of the route tell, in the mean.
  const mini = minis.length === 0 ? 0 : sum(minis.map(({ costMicros }) => costMicros)) / minis.length
  const always = sum(bound.map(({ costMicros }) => costMicros))
  const strong = free.map(({ tier, costMicros, frontierMicros }) =>
    tier === 'frontier' ? costMicros : (frontierMicros ?? costMicros),
  )
  const weak = free.map(({ tier, costMicros }) => (tier === 'mini' ? costMicros : mini))
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const count = Math.round((step / STEPS) * free.length)
    const micros = always + sum(strong.slice(0, count)) + sum(weak.slice(count))
    const cut = count === 0 || count === free.length ? null : (free[count]?.score ?? null)
    return { share: step / STEPS, cut, per1kMicros: Math.ceil((micros / past.length) * 1_000) }
  })
}

/** Of the newest requests of a route; `requests` says how many there were to go by. */
export async function readWhatIf(read: ReadRequests, route: string): Promise<Shown> {
  const past: Past[] = []
  let before: string | undefined
  for (let look = 0; look < MOST_LOOKS && past.length < MOST_ROWS; look += 1) {
    const filter = { limit: ROWS_AT_ONCE, route, end: 'finish' }
    const { rows, reached } = await read({ ...filter, ...(before === undefined ? {} : { before }) })
    past.push(...rows.flatMap(pastOf))
    before = reached ?? (rows.at(-1)?.['id'] as string | undefined)
    if (reached === undefined && rows.length < ROWS_AT_ONCE) break
  }
  const known = past.slice(0, MOST_ROWS)
  const scored = known.filter(({ score }) => score !== undefined)
  return {
    object: 'what-if',
    route,
    requests: known.length,
    scored: scored.length,
    share: strongShare(known),
    scored_share: strongShare(scored),
    per_1k: known.length === 0 ? null : per1k(sum(known.map(({ costMicros }) => costMicros)), known.length),
    points: (pointsOf(known) ?? []).map(({ share, cut, per1kMicros }) => ({
      share,
      cut,
      per_1k: dollarsFromMicros(per1kMicros),
    })),
  }
}

const strongShare = (past: readonly Past[]): number | null =>
  past.length === 0 ? null : past.filter(({ tier }) => tier === 'frontier').length / past.length

function pastOf(row: Shown): Past[] {
  const { tier, score, cost_micros: cost, frontier_cost: frontier } = row
  if ((tier !== 'mini' && tier !== 'frontier') || typeof cost !== 'number') return []
  return [
    {
      tier,
      costMicros: cost,
      ...(typeof score === 'number' ? { score } : {}),
      ...(typeof frontier === 'number' ? { frontierMicros: Math.round(frontier * 1e6) } : {}),
    },
  ]
}

const per1k = (micros: number, count: number): number =>
  dollarsFromMicros(Math.ceil((micros / count) * 1_000))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
