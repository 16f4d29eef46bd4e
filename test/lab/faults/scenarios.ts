// All scenarios in the order of the scorecard: S01 to S16 are those of Failover Bench, M01 to M12 are ours. Pure.
import { faultsAfter } from './after.ts'
import { faultsBefore } from './before.ts'
import type { Clock } from './clock.ts'
import { faultsOfOurs, organCases, ORGANS_ID } from './own.ts'
import type { Scenario } from './scenario.ts'

/** Broken parts of the gateway itself: organs.ts plays it. */
const organs = (clock: Clock): Scenario => ({
  id: ORGANS_ID,
  fault: 'the budget object, the health object or D1 is away',
  cases: Object.values(organCases(clock)).map((one) => ({
    ...one,
    needs: 'parts of its own that can be away',
  })),
})

export function scenarios(clock: Clock): readonly Scenario[] {
  const all = [...faultsBefore(clock), ...faultsAfter(clock), ...faultsOfOurs(clock), organs(clock)]
  const order = ({ id }: Scenario): string => (id.startsWith('S') ? `0${id}` : `1${id}`)
  return all.toSorted((one, other) => (order(one) < order(other) ? -1 : 1))
}

export function scenario(clock: Clock, id: string): Scenario {
  const found = scenarios(clock).find((each) => each.id === id)
  if (found === undefined) throw new Error(`there is no scenario ${id}`)
  return found
}
