// What the operator's questions cost over a million rows: fills a local D1 with them and with their rollups, as outboxes
// would have, starts the gateway on it and asks. `node tools/bench/telemetry.ts [rows]`.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startGateway } from '../../test/lab/gateway.ts'
import { absorb, openBooks } from '../../workers/telemetry/books.ts'
import { ROLLUP, rollupsOf } from '../../workers/telemetry/rollups.ts'
import { rowsOf } from '../../workers/telemetry/letter.ts'
import { COLUMNS } from '../../workers/telemetry/record.ts'
import { databaseFile, migrate, readMigrations } from '../gateway/migrate.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const DAYS = 90
const DAY_MS = 86_400_000
const OUTBOXES = 2
const KEYS = Array.from({ length: 50 }, (_, index) => `key_${String(index).padStart(4, '0')}`)
const MODELS = ['lab/big', 'lab/small', 'other/big', 'other/small', 'minnow/micro', 'third/large']
const ROUTES = ['auto', 'solid', 'fast', 'big']
const ROUNDS = 15
const BATCH = 500

const root = resolve(import.meta.dirname, '../..')
const state = mkdtempSync(join(tmpdir(), 'minnow-bench-'))
const now = Date.now()
let seed = 7
/** The same rows at every run. */
const random = (): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
  return seed / 2 ** 31
}
const pick = <T>(list: readonly [T, ...T[]] | readonly T[], skew = 1): T =>
  list[Math.floor(random() ** skew * list.length)] as T

/** Times are lognormal, as those of answers are. */
const time = (median: number): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.round(median * Math.exp(0.8 * normal))
}

function rowAt(at: number): unknown[] {
  const model = pick(MODELS, 1.5)
  const head = time(400)
  const attempts = [
    { target: model, startedAt: at, headMs: head, durationMs: head + 900, end: 'answered', status: 200 },
  ]
  const values: Record<(typeof COLUMNS)[number], unknown> = {
    id: `row_${at.toString(36)}_${randomUUID()}`,
    request_id: randomUUID(),
    at,
    key_id: pick(KEYS, 2),
    route: pick(ROUTES),
    tier: model === 'minnow/micro' ? 'mini' : 'frontier',
    reason: 'order',
    score: null,
    model,
    attempts: JSON.stringify(attempts),
    tokens_input: time(600),
    tokens_cache_read: 0,
    tokens_cache_write: 0,
    tokens_output: time(200),
    tokens_reasoning: 0,
    usage_source: 'reported',
    cost_micros: time(500),
    head_ms: head,
    total_ms: head + time(900),
    stream: 1,
    status: 200,
    ending: random() < 0.01 ? 'error' : 'finish',
    failure: null,
    first_ms: head + 5,
    frontier_micros: 1_000,
    clamped_to: null,
    operation: 'chat',
    overrun_micros: null,
  }
  return COLUMNS.map((column) => values[column])
}

function fill(): { readonly countMicros: number; readonly rollups: number } {
  migrate(state, readMigrations(join(root, 'migrations')))
  const database = new DatabaseSync(databaseFile(state))
  database.exec('PRAGMA synchronous = OFF')
  const insert = database.prepare(
    `INSERT INTO requests (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
  )
  const outboxes = Array.from({ length: OUTBOXES }, () => openBooks(now))
  let counting = 0
  database.exec('BEGIN')
  for (let done = 0; done < ROWS; done += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, index) =>
      rowAt(Math.floor(now - DAYS * DAY_MS + ((done + index) / ROWS) * DAYS * DAY_MS)),
    )
    const number = done / BATCH + 1
    const handOver = {
      from: 'bench',
      number,
      columns: COLUMNS,
      count: BATCH,
      rows: rows.map((row) => JSON.stringify(row)).join(','),
    }
    const books = outboxes[number % OUTBOXES]
    if (books === undefined) throw new Error('no outbox')
    const began = performance.now()
    absorb(books, handOver, `${number % OUTBOXES}.1`, now)
    counting += performance.now() - began
    for (const row of rowsOf(handOver)) insert.run(...row)
  }
  let rollups = 0
  for (const books of outboxes) {
    for (const window of books.windows.values()) {
      const rows = rollupsOf(window)
      rollups += rows.length
      database.prepare(ROLLUP).run(JSON.stringify(rows))
    }
  }
  database.exec('COMMIT')
  database.close()
  return { countMicros: (counting * 1_000) / ROWS, rollups }
}

console.log(`Filling ${ROWS.toLocaleString('en')} rows over ${DAYS} days ...`)
const { countMicros, rollups } = fill()
const megabytes = (statSync(databaseFile(state)).size / 1e6).toFixed(0)
console.log(
  `${rollups.toLocaleString('en')} rollups of ${OUTBOXES} outboxes; ${megabytes} MB; counting took ${countMicros.toFixed(1)} microseconds a row.\n`,
)

const gateway = await startGateway({ state, env: {} })
try {
  const since = new Date(now - DAYS * DAY_MS).toISOString()
  const middle = now - 45 * DAY_MS
  const cases = [
    ...['model', 'key', 'route', 'day'].flatMap((group) => [
      `/admin/usage?group=${group}`,
      `/admin/usage?group=${group}&since=${since}`,
    ]),
    '/admin/requests?limit=50',
    `/admin/requests?limit=50&before=${middle}`,
    `/admin/requests?limit=50&key=${KEYS.at(-1) ?? ''}`,
    `/admin/requests?limit=50&key=${KEYS.at(0) ?? ''}&before=${middle}`,
    `/admin/requests?limit=50&model=${MODELS.at(-1) ?? ''}`,
    `/admin/requests?limit=50&key=${KEYS.at(-1) ?? ''}&model=${MODELS.at(-1) ?? ''}`,
    '/admin/requests?limit=50&key=key_of_nobody',
    '/admin/requests?limit=1000',
    '/admin/metrics',
  ]
  console.log('| question | median ms | slowest ms | answer |\n| --- | ---: | ---: | ---: |')
  for (const path of cases) {
    const times: number[] = []
    let size = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const began = performance.now()
      const reply = await fetch(`${gateway.url}${path}`, {
        headers: { authorization: 'Bearer mk-admin-local' },
      })
      size = (await reply.arrayBuffer()).byteLength
      if (reply.status !== 200) throw new Error(`${path}: status ${reply.status}`)
      times.push(performance.now() - began)
    }
    times.sort((a, b) => a - b)
    const shown = path.replace(since, `${DAYS} days ago`)
    console.log(
      `| ${shown} | ${times[Math.floor(ROUNDS / 2)]?.toFixed(1)} | ${times.at(-1)?.toFixed(1)} | ${(size / 1024).toFixed(1)} KB |`,
    )
  }
} finally {
  await gateway.stop()
  rmSync(state, { recursive: true, force: true })
}
