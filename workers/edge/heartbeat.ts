// A sign of life in silent streams. It keeps proxies from closing them, and it is how workerd learns that a client
// has left: a closed connection shows only when something is written to it.

/** A comment: every reader of server-sent events skips it. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export const COMMENT = ': \n\n'

export interface Heartbeat {
  /** Something was written, so there is no silence. */
  touch(): void
  stop(): void
}

/** Calls `beat` whenever nothing was written for this long; never, where `everyMs` is 0. One timer a stream. */
export function heartbeat(everyMs: number, now: () => number, beat: () => void): Heartbeat {
  if (everyMs === 0) return { touch: () => undefined, stop: () => undefined }
  let writtenAt = now()
  const watch = (): void => {
    if (now() - writtenAt >= everyMs) {
      beat()
      writtenAt = now()
    }
    timer = setTimeout(watch, everyMs - (now() - writtenAt))
  }
  let timer = setTimeout(watch, everyMs)
  return {
    touch: () => {
      writtenAt = now()
    },
    stop: () => clearTimeout(timer),
  }
}
