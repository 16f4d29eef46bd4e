// What is known of models' quality, held by an isolate and refreshed behind its back: no round trip on a request's path.
import type { Cx, Ratings } from '../service.ts'
import { readLatest, type Result } from './history.ts'
import { scoreOf } from './measures.ts'
import { KINDS } from './tasks/task.ts'

export interface RatingsBoard {
  /** At once: what this isolate knows. It asks for news in the background where that is older than a minute. */
  now(cx: Pick<Cx, 'now' | 'defer'>): Ratings
}

const STALE_MS = 60_000
/** Fewer answers say little of a kind. */
const LEAST = 10

const nothing: Ratings = { quality: () => undefined, isMarked: () => false, context: () => undefined }

export function openRatings(read: () => Promise<readonly Result[]>): RatingsBoard {
  let known = nothing // a cache of one row a model
  let askedAt = Number.NEGATIVE_INFINITY
  return {
    now({ now, defer }) {
      if (now() - askedAt > STALE_MS) {
        askedAt = now()
        defer(read().then((results) => void (known = ratingsOf(results))))
      }
      return known
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
    context(model) {
      const context = all.get(model)?.measures.context
      return context === undefined || context.handled === 0 ? undefined : context.handled
    },
  }
}
