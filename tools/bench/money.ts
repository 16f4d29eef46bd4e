// `node tools/bench/money.ts`: what all that has to do with money adds to a request. The same requests go through one
// gateway in lanes that take turns in one run. Prints Markdown and writes JSON to bench-results/. Flags: --quick.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PID_FILE } from '../gateway/lease.ts'
import { BURST_MODEL } from './answers.ts'
import { startMinnow } from './contenders.ts'
import type { Load, Measured } from './load.ts'
import { output, start } from './process.ts'
import { percentile } from './statistics.ts'

const root = resolve(import.meta.dirname, '../..')
const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' } } })
const BLOCKS = flags.quick === true ? 1 : 4
const MEASURE_MS = 6_000
const WARM_MS = 300
const CONNECTIONS = [1, 32] as const

type Headers = Readonly<Record<string, string>>

interface Lane {
  readonly name: string
  readonly headers: Headers
  readonly rotating?: NonNullable<Load['rotating']>
}

async function admin(port: number, path: string, body: object): Promise<Headers> {
  const made = await fetch(`http://127.0.0.1:${port}/admin/${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer mk-admin-local', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!made.ok) throw new Error(`POST /admin/${path}: ${await made.text()}`)
  return (await made.json()) as Headers
}

const CONVERSATION = 'a-conversation'
const TURNS = 10

async function lanesOf(port: number): Promise<readonly Lane[]> {
  const dollars = { usd: 1_000_000, window: 'day' }
  const { id } = await admin(port, 'projects', { name: 'bench', budgets: [dollars] })
  const plain = await admin(port, 'keys', { name: 'plain' })
  const limits = {
    budgets: [dollars, { tokens: 1e12, window: 'month' }],
    rpm: 10_000_000,
    tpm: 10_000_000_000,
    project: id,
  }
  const limited = await admin(port, 'keys', { name: 'limited', ...limits })
  const all = await admin(port, 'keys', { name: 'all', ...limits, conversationBudget: { usd: 10 } })
  const bearer = ({ key = '' }: Headers): Headers => ({ authorization: `Bearer ${key}` })
  return [
    { name: 'off: a local key', headers: { authorization: 'Bearer mk-local' } },
    { name: 'a made key without limits', headers: bearer(plain) },
    { name: 'two budgets, a project with one, rates', headers: bearer(limited) },
    {
      name: `the same, in conversations of ${TURNS} turns with a budget each`,
      headers: { ...bearer(all), 'x-minnow-conversation': CONVERSATION },
      rotating: { text: CONVERSATION, requests: TURNS },
    },
  ]
}

async function block(port: number, pid: number, lane: Lane, kind: Kind): Promise<Measured> {
  const load: Load = {
    port,
    pid,
    path: '/v1/chat/completions',
    headers: lane.headers,
    ...(lane.rotating === undefined ? {} : { rotating: lane.rotating }),
    body: {
      model: 'burst',
      messages: [{ role: 'user', content: 'What does the quick brown fox do in the morning, and why?' }],
      max_tokens: 64,
      ...(kind.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    },
    connections: kind.connections,
    warmMs: WARM_MS,
    measureMs: MEASURE_MS,
  }
  return JSON.parse(
    await output(process.execPath, [join(import.meta.dirname, 'load.ts'), JSON.stringify(load)]),
  ) as Measured
}

interface Kind {
  readonly stream: boolean
  readonly connections: number
}

interface Result extends Kind {
  readonly lane: string
  readonly replies: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMs: number
  readonly errors: number
}

function resultOf(lane: Lane, kind: Kind, blocks: readonly Measured[]): Result {
  const totals = blocks.flatMap(({ totalMs }) => totalMs)
  return {
    ...kind,
    lane: lane.name,
    replies: totals.length,
    p50Ms: percentile(totals, 0.5),
    p99Ms: percentile(totals, 0.99),
    cpuMs: blocks.reduce((all, { cpuMs }) => all + (cpuMs ?? 0), 0) / totals.length,
    errors: blocks.flatMap(({ errors }) => Object.values(errors)).reduce((all, count) => all + count, 0),
  }
}

/** Another lane begins each round. */
async function measure(
  port: number,
  pid: number,
  lanes: readonly Lane[],
  kind: Kind,
): Promise<readonly Result[]> {
  const found = new Map(lanes.map((lane) => [lane, [] as Measured[]]))
  for (let round = 0; round < BLOCKS; round += 1) {
    const first = round % lanes.length
    for (const lane of [...lanes.slice(first), ...lanes.slice(0, first)])
      found.get(lane)?.push(await block(port, pid, lane, kind))
  }
  return [...found].map(([lane, blocks]) => resultOf(lane, kind, blocks))
}

function table(results: readonly Result[]): string {
  const off = results[0]
  const rows = results.map(({ lane, replies, p50Ms, p99Ms, cpuMs, errors }) => {
    const added = off === undefined ? 0 : p50Ms - off.p50Ms
    const addedTail = off === undefined ? 0 : p99Ms - off.p99Ms
    return `| ${[lane, replies, p50Ms.toFixed(2), p99Ms.toFixed(2), added.toFixed(2), addedTail.toFixed(2), cpuMs.toFixed(2), errors].join(' | ')} |`
  })
  return `| key | requests | p50 ms | p99 ms | added p50 | added p99 | processor ms a request | errors |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}`
}

const folder = mkdtempSync(join(tmpdir(), 'minnow-money-'))
const upstream = await start(process.execPath, [join(import.meta.dirname, 'upstream.ts')], /^\d+$/)
const state = join(folder, 'state')
mkdirSync(state)
const config = join(folder, 'bench.jsonc')
writeFileSync(
  config,
  JSON.stringify({
    providers: { lab: { baseUrl: `http://127.0.0.1:${upstream.line}/v1`, apiKey: '$BENCH_KEY' } },
    models: { burst: { provider: 'lab', model: BURST_MODEL, price: { input: 2.5, output: 10 } } },
  }),
)
const { port, child } = await startMinnow(root, { config, state, env: { BENCH_KEY: 'sk-bench' } })
try {
  const pid = Number(readFileSync(join(state, PID_FILE), 'utf8'))
  const lanes = await lanesOf(port)
  const all: Result[] = []
  for (const stream of [false, true]) {
    for (const connections of CONNECTIONS) {
      const results = await measure(port, pid, lanes, { stream, connections })
      all.push(...results)
      const what = `${stream ? 'Streams' : 'Whole replies'}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`
      console.log(`**${what}**\n\n${table(results)}\n`)
    }
  }
  const results = join(root, 'bench-results')
  mkdirSync(results, { recursive: true })
  const at = new Date().toISOString()
  const text = JSON.stringify({ at, blocks: BLOCKS, results: all }, undefined, 2)
  writeFileSync(join(results, `money-${at.replace(/[:.]/g, '-')}.json`), `${text}\n`)
} finally {
  await child.stop()
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}
