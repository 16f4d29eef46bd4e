// The list of requests for operators. What a page says of itself tells whether it is read; of routes, tiers and ends
// together it cannot say all, so such a search has an end, and says how far it came.
import type { Listing, RequestFilter } from '../telemetry/queries.ts'

type Shown = Record<string, unknown>

export type RequestQuery = { readonly [name in keyof RequestFilter]: RequestFilter[name] | undefined } & {
  readonly limit: number
}

export type ReadRequests = (filter: RequestFilter) => Promise<Listing>

/** `last` is where the next page goes on, null at the end; with a filter it may lie below the last row that was found. */
export async function listRequests(read: ReadRequests, query: RequestQuery): Promise<Shown> {
  const { limit, ...given } = query
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const { rows, reached } = await read({ limit, ...filter })
  const last = reached ?? (rows.length < limit ? null : (rows.at(-1)?.['id'] ?? null))
  return { object: 'list', data: rows, last }
}
