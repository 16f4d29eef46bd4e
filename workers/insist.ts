// Storage that cannot be written now may be in a moment, so what must not be lost is tried again: a few times, or for a while.

/** Before each further try: within what Cloudflare lets deferred work take. */
const PAUSES_MS = [100, 400, 1_600]
/** And between later ones. */
const PAUSE_MS = 3_000

/** Rejects as the last try does. `work` may be done more than once: it has to come to the same. */
export async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work()
    } catch {
      await pause(pauseMs) // the last try below says what is wrong
    }
  }
  return work()
}

/** The same for so long, by `now`. */
export async function persist<T>(work: () => Promise<T>, forMs: number, now: () => number): Promise<T> {
  const startedAt = now()
  for (let tries = 0; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      const pauseMs = PAUSES_MS[tries] ?? PAUSE_MS
      if (now() - startedAt + pauseMs > forMs) throw error
      await pause(pauseMs)
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
