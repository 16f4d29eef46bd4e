// A cost of 1,000 requests as a share of strong calls, held by what they really cost.
import { describe, expect, it } from 'vitest'
import { openPurse, type TierCosts } from '../../../../workers/routing/purse.ts'

describe('the share that a cost allows', () => {
  const guess: TierCosts = { weakMicros: 100, strongMicros: 1_100 }
  const cases: readonly [string, number, TierCosts, number][] = [
    ['is what is left above the weak model', 300, guess, 0.2],
    ['is nothing below it', 50, guess, 0],
    ['is all above the strong model', 5_000, guess, 1],
    ['is nothing where nobody knows what the strong model costs', 300, { weakMicros: 100 }, 0],
    ['is nothing where nobody knows what the weak model costs', 300, { strongMicros: 100 }, 0],
    ['is all where the strong model is the cheaper one', 300, { weakMicros: 200, strongMicros: 100 }, 1],
    ['is nothing where both are too dear', 300, { weakMicros: 900, strongMicros: 800 }, 0],
  ]
  for (const [name, cap, costs, share] of cases)
    it(name, () => expect(openPurse().shareFor(cap, costs)).toBeCloseTo(share, 10))
})

it('what requests cost long ago is forgotten', () => {
  const purse = openPurse()
  for (let n = 0; n < 500; n += 1) purse.spend(true, 3_000, 3_000)
  for (let n = 0; n < 300; n += 1) purse.spend(true, 600, 600)
  for (let n = 0; n < 100; n += 1) purse.spend(false, 100, 100)
  // (300 - 100) / (600 - 100), less what is not forgotten yet
  expect(purse.shareFor(300, { weakMicros: 100, strongMicros: 600 })).toBeGreaterThan(0.28)
})

/** Spends as the share says, and returns the mean. */
function meanOf(
  capMicros: number,
  costs: (n: number) => readonly [number, number],
  guess: TierCosts,
): number {
  const purse = openPurse()
  let [total, debt] = [0, 0]
  const count = 1_000
  for (let n = 0; n < count; n += 1) {
    debt += purse.shareFor(capMicros, guess)
    const isStrong = debt >= 1
    if (isStrong) debt -= 1
    const [weak, strong] = costs(n)
    const cost = isStrong ? strong : weak
    purse.spend(isStrong, cost, capMicros)
    total += cost
  }
  return total / count
}

describe('the mean of what requests cost', () => {
  const cases: readonly [string, (n: number) => readonly [number, number], TierCosts][] = [
    ['where the guess is right', () => [100, 1_100], { weakMicros: 100, strongMicros: 1_100 }],
    ['where the guess is far too low', () => [100, 4_000], { weakMicros: 10, strongMicros: 500 }],
    ['where the guess is far too high', () => [100, 900], { weakMicros: 900, strongMicros: 9_000 }],
    [
      'where requests become five times dearer',
      (n) => (n < 500 ? [50, 600] : [250, 3_000]),
      { weakMicros: 50, strongMicros: 600 },
    ],
    [
      'where costs scatter',
      (n) => [40 + ((n * 37) % 120), 300 + ((n * 7_919) % 1_600)],
      { weakMicros: 100, strongMicros: 1_100 },
    ],
  ]
  for (const [name, costs, guess] of cases) {
    it(`is within the cap, and uses it: ${name}`, () => {
      const mean = meanOf(400, costs, guess)
      expect(mean).toBeLessThan(400 * 1.03)
      expect(mean).toBeGreaterThan(400 * 0.9)
    })
  }
})
