// How often the strong model is asked on a route: what was said of it as a share, and the counting that holds it. Pure.
// In a cascade that looks at answers the share is of those, and the look holds it.
import { type DialSetting, knobsIn } from '../../shared/dial.ts'
import { type Curve, shareFor } from './calibrate.ts'
import type { Effort } from './classify.ts'
import { openDial, PLAIN_CUT } from './dial.ts'
import { openGrounds } from './ground.ts'
import { openPurse, type TierCosts } from './purse.ts'

/** One request, as far as its cut depends on it. */
export interface Asked {
  readonly score: number
  /** Decides between equal scores. */
  readonly chance: number
  /** What the route has learned of the quality that a share reaches; absent before it has. */
  readonly curve?: Curve
  /** What the request should cost at each tier. */
  readonly costs: () => TierCosts
}

export interface Demanded {
  readonly cut: number
  /** Absent where the cut is plain. */
  readonly share?: number
  /** A quality was promised, and nothing is known of it yet: all is sent to the strong model. */
  readonly why?: 'no-evidence'
}

/** One request of a cascade that looks at answers: every one that a small model can serve is asked of it. */
export type Looked = Pick<Asked, 'curve' | 'costs'>

export interface Demand {
  /** The effort as the route orders requests by it; changes nothing. */
  weigh(effort: Effort): Effort
  /** Changes nothing. */
  read(asked: Asked): Demanded
  /**
   * The share of all requests that may end at the strong model once the small one has answered; undefined where nothing
   * was said of it, or its quality is not known. Changes nothing.
   */
  look(looked: Looked): number | undefined
  /** What was decided, of a request as it was judged. `score` is absent where it had no say. */
  note(demanded: Demanded, isStrong: boolean, score: number | undefined, judged?: Effort): void
  /** What came of it: the tier that it was sent to, the one that answered, and what it cost. */
  settle(sent: 'mini' | 'frontier', answered: 'mini' | 'frontier', costMicros: number): void
  /** The same in a cascade that looks at answers. */
  settleLook(answered: 'mini' | 'frontier', costMicros: number): void
}

const PER = 1_000
const MICROS = 1_000_000

/** One for each route, tenant and setting. */
export function openDemand(setting: DialSetting): Demand {
  const [knob] = knobsIn(setting)
  if (knob === undefined)
    return {
      weigh: (effort) => effort,
      read: () => ({ cut: PLAIN_CUT }),
      look: () => undefined,
      note: () => undefined,
      settle: () => undefined,
      settleLook: () => undefined,
    }
  const dial = openDial()
  const purse = openPurse()
  const lookPurse = openPurse() // here a strong answer costs the small one too
  const grounds = openGrounds()
  const capMicros = ((setting.maxCostPer1k ?? 0) * MICROS) / PER

  const shareOf = ({ curve, costs }: Asked): number => {
    switch (knob) {
      case 'strongShare':
        return setting.strongShare ?? 0
      case 'quality':
        return curve === undefined ? 1 : shareFor(curve, setting.quality ?? 1)
      case 'maxCostPer1k':
        return purse.shareFor(capMicros, costs())
    }
  }

  return {
    weigh(effort) {
      const { pair, features } = effort
      if (pair === undefined) return effort
      const score = grounds.isKnown() ? pair.score : PLAIN_CUT
      const known = { known: pair.isKnown ? 1 : 0, known_share: grounds.share() }
      return { ...effort, score, features: { ...features, ...known } }
    },
    read(asked) {
      const share = shareOf(asked)
      const cut = dial.cutFor(asked.score, share, asked.chance)
      const isBlind = knob === 'quality' && asked.curve === undefined
      return { cut, share, ...(isBlind ? { why: 'no-evidence' } : {}) }
    },
    look({ curve, costs }) {
      switch (knob) {
        case 'strongShare':
          return setting.strongShare
        case 'quality':
          return curve && shareFor(curve, setting.quality ?? 1)
        case 'maxCostPer1k':
          return lookPurse.shareFor(capMicros, stacked(costs()))
      }
    },
    note({ share = 0 }, isStrong, score, judged) {
      dial.note(isStrong, share, score)
      if (judged?.pair !== undefined) grounds.note(judged.pair.isKnown)
    },
    settle(sent, answered, costMicros) {
      if (sent !== answered) dial.correct(answered === 'frontier')
      if (knob === 'maxCostPer1k') purse.spend(sent === 'frontier', costMicros, capMicros)
    },
    settleLook(answered, costMicros) {
      if (knob === 'maxCostPer1k') lookPurse.spend(answered === 'frontier', costMicros, capMicros)
    },
  }
}

/** What each end of a cascade costs: whoever ends at the strong model has paid for the small answer before. */
export const stacked = ({ weakMicros, strongMicros }: TierCosts): TierCosts => ({
  ...(weakMicros === undefined ? {} : { weakMicros }),
  ...(weakMicros === undefined || strongMicros === undefined
    ? {}
    : { strongMicros: weakMicros + strongMicros }),
})
