// Requests by route, tier and end over a database with some past: page after page has every row that fits, once, in order,
// also of pages written before heads said what kinds they have, and where a search ends before it has found enough.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../shared/random.ts'
import { requestIdAt } from '../../shared/request-id.ts'
import { fill } from '../../tools/bench/filling.ts'
import { databaseFile } from '../../tools/gateway/migrate.ts'
import { COLUMNS } from '../../workers/telemetry/record.ts'
import { type Gateway, startGateway } from '../lab/gateway.ts'

const ROWS = 45_000
const state = mkdtempSync(join(tmpdir(), 'minnow-filters-'))
interface Known {
  readonly id: string
  readonly route: string
  readonly tier: string
  readonly end: string
}
const known: Known[] = []
let gateway: Gateway

beforeAll(async () => {
  const random = seededRandom(7)
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? ''
  const rowAt = (at: number): unknown[] => {
    const uuid = randomUUID()
    const [route, tier] = [pick(['auto', 'solid', 'fast']), pick(['mini', 'frontier', 'fixed'])]
    // On route fast nothing fails, though most pages have a row of it and one that failed.
    const end = route !== 'fast' && random() < 0.02 ? 'error' : 'finish'
    const row = { id: `row_${at.toString(36)}_${uuid}`, route, tier, end }
    known.push(row)
    const values: Partial<Record<(typeof COLUMNS)[number], unknown>> = {
      id: row.id,
      request_id: requestIdAt(at, uuid),
      at,
      key_id: 'local',
      route,
      tier,
      reason: 'order',
      model: 'lab/big',
      attempts: '[]',
      cost_micros: 1,
      total_ms: 5,
      stream: 0,
      status: end === 'error' ? 502 : 200,
      ending: end,
      operation: 'chat',
    }
    for (const tokens of ['input', 'cache_read', 'cache_write', 'output', 'reasoning'] as const)
      values[`tokens_${tokens}`] = 0
    return COLUMNS.map((column) => values[column] ?? null)
  }
  fill({
    root: resolve(import.meta.dirname, '../..'),
    state,
    rows: ROWS,
    days: 20,
    now: Date.now(),
    random,
    rowAt,
  })
  const database = new DatabaseSync(databaseFile(state))
  database.exec('UPDATE pages SET kinds = NULL WHERE rowid % 3 = 0')
  const pages = database.prepare('SELECT COUNT(*) AS count FROM pages').get()
  expect(Number(pages?.['count'])).toBeGreaterThan(200)
  database.close()
  gateway = await startGateway({ config: {}, state })
}, 400_000)
afterAll(async () => {
  await gateway?.stop()
  rmSync(state, { recursive: true, force: true })
})

interface Page {
  readonly data: readonly { readonly id: string }[]
  readonly last: string | null
}

async function pages(query: string): Promise<Page[]> {
  const found: Page[] = []
  for (let before = ''; ;) {
    const reply = await fetch(`${gateway.url}/admin/requests?limit=1000&${query}${before}`, {
      headers: { authorization: 'Bearer mk-admin-local' },
    })
    expect(reply.status).toBe(200)
    const page = (await reply.json()) as Page
    found.push(page)
    if (page.last === null) return found
    before = `&before=${encodeURIComponent(page.last)}`
  }
}

test.each([
  ['end=error', (row: Known) => row.end === 'error'],
  ['end=cancelled', () => false],
  ['route=solid&end=error', (row: Known) => row.route === 'solid' && row.end === 'error'],
  ['tier=mini&end=error', (row: Known) => row.tier === 'mini' && row.end === 'error'],
  ['route=nowhere', () => false],
] as const)('%s', async (query, fits) => {
  const found = await pages(query)
  const wanted = known
    .filter(fits)
    .map(({ id }) => id)
    .sort()
    .reverse()
  expect(found.flatMap(({ data }) => data.map(({ id }) => id))).toEqual(wanted)
})

test('a search for what no head can rule out ends after so many pages, and goes on from there', async () => {
  const found = await pages('route=fast&end=error')
  expect(found.every(({ data }) => data.length === 0)).toBe(true)
  expect(found.length).toBeGreaterThan(1)
})
