// What is left to chance is the same for the same request, and even over many.
import { expect, it } from 'vitest'
import { chanceOf } from '../../../../workers/routing/chance.ts'

it('is the same for one name, another for another, and another for another question', () => {
  expect(chanceOf('req_1', 'weight')).toBe(chanceOf('req_1', 'weight'))
  expect(chanceOf('req_1', 'weight')).not.toBe(chanceOf('req_2', 'weight'))
  expect(chanceOf('req_1', 'weight')).not.toBe(chanceOf('req_1', 'trial'))
})

it('is even, also over names that differ little', () => {
  const tenths = Array.from({ length: 10 }, () => 0)
  for (let n = 0; n < 10_000; n += 1) {
    const chance = chanceOf(`req_${n}`, 'weight')
    expect(chance).toBeGreaterThanOrEqual(0)
    expect(chance).toBeLessThan(1)
    tenths[Math.floor(chance * 10)] = (tenths[Math.floor(chance * 10)] ?? 0) + 1
  }
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(120)
})
