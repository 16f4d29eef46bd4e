// How D1 goes about what the dashboard asks over a million rows: along indexes, never through a whole table. The database is
// SQLite with the real migrations; it is asked for its plan of every statement that a question makes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { migrate, readMigrations } from '../../../../tools/gateway/migrate.ts'
import { readSeries } from '../../../../workers/telemetry/series.ts'
import { findRow, readById, readRows } from '../../../../workers/telemetry/reading.ts'
import { readUsage } from '../../../../workers/telemetry/usage.ts'

const DAY_MS = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'minnow-plans-'))
let sqlite: DatabaseSync
let plans: string[] = []

beforeAll(() => {
  const file = join(folder, 'plans.sqlite')
  migrate(file, readMigrations(resolve(import.meta.dirname, '../../../../migrations')))
  sqlite = new DatabaseSync(file)
})
beforeEach(() => void (plans = []))
afterAll(() => {
  sqlite?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** As much of D1 as reading takes, over SQLite, with each statement's plan written down. */
function asked(sql: string, values: readonly SQLInputValue[] = []): object {
  const all = async (): Promise<{ results: unknown[] }> => {
    const steps = sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values)
    plans.push(...steps.map(({ detail }) => String(detail)))
    return { results: sqlite.prepare(sql).all(...values) }
  }
  const first = async (): Promise<unknown> => (await all()).results[0] ?? null
  return { bind: (...given: SQLInputValue[]) => asked(sql, given), all, first }
}
const database = {
  prepare: (sql: string) => asked(sql),
  batch: (list: readonly { all(): Promise<unknown> }[]) => Promise.all(list.map((one) => one.all())),
} as unknown as D1Database

const rows = {
  database,
  outboxes: async () => [],
  texts: async () => [],
  openText: () => null,
  keptFrom: () => 0,
}
const PAST = { limit: 50, from: 'row_a', before: 'row_z' }

/** What is gone through from end to end, but for lists that were handed in and what a step before has found. */
const scans = (): string[] =>
  plans.filter((step) => step.startsWith('SCAN') && !/VIRTUAL TABLE|^SCAN names$|CONSTANT ROW/.test(step))

it.each([
  ['all', {}],
  ['of a route', { route: 'auto' }],
  ['of a tier', { tier: 'mini' }],
  ['those that failed', { end: 'error' }],
  ['of a key and a model, failed, of a route', { key: 'k', model: 'm', end: 'error', route: 'auto' }],
])('requests: %s are found by time, along the index of heads', async (_, kind) => {
  await readRows(database, { ...PAST, ...kind }, [])
  expect(plans).toEqual(['SEARCH pages USING INDEX pages_heads (last_id>? AND last_id<?)'])
})

it('one request is found by its id, and by the id that its client knows', async () => {
  await readById(database, 'row_b')
  await findRow(database, 'local', 'a name of the client')
  expect(scans()).toEqual([])
  expect(plans.join('\n')).toMatch(/COVERING INDEX pages_heads \(last_id>\?/)
})

it.each(['all', 'model', 'key', 'route', 'tier'] as const)('sums over time: by %s', async (by) => {
  const until = 100 * DAY_MS
  await readSeries(
    { database, outboxes: async () => [] },
    { by, step: 'day', since: until - 90 * DAY_MS, until, top: 5 },
  )
  expect(scans()).toEqual([])
  expect(plans.filter((step) => /rollups/.test(step)).length).toBeGreaterThan(0)
})

it.each(['model', 'key', 'route', 'day'] as const)('who used how much: by %s', async (group) => {
  const until = 100 * DAY_MS
  await readUsage(
    { rows, database, outboxes: async () => [] },
    { group, since: until - 90 * DAY_MS, until, limit: 20 },
  )
  expect(scans()).toEqual([])
})
