// What the operator's questions cost over a million rows: fills a local D1 with them and with their rollups, as outboxes
// would have, starts the gateway on it and asks. `node tools/bench/telemetry.ts [rows]`.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGateway } from '../../test/lab/gateway.ts'
import { databaseFile } from '../gateway/migrate.ts'
import { DAYS, fillMillion, KEYS, MODELS } from './million.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const DAY_MS = 86_400_000
const ROUNDS = 15

const state = mkdtempSync(join(tmpdir(), 'minnow-bench-'))
const now = Date.now()

console.log(`Filling ${ROWS.toLocaleString('en')} rows over ${DAYS} days ...`)
const { countMicros, rollups, pages, ids } = fillMillion(state, ROWS, now)
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
