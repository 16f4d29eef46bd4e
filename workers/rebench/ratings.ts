// What is known of models' quality, held by an isolate and refreshed behind its back: no round trip on a request's path.
import type { Cx, Ratings } from '../service.ts'
import { readLatest, type Result } from './history.ts'
import { scoreOf } from './measures.ts'
import type { Subjects } from './subjects.ts'
import { KINDS } from './tasks/task.ts'

export interface RatingsBoard extends Ratings {
  /** Asks for news in the background where what is known is old. */
  look(cx: Pick<Cx, 'now' | 'defer'>): void
}

/** Models are measured once a day or so. */
const STALE_MS = 5 * 60_000
/** Fewer answers say little of a kind. */
const LEAST = 10

export function openRatings(read: () => Promise<readonly Result[]>, subjects?: Subjects): RatingsBoard {
  let known = ratingsOf([]) // a cache of one row a model
  let askedAt = Number.NEGATIVE_INFINITY
  return {
    quality: (model, kind) => known.quality(model, kind),
    isMarked: (model) => known.isMarked(model),
    look({ now, defer }) {
      if (now() - askedAt <= STALE_MS) return
      askedAt = now()
      defer(read().then((results) => void (known = ratingsOf(results, subjects))))
    },
  }
}

export const openStoredRatings = (database: D1Database, subjects: Subjects): RatingsBoard =>
  openRatings(() => readLatest(database), subjects)

/** A model that several vendors serve has the mean of them, and is marked where all of them are. */
export function ratingsOf(results: readonly Result[], subjects: Subjects = (name) => [name]): Ratings {
  const all = new Map(results.map((result) => [result.model, result]))
  const resultsOf = (model: string): readonly Result[] =>
    subjects(model).flatMap((subject) => all.get(subject) ?? [])
  return {
    quality(model, kind) {
      const named = KINDS.find((name) => name === kind)
      if (kind !== undefined && named === undefined) return undefined
      let [right, total] = [0, 0]
      for (const { measures } of resultsOf(model)) {
        const score = named === undefined ? scoreOf(measures) : measures.kinds[named]
        right += score?.right ?? 0
        total += score?.total ?? 0
      }
      return total < LEAST ? undefined : right / total
    },
    isMarked(model) {
      const results = resultsOf(model)
      return results.length === subjects(model).length && results.every(({ isMarked }) => isMarked)
    },
  }
}
