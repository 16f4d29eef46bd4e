// Answers that are on their way: whoever asks the same meanwhile reads along. Kept in memory only, and bounded; with its
// object it is gone, and its readers ask for themselves. Lines of text, the last of which says that it is whole.

export interface Flight {
  /** False where it has become longer than is kept, or was given up meanwhile. */
  append(line: string): boolean
  /** Nothing more comes: all was told, or the teller is gone. */
  end(): void
  /** Everything that was told so far. */
  lines(): readonly string[]
  /** It was purged while it was told: it is told to its end, and kept for nobody. */
  isPurged(): boolean
}

export interface Flights {
  /** Undefined where there are too many. */
  open(key: string, now: number): Flight | undefined
  /** Its teller has come, and is heard until it ends. */
  board(key: string): Flight | undefined
  /** What was told and what is still to come; undefined where nobody is telling it. */
  follow(key: string, now: number): ReadableStream<Uint8Array> | undefined
  /** Nobody reads along any more who has not begun, and nothing is kept of what is told now. */
  purge(): void
}

/** Who was to tell an answer and has not come after this will not come. */
const BOARDING_MS = 5_000
const MOST_FLIGHTS = 512
/** All that is told at one time, in characters. */
const MOST_CHARS = 16 * 1024 * 1024

interface Telling extends Flight {
  readonly begunAt: number
  isBoarded: boolean
  isOver: boolean
  readonly told: string[]
  readonly waiting: Set<() => void>
}

const encoder = new TextEncoder()

export function openFlights(entryChars: number): Flights {
  const flights = new Map<string, Telling>() // bounded by MOST_FLIGHTS and MOST_CHARS
  let chars = 0

  const find = (key: string, now: number): Telling | undefined => {
    const found = flights.get(key)
    if (found === undefined || found.isBoarded || now - found.begunAt <= BOARDING_MS) return found
    found.end()
    return undefined
  }

  const open = (key: string, now: number): Telling => {
    let length = 0
    const flight: Telling = {
      begunAt: now,
      isBoarded: false,
      isOver: false,
      told: [],
      waiting: new Set(),
      append(line) {
        if (flight.isOver) return false
        length += line.length
        chars += line.length
        flight.told.push(line)
        wake(flight)
        return length <= entryChars && chars <= MOST_CHARS
      },
      end() {
        if (flight.isOver) return
        flight.isOver = true
        chars -= length
        if (flights.get(key) === flight) flights.delete(key)
        wake(flight)
      },
      lines: () => flight.told,
      isPurged: () => flights.get(key) !== flight,
    }
    return flight
  }

  return {
    open(key, now) {
      find(key, now)
      if (flights.size >= MOST_FLIGHTS || chars > MOST_CHARS) return undefined
      const flight = open(key, now)
      flights.set(key, flight)
      return flight
    },
    board(key) {
      const flight = flights.get(key)
      if (flight === undefined || flight.isBoarded) return undefined
      flight.isBoarded = true
      return flight
    },
    follow(key, now) {
      const flight = find(key, now)
      return flight === undefined ? undefined : readingOf(flight)
    },
    purge: () => flights.clear(),
  }
}

function wake({ waiting }: Telling): void {
  for (const go of waiting) go()
  waiting.clear()
}

function readingOf(flight: Telling): ReadableStream<Uint8Array> {
  let next = 0
  const reader = { isGone: false }
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      while (!reader.isGone && next >= flight.told.length && !flight.isOver)
        await new Promise<void>((resolve) => flight.waiting.add(resolve))
      if (reader.isGone) return
      const lines = flight.told.slice(next)
      next = flight.told.length
      if (lines.length > 0) return controller.enqueue(encoder.encode(lines.join('')))
      controller.close()
    },
    cancel() {
      reader.isGone = true
      wake(flight)
    },
  })
}
