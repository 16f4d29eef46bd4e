// An answer on its way to the client: what is heard of it is told to the conversation now and then, and its last word goes
// out only once the turn is kept, or could not be for so long that its client is told that.
import type { Batch, Piece } from '../../shared/event.ts'
import type { Fate } from '../service.ts'
import type { Heard } from './drafts.ts'

export interface Holding {
  /** Writes down words, which come after so many characters. */
  readonly hear: (heard: Pick<Heard, 'from' | 'text'>) => Promise<void>
  readonly kept: Promise<Fate>
}

/** A short answer is not written down before its end; a longer one every two seconds, or what is much. */
const FIRST_MS = 250
const EVERY_MS = 2_000
const MUCH_CHARS = 16 * 1024
/** So much of an answer is written down before its end; the rest with it. */
const MOST_CHARS = 1024 * 1024

type Batches = AsyncGenerator<Batch, void, undefined>

export async function* hold(batches: Batches, { hear, kept }: Holding): Batches {
  const notes = openNotes(hear)
  try {
    for await (const batch of batches) {
      notes.listen(batch)
      const last = batch.findIndex(isLast)
      if (last < 0) {
        yield batch
        continue
      }
      if (last > 0) yield batch.slice(0, last)
      const rest = batch.slice(last)
      yield (await kept) === 'late' ? rest.map(unkept) : rest
    }
  } finally {
    notes.stop()
  }
}

const isLast = ({ events }: Piece): boolean => events.some(({ type }) => type === 'finish')

const unkept = (piece: Piece): Piece => ({
  ...piece,
  events: piece.events.map((event) => (event.type === 'finish' ? { ...event, kept: false } : event)),
})

function openNotes(hear: Holding['hear']): { listen(batch: Batch): void; stop(): void } {
  let waiting = '' // heard and not written down
  let from = 0
  let isOver = false
  let isWriting = false
  let timer: ReturnType<typeof setTimeout> | null = null

  const write = async (): Promise<void> => {
    clearTimeout(timer)
    timer = null
    if (isWriting || waiting === '') return
    isWriting = true
    const text = waiting
    waiting = ''
    try {
      await hear({ from, text })
      from += text.length
    } catch {
      waiting = text + waiting // for the next time; the end of the turn says what is wrong
    }
    isWriting = false
    later(EVERY_MS)
  }

  const later = (ms: number): void => {
    if (!isOver && waiting !== '') timer ??= setTimeout(() => void write(), ms)
  }

  return {
    listen(batch) {
      for (const { events } of batch)
        for (const event of events)
          if ((event.type === 'text-delta' || event.type === 'refusal-delta') && event.index === 0)
            if (from + waiting.length < MOST_CHARS) waiting += event.text
      if (waiting.length >= MUCH_CHARS) void write()
      else later(from === 0 && !isWriting ? FIRST_MS : EVERY_MS)
    },
    stop() {
      isOver = true
      clearTimeout(timer)
    },
  }
}
