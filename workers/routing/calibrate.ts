// From labels to a promise: which quality a share of strong calls reaches, and which share a quality needs. Pure.

/** A request whose gain was predicted before its outcome was known. */
export interface Judged {
  readonly gain: number
  readonly weak: number
  readonly strong: number
}

/** Ascending in share, from none to all; `quality` is the mean over the labels, 0..1. */
export interface Curve {
  readonly points: readonly {
    readonly share: number
    readonly quality: number
    readonly costMicros?: number
  }[]
  readonly weak: number
  readonly strong: number
}

/** Twentieths: finer than labels by the hundred can tell apart. */
const STEPS = 20

/** What one request costs at each tier, in micro-dollars. */
export interface TierCosts {
  readonly weakMicros: number
  readonly strongMicros: number
}

/** Undefined without any label. */
export function curveOf(labels: readonly Judged[], costs?: TierCosts): Curve | undefined {
  if (labels.length === 0) return undefined
  const sorted = labels.toSorted((a, b) => b.gain - a.gain)
  const weak = labels.reduce((sum, label) => sum + label.weak, 0) / labels.length
  const sums = [weak * labels.length]
  for (const label of sorted) sums.push((sums.at(-1) ?? 0) + label.strong - label.weak)
  const points = Array.from({ length: STEPS + 1 }, (_, step) => {
    const share = step / STEPS
    const quality = (sums[Math.round(share * labels.length)] ?? 0) / labels.length
    if (costs === undefined) return { share, quality }
    return {
      share,
      quality,
      costMicros: Math.ceil(costs.weakMicros * (1 - share) + costs.strongMicros * share),
    }
  })
  return { points, weak, strong: (sums.at(-1) ?? 0) / labels.length }
}

/**
 * The least share of strong calls whose quality reaches `quality` times the frontier's; 1 where none does. Between two
 * points the curve is a line.
 */
export function shareFor(curve: Curve, quality: number): number {
  const wanted = quality * curve.strong
  let before: Curve['points'][number] | undefined
  for (const point of curve.points) {
    if (point.quality >= wanted) {
      if (before === undefined) return point.share
      return (
        before.share +
        ((wanted - before.quality) / (point.quality - before.quality)) * (point.share - before.share)
      )
    }
    before = point
  }
  return 1
}

/** The mean quality that a share of strong calls reaches; between two points the curve is a line. */
export function qualityAt({ points }: Curve, share: number): number | undefined {
  const after = points.findIndex((point) => point.share >= share)
  const [low, high] = [points[after - 1], points[after]]
  if (high === undefined || low === undefined) return (high ?? points.at(-1))?.quality
  return low.quality + ((share - low.share) / (high.share - low.share)) * (high.quality - low.quality)
}

/** The share up to which strong calls gain more than `worth` each, by what they gained: where the most is left over. */
export function shareWorth({ points }: Curve, worth: number): number {
  let best = { share: 0, left: Number.NEGATIVE_INFINITY }
  for (const { share, quality } of points) {
    const left = quality - worth * share
    if (left > best.left) best = { share, left }
  }
  return best.share
}
