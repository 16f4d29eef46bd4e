// Intervals by resampling: how different two measurements would look by chance alone. Pure.
import { randomFrom, type Random } from './random.ts'
import type { Score } from './measures.ts'

const ROUNDS = 2_000

/** In each round a difference; the interval that holds so large a share of them. */
function interval(
  seed: string,
  share: number,
  draw: (random: Random) => number,
): { low: number; high: number } {
  const random = randomFrom(seed)
  const drawn = Float64Array.from({ length: ROUNDS }, () => draw(random)).sort()
  const tail = Math.floor(((1 - share) / 2) * ROUNDS)
  return { low: drawn[tail] ?? Number.NaN, high: drawn[ROUNDS - 1 - tail] ?? Number.NaN }
}

/** Rights in as many draws; where they are many, by the normal curve, which is as good and a hundred times as fast. */
function redraw(random: Random, { right, total }: Score): number {
  // Nobody is perfect: without these two a model that had all right could never be wrong by chance.
  const share = (right + 0.5) / (total + 1)
  if (total * share * (1 - share) > 9) {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
    return Math.min(1, Math.max(0, share + normal * Math.sqrt((share * (1 - share)) / total)))
  }
  let count = 0
  for (let at = 0; at < total; at += 1) if (random.next() < share) count += 1
  return count / total
}

const one = <T>(random: Random, items: readonly T[]): T | undefined =>
  items[random.whole(0, items.length - 1)]

/** By how much a share is higher than in earlier runs: the runs are drawn anew, and the answers within them. */
export function shareShift(
  seed: string,
  now: Score,
  before: readonly Score[],
  share: number,
): { low: number; high: number } {
  return interval(seed, share, (random) => {
    const drawn = before.map(() => {
      const score = one(random, before)
      return score === undefined ? 0 : redraw(random, score) * score.total
    })
    const total = before.reduce((sum, score) => sum + score.total, 0)
    return redraw(random, now) - drawn.reduce((sum, right) => sum + right, 0) / total
  })
}

function medianDrawn(random: Random, values: readonly number[]): number {
  const drawn = Float64Array.from(values, () => one(random, values) ?? Number.NaN).sort()
  return drawn[Math.floor(drawn.length / 2)] ?? Number.NaN
}

/**
 * How many times as long something takes as it did in one earlier run, whichever: an hour that was slow by itself is
 * part of what is usual.
 */
export function timeRatio(
  seed: string,
  now: readonly number[],
  before: readonly (readonly number[])[],
  share: number,
): { low: number; high: number } {
  return interval(
    seed,
    share,
    (random) => medianDrawn(random, now) / Math.max(1e-3, medianDrawn(random, one(random, before) ?? [])),
  )
}
