// What a response adds to its line when it is written down.
import type { Fields } from '../../shared/fields.ts'
import { saidIn } from './closing.ts'
import { type CountItem, type Entry, entryOf, roughly } from './entry.ts'
import { type Line, NOTHING_SENT, pinned } from './line.ts'
import { type Path, pathFrom, type Start } from './path.ts'
import { NOTHING_BEFORE, type Place } from './recalled.ts'
import type { ThreadStore } from './store.ts'
import { sizeOf } from './turns.ts'

/** How items are counted where nobody did. */
export const entriesOf = (items: readonly Fields[], count: CountItem = roughly): Entry[] =>
  items.map((item) => entryOf(item, count(item)))

/** Counts that came along, where there is one for each item. */
export const counted = (items: readonly Fields[], tokens: readonly number[] | undefined): Entry[] =>
  tokens?.length === items.length ? items.map((item, at) => entryOf(item, tokens[at] ?? 0)) : entriesOf(items)

export interface Measured {
  readonly id: string
  readonly parent: string | null
  readonly upto: number | null
  readonly input: readonly Entry[]
  readonly said: readonly Entry[]
  readonly place: Place
}

export function lineFor(
  store: Pick<ThreadStore, 'line' | 'find' | 'itemsDown' | 'lastItem' | 'sent'>,
  { id, parent, upto, input, said, place }: Measured,
): Line {
  const path = pathBefore(store, parent, upto)
  const entries = [...input, ...said]
  const { turns, tokens } = sizeOf(entries)
  const pins = pinned(path.sent.pins, input, path.depth === 0, (at) => ({ response: id, at }))
  return {
    depth: path.depth + turns,
    tokens: path.tokens + tokens,
    entries,
    inputs: input.length,
    sent: { ...NOTHING_SENT, pins, ...place },
  }
}

function pathBefore(store: Parameters<typeof pathFrom>[0], parent: string | null, upto: number | null): Path {
  const start: Start | undefined =
    parent !== null
      ? { kind: 'response', id: parent }
      : upto === null
        ? undefined
        : { kind: 'conversation', upto }
  return start === undefined ? NOTHING_BEFORE : pathFrom(store, start)
}

export const saidEntries = (response: Fields, tokens?: readonly number[]): Entry[] =>
  counted(saidIn(response), tokens)
