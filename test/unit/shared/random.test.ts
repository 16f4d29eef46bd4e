// Chance from a seed: the same again, even, and different for seeds that are alike.
import { describe, expect, it } from 'vitest'
import { randomFrom, seededRandom } from '../../../shared/random.ts'

const numbers = (seed: number, count = 2_000): number[] => {
  const next = seededRandom(seed)
  return Array.from({ length: count }, next)
}

describe('numbers from a seed', () => {
  it('are the ones that recorded samples were drawn with', () => {
    // Answers of the embedded model with a seed are promised to be the same again.
    expect(numbers(0, 3)).toEqual([0.41145383077673614, 0.7731582142878324, 0.02885975269600749])
  })

  it('are the same again, from 0 to 1, and even', () => {
    expect(numbers(5)).toEqual(numbers(5))
    const all = numbers(5, 10_000)
    expect(all.every((one) => one >= 0 && one < 1)).toBe(true)
    expect(all.reduce((sum, one) => sum + one, 0) / all.length).toBeCloseTo(0.5, 1)
  })

  it('are others for every seed beside it', () => {
    for (const seed of [0, 1, 41, 2 ** 31 - 1]) expect(numbers(seed, 4)).not.toEqual(numbers(seed + 1, 4))
  })
})

describe('chance from a name', () => {
  it('draws whole numbers of the whole range, and every order of a list', () => {
    const random = randomFrom('a name')
    expect(new Set(Array.from({ length: 200 }, () => random.whole(3, 6)))).toEqual(new Set([3, 4, 5, 6]))
    const orders = new Set(Array.from({ length: 200 }, () => random.shuffled(['a', 'b', 'c']).join('')))
    expect(orders.size).toBe(6)
    expect(random.some(['a', 'b', 'c'], 2)).toHaveLength(2)
  })

  it('is another for another name', () => {
    const drawn = (name: string): number[] => Array.from({ length: 4 }, randomFrom(name).next)
    expect(drawn('one')).toEqual(drawn('one'))
    expect(drawn('one')).not.toEqual(drawn('two'))
  })
})
