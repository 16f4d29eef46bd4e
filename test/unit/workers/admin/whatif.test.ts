// What other shares of strong calls would have cost, of requests that can be counted by hand.
import { describe, expect, it } from 'vitest'
import type { ReadRequests } from '../../../../workers/admin/requests.ts'
import { lookPointsOf, type Past, pointsOf, readWhatIf } from '../../../../workers/admin/whatif.ts'

const mini = (score: number, frontierMicros: number): Past => ({
  tier: 'mini',
  score,
  costMicros: 10,
  frontierMicros,
})
const frontier = (score: number, costMicros: number): Past => ({ tier: 'frontier', score, costMicros })

describe('at another share', () => {
  const past = [mini(0.1, 1_000), mini(0.2, 2_000), frontier(0.8, 4_000), frontier(0.9, 3_000)]
  const points = pointsOf(past) ?? []
  const per1k = (share: number): number | undefined =>
    points.find((point) => point.share === share)?.per1kMicros

  it('none is what small answers cost, also for those that the frontier gave', () => {
    expect(per1k(0)).toBe((4 * 10 * 1_000) / 4)
  })
  it('all is what the frontier would have cost', () => {
    expect(per1k(1)).toBe((10_000 * 1_000) / 4)
  })
  it('those with the highest scores go first', () => {
    expect(per1k(0.25)).toBe(((3_000 + 3 * 10) * 1_000) / 4)
    expect(per1k(0.5)).toBe(((7_000 + 2 * 10) * 1_000) / 4)
    expect(per1k(0.75)).toBe(((9_000 + 10) * 1_000) / 4)
  })
  it('the cut is the score of the first that stays', () => {
    expect(points.find(({ share }) => share === 0.5)?.cut).toBe(0.2)
    expect([points[0]?.cut, points.at(-1)?.cut]).toEqual([null, null])
  })
  it('the cost never falls where the frontier is dearer', () => {
    expect(points.map(({ per1kMicros }) => per1kMicros)).toEqual(
      points.map((point) => point.per1kMicros).toSorted((a, b) => a - b),
    )
  })
  it('what only one tier could answer costs the same at every share', () => {
    const bound: Past = { tier: 'frontier', costMicros: 500 }
    const more = pointsOf([...past, bound]) ?? []
    expect(more[0]?.per1kMicros).toBe(((40 + 500) * 1_000) / 5)
    expect(more.at(-1)?.per1kMicros).toBe(((10_000 + 500) * 1_000) / 5)
  })
  it('nothing can be said without a score, or without any price of the frontier', () => {
    expect(pointsOf([])).toBeUndefined()
    expect(pointsOf([{ tier: 'mini', costMicros: 0 }])).toBeUndefined()
    expect(pointsOf([{ tier: 'mini', score: 0.3, costMicros: 0 }])).toBeUndefined()
  })
})

describe('of a cascade that looks at answers', () => {
  const kept = (score: number, frontierMicros: number): Past => ({
    tier: 'mini',
    score: 0.5,
    costMicros: 10,
    frontierMicros,
    look: { score, smallMicros: 10 },
  })
  const given: Past = {
    tier: 'frontier',
    score: 0.5,
    costMicros: 3_010,
    look: { score: 0.9, smallMicros: 10 },
  }
  const points = lookPointsOf([kept(0.1, 1_000), kept(0.2, 2_000), kept(0.3, 4_000), given]) ?? []
  const per1k = (share: number): number | undefined =>
    points.find((point) => point.share === share)?.per1kMicros

  it('every small answer is paid for, at every share, and the most promising go on first', () => {
    expect(per1k(0)).toBe((4 * 10 * 1_000) / 4)
    expect(per1k(0.25)).toBe(((40 + 3_000) * 1_000) / 4)
    expect(per1k(0.5)).toBe(((40 + 7_000) * 1_000) / 4)
    expect(per1k(1)).toBe(((40 + 10_000) * 1_000) / 4)
    expect(points.find(({ share }) => share === 0.25)?.cut).toBe(0.3)
  })

  it('nothing is said where no answer was looked at', () => {
    expect(lookPointsOf([mini(0.1, 1_000)])).toBeUndefined()
  })

  it('scores and small costs are read from the calls of a row', async () => {
    const row = (id: number, tier: string, attempts: unknown): Record<string, unknown> => ({
      id: `r${id}`,
      route: 'auto',
      end: 'finish',
      tier,
      score: 0.4,
      cost_micros: tier === 'mini' ? 10 : 2_010,
      frontier_cost: 0.002,
      attempts,
    })
    const found = await readWhatIf(
      () =>
        Promise.resolve({
          rows: [
            row(1, 'mini', [{ target: 'small', end: 'answered', look: 0.2, costMicros: 10 }]),
            row(2, 'frontier', [
              { target: 'small', end: 'rejected-look', aside: true, look: 0.8, costMicros: 10 },
              { target: 'large', end: 'answered', costMicros: 2_000 },
            ]),
            row(3, 'mini', [{ target: 'small', end: 'answered', costMicros: 10 }]),
          ],
        }),
      'auto',
    )
    expect(found['look']).toMatchObject({ scored: 2, scored_share: 0.5 })
    const [none, ...more] = (found['look'] as { points: { per_1k: number }[] }).points
    expect(none?.per_1k).toBeCloseTo(0.01, 9)
    expect(more.at(-1)?.per_1k).toBeCloseTo(2.01, 9)
  })
})

it('only whole answers of the route count', async () => {
  const row = (id: number, fields: Record<string, unknown>): Record<string, unknown> => ({
    id: `r${id}`,
    route: 'auto',
    end: 'finish',
    tier: 'mini',
    score: 0.4,
    cost_micros: 100,
    frontier_cost: 0.002,
    ...fields,
  })
  const all = [
    row(5, {}),
    row(4, { tier: 'frontier', score: null, cost_micros: 900 }),
    row(3, { route: 'solid' }),
    row(2, { end: 'error' }),
    row(1, { tier: 'cache' }),
  ]
  const read: ReadRequests = async ({ route, end }) => ({
    rows: all.filter((one) => one['route'] === route && one['end'] === end),
  })
  const found = await readWhatIf(read, 'auto')
  expect(found).toMatchObject({ requests: 2, scored: 1, share: 0.5, scored_share: 0, per_1k: 0.5 })
  expect(found['points']).toHaveLength(21)
})

it('where the search ended early it goes on from there', async () => {
  const asked: (string | undefined)[] = []
  const read: ReadRequests = async ({ before }) => {
    asked.push(before)
    return before === undefined ? { rows: [], reached: 'r5~' } : { rows: [] }
  }
  expect(await readWhatIf(read, 'auto')).toMatchObject({ requests: 0, points: [] })
  expect(asked).toEqual([undefined, 'r5~'])
})
