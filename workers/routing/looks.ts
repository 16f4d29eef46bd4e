// The look at a small model's answer: what its route has learned says which answers a larger model should be asked after;
// how many, the share that was asked for, or else what it has gained so far. Pure but for the counting of shares.
import type { Plan, Tier } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Caller, Found, Looking } from '../service.ts'
import { lookOf } from './answer.ts'
import { chanceOf } from './chance.ts'
import { type Curve, shareWorth } from './calibrate.ts'
import { scoreOf, WORTH } from './classify.ts'
import { type Dial, openDial } from './dial.ts'
import type { Learned } from './learner.ts'

/** `undefined` where the route has learned nothing of answers that is of use: its cascade has its checks alone. */
export type Looks = (asked: LookedFor) => Looking | undefined

export interface LookedFor {
  readonly request: ModelRequest
  readonly plan: Plan
  readonly caller: Caller
  readonly id: string
}

/** What a route has learned of answers, of a caller's own traffic; at once, and without asking anybody. */
export type LookLessons = (route: string, caller: Caller) => Learned | undefined

/** Kept per isolate, one a route, tenant and setting, the newest; settings come from requests too. Half a kilobyte each. */
const MAX_DIALS = 1_024

/** Nothing is worth asking for. */
const NOTHING: Curve = { points: [], weak: 0, strong: 0 }

export function openLooks(lessons: LookLessons): Looks {
  const dials = new Map<string, Dial>() // a cache, bounded by MAX_DIALS

  const dialOf = ({ route, dial: setting, lookShare }: Plan, { project, keyId }: Caller): Dial => {
    const { strongShare, quality, maxCostPer1k } = lookShare === undefined ? {} : (setting ?? {})
    const name = JSON.stringify([route, project?.id ?? keyId, strongShare, quality, maxCostPer1k])
    const dial = dials.get(name) ?? openDial()
    dials.delete(name)
    dials.set(name, dial)
    if (dials.size > MAX_DIALS) dials.delete(dials.keys().next().value ?? '')
    return dial
  }

  return ({ request, plan, caller, id }) => {
    const { route, lookShare } = plan
    if (plan.cascade === undefined && lookShare === undefined) return undefined
    const learned = lessons(route, caller)
    if (learned?.standing.isOn !== true) return undefined
    const share = lookShare ?? shareWorth(learned.curve ?? NOTHING, WORTH)
    const scored = ({ text, sureness }: Found): number | undefined => {
      const gain = text === undefined ? undefined : learned.gainOf(lookOf(request, text, sureness))
      return gain === undefined ? undefined : scoreOf(gain)
    }
    const rank = lookShare === undefined ? rankOfPassed : rankOfAll
    const all = lookShare !== undefined
    return held({
      dial: dialOf(plan, caller),
      share,
      chance: chanceOf(id, 'look'),
      scored,
      rank,
      all,
    })
  }
}

/** Of all answers: those that the checks doubt come first, and those that another one agreed with last. */
const rankOfAll = ({ doubt, agreed }: Found, score = 1): number | undefined =>
  doubt === undefined ? (agreed ? score - 1 : score) : score + 1

/** Of those only that nothing else speaks for or against; of the others the checks decide. */
const rankOfPassed = ({ doubt, agreed }: Found, score?: number): number | undefined =>
  doubt === undefined && !agreed ? score : undefined

interface Holding {
  readonly dial: Dial
  readonly share: number
  readonly chance: number
  readonly scored: (found: Found) => number | undefined
  /** Where an answer stands among others; undefined where it is not for the share to say. */
  readonly rank: typeof rankOfAll
  /** Is the share one of all requests? What was not judged counts then, too. */
  readonly all: boolean
}

function held({ dial, share, chance, scored, rank, all }: Holding): Looking {
  let counted: boolean | undefined
  return {
    judge(found) {
      const score = scored(found)
      const place = score === undefined && found.doubt === undefined ? undefined : rank(found, score)
      if (place === undefined) return score === undefined ? undefined : { score }
      const cut = dial.cutFor(place, share, chance)
      counted = place > cut
      dial.note(counted, share, place)
      return { ...(score === undefined ? {} : { score }), isStrong: counted }
    },
    settle(tier: Tier | undefined) {
      if (tier === undefined || (counted === undefined && !all)) return
      const isStrong = tier === 'frontier'
      if (counted === undefined) dial.note(isStrong, share)
      else if (counted !== isStrong) dial.correct(isStrong)
    },
  }
}
