// Intervals by resampling: how different two measurements would look by chance alone. Pure.
import { randomFrom, type Random } from '../../shared/random.ts'
import type { Score } from './measures.ts'

const ROUNDS = 400
/** Clocks here tell no less. */
const LEAST_MS = 0.01

export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * The bootstrap's standard interval: the mean of what is drawn, and so many of its standard deviations to both sides.
 * Percentiles would need a hundred times as many rounds to say as little as these are to be wrong.
 */
function interval(seed: string, deviations: number, draw: (random: Random) => number): Interval {
  const random = randomFrom(seed)
  const drawn = Array.from({ length: ROUNDS }, () => draw(random))
  const mean = drawn.reduce((sum, value) => sum + value, 0) / ROUNDS
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (ROUNDS - 1)
  const reach = deviations * Math.sqrt(variance)
  return { low: mean - reach, high: mean + reach }
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

/**
 * By how much a share is higher than chance would have it, were all as in earlier runs: those are drawn anew, and as many
 * answers as now are drawn by their share.
 */
export function shareShift(seed: string, now: Score, before: readonly Score[], deviations: number): Interval {
  return interval(seed, deviations, (random) => {
    let [right, total] = [0, 0]
    for (let at = 0; at < before.length; at += 1) {
      const score = one(random, before)
      right += score?.right ?? 0
      total += score?.total ?? 0
    }
    const usual = redraw(random, { right, total })
    return now.right / now.total - redraw(random, { right: usual * now.total, total: now.total })
  })
}

function quantileDrawn(random: Random, level: number, values: readonly number[]): number {
  const drawn = new Float64Array(values.length)
  for (let at = 0; at < drawn.length; at += 1) drawn[at] = one(random, values) ?? Number.NaN
  drawn.sort()
  return drawn[Math.floor(drawn.length * level)] ?? Number.NaN
}

/**
 * How many times as long something takes as it did in one earlier run, whichever: an hour that was slow by itself is
 * part of what is usual. `level` is the share of times that are shorter than those compared.
 */
export function timeRatio(
  seed: string,
  level: number,
  now: readonly number[],
  before: readonly (readonly number[])[],
  deviations: number,
): Interval {
  const { low, high } = interval(seed, deviations, (random) => {
    const usual = quantileDrawn(random, level, one(random, before) ?? [])
    return Math.log(Math.max(LEAST_MS, quantileDrawn(random, level, now)) / Math.max(LEAST_MS, usual))
  })
  return { low: Math.exp(low), high: Math.exp(high) }
}
