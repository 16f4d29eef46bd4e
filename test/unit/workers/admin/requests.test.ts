// The operator's list of requests, page after page.
import { expect, it } from 'vitest'
import { listRequests, type ReadRequests } from '../../../../workers/admin/requests.ts'
import type { RequestFilter } from '../../../../workers/telemetry/queries.ts'

/** Rows `r<number>`, the newest first. */
const reading = (count: number, reached?: string): { read: ReadRequests; asked: RequestFilter[] } => {
  const asked: RequestFilter[] = []
  const rows = Array.from({ length: count }, (_, place) => ({
    id: `r${String(count - place).padStart(6, '0')}`,
  }))
  return {
    asked,
    read: async (filter) => {
      asked.push(filter)
      const { limit, before } = filter
      const found = rows.filter(({ id }) => before === undefined || id < before).slice(0, limit)
      return { rows: found, ...(reached === undefined ? {} : { reached }) }
    },
  }
}

it('one page is read, and the next one begins after it', async () => {
  const { read } = reading(120)
  const first = await listRequests(read, { limit: 50 })
  expect([(first['data'] as unknown[]).length, first['last']]).toEqual([50, 'r000071'])
  const rest = await listRequests(read, { limit: 100, before: String(first['last']) })
  expect([(rest['data'] as unknown[]).length, rest['last']]).toEqual([70, null])
})

it('only the filters that were given are asked for', async () => {
  const { read, asked } = reading(0)
  await listRequests(read, { limit: 50, end: 'error', route: undefined, key: undefined })
  expect(asked).toEqual([{ limit: 50, end: 'error' }])
})

it('a search that ended early says where to go on, below the last row that was found', async () => {
  const { read } = reading(3, 'r000000~')
  expect(await listRequests(read, { limit: 50, end: 'error' })).toMatchObject({ last: 'r000000~' })
})
