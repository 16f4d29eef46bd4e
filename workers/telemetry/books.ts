// What an outbox has counted: windows of an hour and a day that are still open, totals since it began, and how far
// each isolate has got. Taking a hand-over in twice changes nothing. Pure, but for changing the books in place.
import { type HandOver, rowsOf, WINDOW } from './letter.ts'
import { type Reading, readerOf } from './measure.ts'
import {
  count,
  openTally,
  packTally,
  type PackedTally,
  ROLLED,
  SHAPES,
  sumOf,
  type Tally,
  unpackTally,
} from './tally.ts'

export type Span = 'hour' | 'day'

export type Dimension = 'all' | 'model' | 'key' | 'route' | 'tier' | 'mix'

export const LENGTH_MS: Readonly<Record<Span, number>> = { hour: 3_600_000, day: 86_400_000 }

/** One window as this outbox saw it. Once it is closed, rows that come late begin another part. */
export interface Window {
  readonly part: string
  readonly span: Span
  readonly startsAt: number
  readonly tallies: Map<Dimension, Map<string, Tally>>
}

/** What totals are counted by; as a JSON text it is their name. */
export interface Series {
  readonly model: string
  readonly route: string
  readonly key: string
  readonly tier: string
  readonly operation: string
  /** Why it failed, one word; empty where it did not. */
  readonly failure: string
}

/** How far an isolate's hand-overs have come: all up to a number, and some after it. */
export interface Sender {
  readonly number: number
  readonly ahead?: readonly number[]
  readonly at: number
}

export interface Books {
  readonly windows: Map<string, Window>
  readonly totals: Map<string, Tally>
  readonly senders: Map<string, Sender>
  readonly since: number
}

/** Names of one dimension in one window; what is beyond counts as `(other)`. Bounds the memory of an outbox. */
const MAX_NAMES = 4_000
const MAX_TOTALS = 2_000
const OTHER = '(other)'
const seriesOf = ({ model, route, key, tier, operation, failure }: Series): string =>
  JSON.stringify({ model, route, key, tier, operation, failure })

const REST = seriesOf({ model: OTHER, route: OTHER, key: OTHER, tier: OTHER, operation: 'chat', failure: '' })
/** An isolate not heard of for this long has no hand-over to repeat. */
const FORGET_MS = 86_400_000

export const openBooks = (now: number): Books => ({
  windows: new Map(),
  totals: new Map(),
  senders: new Map(),
  since: now,
})

export function hasSeen(books: Books, { from, number }: Pick<HandOver, 'from' | 'number'>): boolean {
  const sender = books.senders.get(from)
  return sender !== undefined && (number <= sender.number || sender.ahead?.includes(number) === true)
}

/** The sender once this number has come. Whoever sends it has had an answer to all that are WINDOW older. */
function withNumber(sender: Sender | undefined, number: number, at: number): Sender {
  let upto = Math.max(sender?.number ?? 0, number - WINDOW)
  const ahead = new Set([...(sender?.ahead ?? []), number].filter((each) => each > upto))
  while (ahead.delete(upto + 1)) upto += 1
  return { number: upto, at, ...(ahead.size === 0 ? {} : { ahead: [...ahead] }) }
}

/** Counts a hand-over that was written down under this name; false where it is known already. */
export function absorb(books: Books, handOver: HandOver, writtenAs: string, now: number): boolean {
  if (hasSeen(books, handOver)) return false
  const { from, number } = handOver
  books.senders.set(from, withNumber(books.senders.get(from), number, now))
  const read = readerOf(handOver.columns)
  for (const values of rowsOf(handOver)) enter(books, read(values), writtenAs)
  return true
}

function enter(books: Books, row: Reading, writtenAs: string): void {
  const { model, key, route, tier } = row
  const mix = JSON.stringify([model, route, key, tier])
  for (const span of ['hour', 'day'] as const) {
    const startsAt = row.at - (row.at % LENGTH_MS[span])
    const { tallies } = windowOf(books, span, startsAt, writtenAs)
    const enterAs = (dimension: Dimension, name: string, shapes: number = ROLLED.length): void =>
      count(tallyOf(tallies, dimension, name), row, shapes)
    enterAs('all', '')
    enterAs('model', model)
    enterAs('key', key)
    enterAs('route', route)
    enterAs('tier', tier)
    if (span === 'day') enterAs('mix', mix, 0)
  }
  count(named(books.totals, seriesOf(row), MAX_TOTALS, REST), row, SHAPES.length)
}

function windowOf(books: Books, span: Span, startsAt: number, writtenAs: string): Window {
  const place = `${span}:${startsAt}`
  const known = books.windows.get(place)
  if (known !== undefined) return known
  const fresh = { part: writtenAs, span, startsAt, tallies: new Map() }
  books.windows.set(place, fresh)
  return fresh
}

function tallyOf(tallies: Window['tallies'], dimension: Dimension, name: string): Tally {
  let names = tallies.get(dimension)
  if (names === undefined) {
    names = new Map()
    tallies.set(dimension, names)
  }
  return named(names, name, MAX_NAMES, dimension === 'mix' ? JSON.stringify(Array(4).fill(OTHER)) : OTHER)
}

function named(names: Map<string, Tally>, name: string, most: number, other: string): Tally {
  const known = names.get(name)
  if (known !== undefined) return known
  if (names.size >= most && name !== other) return named(names, other, most, other)
  const fresh = openTally()
  names.set(name, fresh)
  return fresh
}

/** How many rows a window has; it only grows. */
export function sizeOf(window: Window): number {
  const all = window.tallies.get('all')?.get('')
  return all === undefined ? 0 : sumOf(all, 'requests')
}

/** Books as JSON. Isolates that are long gone are left out. */
export function writeBooks(books: Books, now: number): string {
  const packed = (names: Map<string, Tally>): [string, PackedTally][] =>
    [...names].map(([name, tally]) => [name, packTally(tally)])
  return JSON.stringify({
    since: books.since,
    senders: [...books.senders].filter(([, { at }]) => now - at < FORGET_MS),
    totals: packed(books.totals),
    windows: [...books.windows.values()].map(({ tallies, ...window }) => ({
      ...window,
      tallies: [...tallies].map(([dimension, names]) => [dimension, packed(names)]),
    })),
  })
}

interface Written {
  readonly since: number
  readonly senders: [string, Sender][]
  readonly totals: [string, PackedTally][]
  readonly windows: (Omit<Window, 'tallies'> & {
    readonly tallies: [Dimension, [string, PackedTally][]][]
  })[]
}

export function readBooks(text: string): Books {
  const written = JSON.parse(text) as Written // by writeBooks
  const unpacked = (names: [string, PackedTally][]): Map<string, Tally> =>
    new Map(names.map(([name, packed]) => [name, unpackTally(packed)]))
  return {
    since: written.since,
    senders: new Map(written.senders),
    totals: unpacked(written.totals),
    windows: new Map(
      written.windows.map(({ tallies, ...window }) => [
        `${window.span}:${window.startsAt}`,
        {
          ...window,
          tallies: new Map(tallies.map(([dimension, names]) => [dimension, unpacked(names)])),
        },
      ]),
    ),
  }
}
