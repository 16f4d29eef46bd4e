// A response on its way to the client, as it stands now and then: a short one is not written down before its end; a longer
// one every two seconds.
export interface Hearing {
  /** Something was said. */
  listen(): void
  stop(): void
}

const FIRST_MS = 250
const EVERY_MS = 2_000

/** `hear` writes down what there is by now; false where no more of it is to be written. */
export function openHearing(hear: () => Promise<boolean>): Hearing {
  let isOver = false
  let isWriting = false
  let hasNews = false
  let pauseMs = FIRST_MS
  let timer: ReturnType<typeof setTimeout> | null = null

  const write = async (): Promise<void> => {
    timer = null
    isWriting = true
    hasNews = false
    pauseMs = EVERY_MS
    const goesOn = await hear().catch(() => true) // again in a moment; the end of the response says what is wrong
    isWriting = false
    isOver ||= !goesOn
    if (hasNews) later()
  }

  const later = (): void => {
    if (!isOver && !isWriting) timer ??= setTimeout(() => void write(), pauseMs)
  }

  return {
    listen() {
      hasNews = true
      later()
    },
    stop() {
      isOver = true
      clearTimeout(timer)
    },
  }
}
