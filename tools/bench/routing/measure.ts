// The metrics of RouteLLM (arXiv 2406.18665) and their 95 % intervals. Pure.
import { seededRandom } from '../../../shared/random.ts'
import type { Outcome } from './sets.ts'

export interface Quality {
  /** Area under the recovered gain over the share of strong calls. */
  readonly apgr: number
  /** The least share of strong calls, in percent, that recovers half and four fifths of the gain. */
  readonly cpt50: number
  readonly cpt80: number
}

/** Requests of equal score count as any order of them. */
export function measure(scores: readonly number[], outcomes: readonly Outcome[]): Quality {
  const order = scores.map((_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  const gains = outcomes.map(({ weak, strong }) => strong - weak)
  const total = gains.reduce((sum, gain) => sum + gain, 0)
  const count = order.length
  const reached = { area: 0, gain: 0, cpt50: Number.NaN, cpt80: Number.NaN }
  for (let start = 0; start < count;) {
    let [end, step] = [start, 0]
    for (; end < count && scores[order[end] ?? 0] === scores[order[start] ?? 0]; end += 1)
      step += gains[order[end] ?? 0] ?? 0
    for (const [name, part] of [
      ['cpt50', 0.5],
      ['cpt80', 0.8],
    ] as const) {
      const wanted = part * total
      if (!Number.isNaN(reached[name]) || reached.gain + step < wanted) continue
      reached[name] = (100 * (start + ((wanted - reached.gain) / step) * (end - start))) / count
    }
    reached.area += (end - start) * (reached.gain + step / 2)
    reached.gain += step
    start = end
  }
  return { apgr: reached.area / total / count, cpt50: reached.cpt50, cpt80: reached.cpt80 }
}

export function shuffled(count: number, seed: number): number[] {
  const random = seededRandom(seed)
  const order = Array.from({ length: count }, (_, at) => at)
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0]
  }
  return order
}

const DRAWS = 200

/** The middle 95 % of a figure, from draws of as many places, with replacement. */
export function drawn(
  count: number,
  figure: (places: readonly number[]) => number,
): readonly [number, number] {
  const random = seededRandom(1)
  const figures = Array.from({ length: DRAWS }, () =>
    figure(Array.from({ length: count }, () => Math.floor(random() * count))),
  ).sort((a, b) => a - b)
  return [figures[Math.floor(DRAWS * 0.025)] ?? 0, figures[Math.ceil(DRAWS * 0.975) - 1] ?? 0]
}

/** Of the area. */
export const interval = (
  scores: readonly number[],
  outcomes: readonly Outcome[],
): readonly [number, number] =>
  drawn(
    outcomes.length,
    (places) =>
      measure(
        places.map((at) => scores[at] ?? 0),
        places.flatMap((at) => outcomes[at] ?? []),
      ).apgr,
  )
