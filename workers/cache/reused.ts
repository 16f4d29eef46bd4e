// What is said of a request that was given an answer which there was already. Pure.
import type { Ending } from '../../shared/plan.ts'
import { noUsage } from '../../shared/usage.ts'
import type { Cached } from './cache.ts'

/** How an answer ended that was said, counted and paid before. */
export const unused = (ending: Ending): Ending => ({
  ...ending,
  usage: noUsage,
  usageSource: 'none',
  costMicros: 0,
})

/** As its row has it. */
export function reusedOf({ ageMs, similarity, savedMicros }: Cached): {
  readonly age_ms: number
  readonly similarity?: number
  readonly saved_micros?: number
} {
  const saved = savedMicros()
  return {
    age_ms: ageMs,
    ...(similarity === undefined ? {} : { similarity }),
    ...(saved === undefined ? {} : { saved_micros: saved }),
  }
}
