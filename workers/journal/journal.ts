// Keeps answers while they grow, and lets any number of followers read along, each from where it likes: what is written
// down and what is still to be written are one text. A follower holds nothing but its position, so a slow one costs no memory.
import type { Seal } from '../../shared/seal.ts'
import { type Log, openLog, positionAfter, type Unit } from './log.ts'
import { openJournalStore, type StoredStream } from './store.ts'

export interface Journal {
  /** Begins a stream. `until`: when it has had its time, should nobody end it. */
  begin(opening: Opening): Tape
  /** One that has had its time is not found. */
  find(id: string, now: number): Kept | undefined
  /** The one that was begun last. */
  latest(now: number): Kept | undefined
  /**
   * The bytes after an event, and those that are still to come. The last byte is END, unless the stream was lost on the
   * way or removed.
   */
  follow(id: string, afterEvent: number): ReadableStream<Uint8Array>
  remove(id: string): void
  /** The ids of all that is kept. */
  all(): readonly string[]
  /** Removes what has had its time; says when there will be more of that. */
  forget(now: number): number | undefined
  /** The storage was emptied. */
  reset(): void
}

export interface Opening {
  readonly id: string
  readonly head: string
  readonly unit: Unit
  readonly until: number
}

export interface Kept {
  readonly id: string
  readonly head: string
  /** `lost`: nothing more will come, though it has not ended. The isolate that it ran in is gone. */
  readonly state: 'running' | 'over' | 'lost'
}

/** The end of a stream that is being written. */
export interface Tape {
  /** False where the text has become longer than is kept; the rest is not wanted. */
  append(text: string): boolean
  /** Nothing more comes. */
  end(change: { readonly head: string; readonly until: number }): void
  setHead(head: string): void
  /** Nothing more comes, though it has not ended. */
  lose(): void
}

/** What tells a whole answer from one that was cut off: no text has this byte. */
export const END = 0

/** A stream longer than this is given up; half a million tokens in the longest chunks. */
export const STREAM_CHARS = 64 * 1024 * 1024

/** Text waits no longer than this before it is written down, nor until it is longer than this. */
const WRITE_MS = 250
const WRITE_CHARS = 64 * 1024

/** What has had its time and still runs is looked at again after this. */
const RUNNING_MS = 1_000

interface Running {
  readonly log: Log
  readonly waiting: Set<() => void>
}

const encoder = new TextEncoder()

export function openJournal(sql: SqlStorage, seal: Seal): Journal {
  const store = openJournalStore(sql, seal)
  const running = new Map<string, Running>()

  const wake = ({ waiting }: Running): void => {
    for (const go of waiting) go()
    waiting.clear()
  }

  /** A text with a hole in it is worse than none: where it cannot be written down, the stream is lost. */
  const write = (id: string, live: Running): void => {
    if (running.get(id) !== live) return
    try {
      for (const row of live.log.take()) store.add(id, row)
    } catch {
      running.delete(id)
      wake(live)
    }
  }

  const keptOf = (stored: StoredStream | undefined, now: number): Kept | undefined => {
    if (stored === undefined || stored.until <= now) return undefined
    const { id, head, isOver } = stored
    return { id, head, state: running.has(id) ? 'running' : isOver ? 'over' : 'lost' }
  }

  const positionOf = (id: string, event: number): number => {
    const live = running.get(id)
    if (event <= 0) return 0
    if (live !== undefined) write(id, live)
    const row = store.rowOf(id, event)
    return row === undefined ? 0 : positionAfter(row, event)
  }

  const read = (id: string, position: number): string => {
    const text = running.get(id)?.log.read(position)
    if (text !== undefined) return text
    const row = store.rowAt(id, position)
    return row === undefined ? '' : row.text.slice(position - row.start)
  }

  return {
    begin({ id, head, unit, until }) {
      const log = openLog(unit)
      const live: Running = { log, waiting: new Set() }
      let timer: ReturnType<typeof setTimeout> | null = null
      const isHere = (): boolean => running.get(id) === live
      const leave = (): void => {
        if (isHere()) running.delete(id)
        wake(live)
      }
      const writeDown = (): void => {
        clearTimeout(timer)
        timer = null
        write(id, live)
      }
      store.put({ id, head, isOver: false, until })
      running.set(id, live)
      return {
        append(text) {
          log.append(text)
          if (log.pending() >= WRITE_CHARS) writeDown()
          else if (log.pending() > 0) timer ??= setTimeout(writeDown, WRITE_MS)
          wake(live)
          return isHere() && log.length() <= STREAM_CHARS
        },
        setHead(changed) {
          if (isHere()) store.put({ id, head: changed, isOver: false, until })
        },
        end(change) {
          log.close()
          writeDown()
          if (isHere()) store.put({ id, isOver: true, ...change })
          leave()
        },
        lose() {
          writeDown()
          leave()
        },
      }
    },
    find: (id, now) => keptOf(store.find(id), now),
    latest: (now) => keptOf(store.latest(), now),
    follow(id, afterEvent) {
      let position = positionOf(id, afterEvent)
      const reader = { isGone: false, go: (): void => undefined }

      /** What comes next; undefined at the end. */
      const next = async (): Promise<string | undefined> => {
        while (!reader.isGone) {
          const live = running.get(id)
          const text = read(id, position)
          position += text.length
          if (text !== '') return text
          if (live === undefined) return undefined
          await new Promise<void>((resolve) => {
            reader.go = resolve
            live.waiting.add(resolve)
          })
        }
        return undefined
      }

      return new ReadableStream({
        type: 'bytes',
        async pull(controller) {
          const text = await next()
          if (reader.isGone) return
          if (text !== undefined) return controller.enqueue(encoder.encode(text))
          if (store.find(id)?.isOver === true) controller.enqueue(Uint8Array.of(END))
          controller.close()
        },
        cancel() {
          reader.isGone = true
          reader.go()
        },
      })
    },
    all: store.all,
    remove(id) {
      const live = running.get(id)
      running.delete(id)
      store.remove(id)
      if (live !== undefined) wake(live)
    },
    forget(now) {
      for (const id of store.expired(now)) if (!running.has(id)) store.remove(id)
      const next = store.nextExpiry()
      return next === undefined ? undefined : Math.max(next, now + RUNNING_MS)
    },
    reset: store.reset,
  }
}
