// `node tools/bench/costs.ts`: what a million requests come to at Cloudflare's public prices. Sends requests of several
// kinds at a steady rate, counts calls to objects, alarms, rows written and processor time, and multiplies.
// docs/costs.md explains the answer. Prints Markdown. Flags: --rate 50, --seconds 15, --kinds 1,2.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BURST_MODEL } from './answers.ts'
import { type Counted, startCounted } from './counted.ts'
import { cpuMsOf, start } from './process.ts'

const root = resolve(import.meta.dirname, '../..')
const { values: flags } = parseArgs({
  options: {
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '15' },
    kinds: { type: 'string', default: '1,2,3,4,5,6,7' },
  },
})
const rate = Number(flags.rate)
const seconds = Number(flags.seconds)

/** US dollars; for a million each. */
const PRICE = { request: 0.3, cpuMs: 0.02, objectCall: 0.15, row: 1 }
/** An object that is awake: 128 MB at $12.50 for a million GB-seconds, so this for a million seconds. */
const AWAKE = 0.128 * 12.5
/** What is deferred, reported or gathered has happened by then. */
const SETTLE_MS = 3_000
const TURNS = 10

interface Kind {
  readonly name: string
  readonly limits: object
  /** Objects that are awake all the time at this rate: budgets, the target's health, outboxes. */
  readonly awake: number
  readonly path?: string
  readonly stream: boolean
  readonly headers?: (index: number) => Readonly<Record<string, string>>
}

const run = randomUUID().slice(0, 8)
const HUGE = 1_000_000
const BUDGET = { budgets: [{ usd: HUGE, window: 'day' }] }

const kinds: readonly Kind[] = [
  { name: 'key without a budget', limits: {}, awake: 3, stream: true },
  { name: 'key with a budget', limits: BUDGET, awake: 4, stream: true },
  {
    name: 'two budgets, a project with one, requests and tokens per minute',
    limits: {
      budgets: [...BUDGET.budgets, { tokens: 1e12, window: 'month' }],
      rpm: 1_000_000,
      tpm: 1_000_000_000,
    },
    awake: 5,
    stream: true,
  },
  {
    name: `conversation of ${TURNS} turns`,
    limits: {},
    awake: 3,
    stream: true,
    headers: (index) => ({ 'x-minnow-conversation': `c-${run}-${Math.floor(index / TURNS)}` }),
  },
  { name: 'Responses API, kept', limits: {}, awake: 3, path: '/v1/responses', stream: true },
  {
    name: 'resumable stream',
    limits: {},
    awake: 3,
    stream: true,
    headers: () => ({ 'x-minnow-resumable': 'true' }),
  },
  {
    name: 'idempotency key',
    limits: {},
    awake: 3,
    stream: false,
    headers: (index) => ({ 'idempotency-key': `i-${run}-${index}` }),
  },
]

const QUESTION = 'What does the quick brown fox do in the morning, and why?'

function bodyOf({ path, stream }: Kind): string {
  const model = 'burst'
  return JSON.stringify(
    path === '/v1/responses'
      ? { model, stream, max_output_tokens: 64, input: QUESTION }
      : { model, stream, max_tokens: 64, messages: [{ role: 'user', content: QUESTION }] },
  )
}

async function admin(port: number, path: string, body: object): Promise<Record<string, string>> {
  const made = await fetch(`http://127.0.0.1:${port}/admin/${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer mk-admin-local', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!made.ok) throw new Error(`POST /admin/${path}: ${await made.text()}`)
  return (await made.json()) as Record<string, string>
}

/** At a steady rate, whether or not the ones before have been answered. */
async function send(port: number, kind: Kind, key: string, from: number, count: number): Promise<void> {
  const body = bodyOf(kind)
  const began = performance.now()
  const under: Promise<void>[] = []
  for (let index = from; index < from + count; index += 1) {
    const due = began + ((index - from) * 1_000) / rate
    await pause(Math.max(0, due - performance.now()))
    under.push(ask(port, kind, key, body, index))
  }
  await Promise.all(under)
}

async function ask(port: number, kind: Kind, key: string, body: string, index: number): Promise<void> {
  const reply = await fetch(`http://127.0.0.1:${port}${kind.path ?? '/v1/chat/completions'}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...kind.headers?.(index),
    },
    body,
  })
  const text = await reply.text()
  if (reply.status !== 200) throw new Error(`${kind.name}: status ${reply.status}: ${text.slice(0, 300)}`)
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

