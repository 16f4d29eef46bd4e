// What was said of a route, as a cut: a share, a quality, a cost.
import { describe, expect, it } from 'vitest'
import type { DialSetting } from '../../../../shared/dial.ts'
import { type Asked, openDemand } from '../../../../workers/routing/demand.ts'
import { PLAIN_CUT } from '../../../../workers/routing/dial.ts'

const asked = (over: Partial<Asked> = {}): Asked => ({
  score: 0.3,
  chance: 0.5,
  costs: () => ({ weakMicros: 100, strongMicros: 1_100 }),
  ...over,
})
const curve = {
  points: [
    { share: 0, quality: 0.6 },
    { share: 0.5, quality: 0.75 },
    { share: 1, quality: 0.8 },
  ],
  weak: 0.6,
  strong: 0.8,
}

describe('a share', () => {
  const cases: readonly [string, DialSetting, Partial<Asked>, number | undefined, string | undefined][] = [
    ['is not there where none was said', {}, {}, undefined, undefined],
    ['is not there where only an order was said', { sort: 'price' }, {}, undefined, undefined],
    ['is the one that was said', { strongShare: 0.2 }, {}, 0.2, undefined],
    ['is the least that reaches the quality', { quality: 0.875 }, { curve }, 1 / 3, undefined],
    ['is none where the weak model reaches it', { quality: 0.7 }, { curve }, 0, undefined],
    ['is all where nothing is known of the quality', { quality: 0.7 }, {}, 1, 'no-evidence'],
    ['is what the cost allows', { maxCostPer1k: 0.3 }, {}, 0.2, undefined],
    ['is none where nothing may be spent', { maxCostPer1k: 0 }, {}, 0, undefined],
  ]
  for (const [name, setting, over, share, why] of cases) {
    it(name, () => {
      const demanded = openDemand(setting).read(asked(over))
      if (share === undefined) expect(demanded).toEqual({ cut: PLAIN_CUT })
      else expect(demanded.share).toBeCloseTo(share, 10)
      expect(demanded.why).toBe(why)
    })
  }
})

it('is held by what answered, not by what was sent', () => {
  const demand = openDemand({ strongShare: 0.5 })
  let strong = 0
  for (let n = 0; n < 400; n += 1) {
    const score = (n * 61) % 100
    const demanded = demand.read(asked({ score: score / 100, chance: 0.5 }))
    const isStrong = score / 100 > demanded.cut
    demand.note(demanded, isStrong, score / 100)
    const answered = isStrong || n % 4 === 0 ? 'frontier' : 'mini'
    demand.settle(isStrong ? 'frontier' : 'mini', answered, 0)
    if (answered === 'frontier') strong += 1
  }
  expect(Math.abs(strong / 400 - 0.5)).toBeLessThan(0.03)
})

it('of a cost follows what requests did cost, whatever they should have', () => {
  const demand = openDemand({ maxCostPer1k: 0.3 })
  for (let n = 0; n < 60; n += 1)
    demand.settle(
      n % 5 === 0 ? 'frontier' : 'mini',
      n % 5 === 0 ? 'frontier' : 'mini',
      n % 5 === 0 ? 2_100 : 100,
    )
  const { share = 1 } = demand.read(asked())
  expect(share).toBeLessThan(0.1) // (300 - 100) / 2,000, less what was overspent
})
