// `node tools/bench/conversation.ts`: what a turn costs against the length of its conversation, with the same token budget:
// as a client sees it through the gateway, and within the conversation's own code, where rows and bytes can be counted.
// Prints Markdown and writes JSON to bench-results/. Flags: --turns=100 measured at each length, --quick.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { NOON, openSql, openTalk, user } from '../../test/unit/workers/conversation/talk.ts'
import { PID_FILE } from '../gateway/lease.ts'
import { BURST_MODEL } from './answers.ts'
import { startMinnow } from './contenders.ts'
import { cpuMsOf, start } from './process.ts'
import { percentile } from './statistics.ts'

const root = resolve(import.meta.dirname, '../..')
const { values: flags } = parseArgs({
  options: { turns: { type: 'string', default: '200' }, quick: { type: 'boolean' } },
})
const LENGTHS = flags.quick === true ? [10, 100] : [10, 100, 1_000]
const MEASURED = Number(flags.turns)
/** A block of turns at one length, then at the next: processor time is counted in hundredths of a second. */
const BLOCK = 25
/** Long enough that ten turns fill it: every length is sent with the same context. */
const CONTEXT_TOKENS = 1_000
const QUESTION = `What does the quick brown fox do? ${'It jumps and sleeps and runs. '.repeat(14)}`

interface Seen {
  readonly length: number
  readonly totalMs: number[]
  cpuMs: number
}

async function throughGateway(port: number, pid: number): Promise<readonly Seen[]> {
  const say = async (length: number, minnow: object): Promise<string> => {
    const reply = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer mk-local',
        'content-type': 'application/json',
        'x-minnow-conversation': `bench-${length}`,
      },
      body: JSON.stringify({ model: 'burst', messages: [{ role: 'user', content: QUESTION }], minnow }),
    })
    if (!reply.ok) throw new Error(await reply.text())
    await reply.arrayBuffer()
    return reply.headers.get('x-minnow-turn') ?? ''
  }
  const wish = { contextTokens: CONTEXT_TOKENS }
  const lasts = new Map<number, string>()
  for (const length of LENGTHS)
    for (let turn = 0; turn < length; turn += 1) lasts.set(length, await say(length, wish))
  const seen = LENGTHS.map((length): Seen => ({ length, totalMs: [], cpuMs: 0 }))
  for (let block = 0; block * BLOCK < MEASURED; block += 1)
    for (const one of block % 2 === 0 ? seen : seen.toReversed()) {
      // Each is a turn behind the same one, so the length stays what it is.
      const behind = { ...wish, parent: lasts.get(one.length) ?? '' }
      const cpu = cpuMsOf(pid)
      for (let turn = 0; turn < BLOCK; turn += 1) {
        const from = performance.now()
        await say(one.length, behind)
        one.totalMs.push(performance.now() - from)
      }
      one.cpuMs += cpuMsOf(pid) - cpu
    }
  return seen
}

interface Counted {
  readonly length: number
  readonly statements: number
  readonly rows: number
  readonly bytes: number
  readonly cpuMs: number
}

/** The conversation's own code over a real SQLite, with real seals: a turn entered and stored. */
function within(length: number): Counted {
  const sql = openSql()
  const talk = openTalk(sql)
  const answer = { role: 'assistant', content: QUESTION }
  const asking = { room: CONTEXT_TOKENS }
  for (let turn = 0; turn < length; turn += 1) talk.say([user(QUESTION)], answer, asking)
  const goal = { kind: 'parent', turn: talk.store.head()?.id ?? '' } as const
  const enter = (turn: number): void => {
    const { fresh, place } = talk.ask([user(QUESTION)], { ...asking, goal })
    const weigh = (message: (typeof fresh)[number]) => ({ message, tokens: 120 })
    talk.keeper.remember({
      id: `turn_bench_${turn}`,
      at: NOON,
      place,
      question: fresh.map(weigh),
      answer: weigh(answer),
      cut: false,
      model: '',
    })
  }
  for (let turn = 0; turn < BLOCK; turn += 1) enter(-turn - 1) // compiled by then
  sql.counts()
  const from = process.cpuUsage()
  for (let turn = 0; turn < MEASURED; turn += 1) enter(turn)
  const { user: own, system } = process.cpuUsage(from)
  const { statements, rows, bytes } = sql.counts()
  const of = (all: number): number => all / MEASURED
  return {
    length,
    statements: of(statements),
    rows: of(rows),
    bytes: of(bytes),
    cpuMs: of((own + system) / 1_000),
  }
}

const folder = mkdtempSync(join(tmpdir(), 'minnow-conversation-'))
const upstream = await start(process.execPath, [join(import.meta.dirname, 'upstream.ts')], /^\d+$/)
const state = join(folder, 'state')
mkdirSync(state)
const config = join(folder, 'bench.jsonc')
writeFileSync(
  config,
  JSON.stringify({
    providers: { lab: { baseUrl: `http://127.0.0.1:${upstream.line}/v1`, apiKey: '$BENCH_KEY' } },
    models: { burst: { provider: 'lab', model: BURST_MODEL, contextWindow: 128_000 } },
  }),
)
const { port, child } = await startMinnow(root, { config, state, env: { BENCH_KEY: 'sk-bench' } })
try {
  const pid = Number(readFileSync(join(state, PID_FILE), 'utf8'))
  const seen = await throughGateway(port, pid)
  within(LENGTHS[0] ?? 10) // compiled by then
  const counted = LENGTHS.map(within)
  const rows = seen.map(({ length, totalMs, cpuMs }, at) => ({
    ...(counted[at] ?? within(length)),
    p50Ms: percentile(totalMs, 0.5),
    p99Ms: percentile(totalMs, 0.99),
    gatewayCpuMs: cpuMs / totalMs.length,
  }))
  const [first] = rows
  const last = rows.at(-1)
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  const ratio = (
    name: 'p50Ms' | 'p99Ms' | 'gatewayCpuMs' | 'statements' | 'rows' | 'bytes' | 'cpuMs',
  ): string => `x ${((last?.[name] ?? Number.NaN) / (first?.[name] ?? Number.NaN)).toFixed(2)}`
  console.log(
    [
      `${MEASURED} turns at each length, each sent with at most ${CONTEXT_TOKENS} tokens; load average ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}.`,
      '',
      line([
        'turns before',
        'p50 ms',
        'p99 ms',
        "gateway's processor ms",
        'statements',
        'rows read',
        'bytes read',
        "object's processor ms",
      ]),
      line(Array.from({ length: 8 }, () => '---:')),
      ...rows.map((row) =>
        line([
          row.length,
          row.p50Ms.toFixed(1),
          row.p99Ms.toFixed(1),
          row.gatewayCpuMs.toFixed(2),
          row.statements.toFixed(1),
          row.rows.toFixed(1),
          Math.round(row.bytes),
          row.cpuMs.toFixed(2),
        ]),
      ),
      line([
        `${last?.length} against ${first?.length}`,
        ratio('p50Ms'),
        ratio('p99Ms'),
        ratio('gatewayCpuMs'),
        ratio('statements'),
        ratio('rows'),
        ratio('bytes'),
        ratio('cpuMs'),
      ]),
    ].join('\n'),
  )
  const results = join(root, 'bench-results')
  mkdirSync(results, { recursive: true })
  const at = new Date().toISOString()
  writeFileSync(
    join(results, `conversation-${at.replace(/[:.]/g, '-')}.json`),
    `${JSON.stringify({ at, contextTokens: CONTEXT_TOKENS, measured: MEASURED, rows }, undefined, 2)}\n`,
  )
} finally {
  await child.stop()
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}
