// Turns a share of strong calls into a cut on scores: by the rank of a score among those before it, and held to the share by
// what became of it. Pure.

export interface Dial {
  /**
   * The cut that holds for a score: above it the strong model is asked. `chance` (0..1) decides between equals; it and
   * the state alone decide, and nothing is changed.
   */
  cutFor(score: number, share: number, chance: number): number
  /** A request was decided. `score` is absent where its score had no say; `isStrong`: the strong model is asked. */
  note(isStrong: boolean, share: number, score?: number): void
  /** A request that was counted as the one was answered by the other. */
  correct(isStrong: boolean): void
}

/** The cut where no share is known: scores above this need the strong model. */
export const PLAIN_CUT = 0.5

/**
 * Scores that a new one is compared with. More pick the hard ones better, fewer forget old traffic sooner: 32 lose 2 % of what
 * 128 pick and are a third as far off when the traffic of ten isolates changes (docs/decisions/2026-11-28-dial.md).
 */
const WINDOW = 32

/**
 * How much one decision moves the share that the next is held to. By the sums of adaptive conformal inference (Gibbs and
 * Candes, arXiv 2106.00170, proposition 4.1) the share of n decisions is within (1 + STEP) / (STEP * n) of the one asked
 * for, whatever the scores do: 1.3 points for 900, where nothing is forced.
 */
const STEP = 0.1

/** What a score is above or below by, where equals were told apart. */
const HAIR = 0.001

export function openDial(): Dial {
  const scores = new Float64Array(WINDOW)
  let seen = 0
  let lean = 0 // what is added to the share, from what was decided before

  const heldTo = (share: number): number => Math.min(1 + STEP, Math.max(-STEP, share + lean))

  return {
    cutFor(score, share, chance) {
      // All and nothing need no counting, and must hold from the first request on, equal scores included.
      if (share <= 0) return Math.max(1, score)
      if (share >= 1) return -HAIR
      const count = Math.min(seen, WINDOW)
      let [below, equal] = [0, 0]
      for (let place = 0; place < count; place += 1) {
        const known = scores[place] ?? 0
        if (known < score) below += 1
        else if (known === score) equal += 1
      }
      // Were the score drawn as those before it were, this would be anywhere in 0..1 with the same chance: from the first
      // request on, and also where all scores are alike.
      const rank = (below + chance * (equal + 1)) / (count + 1)
      const level = 1 - heldTo(share)
      const isStrong = rank > level
      const cut = quantile(scores.subarray(0, count), level)
      return isStrong ? Math.min(cut, score - HAIR) : Math.max(cut, score)
    },

    note(isStrong, share, score) {
      if (score !== undefined) {
        scores[seen % WINDOW] = score
        seen += 1
      }
      // What is forced beyond the share is saved elsewhere, and not for longer than there is something to save.
      lean = heldTo(share) - share + STEP * (share - (isStrong ? 1 : 0))
    },

    correct(isStrong) {
      lean += isStrong ? -STEP : STEP
    },
  }
}

function quantile(scores: Float64Array, level: number): number {
  if (scores.length === 0) return PLAIN_CUT
  const sorted = scores.toSorted()
  const place = Math.floor(Math.min(1, Math.max(0, level)) * (sorted.length - 1))
  return sorted[place] ?? PLAIN_CUT
}
