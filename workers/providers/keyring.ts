// A provider's keys: taken in turns, and set aside for a while when the provider refuses one. Pure but for its state.

export interface Keyring {
  /** The next key that is not set aside; where all are, the next one all the same. Undefined where there is none. */
  next(now: number): string | undefined
  /** Takes a refused key out of turn. True when another is left to try. */
  refuse(key: string, now: number): boolean
}

/** A dead key is tried again after this: somebody may have paid the bill. */
export const ASIDE_MS = 60_000

export function openKeyring(keys: readonly string[]): Keyring {
  const asideUntil = new Map<string, number>() // bounded by the keys of the configuration
  const isLive = (key: string, now: number): boolean => (asideUntil.get(key) ?? 0) <= now
  let turn = 0
  return {
    next(now) {
      for (let tries = 0; tries < keys.length; tries += 1) {
        const key = keys[turn++ % keys.length]
        if (key !== undefined && isLive(key, now)) return key
      }
      return keys.length === 0 ? undefined : keys[turn++ % keys.length]
    },
    refuse(key, now) {
      asideUntil.set(key, now + ASIDE_MS)
      return keys.some((other) => isLive(other, now))
    },
  }
}
