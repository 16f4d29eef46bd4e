// `node tools/bench/conversation.ts`: what a turn costs against the length of its conversation, with the same token budget:
// as a client sees it through the gateway, and within the conversation's own code, where rows and bytes can be counted; of
// both kinds of conversations, and of lines of responses. Prints Markdown and writes JSON to bench-results/.
// Flags: --turns=100 measured at each length, --quick, --only=named,conversation,line.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { NOON, openSql, openTalk, user } from '../../test/unit/workers/conversation/talk.ts'
import { message, openConversation, openLines, within } from '../../test/unit/workers/thread/line.ts'
import { PID_FILE } from '../gateway/lease.ts'
import { BURST_MODEL } from './answers.ts'
import { startMinnow } from './contenders.ts'
import { cpuMsOf, start } from './process.ts'
import { percentile } from './statistics.ts'

const root = resolve(import.meta.dirname, '../..')
const { values: flags } = parseArgs({
  options: {
    turns: { type: 'string', default: '200' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
  },
})
const LENGTHS = flags.quick === true ? [10, 100] : [10, 100, 1_000]
const MEASURED = Number(flags.turns)
/** A block of turns at one length, then at the next: processor time is counted in hundredths of a second. */
const BLOCK = 25
/** Long enough that ten turns fill it: every length is sent with the same context. */
const CONTEXT_TOKENS = 1_000
const QUESTION = `What does the quick brown fox do? ${'It jumps and sleeps and runs. '.repeat(14)}`

/** How turns are kept: under a name, in a conversation of the Responses API, or each going on from the one before. */
type Kind = 'named' | 'conversation' | 'line'
const KINDS: Readonly<Record<Kind, string>> = {
  named: 'x-minnow-conversation',
  conversation: 'a conversation of the Responses API',
  line: 'responses, each going on from the one before',
}
const kinds = (Object.keys(KINDS) as Kind[]).filter(
  (kind) => flags.only === undefined || flags.only.split(',').includes(kind),
)

interface Seen {
  readonly length: number
  readonly totalMs: number[]
  cpuMs: number
}

const WISH = { contextTokens: CONTEXT_TOKENS }

/** A turn after those before it, or, once its length is reached, behind the last of those where that can be said. */
type Say = () => Promise<void>

interface Speaker {
  readonly grow: Say
  /** Turns of a conversation of the Responses API always follow the last one: it grows by those that are measured. */
  readonly measure: Say
}

const postTo =
  (port: number) =>
  async (
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<{ reply: Response; id: string }> => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer mk-local', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    const text = await reply.text()
    if (!reply.ok) throw new Error(text)
    return { reply, id: String((JSON.parse(text) as { id: unknown }).id) }
  }

async function speaker(kind: Kind, length: number, port: number): Promise<Speaker> {
  const post = postTo(port)
  if (kind === 'named') {
    let last = ''
    const say = async (minnow: object): Promise<string> => {
      const body = { model: 'burst', messages: [{ role: 'user', content: QUESTION }], minnow }
      const headers = { 'x-minnow-conversation': `bench-${length}` }
      const { reply } = await post('/v1/chat/completions', body, headers)
      return reply.headers.get('x-minnow-turn') ?? ''
    }
    return {
      grow: async () => void (last = await say(WISH)),
      measure: async () => void (await say({ ...WISH, parent: last })),
    }
  }
  const conversation = kind === 'line' ? undefined : (await post('/v1/conversations', {})).id
  let last: string | undefined
  const say = async (): Promise<string> => {
    const where = conversation === undefined ? { previous_response_id: last } : { conversation }
    return (await post('/v1/responses', { model: 'burst', input: QUESTION, minnow: WISH, ...where })).id
  }
  return { grow: async () => void (last = await say()), measure: async () => void (await say()) }
}

async function throughGateway(kind: Kind, port: number, pid: number): Promise<readonly Seen[]> {
  const speakers = new Map<number, Speaker>()
  for (const length of LENGTHS) {
    const made = await speaker(kind, length, port)
    for (let turn = 0; turn < length; turn += 1) await made.grow()
    speakers.set(length, made)
  }
  const seen = LENGTHS.map((length): Seen => ({ length, totalMs: [], cpuMs: 0 }))
  for (let block = 0; block * BLOCK < MEASURED; block += 1)
    for (const one of block % 2 === 0 ? seen : seen.toReversed()) {
      const cpu = cpuMsOf(pid)
      for (let turn = 0; turn < BLOCK; turn += 1) {
        const from = performance.now()
        await speakers.get(one.length)?.measure()
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

type CountingSql = ReturnType<typeof openSql>

/** A conversation of that length in its own code over a real SQLite, with real seals; enters and stores one turn. */
function namedTurns(sql: CountingSql, length: number): (turn: number) => void {
  const talk = openTalk(sql)
  const answer = { role: 'assistant', content: QUESTION }
  const asking = { room: CONTEXT_TOKENS }
  for (let turn = 0; turn < length; turn += 1) talk.say([user(QUESTION)], answer, asking)
  const goal = { kind: 'parent', turn: talk.store.head()?.id ?? '' } as const
  return (turn) => {
    const { fresh, place } = talk.ask([user(QUESTION)], { ...asking, goal })
    const weigh = (said: (typeof fresh)[number]) => ({ message: said, tokens: 120 })
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
}

function threadTurns(
  kind: 'conversation' | 'line',
  sql: CountingSql,
  length: number,
): (turn: number) => void {
  const lines = kind === 'line' ? openLines(sql) : openConversation(sql)
  const name = (turn: number): string => `resp_${String(100_000 + turn)}`
  const say = (turn: number, last: number): void => {
    const id = name(turn)
    lines.say(id, {
      input: [message(`${id}_q`, 'user', QUESTION)],
      output: [message(`${id}_a`, 'assistant', QUESTION)],
      ...(kind === 'conversation' ? { conversation: true } : last < 0 ? {} : { previousId: name(last) }),
      limit: within(CONTEXT_TOKENS),
    })
  }
  for (let turn = 0; turn < length; turn += 1) say(turn, turn - 1)
  return (turn) => say(length + BLOCK + turn, length - 1)
}

function inside(kind: Kind, length: number): Counted {
  const sql = openSql()
  const enter = kind === 'named' ? namedTurns(sql, length) : threadTurns(kind, sql, length)
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

const HEADINGS = [
  'turns before',
  'p50 ms',
  'p99 ms',
  "gateway's processor ms",
  'statements',
  'rows read',
  'bytes read',
  "object's processor ms",
] as const

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

interface Measured extends Counted {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly gatewayCpuMs: number
}

function tableOf(rows: readonly Measured[]): string {
  const [first, last] = [rows[0], rows.at(-1)]
  const ratio = (name: Exclude<keyof Measured, 'length'>): string =>
    `x ${((last?.[name] ?? Number.NaN) / (first?.[name] ?? Number.NaN)).toFixed(2)}`
  return [
    line(HEADINGS),
    line(HEADINGS.map(() => '---:')),
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
  ].join('\n')
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
  console.log(
    `${MEASURED} turns at each length, each sent with at most ${CONTEXT_TOKENS} tokens; load average ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}.`,
  )
  const found: Partial<Record<Kind, readonly Measured[]>> = {}
  // All of these first: while the others are counted nobody reads what the gateway says of its connections.
  const seenOf = new Map<Kind, readonly Seen[]>()
  for (const kind of kinds) seenOf.set(kind, await throughGateway(kind, port, pid))
  for (const [kind, seen] of seenOf) {
    inside(kind, LENGTHS[0] ?? 10) // compiled by then
    const rows = seen.map(({ length, totalMs, cpuMs }) => ({
      ...inside(kind, length),
      p50Ms: percentile(totalMs, 0.5),
      p99Ms: percentile(totalMs, 0.99),
      gatewayCpuMs: cpuMs / totalMs.length,
    }))
    found[kind] = rows
    console.log(`\n${KINDS[kind]}:\n\n${tableOf(rows)}`)
  }
  const results = join(root, 'bench-results')
  mkdirSync(results, { recursive: true })
  const at = new Date().toISOString()
  writeFileSync(
    join(results, `conversation-${at.replace(/[:.]/g, '-')}.json`),
    `${JSON.stringify({ at, contextTokens: CONTEXT_TOKENS, measured: MEASURED, ...found }, undefined, 2)}\n`,
  )
} finally {
  await child.stop()
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}
