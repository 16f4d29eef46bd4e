// How good an order of requests is: the share of the strong model's gain that the first ones bring. Pure.

export interface Ranked {
  readonly gain: number
  readonly weak: number
  readonly strong: number
}

/**
 * Area under the recovered gain over the share of strong calls (RouteLLM, arXiv 2406.18665): 0.5 is chance, and where
 * the strong model is no better there is nothing to recover, so it is chance too. Equal scores count as any order of them.
 */
export function apgrOf(labels: readonly Ranked[]): number {
  const sorted = labels.toSorted((a, b) => b.gain - a.gain)
  const total = labels.reduce((sum, { weak, strong }) => sum + strong - weak, 0)
  if (total <= 0) return 0.5
  let [area, reached] = [0, 0]
  for (let start = 0; start < sorted.length;) {
    let end = start
    let step = 0
    for (; end < sorted.length && sorted[end]?.gain === sorted[start]?.gain; end += 1) {
      step += (sorted[end]?.strong ?? 0) - (sorted[end]?.weak ?? 0)
    }
    area += (end - start) * (reached + step / 2)
    reached += step
    start = end
  }
  return area / total / labels.length
}
