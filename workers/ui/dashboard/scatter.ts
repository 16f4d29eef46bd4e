// Quality against cost: where each model's results lie on a square, costs by their logarithm. Pure.
import type { Measured } from './answers.ts'

export interface Dot {
  readonly name: string
  readonly at: string
  /** Shares of the width from the left and of the height from the bottom, 0..1. */
  readonly x: number
  readonly y: number
  readonly cost: number
  readonly quality: number
}

export interface Scatter {
  readonly dots: readonly Dot[]
  readonly costTicks: readonly { readonly x: number; readonly cost: number }[]
  readonly qualityTicks: readonly { readonly y: number; readonly quality: number }[]
}

/** The worst dot stands so far above the edge at least, so that its name is not on it. */
const ABOVE = 0.03

/** What costs nothing stands at the left edge, one step below the least that costs something. */
export function scatterOf(results: readonly Measured[]): Scatter {
  const known = results.flatMap(({ model, at, accuracy, cost }) =>
    accuracy.share === null || cost.per_1000_requests === null
      ? []
      : [{ name: model, at, quality: accuracy.share, cost: cost.per_1000_requests }],
  )
  const paid = known.flatMap(({ cost }) => (cost > 0 ? [cost] : []))
  const low = Math.floor(Math.log10(Math.min(...paid, 1))) - (known.some(({ cost }) => cost <= 0) ? 1 : 0)
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...paid, 0.1))))
  const place = (cost: number): number => (cost <= 0 ? 0 : (Math.log10(cost) - low) / (high - low))
  const least = Math.min(0.9, ...known.map(({ quality }) => quality))
  const floor = Math.max(0, Math.floor((least - ABOVE) * 10) / 10)
  const height = (quality: number): number => (quality - floor) / (1 - floor)
  const hasFree = known.some(({ cost }) => cost <= 0)
  return {
    dots: known.map((dot) => ({ ...dot, x: place(dot.cost), y: height(dot.quality) })),
    costTicks: Array.from({ length: high - low + 1 }, (_, step) => ({
      x: step / (high - low),
      cost: step === 0 && hasFree ? 0 : 10 ** (low + step),
    })),
    qualityTicks: [floor, (floor + 1) / 2, 1].map((quality) => ({ y: height(quality), quality })),
  }
}
