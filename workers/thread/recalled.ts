// What a new question goes on from: the items of the responses before it, or those of its conversation. Pure.
import type { Fields } from '../../shared/fields.ts'
import { fieldsOf, parse } from '../../shared/fields.ts'
import { saidIn } from './closing.ts'
import { type Kept, lineOf } from './lineage.ts'

/** What is looked up; the real one is the object's storage. */
export interface Book {
  find(id: string): Kept | undefined
  input(id: string): readonly Fields[]
  response(id: string): Fields
  /** The conversation's items, up to and with this position. */
  items(upto: number): readonly Fields[]
}

/**
 * All that was said up to and with a response; the id that is missing where one of them is gone. Their instructions are
 * not among it: they hold for one response only.
 */
export function saidUpTo(id: string, book: Book): readonly Fields[] | string {
  const line = lineOf(id, (one) => book.find(one))
  if (typeof line === 'string') return line
  return line.flatMap((kept) => [
    ...contextOf(kept, book),
    ...book.input(kept.id),
    ...saidIn(book.response(kept.id)),
  ])
}

/** All that a response was told: what came before and its own input. */
export function toldTo(id: string, book: Book): readonly Fields[] | string {
  const kept = book.find(id)
  if (kept === undefined) return id
  const before = kept.parent === null ? [] : saidUpTo(kept.parent, book)
  // Where one before it was deleted, what is left to show is its own.
  const history = typeof before === 'string' ? [] : before
  return [...history, ...contextOf(kept, book), ...book.input(id)]
}

const contextOf = ({ upto }: Kept, book: Book): readonly Fields[] => (upto === null ? [] : book.items(upto))

export const responseIn = (json: string): Fields => fieldsOf(parse(json))
