import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../shared/random.ts'
import { pickToken, topScores, type Sampling } from '../../../workers/micro/sampler.ts'

const logits = Float32Array.from([1, 3, 0.5, 2.9, -1, 2])
const peak = 1
const plain: Sampling = { temperature: 1, topP: 1, topK: 0 }

function shares(sampling: Sampling, draws = 20_000): number[] {
  const random = seededRandom(3)
  const counts = Array.from(logits, () => 0)
  for (let i = 0; i < draws; i++) {
    const id = pickToken(logits, peak, sampling, random)
    counts[id] = (counts[id] ?? 0) + 1
  }
  return counts.map((count) => count / draws)
}

function softmax(temperature: number): number[] {
  const weights = Array.from(logits, (logit) => Math.exp(logit / temperature))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

describe('a token', () => {
  it('is the most likely one at temperature 0 and at top-k 1', () => {
    expect(pickToken(logits, peak, { ...plain, temperature: 0 }, () => 0.99)).toBe(1)
    expect(pickToken(logits, peak, { ...plain, topK: 1 }, () => 0.99)).toBe(1)
  })

  for (const temperature of [0.5, 1, 1.7]) {
    it(`is drawn by its probability at temperature ${temperature}`, () => {
      const expected = softmax(temperature)
      shares({ ...plain, temperature }).forEach((share, id) =>
        expect(share).toBeCloseTo(expected[id] ?? 0, 1),
      )
    })
  }

  it('is one of the k most likely', () => {
    const drawn = shares({ ...plain, topK: 2 })
    expect((drawn[1] ?? 0) + (drawn[3] ?? 0)).toBe(1)
  })

  it('is one of the fewest that reach top-p, the one that crosses it included', () => {
    const [, first = 0, , second = 0] = softmax(1)
    expect(shares({ ...plain, topP: first - 0.01 })[1]).toBe(1)
    const drawn = shares({ ...plain, topP: first + second - 0.01 })
    expect((drawn[1] ?? 0) + (drawn[3] ?? 0)).toBe(1)
    expect(drawn[3]).toBeGreaterThan(0.3)
  })

  it('is never one of no probability, even when the draw is at the edge', () => {
    const steep = Float32Array.from([-1e6, 0, -1e6])
    for (const draw of [0, 0.5, 0.999999999]) expect(pickToken(steep, 1, plain, () => draw)).toBe(1)
  })
})

describe('a seed', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: 50 }, () => pickToken(logits, peak, plain, random))
  }
  it('repeats its draws', () => expect(draw(42)).toEqual(draw(42)))
  it('differs from another', () => expect(draw(42)).not.toEqual(draw(43)))
  it('may be negative or large', () => expect(draw(-5)).toEqual(draw(-5 + 2 ** 32)))
})

describe('scores', () => {
  it('are the largest log-probabilities in order, the first index first among equals', () => {
    const tied = Float32Array.from([1, 3, 3, 2])
    const logTotal = Math.log(Array.from(tied).reduce((sum, logit) => sum + Math.exp(logit), 0))
    const scores = topScores(tied, logTotal, 3)
    expect(scores.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(scores[0]?.logprob).toBeCloseTo(3 - logTotal, 6)
  })
  it('are as many as were asked for', () => expect(topScores(logits, 0, 0)).toEqual([]))
})
