// Joins what comes close together into one write. A read costs workerd some 15 microseconds and a write 30, so a burst
// is cheaper in one piece; what comes alone is never held back.
import type { Batch } from '../../shared/event.ts'

/** What follows a write within this time waits for company, at most as long again. */
export const GATHER_MS = 2
/** Joined text is sent at this length, whatever may follow. */
const ENOUGH_CHARS = 16 * 1024

/** Returns a function that resolves with the next text to send; undefined at the end. One call at a time. */
export function gather(
  batches: AsyncGenerator<Batch, void, undefined>,
  write: (batch: Batch) => string,
  now: () => number,
): () => Promise<string | undefined> {
  let text = ''
  let sentAt = Number.NEGATIVE_INFINITY
  let over = false
  let holding = false // the sender has text and waits for more
  let wakeSender = nobody
  let wakeReader = nobody

  const read = async (): Promise<void> => {
    try {
      for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
        text += write(next.value)
        if (text.length >= ENOUGH_CHARS) {
          wakeSender()
          await new Promise<void>((resolve) => (wakeReader = resolve))
        } else if (text !== '' && !holding) wakeSender()
      }
    } finally {
      over = true
      wakeSender()
    }
  }
  // Begun at once: a generator that was never started would not run its ending.
  const reading = read()
  reading.catch(nobody) // thrown again to the sender, once it has sent what came before

  return async () => {
    if (text === '' && !over) await new Promise<void>((resolve) => (wakeSender = resolve))
    if (!over && text.length < ENOUGH_CHARS && now() - sentAt <= GATHER_MS) {
      holding = true
      let timer: ReturnType<typeof setTimeout> | null = null
      await new Promise<void>((resolve) => {
        wakeSender = resolve
        timer = setTimeout(resolve, GATHER_MS)
      })
      clearTimeout(timer)
      holding = false
    }
    const sent = text
    text = ''
    sentAt = now()
    wakeReader()
    if (sent === '') await reading
    return sent === '' ? undefined : sent
  }
}

const nobody = (): void => undefined
