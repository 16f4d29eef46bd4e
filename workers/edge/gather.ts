// Joins what comes close together into one write. A read costs workerd some 15 microseconds and a write 30, so a burst
// is cheaper in one piece; what comes alone is never held back.
import type { Batch } from '../../shared/event.ts'

/** What follows a write within this time waits for company, at most as long again. */
export const GATHER_MS = 2
/** Joined text is sent at this length, whatever may follow. */
const ENOUGH_CHARS = 16 * 1024

/** Returns a function that resolves with the next text to send; undefined at the end. */
export function gather(
  batches: AsyncGenerator<Batch, void, undefined>,
  write: (batch: Batch) => string,
  now: () => number,
): () => Promise<string | undefined> {
  // The first read is begun at once: a generator that was never started would not run its ending.
  let reading: Promise<IteratorResult<Batch, void>> | undefined = batches.next()
  let sentAt = Number.NEGATIVE_INFINITY
  return async () => {
    let text = ''
    let limit: Promise<'late'> | undefined
    for (;;) {
      reading ??= batches.next()
      const read = await (limit === undefined ? reading : Promise.race([reading, limit]))
      if (read === 'late') break // the read goes on; its text is the beginning of the next write
      reading = undefined
      if (read.done === true) break
      text += write(read.value)
      if (text === '') continue
      if (now() - sentAt > GATHER_MS || text.length >= ENOUGH_CHARS) break
      limit ??= new Promise((resolve) => setTimeout(resolve, GATHER_MS, 'late'))
    }
    sentAt = now()
    return text === '' ? undefined : text
  }
}
