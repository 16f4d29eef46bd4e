// Turns a share of strong calls into a cut on scores: a rolling quantile, so that it holds when traffic drifts. Pure.

export interface Dial {
  /** Remembers a score and returns the cut that holds for it. */
  turn(score: number): number
}

/** Scores above this need the strong model, until enough have been seen to know the share. */
export const PLAIN_CUT = 0.5
const WINDOW = 256
const ENOUGH = 50

/** One per route and isolate. Without a share the cut is plain. */
export function openDial(strongShare: number | undefined): Dial {
  const scores: number[] = []
  let position = 0
  return {
    turn(score) {
      if (strongShare === undefined) return PLAIN_CUT
      // All and nothing need no counting, and must hold from the first request on, equal scores included.
      if (strongShare <= 0) return 1
      if (strongShare >= 1) return 0
      scores[position] = score
      position = (position + 1) % WINDOW
      if (scores.length < ENOUGH) return PLAIN_CUT
      const sorted = scores.toSorted((a, b) => a - b)
      return sorted[Math.floor((1 - strongShare) * (sorted.length - 1))] ?? PLAIN_CUT
    },
  }
}
