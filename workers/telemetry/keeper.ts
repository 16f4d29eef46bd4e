// An outbox's thinking over its store: rows are written down, counted in the books, handed out to be sent, and forgotten
// once they are counted durably and sent. Memory is the last snapshot plus the batches after it, so an object that is
// evicted loses nothing, and a batch is counted once.
import {
  absorb,
  type Books,
  hasSeen,
  LENGTH_MS,
  openBooks,
  readBooks,
  sizeOf,
  type Window,
  writeBooks,
} from './books.ts'
import { without } from './forgetting.ts'
import { type Batch, type HandOver, rowsOf } from './letter.ts'
import { rowOf } from './record.ts'
import { MOST_CHARACTERS, type OutboxStore } from './store.ts'

/** Who is sent the rows: the database always, a collector of traces where there is one. */
export type Way = 'database' | 'traces'

export interface Keeper {
  /** A name of this outbox that no other has. */
  readonly name: string
  readonly books: Books
  /** Writes down and counts what is new of these. */
  write(handOvers: readonly HandOver[], now: number): void
  /** What is to be sent next on this way. */
  next(way: Way, rows: number): Batch[]
  /** These, which were next, were sent. */
  sent(way: Way, batches: readonly Batch[]): void
  /** What the database has, all up to this batch. */
  reached(upto: number): void
  /** The last batch that the database has, as far as is known here. */
  readonly sentUpto: number
  /** When what waits for the database is to go: at once (0) where it fills a page; undefined where nothing waits. */
  pageAt(): number | undefined
  /** Batches that the database does not have, in order. */
  unsent(): Iterable<Batch>
  /** Forgets the words of these rows, sent or not. */
  forgetWords(rows: ReadonlySet<string>): void
  /** A snapshot is due, or due at this time; undefined where nothing is to be written. */
  snapshotAt(): number | undefined
  /** Writes the books down and forgets what needs no keeping. */
  snapshot(now: number): void
  /** Something waits for the collector. */
  isUntraced(): boolean
  /** Windows that are over. */
  closable(now: number): Window[]
  closesAt(): number | undefined
  /** Forgets a window that is in the database as it was at this size; rows may have come meanwhile. */
  close(windows: readonly { readonly window: Window; readonly size: number }[], now: number): void
}

/** Books are written down after so many rows or so long: the most that is counted again after an eviction. */
const SNAPSHOT_ROWS = 5_000
const SNAPSHOT_MS = 5 * 60_000
/**
 * A page in the database has so many rows, or what came in so long a time. Rows are as safe here and are shown from here,
 * so waiting costs nothing, while questions go through the heads of all pages: with two outboxes and ninety days those
 * that are not full are 4,320 at most.
 */
export const PAGE_ROWS = 200
export const PAGE_MS = 60 * 60_000
/** Rows that come later than this after a window's end begin another part. */
const GRACE_MS = 15 * 60_000
/**
 * With the database away, this many rows wait here: about a gigabyte, or half an hour at a thousand a second. Beyond it
 * the oldest are dropped; they stay counted.
 */
const MAX_ROWS = 2_000_000
/** With the collector away, this many rows wait for it. */
const MAX_TRACED_ROWS = 50_000

const BOUNDS: readonly (readonly [Way, number])[] = [
  ['database', MAX_ROWS],
  ['traces', MAX_TRACED_ROWS],
]

interface Progress {
  readonly snapshot: number
  readonly database: number
  readonly traces: number
}

export interface Keeping {
  readonly store: OutboxStore
  readonly hasTraces: boolean
  readonly now: number
  readonly warn: (message: string) => void
}

