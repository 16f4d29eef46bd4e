// `node tools/bench/hedging.ts`: the time to the first token where the first of three targets is slow now and then, with
// and without hedging; then what hedging and the view of targets' health cost a healthy request in calls to objects.
// All lanes take turns in one run. Prints Markdown and writes JSON to bench-results/. Flags: --requests 400, --at 4.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Counted, startCounted } from './counted.ts'
import { type First, firstToken } from './first-token.ts'
import { QUICK_MS, SLOW_MS, startSlow } from './slow.ts'
import { percentile } from './statistics.ts'

const root = resolve(import.meta.dirname, '../..')
const { values: flags } = parseArgs({
  options: { requests: { type: 'string', default: '400' }, at: { type: 'string', default: '4' } },
})
const requests = Number(flags.requests)
const at = Number(flags.at)

const SHARES = [3, 10, 33] as const
const HEDGES = { 'no hedging': undefined, 'after 200 ms': 200, 'after its p95': 'p95' } as const
/** Each call to an object is made so late in the second half of the proof. */
const LATE_MS = 250

interface Lane {
  readonly share: number
  readonly hedge: keyof typeof HEDGES
  readonly route: string
}

const slug = (hedge: string): string => hedge.replaceAll(' ', '-')
const lanes: readonly Lane[] = [0, ...SHARES].flatMap((share) =>
  (Object.keys(HEDGES) as (keyof typeof HEDGES)[]).map((hedge) => ({
    share,
    hedge,
    route: `${slug(hedge)}-${share}`,
  })),
)

/** Each lane has targets of its own, so that none learns from another's. */
function configOf(port: number): object {
  const model = (name: string): [string, object] => [
    name,
    { provider: 'lab', model: name, price: { input: 2, output: 10 } },
  ]
  const orderOf = ({ route, share }: Lane): string[] => [
    `slow-${share}-${route}`,
    `second-${route}`,
    `third-${route}`,
  ]
  return {
    providers: { lab: { baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: '$BENCH_KEY' } },
    models: Object.fromEntries(lanes.flatMap((lane) => orderOf(lane).map(model))),
    routes: Object.fromEntries(
      lanes.map((lane) => {
        const hedgeAfterMs = HEDGES[lane.hedge]
        return [lane.route, { order: orderOf(lane), ...(hedgeAfterMs === undefined ? {} : { hedgeAfterMs }) }]
      }),
    ),
  }
}

