// How often the strong model is asked on a route: what was said of it as a share, and the counting that holds it. Pure.
import { type DialSetting, knobsIn } from '../../shared/dial.ts'
import { type Curve, shareFor } from './calibrate.ts'
import { openDial, PLAIN_CUT } from './dial.ts'
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

export interface Demand {
  /** Changes nothing. */
  read(asked: Asked): Demanded
  /** What was decided. `score` is absent where it had no say. */
  note(demanded: Demanded, isStrong: boolean, score: number | undefined): void
  /** What came of it: the tier that it was sent to, the one that answered, and what it cost. */
  settle(sent: 'mini' | 'frontier', answered: 'mini' | 'frontier', costMicros: number): void
}

const PER = 1_000
const MICROS = 1_000_000

/** One for each route, tenant and setting. */
export function openDemand(setting: DialSetting): Demand {
  const [knob] = knobsIn(setting)
  if (knob === undefined)
    return { read: () => ({ cut: PLAIN_CUT }), note: () => undefined, settle: () => undefined }
  const dial = openDial()
  const purse = openPurse()
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
    read(asked) {
      const share = shareOf(asked)
      const cut = dial.cutFor(asked.score, share, asked.chance)
      const isBlind = knob === 'quality' && asked.curve === undefined
      return { cut, share, ...(isBlind ? { why: 'no-evidence' } : {}) }
    },
    note: ({ share = 0 }, isStrong, score) => dial.note(isStrong, share, score),
    settle(sent, answered, costMicros) {
      if (sent !== answered) dial.correct(answered === 'frontier')
      if (knob === 'maxCostPer1k') purse.spend(sent === 'frontier', costMicros, capMicros)
    },
  }
}
