// A share of strong calls as a cut on scores, held while the traffic drifts.
import { describe, expect, it } from 'vitest'
import { openDial, PLAIN_CUT } from '../../../../workers/routing/dial.ts'

/** Repeatable numbers in 0..1. Source: mulberry32, public domain. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function shareSent(share: number, scores: readonly number[]): number {
  const dial = openDial(share)
  return scores.filter((score) => score > dial.turn(score)).length / scores.length
}

describe('without a share', () => {
  it('the cut is plain, however many were seen', () => {
    const dial = openDial(undefined)
    for (let n = 0; n < 500; n += 1) expect(dial.turn(n / 500)).toBe(PLAIN_CUT)
  })
})

describe('a share', () => {
  for (const share of [0.05, 0.2, 0.5, 0.8]) {
    it(`of ${share} holds for steady traffic`, () => {
      const next = numbers(1)
      const sent = shareSent(
        share,
        Array.from({ length: 1_200 }, () => next() ** 3),
      )
      expect(Math.abs(sent - share)).toBeLessThan(0.05)
    })

    it(`of ${share} holds when the traffic drifts from easy to hard`, () => {
      const next = numbers(2)
      const sent = shareSent(
        share,
        Array.from({ length: 2_000 }, (_, n) => 0.4 * next() + (0.5 * n) / 2_000),
      )
      expect(Math.abs(sent - share)).toBeLessThan(0.1)
    })

    it(`of ${share} is found again after a jump`, () => {
      const next = numbers(3)
      const dial = openDial(share)
      for (let n = 0; n < 300; n += 1) dial.turn(0.2 * next())
      for (let n = 0; n < 256; n += 1) dial.turn(0.7 + 0.2 * next())
      const scores = Array.from({ length: 1_000 }, () => 0.7 + 0.2 * next())
      const sent = scores.filter((score) => score > dial.turn(score)).length / scores.length
      expect(Math.abs(sent - share)).toBeLessThan(0.05)
    })
  }

  it('is judged by the plain cut until enough was seen to know it', () => {
    const dial = openDial(0.2)
    for (let n = 0; n < 49; n += 1) expect(dial.turn(0.9)).toBe(PLAIN_CUT)
    expect(dial.turn(0.9)).not.toBe(PLAIN_CUT)
  })

  it('of nothing sends nothing to the strong model, from the first request on', () => {
    expect(
      shareSent(
        0,
        Array.from({ length: 300 }, (_, n) => (n % 100) / 100),
      ),
    ).toBe(0)
  })

  it('of everything sends everything, from the first request on, also the same request again and again', () => {
    expect(
      shareSent(
        1,
        Array.from({ length: 300 }, (_, n) => 0.01 + (n % 100) / 101),
      ),
    ).toBe(1)
    expect(
      shareSent(
        1,
        Array.from({ length: 300 }, () => 0.3),
      ),
    ).toBe(1)
  })
})
