// What the operator's questions cost over a million rows: fills a local D1 with them and with their rollups, as outboxes
// would have, starts the gateway on it and asks. `node tools/bench/telemetry.ts [rows]`.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startGateway } from '../../test/lab/gateway.ts'
import { COLUMNS } from '../../workers/telemetry/record.ts'
import { requestIdAt } from '../../shared/request-id.ts'
import { databaseFile } from '../gateway/migrate.ts'
import { fill } from './filling.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const DAYS = 90
const DAY_MS = 86_400_000
/** One is the local key, whose receipts are asked for. */
const KEYS = Array.from({ length: 50 }, (_, index) =>
  index === 40 ? 'local' : `key_${String(index).padStart(20, '0')}`,
)
const MODELS = ['lab/big', 'lab/small', 'other/big', 'other/small', 'minnow/micro', 'third/large']
const ROUTES = ['auto', 'solid', 'fast', 'big']
const ROUNDS = 15
/** One in so many requests has an id of its client's. */
const NAMED = 10

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
  const uuid = randomUUID()
  const model = pick(MODELS, 1.5)
  const head = time(400)
  const attempts = [
    { target: model, startedAt: at, headMs: head, durationMs: head + 900, end: 'answered', status: 200 },
  ]
  const values: Record<(typeof COLUMNS)[number], unknown> = {
    id: `row_${at.toString(36)}_${uuid}`,
    request_id: random() < 1 / NAMED ? uuid : requestIdAt(at - 3, uuid),
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
    routing: null,
    operation: 'chat',
    overrun_micros: null,
    trace: null,
    prompt_saved_micros: null,
    conversation: null,
  }
  return COLUMNS.map((column) => values[column])
}

console.log(`Filling ${ROWS.toLocaleString('en')} rows over ${DAYS} days ...`)
/** Request ids of the local key: ours and a client's, of old requests and of young ones. */
const ids: string[] = []
const { countMicros, rollups, pages } = fill({
  root,
  state,
  rows: ROWS,
  days: DAYS,
  now,
  random,
  rowAt: (at) => {
    const row = rowAt(at)
    const age = (now - at) / DAY_MS / DAYS
    if (row[3] === 'local' && (age > 0.98 || age < 0.02)) ids.push(String(row[1]))
    return row
  },
})
const megabytes = (statSync(databaseFile(state)).size / 1e6).toFixed(0)
console.log(
  `${pages.toLocaleString('en')} pages and ${rollups.toLocaleString('en')} rollups; ${megabytes} MB; counting took ${countMicros.toFixed(1)} microseconds a row.\n`,
)

const gateway = await startGateway({ state, env: {} })
try {
  const since = new Date(now - DAYS * DAY_MS).toISOString()
  const middle = now - 45 * DAY_MS
  const isOurs = (id: string): boolean => id.startsWith('req_')
  const receipts = [ids.find(isOurs), ids.findLast(isOurs), ids.find((id) => !isOurs(id))].map(
    (id) => `/v1/receipts/${id ?? ''}`,
  )
  const cases = [
    ...['model', 'key', 'route', 'day'].flatMap((group) => [
      `/admin/usage?group=${group}`,
      `/admin/usage?group=${group}&since=${since}`,
    ]),
    '/admin/series',
    `/admin/series?since=${since}`,
    `/admin/series?by=key&since=${since}&top=20`,
    '/admin/requests?limit=50&end=error',
    '/admin/requests?limit=50&end=cancelled',
    '/admin/routes/auto/what-if',
    '/admin/requests?limit=50',
    `/admin/requests?limit=50&before=${middle}`,
    `/admin/requests?limit=50&key=${KEYS.at(-1) ?? ''}`,
    `/admin/requests?limit=50&key=${KEYS.at(0) ?? ''}&before=${middle}`,
    `/admin/requests?limit=50&model=${MODELS.at(-1) ?? ''}`,
    `/admin/requests?limit=50&key=${KEYS.at(-1) ?? ''}&model=${MODELS.at(-1) ?? ''}`,
    '/admin/requests?limit=50&key=key_of_nobody',
    '/admin/requests?limit=50&key=local',
    '/admin/requests?limit=1000',
    '/admin/metrics',
    ...receipts,
  ]
  console.log(
    '| question | first ms | median ms | slowest later ms | answer |\n| --- | ---: | ---: | ---: | ---: |',
  )
  for (const path of cases) {
    const times: number[] = []
    let size = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const began = performance.now()
      const reply = await fetch(`${gateway.url}${path}`, {
        headers: { authorization: path.startsWith('/v1') ? 'Bearer mk-local' : 'Bearer mk-admin-local' },
      })
      size = (await reply.arrayBuffer()).byteLength
      if (reply.status !== 200) throw new Error(`${path}: status ${reply.status}`)
      times.push(performance.now() - began)
    }
    const [first = 0] = times.splice(0, 1)
    times.sort((a, b) => a - b)
    const shown = path.replace(since, `${DAYS} days ago`)
    console.log(
      `| ${shown} | ${first.toFixed(1)} | ${times[Math.floor(ROUNDS / 2)]?.toFixed(1)} | ${times.at(-1)?.toFixed(1)} | ${(size / 1024).toFixed(1)} KB |`,
    )
  }
} finally {
  await gateway.stop()
  rmSync(state, { recursive: true, force: true })
}
