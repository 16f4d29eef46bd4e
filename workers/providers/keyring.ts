// A provider's keys: taken in turns, and set aside for a while when the provider refuses one. Pure but for its state.
import type { Failure } from '../../shared/failure.ts'

/** What a request has tried so far, so that it asks no key twice. */
export type Tried = ReadonlySet<string>

export interface Keyring {
  /**
   * The next key that is not set aside, of those a request has not tried. Where none is left: for its first try the next
   * one all the same, then undefined. `home` is where the search begins, for who is to have the same key every time.
   */
  next(model: string, tried: Tried, now: number, home?: number): string | undefined
  /** Takes a key out of turn, where the failure is about the key; false where it says nothing of it. */
  refuse(key: string, model: string, failure: Failure, now: number): boolean
}

/** A dead key is tried again after this: somebody may have paid the bill. */
export const ASIDE_MS = 60_000
/** A key at its limit that was not told when to come back. */
export const LIMITED_MS = 5_000
/** Names of models come from clients; beyond this many the oldest are forgotten, which costs one more try. */
const MAX_MODELS = 1_000

export function openKeyring(keys: readonly string[]): Keyring {
  const deadUntil = new Map<string, number>() // bounded by the keys of the configuration
  const asideUntil = new Map<string, number>() // for a model; bounded by MAX_MODELS
  const nameOf = (key: string, model: string): string => `${keys.indexOf(key)} ${model}`
  let turn = 0

  const isLive = (key: string, model: string, now: number): boolean =>
    (deadUntil.get(key) ?? 0) <= now && (asideUntil.get(nameOf(key, model)) ?? 0) <= now

  const setAside = (key: string, model: string, until: number): void => {
    const [oldest] = asideUntil.keys()
    if (asideUntil.size >= MAX_MODELS && oldest !== undefined) asideUntil.delete(oldest)
    asideUntil.delete(nameOf(key, model)) // so that it is now the youngest
    asideUntil.set(nameOf(key, model), until)
  }

  return {
    next(model, tried, now, home) {
      if (home !== undefined) {
        const from = home % keys.length
        const order = [...keys.slice(from), ...keys.slice(0, from)]
        const own = order.find((key) => !tried.has(key) && isLive(key, model, now))
        if (own !== undefined) return own
      }
      for (let tries = 0; tries < keys.length; tries += 1) {
        const key = keys[turn++ % keys.length]
        if (key !== undefined && !tried.has(key) && isLive(key, model, now)) return key
      }
      return tried.size > 0 || keys.length === 0 ? undefined : keys[turn++ % keys.length]
    },
    refuse(key, model, failure, now) {
      if (failure.kind === 'rate-limited') {
        setAside(key, model, now + Math.min(failure.retryAfterMs ?? LIMITED_MS, ASIDE_MS))
        return true
      }
      if (failure.kind !== 'credentials') return false
      // Forbidden may be the model or its region for this key, which is as good as any for the others.
      if (failure.status === 403) setAside(key, model, now + ASIDE_MS)
      else deadUntil.set(key, now + ASIDE_MS)
      return true
    },
  }
}
