// The list of requests for operators. Keys and models are found by what pages say of themselves; other filters look
// through rows, so far at most, and say how far they came.
import type { RequestFilter } from '../telemetry/queries.ts'

type Shown = Record<string, unknown>

export interface RequestQuery {
  readonly limit: number
  readonly before?: string | undefined
  readonly key?: string | undefined
  readonly model?: string | undefined
  readonly route?: string | undefined
  readonly tier?: string | undefined
  readonly end?: string | undefined
}

export type ReadRequests = (filter: RequestFilter) => Promise<Shown[]>

const ROWS_AT_ONCE = 1_000
/** Rows looked through for one answer. */
const MOST_LOOKS = 4

/** `last` is where the next page goes on, null at the end; with a filter it may lie below the last row that was found. */
export async function listRequests(read: ReadRequests, query: RequestQuery): Promise<Shown> {
  const { limit, before, key, model, route, tier, end } = query
  const narrow = { ...(key === undefined ? {} : { key }), ...(model === undefined ? {} : { model }) }
  const wanted = Object.entries({ route, tier, end }).filter(([, value]) => value !== undefined)
  const isWanted = (row: Shown): boolean => wanted.every(([name, value]) => row[name] === value)
  const atOnce = wanted.length === 0 ? limit : ROWS_AT_ONCE

  const found: Shown[] = []
  let from = before
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const rows = await read({ limit: atOnce, ...narrow, ...(from === undefined ? {} : { before: from }) })
    for (const row of rows) {
      from = String(row['id'])
      if (isWanted(row)) found.push(row)
      if (found.length === limit) return { object: 'list', data: found, last: from }
    }
    if (rows.length < atOnce) return { object: 'list', data: found, last: null }
  }
  return { object: 'list', data: found, last: from ?? null }
}
