// Waits a little for what is said to exist and is not known yet: a fast client's next question can be here before its
// last answer is.

export interface Late {
  /** Resolves with what `look` finds, now or when something new came; undefined when nothing did for a second. */
  wait<T>(look: () => T | undefined): Promise<T | undefined>
  /** Something new is known. */
  wake(): void
}

const LATE_MS = 1_000

export function openLate(): Late {
  const waiting = new Set<() => void>()

  const news = (withinMs: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, withinMs)
      waiting.add(wake)
    })

  return {
    async wait(look) {
      const end = Date.now() + LATE_MS
      let found = look()
      while (found === undefined && Date.now() < end) {
        await news(end - Date.now())
        found = look()
      }
      return found
    },
    wake() {
      for (const wake of waiting) wake()
    },
  }
}
