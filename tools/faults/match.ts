// One gateway through all scenarios: independent cases at once, so that the whole takes little more than the longest.
import { realClock } from '../../test/lab/faults/clock.ts'
import { playOrgans } from '../../test/lab/faults/organs.ts'
import { ORGANS_ID } from '../../test/lab/faults/own.ts'
import { play, warmUp } from '../../test/lab/faults/play.ts'
import type { Case, Scenario } from '../../test/lab/faults/scenario.ts'
import { judged, type Played, type Score, scoreOf } from '../../test/lab/faults/score.ts'
import type { Vendor } from '../../test/lab/vendor.ts'
import { ADMIN_KEY, type Gateway } from './gateways.ts'

/** A line of the scorecard: a score, or why there is none. */
export type Line =
  | { readonly id: string; readonly fault: string; readonly score: Score }
  | { readonly id: string; readonly fault: string; readonly absent: string }

export interface Match {
  readonly lab: Vendor
  readonly gateway: Gateway
  readonly scenarios: readonly Scenario[]
  /** A second gateway of ours whose parts are taken away; absent for others. */
  readonly patient: Gateway | undefined
  readonly onLine: (line: Line) => void
}

/** So many cases run at once, beside the long ones: machines are small, and some faults are measured in milliseconds. */
const AT_ONCE = 6
/** They only wait, and the scorecard waits for them. */
const LONG = new Set(['S06', 'S07', 'S09', 'S15', 'M09', ORGANS_ID])

export async function runMatch({
  lab,
  gateway,
  scenarios,
  patient,
  onLine,
}: Match): Promise<readonly Line[]> {
  await warmUp({ lab, door: gateway.door, clock: realClock })
  const slot = slots(AT_ONCE)
  const mayPlay = ({ needs, isExtra }: Case): boolean =>
    gateway.state !== undefined || (needs === undefined && isExtra === undefined)
  const playAll = async (scenario: Scenario): Promise<readonly Played[]> => {
    const one = async (of: Case): Promise<Played> =>
      judged(of, await play({ lab, door: gateway.door, clock: realClock }, scenario, of))
    return Promise.all(
      scenario.cases.filter(mayPlay).map((of) => (LONG.has(scenario.id) ? one(of) : slot(() => one(of)))),
    )
  }
  const lineOf = async (scenario: Scenario): Promise<Line> => {
    const { id, fault } = scenario
    if (!scenario.cases.some(mayPlay)) {
      const { needs = '' } = scenario.cases[0] ?? {}
      return { id, fault, absent: `it has no ${needs}` }
    }
    const isOrgans = id === ORGANS_ID && patient?.state !== undefined
    const played = isOrgans
      ? await playOrgans({
          lab,
          patient: { door: patient.door, state: patient.state, adminKey: ADMIN_KEY },
          clock: realClock,
        })
      : await playAll(scenario)
    return { id, fault, score: scoreOf(scenario, played) }
  }
  return Promise.all(
    scenarios.map(async (scenario) => {
      const line = await lineOf(scenario)
      onLine(line)
      return line
    }),
  )
}

/** Runs what it is given, so many at a time. */
function slots(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = count
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((go) => waiting.push(go))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