export function openKeeper({ store, hasTraces, now: openedAt, warn }: Keeping): Keeper {
  const { name } = store
  const written = store.readSnapshot()
  const [head = '{}', body] = written === undefined ? [] : split(written)
  const known = JSON.parse(head) as Partial<Progress> // by `snapshot`
  const books = body === undefined ? openBooks(openedAt) : readBooks(body)
  const cursors = { database: known.database ?? 0, traces: known.traces ?? 0 }
  let counted = known.snapshot ?? 0 // the batch up to which the books are written down
  let uncounted = 0
  let uncountedSince: number | undefined
  let last = Math.max(counted, store.lastId())
  let forgotten = 0
  let dropped = 0
  if (!hasTraces) cursors.traces = last

  const partOf = (id: number): string => `${name}.${id.toString(36)}`

  for (let from = counted; ;) {
    const batches = store.after(from, SNAPSHOT_ROWS)
    if (batches.length === 0) break
    for (const { id, count, handOvers } of batches) {
      for (const handOver of handOvers) absorb(books, handOver, partOf(id), openedAt)
      uncounted += count
      uncountedSince ??= openedAt
      from = id
    }
  }
  const waiting = {
    database: store.rowsAfter(cursors.database),
    traces: hasTraces ? store.rowsAfter(cursors.traces) : 0,
  }

  let waitsSince: number | undefined // for the database; of no meaning where nothing waits

  const advance = (way: Way, upto: number, rows: number): void => {
    cursors[way] = upto
    waiting[way] -= rows
    if (way === 'database') waitsSince = undefined
    forget()
  }

  const forget = (): void => {
    const upto = Math.min(counted, cursors.database, cursors.traces)
    if (upto > forgotten) store.removeUpto(upto)
    forgotten = upto
  }

  /** What waits beyond the bounds is not sent any more. */
  const bound = (now: number): void => {
    const before = dropped
    for (const [way, most] of BOUNDS) {
      while (waiting[way] > most) {
        const oldest = store.after(cursors[way], 1)
        if (oldest.length === 0) break
        if (way === 'database') dropped += rowsIn(oldest)
        keeper.sent(way, oldest)
      }
    }
    if (dropped === before) return
    if (dropped % 10_000 < dropped - before)
      warn(`telemetry: D1 is away, ${dropped} of the oldest rows dropped`)
    keeper.snapshot(now)
  }

  const writeDown = (handOvers: readonly HandOver[], now: number): void => {
    last += 1
    store.write(last, handOvers)
    for (const handOver of handOvers) absorb(books, handOver, partOf(last), now)
    const rows = handOvers.reduce((total, { count }) => total + count, 0)
    uncounted += rows
    uncountedSince ??= now
    waiting.database += rows
    if (hasTraces) waiting.traces += rows
    else cursors.traces = last
  }

  const keeper: Keeper = {
    name,
    books,
    write(handOvers, now) {
      const fresh = new Map(
        handOvers
          .filter((handOver) => !hasSeen(books, handOver))
          .map((handOver) => [`${handOver.from} ${handOver.number}`, handOver]),
      )
      for (const together of inBatches([...fresh.values()])) writeDown(together, now)
      bound(now)
    },
    next: (way, rows) => store.after(cursors[way], rows),
    sent(way, batches) {
      const upto = batches.at(-1)?.id ?? 0
      if (upto > cursors[way]) advance(way, upto, rowsIn(batches))
    },
    reached(upto) {
      if (upto > cursors.database) advance('database', upto, waiting.database - store.rowsAfter(upto))
    },
    get sentUpto() {
      return cursors.database
    },
    pageAt() {
      if (waiting.database === 0) return undefined
      if (waiting.database >= PAGE_ROWS) return 0
      waitsSince ??= endOfFirst(store.after(cursors.database, 1)) ?? openedAt
      return waitsSince + PAGE_MS
    },
    *unsent() {
      for (let from = cursors.database; ;) {
        const batches = store.after(from, SNAPSHOT_ROWS)
        if (batches.length === 0) return
        yield* batches
        from = batches.at(-1)?.id ?? from
      }
    },
    forgetWords(rows) {
      for (let from = 0; ;) {
        const batches = store.after(from, SNAPSHOT_ROWS)
        if (batches.length === 0) return
        for (const { id, handOvers } of batches) {
          const changed = handOvers.map((handOver) => without(handOver, rows))
          if (changed.some((handOver) => handOver !== undefined))
            store.rewrite(
              id,
              handOvers.map((handOver, at) => changed[at] ?? handOver),
            )
          from = id
        }
      }
    },
    snapshotAt: () =>
      uncountedSince === undefined
        ? undefined
        : uncounted >= SNAPSHOT_ROWS
          ? 0
          : uncountedSince + SNAPSHOT_MS,
    snapshot(now) {
      const progress: Progress = { snapshot: last, ...cursors }
      store.writeSnapshot(`${JSON.stringify(progress)}\n${writeBooks(books, now)}`)
      counted = last
      uncounted = 0
      uncountedSince = undefined
      forget()
    },
    isUntraced: () => waiting.traces > 0,
    closable: (now) => [...books.windows.values()].filter((window) => endOf(window) + GRACE_MS <= now),
    closesAt: () =>
      books.windows.size === 0
        ? undefined
        : Math.min(...[...books.windows.values()].map((window) => endOf(window) + GRACE_MS)),
    close(windows, now) {
      for (const { window, size } of windows) {
        if (sizeOf(window) === size) books.windows.delete(`${window.span}:${window.startsAt}`)
      }
      // At once, so that no other part of the window leaves while storage still has this one open.
      keeper.snapshot(now)
    },
  }
  return keeper
}

const rowsIn = (batches: readonly Batch[]): number => batches.reduce((total, { count }) => total + count, 0)

/** Hand-overs that are written down together stay small enough for one row. */
function inBatches(handOvers: readonly HandOver[]): HandOver[][] {
  const batches: HandOver[][] = []
  let characters = Number.POSITIVE_INFINITY
  for (const handOver of handOvers) {
    if (characters + handOver.rows.length > MOST_CHARACTERS) {
      batches.push([])
      characters = 0
    }
    characters += handOver.rows.length
    batches.at(-1)?.push(handOver)
  }
  return batches
}

/** When the first of these ended that are not in the database; rows know when they began and how long they took. */
function endOfFirst(batches: readonly Batch[]): number | undefined {
  const [handOver] = batches.flatMap(({ handOvers }) => handOvers)
  const [values] = handOver === undefined ? [] : rowsOf(handOver)
  if (handOver === undefined || values === undefined) return undefined
  const row = rowOf(handOver.columns, values)
  return Number(row.at) + Number(row.total_ms)
}

const endOf = ({ span, startsAt }: Window): number => startsAt + LENGTH_MS[span]

function split(text: string): [string, string] {
  const end = text.indexOf('\n')
  return [text.slice(0, end), text.slice(end + 1)]
}