interface Counts {
  readonly calls: Readonly<Record<string, number>>
  readonly alarms: Readonly<Record<string, number>>
  readonly rows: Readonly<Record<string, number>>
  readonly cpuMs: number
}

async function measure(gateway: Counted, kind: Kind): Promise<Counts> {
  const { port, pid } = gateway
  const isShared = kind.limits !== BUDGET && 'budgets' in kind.limits
  const project = isShared
    ? { project: (await admin(port, 'projects', { name: 'bench', ...BUDGET }))['id'] }
    : {}
  const { key = '' } = await admin(port, 'keys', { name: 'bench', ...kind.limits, ...project })
  const warm = rate * 3
  await send(port, kind, key, 0, warm)
  await pause(SETTLE_MS)
  await gateway.take(0)
  await gateway.takeStorage()
  const before = cpuMsOf(pid)
  await send(port, kind, key, warm, rate * seconds)
  await pause(SETTLE_MS)
  const cpuMs = cpuMsOf(pid) - before
  return { calls: await gateway.take(0), ...(await gateway.takeStorage()), cpuMs }
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0)

const told = (counts: Readonly<Record<string, number>>, requests: number): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name.toLowerCase()} ${(count / requests).toFixed(3)}`)
    .join(', ') || 'none'

const dollars = (value: number): string => `$${value.toFixed(2)}`

/** What is written now and deleted later is a row twice, whenever that is. */
const withDeletions = ({ calls, alarms, rows, cpuMs }: Counts): Counts => ({
  calls,
  alarms,
  cpuMs,
  rows: {
    ...rows,
    OUTBOX: 2 * (rows['OUTBOX'] ?? 0),
    D1: 2 * (rows['D1'] ?? 0),
  },
})

function lines(kind: Kind, counts: Counts): readonly [string, string] {
  const requests = rate * seconds
  const { calls, alarms, rows, cpuMs } = withDeletions(counts)
  const a = (count: number): number => count / requests
  const { D1: databaseRows = 0, ...objectRows } = rows
  const objects = a(sum(calls) + sum(alarms))
  const parts = [
    PRICE.request,
    a(cpuMs) * PRICE.cpuMs,
    objects * PRICE.objectCall,
    (kind.awake * AWAKE) / rate,
    a(sum(objectRows)) * PRICE.row,
    a(databaseRows) * PRICE.row,
  ]
  const total = parts.reduce((whole, part) => whole + part, 0)
  return [
    `| ${kind.name} | ${a(cpuMs).toFixed(2)} | ${told(calls, requests)} | ${a(sum(alarms)).toFixed(3)} | ${told(objectRows, requests)} | ${a(databaseRows).toFixed(3)} |`,
    `| ${[kind.name, ...parts.map(dollars), `**${dollars(total)}**`].join(' | ')} |`,
  ]
}

const state = mkdtempSync(join(tmpdir(), 'minnow-costs-'))
const upstream = await start(process.execPath, [join(import.meta.dirname, 'upstream.ts')], /^\d+$/)
const gateway = await startCounted(root, state, {
  providers: { lab: { baseUrl: `http://127.0.0.1:${upstream.line}/v1`, apiKey: '$BENCH_KEY' } },
  models: { burst: { provider: 'lab', model: BURST_MODEL, price: { input: 2.5, output: 10 } } },
})
try {
  const all: (readonly [string, string])[] = []
  const wanted = flags.kinds.split(',').map((place) => kinds[Number(place) - 1])
  for (const kind of wanted.filter((each) => each !== undefined))
    all.push(lines(kind, await measure(gateway, kind)))
  console.log(`${rate} requests a second for ${seconds} s of each kind; a request:

| request | processor ms | calls to objects | alarms | rows that objects wrote | rows that D1 wrote |
| --- | ---: | --- | ---: | --- | ---: |
${all.map(([counts]) => counts).join('\n')}

A million of them:

| request | requests | processor | object calls and alarms | objects awake | object rows | D1 rows | together |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${all.map(([, prices]) => prices).join('\n')}`)
} finally {
  await gateway.stop()
  await upstream.stop()
  rmSync(state, { recursive: true, force: true })
}
