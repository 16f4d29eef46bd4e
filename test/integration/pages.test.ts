// Many rows in one row of D1: whatever is asked of them is answered as if they lay there one by one, also by clients'
// own request ids, over pages that overlap, and while some rows are still on their way.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestIdAt } from '../../shared/request-id.ts'
import type { Outcome } from '../../shared/plan.ts'
import { databaseFile, migrate, readMigrations } from '../../tools/gateway/migrate.ts'
import { objectId } from '../../tools/gateway/object-id.ts'
import { pageOf } from '../../workers/telemetry/page.ts'
import { COLUMNS, writeRow } from '../../workers/telemetry/record.ts'
import { NAME, PUT, valuesOf } from '../../workers/telemetry/shelf.ts'
import { pick } from '../lab/client.ts'
import { openScene, type Row, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'
import { handOverOf, outcomeWith } from '../unit/workers/telemetry/outbox-rows.ts'

const PAGES = 150
const ROWS = 20
const KEPT_MS = 90 * 86_400_000
const BEGAN = Date.now() - 40 * 3_600_000
const NAMES = ['lab/a', 'lab/"odd"\\one', 'lab/ü', '']

const MIGRATIONS = readMigrations(resolve(import.meta.dirname, '../../migrations'))

let seed = 3
const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31
const pickOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

/** Rows that ended in order, of requests that took up to two hours: many pages have rows of the same time. */
const outcomes: Outcome[] = Array.from({ length: PAGES * ROWS }, (_, at) => {
  const startedAt = BEGAN + at * 40_000 - Math.floor(random() ** 6 * 7_200_000)
  const uuid = crypto.randomUUID()
  return outcomeWith({
    id: `row_${startedAt.toString(36)}_${uuid}`,
    requestId: at % 5 === 0 ? `mine-${at % 100}` : requestIdAt(startedAt - (at % 7), uuid),
    at: startedAt,
    keyId: at === 1_234 ? 'key_rare' : `key_${Math.floor(random() ** 3 * 12)}`,
    model: pickOf(NAMES),
    costMicros: at,
  })
})
const old = outcomeWith({ at: Date.now() - KEPT_MS - 3_600_000, keyId: 'key_old', requestId: 'too-old' })
const single = outcomeWith({ at: BEGAN - 60_000, keyId: 'key_single', requestId: 'by-itself' })

let scene: Scene
let state: string

const within = (change: (database: DatabaseSync) => void): void => {
  const database = new DatabaseSync(databaseFile(state), { timeout: 5_000 })
  try {
    change(database)
  } finally {
    database.close()
  }
}

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'minnow-test-'))
  migrate(
    databaseFile(state),
    MIGRATIONS.filter(({ name }) => name < '0013'),
  )
  within((database) => {
    const then = COLUMNS.slice(0, 28) // what the table had
    const insert = `INSERT INTO requests (${then.join(', ')}) VALUES (${then.map(() => '?').join(', ')})`
    database.prepare(insert).run(...writeRow(single).slice(0, then.length))
  })
  migrate(databaseFile(state), MIGRATIONS)
  within((database) => {
    for (let page = 0; page < PAGES; page += 1) {
      const some =
        page === 0 ? [old, ...outcomes.slice(0, ROWS)] : outcomes.slice(page * ROWS, (page + 1) * ROWS)
      const made = pageOf([{ id: 1, count: some.length, handOvers: [handOverOf('x', 1, some)] }])
      const place = { outbox: `outbox_${page % 2}`, after: page - 2, upto: page }
      database.prepare(PUT).run(...valuesOf(place, made))
      database.prepare(NAME).run(place.outbox, place.upto, JSON.stringify(made.named))
    }
  })
  scene = await openScene({ models: { one: { provider: 'lab', model: 'one' } } }, { state })
})
afterAll(async () => {
  await scene.stop()
  rmSync(state, { recursive: true, force: true })
})

const all = (): Outcome[] => [...outcomes, single].sort((a, b) => (a.id > b.id ? -1 : 1))

const listed = async (query: string): Promise<readonly Row[]> => {
  const { status, json, text } = await scene.admin.send(`/admin/requests?${query}`)
  if (status !== 200) throw new Error(text)
  return pick(json, 'data') as readonly Row[]
}

