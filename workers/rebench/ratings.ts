// What is known of models' quality, held by an isolate and refreshed behind its back: no round trip on a request's path.
import type { Cx, Ratings } from '../service.ts'
import { readLatest, type Result } from './history.ts'
import { scoreOf } from './measures.ts'
import { KINDS } from './tasks/task.ts'

export interface RatingsBoard extends Ratings {
  /** Asks for news in the background where what is known is old. */
  look(cx: Pick<Cx, 'now' | 'defer'>): void
}

/** Models are measured once a day or so. */
const STALE_MS = 5 * 60_000
/** Fewer answers say little of a kind. */
const LEAST = 10

export function openRatings(read: () => Promise<readonly Result[]>): RatingsBoard {
  let known = ratingsOf([]) // a cache of one row a model
  let askedAt = Number.NEGATIVE_INFINITY
  return {
    quality: (model, kind) => known.quality(model, kind),
    isMarked: (model) => known.isMarked(model),
    look({ now, defer }) {
      if (now() - askedAt <= STALE_MS) return
      askedAt = now()
      defer(read().then((results) => void (known = ratingsOf(results))))
    },
  }
}

export const openStoredRatings = (database: D1Database): RatingsBoard =>
  openRatings(() => readLatest(database))

export function ratingsOf(results: readonly Result[]): Ratings {
  const all = new Map(results.map((result) => [result.model, result]))
  return {
    quality(model, kind) {
      const measures = all.get(model)?.measures
      if (measures === undefined) return undefined
      const named = KINDS.find((name) => name === kind)
      if (kind !== undefined && named === undefined) return undefined
      const { right, total } =
        named === undefined ? scoreOf(measures) : (measures.kinds[named] ?? { right: 0, total: 0 })
      return total < LEAST ? undefined : right / total
    },
    isMarked: (model) => all.get(model)?.isMarked === true,
  }
}
