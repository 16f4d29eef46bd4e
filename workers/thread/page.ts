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

/** Undefined where there is no item `after`. `items` are in the order in which they were said. */
export function pageOf(items: readonly Fields[], { limit, order, after }: PageQuery): Page | undefined {
  const ordered = order === 'asc' ? items : items.toReversed()
  const from = after === undefined ? 0 : ordered.findIndex((item) => item['id'] === after) + 1
  if (after !== undefined && from === 0) return undefined
  return listOfItems(ordered.slice(from, from + limit), ordered.length > from + limit)
}

export const listOfItems = (data: readonly Fields[], hasMore: boolean): Page => ({
  object: 'list',
  data,
  first_id: idOf(data[0]),
  last_id: idOf(data.at(-1)),
  has_more: hasMore,
})

const idOf = (item: Fields | undefined): string => (typeof item?.['id'] === 'string' ? item['id'] : '')