describe('the list', () => {
  const paths = [
    { what: 'of all', filter: {} },
    { what: 'of a busy key', filter: { key: 'key_0' } },
    { what: 'of a quiet key', filter: { key: 'key_11' } },
    { what: 'of a key with one row', filter: { key: 'key_rare' } },
    { what: 'of the key of a row from before', filter: { key: 'key_single' } },
    { what: 'of a key that nobody uses', filter: { key: 'key_1x' } },
    { what: 'of a model with an odd name', filter: { model: 'lab/"odd"\\one' } },
    { what: 'of a model with an umlaut', filter: { model: 'lab/ü' } },
    { what: 'of a key and a model', filter: { key: 'key_3', model: 'lab/a' } },
    { what: 'of what is too old', filter: { key: 'key_old' } },
  ]
  test.each(paths)('$what is that of the rows, page by page', async ({ filter }) => {
    const { key, model } = filter as { key?: string; model?: string }
    const expected = all()
      .filter((row) => key === undefined || row.keyId === key)
      .filter((row) => model === undefined || row.model === model)
    const query = new URLSearchParams(filter as Record<string, string>)
    const found: string[] = []
    for (;;) {
      const rows = await listed(`limit=333&${query}`)
      found.push(...rows.map(({ id }) => id))
      if (rows.length < 333) break
      query.set('before', found.at(-1) ?? '')
    }
    expect(found).toEqual(expected.map(({ id }) => id))
  })

  test('of so few rows or before such a time is that of the rows', async () => {
    for (const limit of [1, 2, 19, 60, 1_000]) {
      const at = BEGAN + Math.floor(random() * PAGES * ROWS * 40_000)
      const rows = await listed(`limit=${limit}&before=${at}`)
      const expected = all().filter((row) => row.at < at)
      expect(rows.map(({ id }) => id)).toEqual(expected.slice(0, limit).map(({ id }) => id))
    }
  })
})

describe('a receipt', () => {
  const costOf = async (id: string, keyId: string): Promise<unknown> => {
    within((database) => {
      database.prepare("UPDATE keys SET id = ? WHERE name = 'reader'").run(keyId)
    })
    const key = await reader
    return pick((await key.client.send(`/v1/receipts/${id}`)).json, 'cost_micros')
  }
  let reader: ReturnType<Scene['makeKey']>
  beforeAll(() => {
    reader = scene.makeKey({ name: 'reader' })
    return reader
  })

  test('is found by an id of ours, and by one that a client sent: the newest of its key', async () => {
    const keyId = 'key_1'
    const own = all().filter((row) => row.keyId === keyId)
    const newest = new Map(own.toReversed().map((row) => [row.requestId, row]))
    const ours = own.filter(({ requestId }) => requestId.startsWith('req_')).slice(0, 40)
    const sent = [...newest.values()].filter(({ requestId }) => requestId.startsWith('mine'))
    expect([ours.length > 30, sent.length > 5]).toEqual([true, true])
    for (const row of [...ours, ...sent]) expect(await costOf(row.requestId, keyId)).toBe(row.costMicros)
  })
})

test('rows that are due go to D1 when their outbox wakes, each page once', async () => {
  await listed('limit=1') // so that every outbox exists
  await scene.gateway.kill()
  const late = Array.from({ length: 3 }, (_, at) =>
    outcomeWith({ at: Date.now() - 7_200_000 + at, keyId: 'key_late', requestId: `late-${at}` }),
  )
  const { rows, columns } = handOverOf('slept', 1, late)
  const text = ['slept', 1, columns.join(','), 3, rows].join('\t')
  const file = join(state, 'objects', 'minnow-Outbox', `${objectId('minnow-Outbox', 'outbox-0')}.sqlite`)
  const database = new DatabaseSync(file)
  database
    .prepare('INSERT INTO queue (id, rows, characters, text) VALUES (5, 3, ?, ?)')
    .run(text.length, text)
  database.close()
  await scene.gateway.restart()
  expect((await listed('key=key_late')).map(({ request_id: id }) => id)).toEqual([
    'late-2',
    'late-1',
    'late-0',
  ])
  const pages = (): unknown[] => {
    let found: unknown[] = []
    within((open) => {
      found = open.prepare('SELECT upto, count FROM pages WHERE keys = \'["key_late"]\'').all()
    })
    return found.map((page) => [pick(page, 'upto'), pick(page, 'count')])
  }
  await until('the page', () => pages().length > 0)
  await scene.gateway.kill() // before it has written down how far it was
  await scene.gateway.restart()
  expect(await listed('key=key_late')).toHaveLength(3)
  await new Promise((done) => setTimeout(done, 500))
  expect(pages()).toEqual([[5, 3]])
  expect(await listed('key=key_late')).toHaveLength(3)
}, 180_000)
