// The usage of a stream of Workers AI: increments, or totals so far, in its chunks; the sum of all in its closing line. Pure.
import { type Fields, count, isFields } from '../../fields.ts'
import type { Usage } from '../../usage.ts'
import { readUsage } from '../openai-chat/usage.ts'

export interface Meter {
  /** `closing`: from the line that comes last and counts everything. */
  take(usage: unknown, closing: boolean): void
  /** True once any frame has said anything. */
  readonly has: boolean
  total(): Usage | undefined
}

/**
 * Some models count each chunk for itself: the first has the prompt, the others a token each, and the prompt as 0.
 * Others repeat totals so far. A prompt that shrinks tells the two apart.
 */
export function openMeter(): Meter {
  let first: Fields | undefined
  let latest: Fields | undefined
  let sum: Usage | undefined
  let isSplit = false
  let closed: Fields | undefined

  return {
    take(usage, closing) {
      if (!isFields(usage)) return
      if (closing) {
        closed = { ...closed, ...usage }
        return
      }
      isSplit ||= count(usage['prompt_tokens']) < count(latest?.['prompt_tokens'])
      const read = readUsage(usage)
      if (read !== undefined) sum = sum === undefined ? read : plus(sum, read)
      first ??= usage
      latest = usage
    },
    get has() {
      return closed !== undefined || latest !== undefined
    },
    total() {
      // A closing line may leave the prompt to the first chunk.
      if (closed !== undefined) return readUsage({ ...first, ...closed })
      return isSplit ? sum : readUsage(latest)
    },
  }
}

const plus = (one: Usage, other: Usage): Usage => ({
  input: one.input + other.input,
  cacheRead: one.cacheRead + other.cacheRead,
  cacheWrite: one.cacheWrite + other.cacheWrite,
  output: one.output + other.output,
  reasoning: one.reasoning + other.reasoning,
})
