// The ways in which the questions are asked: baselines, every kind of dial, and cascades.
import type { Fields } from '../../../test/lab/client.ts'
import { seededRandom } from '../../../shared/random.ts'
import { HELPERS } from './questions.ts'

export interface Setting {
  readonly name: string
  readonly bodyFor: (at: number) => Fields
}

const TIERS = { mini: ['weak'], frontier: ['strong'] }

export const helped = (helper: string): string => `with-${helper}`

/** `auto` is the plain route; cascades that ask a second small model have it in their tier. */
export const ROUTES: Fields = {
  auto: TIERS,
  formal: { ...TIERS, cascade: { secondAnswer: false } },
  ...Object.fromEntries(
    Object.keys(HELPERS).map((helper) => [
      helped(helper),
      { mini: ['weak', helper], frontier: ['strong'], cascade: true },
    ]),
  ),
}

const always = (body: Fields) => (): Fields => body

export const dialled = (minnow: Fields): Fields => ({ model: 'auto', minnow })

/** From none to all, so that an area can be told. */
export const SHARES = [0, 0.1, 0.2, 0.3, 0.5, 0.8, 1]

export const share = (strongShare: number): Setting => ({
  name: `strongShare ${strongShare}`,
  bodyFor: always(dialled({ strongShare })),
})

export const quality = (its: number): Setting => ({
  name: `quality ${its}`,
  bodyFor: always(dialled({ quality: its })),
})

/** A client that tosses a coin, and asks the model by its name. */
export function random(part: number): Setting {
  const toss = seededRandom(Math.round(part * 1_000))
  const faces = Array.from({ length: 20_000 }, () => toss() < part)
  return {
    name: `random ${part}`,
    bodyFor: (at) => ({ model: faces[at % faces.length] === true ? 'strong' : 'weak' }),
  }
}

export const allStrong: Setting = { name: 'all strong', bodyFor: always({ model: 'strong' }) }

export const BASELINES: readonly Setting[] = [
  { name: 'all weak', bodyFor: always({ model: 'weak' }) },
  random(0.2),
  random(0.5),
]

export const DIALS: readonly Setting[] = [
  ...SHARES.map(share),
  { name: 'maxCostPer1k 1', bodyFor: always(dialled({ maxCostPer1k: 1 })) },
]

export const formal: Setting = { name: 'cascade, form only', bodyFor: always({ model: 'formal' }) }

/** What the second small model is worth without any gateway. */
export const alone = (helper: string): Setting => ({
  name: `${helper} alone`,
  bodyFor: always({ model: helper }),
})

export const agreed = (helper: string): Setting => ({
  name: `cascade, ${helper} agrees`,
  bodyFor: always({ model: helped(helper) }),
})
