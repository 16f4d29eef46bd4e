// Which targets refuse to say how sure they are of their words, as far as this isolate has asked them.

/** A server may have been replaced since. */
const LIFE_MS = 3_600_000
/** Targets that are remembered, the newest; some 100 bytes each. */
const MAX_KNOWN = 1_000

export interface Unsure {
  has(target: string, now: number): boolean
  add(target: string, now: number): void
}

export function openUnsure(): Unsure {
  const known = new Map<string, number>() // a cache, bounded by MAX_KNOWN
  return {
    has: (target, now) => now - (known.get(target) ?? Number.NEGATIVE_INFINITY) <= LIFE_MS,
    add(target, now) {
      known.delete(target)
      known.set(target, now)
      if (known.size > MAX_KNOWN) known.delete(known.keys().next().value ?? '')
    },
  }
}

/** Is it the log-probabilities that a failed reply is about? Whatever else is wrong would be wrong without them, too. */
export const refusesThem = (status: number, text: string): boolean =>
  [400, 404, 422, 501].includes(status) && /log[ _-]?prob/i.test(text)
