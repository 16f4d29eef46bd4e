// A page of a list of items, in the shape that OpenAI documents for lists. Pure.
// Source: https://developers.openai.com/api/reference/resources/responses/subresources/input_items
import type { Fields } from '../../shared/fields.ts'

export interface PageQuery {
  readonly limit: number
  readonly order: 'asc' | 'desc'
  /** The page begins behind the item of this id. */
  readonly after?: string
}

export interface Page {
  readonly object: 'list'
  readonly data: readonly Fields[]
  readonly first_id: string
  readonly last_id: string
  readonly has_more: boolean
}

/**
 * Undefined where there is no item `after`. `named` are in the order that is asked for, and are read no further than the
 * page goes.
 */
export function pageOf<Named extends { readonly id: string }>(
  named: Iterable<Named>,
  read: (one: Named) => Fields | undefined,
  { limit, after }: Omit<PageQuery, 'order'>,
): Page | undefined {
  const data: Fields[] = []
  let isBehind = after === undefined
  for (const one of named) {
    if (!isBehind) {
      isBehind = one.id === after
      continue
    }
    if (data.length === limit) return listOfItems(data, true)
    const item = read(one)
    if (item !== undefined) data.push(item)
  }
  return isBehind ? listOfItems(data, false) : undefined
}

export const listOfItems = (data: readonly Fields[], hasMore: boolean): Page => ({
  object: 'list',
  data,
  first_id: idOf(data[0]),
  last_id: idOf(data.at(-1)),
  has_more: hasMore,
})

const idOf = (item: Fields | undefined): string => (typeof item?.['id'] === 'string' ? item['id'] : '')
