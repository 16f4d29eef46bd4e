// What a route's last requests would have cost at every other share of strong calls: those with the highest scores go to
// the frontier, the rest stay small; in a cascade that looks at answers, those whose small answer promises the greatest gain.
// Pure but for the reading of rows.
import { fieldsOf } from '../../shared/fields.ts'
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
  /** How the look at its small answer scored it, and what that answer cost; where there was one. */
  readonly look?: { readonly score: number; readonly smallMicros: number }
}

/** A request that could go either way. */
interface Free {
  readonly score: number
  readonly weakMicros: number
  readonly strongMicros: number
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
  return stepsOf(
    free.map(({ score, tier, costMicros, frontierMicros }) => ({
      score,
      weakMicros: tier === 'mini' ? costMicros : mini,
      strongMicros: tier === 'frontier' ? costMicros : (frontierMicros ?? costMicros),
    })),
    bound,
  )
}

/**
 * The same over what looks have scored alone, since before a route looked nobody knows what it would have seen: every
 * small answer is paid for, whoever is asked after it.
 */
export function lookPointsOf(past: readonly Past[]): Point[] | undefined {
  const free = past.flatMap(({ look, tier, costMicros, frontierMicros }): Free[] => {
    if (look === undefined) return []
    const { score, smallMicros } = look
    const more = tier === 'frontier' ? costMicros - smallMicros : frontierMicros
    return more === undefined ? [] : [{ score, weakMicros: smallMicros, strongMicros: smallMicros + more }]
  })
  if (free.length === 0) return undefined
  return stepsOf(
    free.toSorted((a, b) => b.score - a.score),
    [],
  )
}

function stepsOf(free: readonly Free[], bound: readonly Past[]): Point[] {
  const always = sum(bound.map(({ costMicros }) => costMicros))
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const count = Math.round((step / STEPS) * free.length)
    const strong = free.slice(0, count).map(({ strongMicros }) => strongMicros)
    const weak = free.slice(count).map(({ weakMicros }) => weakMicros)
    const micros = always + sum(strong) + sum(weak)
    const cut = count === 0 || count === free.length ? null : (free[count]?.score ?? null)
    const all = free.length + bound.length
    return { share: step / STEPS, cut, per1kMicros: Math.ceil((micros / all) * 1_000) }
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
    points: shown(pointsOf(known) ?? []),
    look: looked(known),
  }
}

const shown = (points: readonly Point[]): Shown[] =>
  points.map(({ share, cut, per1kMicros }) => ({ share, cut, per_1k: dollarsFromMicros(per1kMicros) }))

/** Null where no answer was looked at. */
function looked(past: readonly Past[]): Shown | null {
  const points = lookPointsOf(past)
  const seen = past.filter(({ look }) => look !== undefined)
  return points === undefined
    ? null
    : { scored: seen.length, scored_share: strongShare(seen), points: shown(points) }
}

const strongShare = (past: readonly Past[]): number | null =>
  past.length === 0 ? null : past.filter(({ tier }) => tier === 'frontier').length / past.length

function pastOf(row: Shown): Past[] {
  const { tier, score, cost_micros: cost, frontier_cost: frontier, attempts } = row
  if ((tier !== 'mini' && tier !== 'frontier') || typeof cost !== 'number') return []
  return [
    {
      tier,
      costMicros: cost,
      ...(typeof score === 'number' ? { score } : {}),
      ...(typeof frontier === 'number' ? { frontierMicros: Math.round(frontier * 1e6) } : {}),
      ...lookIn(attempts, tier, cost),
    },
  ]
}

/** What is aside of an answer that a larger model gave is what the small ones cost. */
function lookIn(attempts: unknown, tier: Past['tier'], costMicros: number): Pick<Past, 'look'> {
  if (!Array.isArray(attempts)) return {}
  const calls = attempts.map(fieldsOf)
  const score = calls.find(({ look }) => typeof look === 'number')?.['look']
  if (typeof score !== 'number') return {}
  const aside = calls.flatMap(({ aside: is, costMicros: cost }) =>
    is === true && typeof cost === 'number' ? [cost] : [],
  )
  return { look: { score, smallMicros: tier === 'mini' ? costMicros : sum(aside) } }
}

const per1k = (micros: number, count: number): number =>
  dollarsFromMicros(Math.ceil((micros / count) * 1_000))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