/** Asks all lanes in turn, so many requests of each. */
async function measure(
  port: number,
  which: readonly Lane[],
  each: number,
  key?: string,
): Promise<Map<string, First[]>> {
  const agent = new Agent({ keepAlive: true, maxSockets: at })
  const found = new Map(which.map(({ route }) => [route, [] as First[]]))
  let next = 0
  const client = async (): Promise<void> => {
    for (let mine = next++; mine < each * which.length; mine = next++) {
      const { route } = which[mine % which.length] ?? { route: '' }
      found.get(route)?.push(await firstToken(port, agent, route, key))
    }
  }
  await Promise.all(Array.from({ length: at }, client))
  agent.destroy()
  return found
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const ms = (value: number): string => value.toFixed(value < 100 ? 1 : 0)
const firsts = (all: readonly First[] = []): number[] => all.map(({ firstMs }) => firstMs)
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

async function slowTarget(gateway: Counted): Promise<{ readonly text: string; readonly data: object[] }> {
  const which = lanes.filter(({ share }) => share > 0)
  await measure(gateway.port, which, Math.ceil(requests / 8)) // what "usual" is has to be learned
  const found = await measure(gateway.port, which, requests)
  const data = which.map(({ share, hedge, route }) => {
    const all = found.get(route) ?? []
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((rank) => percentile(firsts(all), rank))
    return { share, hedge, p50, p90, p99, calls: mean(all.map(({ attempts }) => attempts)) }
  })
  const rows = data.map(({ share, hedge, p50 = 0, p90 = 0, p99 = 0, calls }) => [
    `${share} %`,
    hedge,
    ms(p50),
    ms(p90),
    ms(p99),
    calls.toFixed(3),
  ])
  const head = ['slow on', 'hedging', 'p50 ms', 'p90 ms', 'p99 ms', 'upstream calls a request']
  return { text: table(head, rows), data }
}

interface Proof {
  readonly name: string
  readonly lane: Lane
  readonly key?: string
}

interface Proven {
  readonly name: string
  readonly early: Half
  readonly late: Half
}

async function objectCalls(
  gateway: Counted,
): Promise<{ readonly text: string; readonly data: readonly Proven[] }> {
  const healthy = lanes.filter(({ share }) => share === 0)
  const proofs: Proof[] = healthy.map((lane) => ({ name: lane.hedge, lane }))
  const [plain] = healthy
  // What must be counted, so that nobody takes a counter that counts nothing for a proof.
  if (plain !== undefined)
    proofs.push({ name: 'no hedging, a key with a budget', lane: plain, key: await keyWithBudget(gateway) })
  const data: Proven[] = []
  for (const { name, lane, key } of proofs) {
    await half(gateway, lane, key, 0)
    data.push({
      name,
      early: await half(gateway, lane, key, 0),
      late: await half(gateway, lane, key, LATE_MS),
    })
  }
  const rows = data.map(({ name, early, late }) => [
    name,
    told(early.calls),
    (Object.values(early.calls).reduce((sum, count) => sum + count, 0) / requests).toFixed(4),
    `${ms(early.p50)} / ${ms(early.p99)}`,
    `${ms(late.p50)} / ${ms(late.p99)}`,
  ])
  const head = [
    'route of three healthy targets',
    `calls to objects in ${requests} requests`,
    'a request',
    'first token p50 / p99 ms',
    `the same with each call to an object made ${LATE_MS} ms late`,
  ]
  return { text: table(head, rows), data }
}

const told = (calls: Half['calls']): string =>
  Object.entries(calls)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none'

interface Half {
  readonly calls: Readonly<Record<string, number>>
  readonly p50: number
  readonly p99: number
}

/** What is deferred counts too, so it is waited for. */
async function half(gateway: Counted, lane: Lane, key: string | undefined, lateMs: number): Promise<Half> {
  await gateway.take(lateMs)
  const found = firsts((await measure(gateway.port, [lane], requests, key)).get(lane.route))
  await new Promise((done) => setTimeout(done, 2_500))
  return { calls: await gateway.take(0), p50: percentile(found, 0.5), p99: percentile(found, 0.99) }
}

async function keyWithBudget({ port }: Counted): Promise<string> {
  const made = await fetch(`http://127.0.0.1:${port}/admin/keys`, {
    method: 'POST',
    headers: { authorization: 'Bearer mk-admin-local', 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', budgets: [{ usd: 1_000, window: 'day' }] }),
  })
  return ((await made.json()) as { key: string }).key
}

const state = mkdtempSync(join(tmpdir(), 'minnow-hedging-'))
const provider = await startSlow(1)
const gateway = await startCounted(root, state, configOf(provider.port))
try {
  const slow = await slowTarget(gateway)
  const objects = await objectCalls(gateway)
  console.log(`**Hedging**: three targets, the first of them slow on some of its calls (first token after ${SLOW_MS} ms instead of ${QUICK_MS}); ${requests} streamed requests a row, ${at} at a time, all rows taking turns

${slow.text}

**Calls to objects**, on the same gateway, with a key that has no budget

${objects.text}`)
  const folder = join(root, 'bench-results')
  mkdirSync(folder, { recursive: true })
  const now = new Date().toISOString()
  const file = join(folder, `hedging-${now.replace(/[:.]/g, '-')}.json`)
  writeFileSync(
    file,
    `${JSON.stringify({ at: now, requests, slow: slow.data, objects: objects.data }, undefined, 2)}\n`,
  )
} finally {
  await gateway.stop()
  provider.stop()
  rmSync(state, { recursive: true, force: true })
}
