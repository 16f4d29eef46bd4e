// One speaker at a time: requests of one conversation wait here for the end of the one before.

export interface Floor {
  /** Resolves with true when it is this request's turn; false where that took too long, or it left before. */
  take(requestId: string): Promise<boolean>
  /** The request has spoken, or will not: the next one may. */
  release(requestId: string): void
}

/** A request waits this long for its turn. */
const PATIENCE_MS = 60_000
/** A turn that is never heard of again, because its isolate died, gives way after this; longer than any request. */
const LOST_MS = 21 * 60_000

interface Waiter {
  readonly requestId: string
  readonly wake: (mine: boolean) => void
}

export function openFloor(): Floor {
  const queue: Waiter[] = []
  let speaking: { readonly requestId: string; readonly since: number } | undefined

  return {
    take(requestId) {
      const now = Date.now()
      if (speaking !== undefined && now - speaking.since > LOST_MS) speaking = undefined
      if (speaking === undefined) {
        speaking = { requestId, since: now }
        return Promise.resolve(true)
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          queue.splice(queue.indexOf(waiter), 1)
          resolve(false)
        }, PATIENCE_MS)
        const waiter: Waiter = {
          requestId,
          wake: (mine) => {
            clearTimeout(timer)
            resolve(mine)
          },
        }
        queue.push(waiter)
      })
    },
    release(requestId) {
      const position = queue.findIndex((waiter) => waiter.requestId === requestId)
      if (position >= 0) queue.splice(position, 1)[0]?.wake(false) // it left before its turn came
      if (speaking?.requestId !== requestId) return
      const next = queue.shift()
      speaking = next === undefined ? undefined : { requestId: next.requestId, since: Date.now() }
      next?.wake(true)
    },
  }
}
