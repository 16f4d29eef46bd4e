// What a share of strong calls is expected to come to: quality by what the route has learned, dollars by what its models
// cost. Pure.
import type { Expected } from '../../shared/plan.ts'
import { type Curve, qualityAt } from './calibrate.ts'
import { stacked } from './demand.ts'
import type { Learned } from './learner.ts'
import type { TierCosts } from './purse.ts'

export interface Promised {
  readonly share: number
  /** Absent where the route has learned nothing. */
  readonly learned: Pick<Learned, 'curve' | 'standing'> | undefined
  /** What this request should cost at each tier. */
  readonly costs: TierCosts
  /** The share is of small models' answers, each of them paid for. */
  readonly isLook: boolean
  /** Why answers are not looked at, in a cascade that could. */
  readonly blind?: string | undefined
}

const PER = 1_000

export function expectedOf({ share, learned, costs, isLook, blind }: Promised): Expected {
  const { weakMicros, strongMicros } = isLook ? stacked(costs) : costs
  const quality = learned?.curve && partOf(learned.curve, share)
  return {
    by: isLook ? 'look' : 'question',
    why: blind === undefined ? (learned?.standing.reason ?? NOTHING) : `${BLIND} ${blind}`,
    ...(quality === undefined ? {} : { quality }),
    ...(weakMicros === undefined || strongMicros === undefined
      ? {}
      : { per1kMicros: Math.ceil(PER * (weakMicros + share * (strongMicros - weakMicros))) }),
  }
}

export const NOTHING = 'Nothing has been learned of this route yet.'
const BLIND =
  'Answers are not looked at yet: the share is of requests that begin at the frontier, and doubted answers come on top.'

/** Of the frontier's own quality. */
function partOf(curve: Curve, share: number): number | undefined {
  const quality = qualityAt(curve, share)
  return quality === undefined || curve.strong <= 0 ? undefined : quality / curve.strong
}
