// The nearest labelled requests to a new one, by cosine over rare words. Pure.
import { GRAMS } from './features.ts'

export interface Neighbours {
  add(grams: Uint16Array): void
  /** Writes the similarity (0..1) of each stored request to `into`, which has at least as many places. */
  compare(grams: Uint16Array, into: Float32Array): void
}

/** Words in more than this share of the requests tell them not apart. */
const COMMON = 0.2

export function openNeighbours(): Neighbours {
  const postings: (number[] | undefined)[] = Array.from({ length: GRAMS })
  const norms: number[] = []
  const weightOf = (bucket: number): number => {
    const count = postings[bucket]?.length ?? 0
    return count > COMMON * norms.length + 5 ? 0 : Math.log((norms.length + 1) / (count + 0.5))
  }
  const normOf = (grams: Uint16Array): number => {
    let sum = 0
    for (const bucket of grams) sum += weightOf(bucket) ** 2
    return Math.sqrt(sum) || 1
  }
  return {
    add(grams) {
      const norm = normOf(grams)
      for (const bucket of grams) (postings[bucket] ??= []).push(norms.length)
      norms.push(norm)
    },
    compare(grams, into) {
      into.fill(0)
      const own = normOf(grams)
      for (const bucket of grams) {
        const weight = weightOf(bucket) ** 2 / own
        if (weight === 0) continue
        for (const place of postings[bucket] ?? [])
          into[place] = (into[place] ?? 0) + weight / (norms[place] ?? 1)
      }
    },
  }
}
