// Storage that cannot be written now may be in a moment, so what must not be lost is tried again a few times.

/** Before each further try: within what Cloudflare lets deferred work take. */
const PAUSES_MS = [100, 400, 1_600]

/** Rejects as the last try does. `work` may be done more than once: it has to come to the same. */
export async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pauseMs)) // the last try below says what is wrong
    }
  }
  return work()
}
