// Filters of the operator's list of requests, over rows that are read a page at a time.
import { describe, expect, it } from 'vitest'
import { listRequests, type ReadRequests } from '../../../../workers/admin/requests.ts'

/** Rows `r<number>`, the newest first; every tenth failed. */
const rowsOf = (count: number): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, place) => ({
    id: `r${String(count - place).padStart(6, '0')}`,
    route: place % 2 === 0 ? 'auto' : 'solid',
    tier: 'mini',
    end: place % 10 === 0 ? 'error' : 'finish',
  }))

const reading = (rows: readonly Record<string, unknown>[]): { read: ReadRequests; asked: number[] } => {
  const asked: number[] = []
  return {
    asked,
    read: async ({ limit, before }) => {
      asked.push(limit)
      return rows.filter((row) => before === undefined || String(row['id']) < before).slice(0, limit)
    },
  }
}

describe('without a filter', () => {
  it('one page is read, and the next one begins after it', async () => {
    const { read, asked } = reading(rowsOf(120))
    const first = await listRequests(read, { limit: 50 })
    expect([(first['data'] as unknown[]).length, first['last'], asked]).toEqual([50, 'r000071', [50]])
    const rest = await listRequests(read, { limit: 100, before: String(first['last']) })
    expect([(rest['data'] as unknown[]).length, rest['last']]).toEqual([70, null])
  })
})

describe('with a filter', () => {
  it('rows are looked through until the page is full', async () => {
    const { read } = reading(rowsOf(3_000))
    const found = await listRequests(read, { limit: 150, end: 'error' })
    const data = found['data'] as Record<string, unknown>[]
    expect(data).toHaveLength(150)
    expect(data.every((row) => row['end'] === 'error')).toBe(true)
    expect(found['last']).toBe(data.at(-1)?.['id'])
  })

  it('all pages together have every row that fits, once', async () => {
    const { read } = reading(rowsOf(3_003))
    const seen: unknown[] = []
    let before: string | undefined
    for (;;) {
      const page = await listRequests(read, { limit: 70, end: 'error', route: 'auto', before })
      seen.push(...(page['data'] as Record<string, unknown>[]).map((row) => row['id']))
      if (page['last'] === null) break
      before = String(page['last'])
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength(301)
  })

  it('the search ends after so many rows, and says where to go on', async () => {
    const { read, asked } = reading(rowsOf(20_000))
    const found = await listRequests(read, { limit: 50, tier: 'cache' })
    expect([found['data'], found['last'], asked.length]).toEqual([[], 'r016001', 4])
  })
})
