// Time limits on work that listens to a signal.
import { Failed, failureOf, type Phase } from '../../shared/failure.ts'
import type { Cx } from '../service.ts'

export interface Scope {
  readonly cx: Cx
  readonly abort: (reason: Failed) => void
  /** Detaches from the outer signal; call once the work is over. */
  readonly close: () => void
  /** From now on it goes on when the one who waited leaves; every other end of the outer is still its own. */
  readonly outlive: () => void
}

/** A narrower `cx`: aborts with the outer one, or alone. */
export function scope(cx: Cx): Scope {
  const controller = new AbortController()
  let outlives = false
  const follow = (): void => {
    const { reason } = cx.signal
    if (!outlives || failureOf(reason).kind !== 'cancelled') controller.abort(reason)
  }
  if (cx.signal.aborted) follow()
  else cx.signal.addEventListener('abort', follow, { once: true })
  return {
    cx: { ...cx, signal: controller.signal },
    abort: (reason) => controller.abort(reason),
    close: () => cx.signal.removeEventListener('abort', follow),
    outlive: () => void (outlives = true),
  }
}

export const timedOut = (phase: Phase, limitMs: number): Failed =>
  new Failed({ kind: 'timeout', phase, limitMs })

/**
 * Resolves with the work, or rejects with a timeout at the limit. The work is told through its signal
 * by the caller's `onLimit`; it is not waited for, because what hangs may not hear. A limit may be raised on the way.
 */
export async function within<T>(
  limit: number | (() => number),
  phase: Phase,
  work: Promise<T>,
  onLimit: (reason: Failed) => void,
): Promise<T> {
  const limitOf = typeof limit === 'number' ? (): number => limit : limit
  let timer: ReturnType<typeof setTimeout> | null = null
  const over = new Promise<never>((_, reject) => {
    const wait = (ms: number, grantedMs: number): void => {
      timer = setTimeout(() => {
        const limitMs = limitOf()
        if (limitMs > grantedMs) return wait(limitMs - grantedMs, limitMs)
        const reason = timedOut(phase, limitMs)
        reject(reason)
        onLimit(reason)
      }, ms)
    }
    wait(limitOf(), limitOf())
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits, or rejects as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
