// A share of strong calls as a cut on scores: it holds whatever the traffic does.
import { array, assert, double, nat, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../../shared/random.ts'
import { type Dial, openDial, PLAIN_CUT } from '../../../../workers/routing/dial.ts'

const decide = (dial: Dial, share: number, score: number, chance: number): boolean => {
  const isStrong = score > dial.cutFor(score, share, chance)
  dial.note(isStrong, share, score)
  return isStrong
}

function sentOf(share: number, scores: readonly number[], seed = 9): boolean[] {
  const dial = openDial()
  const chance = seededRandom(seed)
  return scores.map((score) => decide(dial, share, score, chance()))
}

const shareOf = (sent: readonly boolean[]): number => sent.filter(Boolean).length / sent.length
const scoresOf = (seed: number, count: number, draw: (next: number, n: number) => number): number[] => {
  const next = seededRandom(seed)
  return Array.from({ length: count }, (_, n) => draw(next(), n))
}

const SHARES = [0.05, 0.2, 0.5, 0.8]
const WITHIN = 0.03

describe('a share', () => {
  for (const share of SHARES) {
    it(`of ${share} holds for steady traffic, and the hard ones are those sent`, () => {
      const scores = scoresOf(1, 600, (next) => next ** 3)
      const sent = sentOf(share, scores)
      expect(Math.abs(shareOf(sent) - share)).toBeLessThan(WITHIN)
      const mean = (wanted: boolean): number => {
        const some = scores.filter((_, n) => sent[n] === wanted)
        return some.reduce((sum, score) => sum + score, 0) / some.length
      }
      expect(mean(true)).toBeGreaterThan(mean(false) * 1.5)
    })

    it(`of ${share} holds while the traffic drifts from easy to hard, and back`, () => {
      const up = scoresOf(2, 1_000, (next, n) => 0.4 * next + (0.5 * n) / 1_000)
      expect(Math.abs(shareOf(sentOf(share, up)) - share)).toBeLessThan(WITHIN)
      expect(Math.abs(shareOf(sentOf(share, up.toReversed())) - share)).toBeLessThan(WITHIN)
    })

    it(`of ${share} holds when other traffic comes midway, in both halves of it`, () => {
      for (const [before, after] of [
        [0.1, 0.7],
        [0.7, 0.1],
      ] as const) {
        const scores = scoresOf(3, 900, (next, n) => (n < 450 ? before : after) + 0.2 * next)
        const sent = sentOf(share, scores)
        for (const part of [sent, sent.slice(0, 450), sent.slice(450)])
          expect(Math.abs(shareOf(part) - share)).toBeLessThan(WITHIN)
      }
    })

    it(`of ${share} holds over isolates that see a few requests each`, () => {
      for (const each of [1, 3, 10, 30]) {
        const sent = Array.from({ length: 3_000 / each }, (_, isolate) =>
          sentOf(
            share,
            scoresOf(isolate, each, (next) => 0.6 + 0.3 * next),
            isolate + 7_000,
          ),
        ).flat()
        expect(Math.abs(shareOf(sent) - share)).toBeLessThan(WITHIN)
      }
    })

    it(`of ${share} holds when other traffic comes to ten isolates midway`, () => {
      const sent = Array.from({ length: 10 }, (_, isolate) =>
        sentOf(
          share,
          scoresOf(isolate, 90, (next, n) => (n < 45 ? 0.1 : 0.7) + 0.2 * next),
          isolate + 500,
        ),
      ).flat()
      expect(Math.abs(shareOf(sent) - share)).toBeLessThan(WITHIN)
    })

    it(`of ${share} holds where all scores are the same`, () => {
      const sent = sentOf(
        share,
        Array.from({ length: 600 }, () => 0.3),
      )
      expect(Math.abs(shareOf(sent) - share)).toBeLessThan(WITHIN)
    })
  }

  it('holds within its bound whatever the scores are', () => {
    const any = array(double({ min: 0, max: 1, noNaN: true }), { minLength: 50, maxLength: 400 })
    assert(
      property(any, double({ min: 0.01, max: 0.99, noNaN: true }), nat(), (scores, share, seed) => {
        expect(Math.abs(shareOf(sentOf(share, scores, seed)) - share)).toBeLessThanOrEqual(
          1.1 / (0.1 * scores.length) + 1e-9,
        )
      }),
      { numRuns: 200 },
    )
  })

  it('counts what is sent whatever its score, and saves it elsewhere', () => {
    const dial = openDial()
    const next = seededRandom(4)
    const sent = Array.from({ length: 1_000 }, (_, n) => {
      if (n % 10 !== 0) return decide(dial, 0.2, next(), next())
      dial.note(true, 0.2)
      return true
    })
    expect(Math.abs(shareOf(sent) - 0.2)).toBeLessThan(WITHIN)
  })

  it('that is forced beyond itself is not paid back for long', () => {
    const dial = openDial()
    const next = seededRandom(5)
    for (let n = 0; n < 500; n += 1) dial.note(true, 0.2)
    const sent = Array.from({ length: 300 }, () => decide(dial, 0.2, next(), next()))
    expect(Math.abs(shareOf(sent) - 0.2)).toBeLessThan(WITHIN)
  })

  it('counts what was handed over as what answered', () => {
    const dial = openDial()
    const next = seededRandom(6)
    let strong = 0
    for (let n = 0; n < 1_000; n += 1) {
      const isStrong = decide(dial, 0.4, next(), next())
      const isHandedOver = !isStrong && next() < 0.2
      if (isHandedOver) dial.correct(true)
      if (isStrong || isHandedOver) strong += 1
    }
    expect(Math.abs(strong / 1_000 - 0.4)).toBeLessThan(WITHIN)
  })

  it('of nothing sends nothing to the strong model, from the first request on', () =>
    expect(
      shareOf(
        sentOf(
          0,
          Array.from({ length: 300 }, (_, n) => (n % 101) / 100),
        ),
      ),
    ).toBe(0))

  it('of everything sends everything, from the first request on, also the same request again and again', () => {
    expect(
      shareOf(
        sentOf(
          1,
          Array.from({ length: 300 }, (_, n) => (n % 100) / 100),
        ),
      ),
    ).toBe(1)
    expect(
      shareOf(
        sentOf(
          1,
          Array.from({ length: 300 }, () => 0),
        ),
      ),
    ).toBe(1)
  })
})

describe('a cut', () => {
  it('is asked for without changing anything, and the same again for the same request', () => {
    const dial = openDial()
    for (const score of [0.1, 0.2, 0.3, 0.4]) decide(dial, 0.5, score, 0.5)
    const cut = dial.cutFor(0.25, 0.5, 0.5)
    for (let n = 0; n < 50; n += 1) expect(dial.cutFor(0.25, 0.5, 0.5)).toBe(cut)
  })
  it('tells equals apart by chance, on the right side of their score', () => {
    const dial = openDial()
    for (let n = 0; n < 20; n += 1) dial.note(n % 2 === 0, 0.5, 0.3)
    expect(dial.cutFor(0.3, 0.5, 0.99)).toBeLessThan(0.3)
    expect(dial.cutFor(0.3, 0.5, 0.01)).toBeGreaterThanOrEqual(0.3)
  })
  it('is plain where there is nothing to compare with but chance', () => {
    expect(openDial().cutFor(0.9, 0.2, 0.9)).toBe(PLAIN_CUT)
    expect(openDial().cutFor(0.9, 0.2, 0.1)).toBe(0.9)
  })
})
