// Reads items where they are written down: each text once for a question, and none that is not told.
import type { Fields } from '../../shared/fields.ts'
import { saidIn } from './closing.ts'
import { markerOf } from './entry.ts'
import type { Told } from './fitting.ts'
import type { Ref } from './line.ts'
import { responseIn } from './recalled.ts'
import { itemsIn, type ThreadStore } from './store.ts'

export type ReadItem = (ref: Ref) => Fields | undefined

/** The items of a response: its input's, and what it said. */
export const itemsOf = (store: Pick<ThreadStore, 'text'>, id: string): readonly Fields[] => [
  ...itemsIn(store.text(id, 'input')),
  ...saidIn(responseIn(store.text(id, 'response'))),
]

export function openTexts(store: Pick<ThreadStore, 'text' | 'item'>): ReadItem {
  const read = new Map<string, readonly Fields[]>() // of one question
  const inResponse = (id: string): readonly Fields[] => {
    const items = read.get(id) ?? itemsOf(store, id)
    read.set(id, items)
    return items
  }
  return ({ response, at }) => (response === null ? store.item(at) : inResponse(response)[at])
}

export const tell = (read: ReadItem, told: readonly Told[]): Fields[] =>
  told.flatMap((one): Fields[] => (one.lean ? [markerOf(one.entry)] : readAll(read, [one])))

export const readAll = (read: ReadItem, refs: readonly Ref[]): Fields[] =>
  refs.map(read).filter((item) => item !== undefined)
