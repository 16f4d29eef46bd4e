// The text of one answer while it grows: what can be read of it, what is not written down yet, where its events end. Pure.
import { split } from '../../shared/split.ts'

/** A part of the text as it is written down. */
export interface Row {
  /** Characters before it. */
  readonly start: number
  /** Events that have ended before it. */
  readonly events: number
  readonly text: string
}

export interface Log {
  /** Takes text as it comes. What is whole of it can be read at once. */
  append(text: string): void
  /** Nothing more comes: what is left is read as it is. */
  close(): void
  /** Characters that can be read. */
  length(): number
  /** Characters that can be read and are not written down. */
  pending(): number
  /** What is not written down; from now on it counts as written. */
  take(): readonly Row[]
  /** The text from a position on; undefined where it is found among the rows only. */
  read(from: number): string | undefined
}

/** `events`: nothing can be read before its blank line has come. `any`: everything can be read at once. */
export type Unit = 'events' | 'any'

/** So much stays in memory behind the end, where followers read. */
export const WINDOW_CHARS = 64 * 1024

const EVENT_END = '\n\n'

interface Piece {
  readonly start: number
  readonly text: string
}

export function openLog(unit: Unit): Log {
  const recent: Piece[] = []
  let rest = '' // of an event that has not ended
  let length = 0
  let written = 0
  let events = 0 // in what is written

  const add = (text: string): void => {
    if (text === '') return
    recent.push({ start: length, text })
    length += text.length
  }

  const forget = (): void => {
    for (let [first] = recent; first !== undefined; [first] = recent) {
      const end = first.start + first.text.length
      if (end > written || length - end < WINDOW_CHARS) return
      recent.shift()
    }
  }

  const read = (from: number): string | undefined => {
    const [first] = recent
    if (from >= length) return ''
    if (first === undefined || from < first.start) return undefined
    let at = recent.length - 1 // a follower reads near the end
    for (let piece = recent[at]; piece !== undefined && piece.start > from; piece = recent[at]) at -= 1
    const pieces = recent.slice(at).map(({ text }) => text)
    return pieces.join('').slice(from - (recent[at]?.start ?? 0))
  }

  return {
    append(text) {
      const all = rest + text
      const end = unit === 'any' ? all.length : wholeOf(all)
      add(all.slice(0, end))
      rest = all.slice(end)
    },
    close() {
      add(rest)
      rest = ''
    },
    length: () => length,
    pending: () => length - written,
    take() {
      const rows: Row[] = []
      for (const text of split(read(written) ?? '')) {
        rows.push({ start: written, events, text })
        written += text.length
        events += eventsIn(text)
      }
      forget()
      return rows
    },
    read,
  }
}

/** How much of a text is whole events. */
function wholeOf(text: string): number {
  const last = text.lastIndexOf(EVENT_END)
  return last < 0 ? 0 : last + EVENT_END.length
}

/** How many events end in a text. */
export function eventsIn(text: string): number {
  let found = 0
  for (let at = text.indexOf(EVENT_END); at >= 0; at = text.indexOf(EVENT_END, at + EVENT_END.length))
    found += 1
  return found
}

/** The position after an event, by its number from 1, in the row that it ends in; the end of the row where it has fewer. */
export function positionAfter({ start, events, text }: Row, event: number): number {
  let at = 0
  for (let passed = events; passed < event; passed += 1) {
    const end = text.indexOf(EVENT_END, at)
    if (end < 0) return start + text.length
    at = end + EVENT_END.length
  }
  return start + at
}
