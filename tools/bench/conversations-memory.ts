// `node tools/bench/conversations-memory.ts`: whether the memory of a gateway is bounded, however many conversations were
// held on it. Conversations come a thousand at a time, then their objects are left to rest, and what the process and V8
// hold is read; beside them requests without a conversation, which show what grows with any traffic. A gateway each.
// Prints Markdown and writes JSON to bench-results/. Flags: --rounds=8, --each=1000, --turns=2, --at-once=16,
// --only=named,conversation,plain, --collect=end (leave collecting to V8 until the last row).
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Client, openClient, pick, type Reply, user } from '../../test/lab/client.ts'
import { CLIENT_KEY } from '../../test/lab/scene.ts'
import { asleep, awake } from '../../test/lab/sleep.ts'
import { workerdBinary } from '../gateway/install.mjs'
import { prepare } from '../gateway/prepare.ts'
import { serve } from '../gateway/serve.mjs'
import { BURST_MODEL } from './answers.ts'
import { heapOf, openInspector } from './heap.ts'
import { memoryOf, start } from './process.ts'
import { growthOf, head, rowOf, type Seen } from './resident.ts'

const root = resolve(import.meta.dirname, '../..')
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '8' },
    each: { type: 'string', default: '1000' },
    turns: { type: 'string', default: '2' },
    'at-once': { type: 'string', default: '16' },
    only: { type: 'string', default: 'named,conversation,plain' },
    collect: { type: 'string', default: 'each' },
  },
})
const [ROUNDS, EACH, TURNS] = [Number(flags.rounds), Number(flags.each), Number(flags.turns)]
const AT_ONCE = Number(flags['at-once'])
/** Objects that keep what is said; others are the house's own, and few. */
const KEEPERS = ['Conversation', 'Thread']
/** workerd forgets where an object was 70 s after its last request, and looks once in as many. */
const FORGOTTEN_MS = 145_000
/** Requests before the first row: compiled and loaded by then is what all of them need. */
const WARM = 300
const QUESTION = 'word '.repeat(400)

interface Talk {
  readonly about: string
  hold(client: Client, at: number): Promise<void>
}

const json = { 'content-type': 'application/json' }
const model = 'burst'

async function ok(asked: Promise<Reply>): Promise<Reply> {
  const reply = await asked
  if (reply.status !== 200) throw new Error(`status ${reply.status}: ${reply.text}`)
  return reply
}

const post = (client: Client, path: string, body: object): Promise<Reply> =>
  ok(client.send(path, { method: 'POST', headers: json, body: JSON.stringify(body) }))

const TALKS: Readonly<Record<string, Talk>> = {
  named: {
    about: 'conversations under a name (`x-minnow-conversation`)',
    async hold(client, at) {
      const headers = { 'x-minnow-conversation': `memory-${at}` }
      for (let turn = 0; turn < TURNS; turn += 1)
        await ok(client.ask({ model, messages: [user(`${at}.${turn} ${QUESTION}`)] }, { headers }))
    },
  },
  conversation: {
    about: 'conversations of the Responses API (`conv_...`)',
    async hold(client, at) {
      const conversation = pick((await post(client, '/v1/conversations', {})).json, 'id')
      for (let turn = 0; turn < TURNS; turn += 1)
        await post(client, '/v1/responses', { model, input: `${at}.${turn} ${QUESTION}`, conversation })
    },
  },
  plain: {
    about: 'as many requests without a conversation',
    async hold(client, at) {
      for (let turn = 0; turn < TURNS; turn += 1)
        await ok(client.ask({ model, messages: [user(`${at}.${turn} ${QUESTION}`)] }))
    },
  },
}

/** A round of conversations, some at a time. */
async function round(talk: Talk, client: Client, from: number, to: number): Promise<void> {
  let next = from
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < to) await talk.hold(client, next++)
    }),
  )
}

async function measure(talk: Talk, folder: string, upstream: string): Promise<readonly Seen[]> {
  const state = join(folder, 'state')
  mkdirSync(state, { recursive: true })
  const config = join(folder, 'memory.jsonc')
  writeFileSync(
    config,
    JSON.stringify({
      providers: { lab: { baseUrl: `http://127.0.0.1:${upstream}/v1`, apiKey: '$BENCH_KEY' } },
      models: { [model]: { provider: 'lab', model: BURST_MODEL, contextWindow: 128_000 } },
    }),
  )
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    MINNOW_CONFIG: config,
    MINNOW_STATE: state,
    BENCH_KEY: 'sk-bench',
  }
  const prepared = await prepare(root, { ...process.env, ...env })
  const inspector = await openInspector(prepared.arguments)
  const serving = serve(workerdBinary(root), { ...prepared, arguments: inspector.arguments })
  process.once('exit', () => serving.kill('SIGKILL'))
  try {
    const client = openClient(`http://127.0.0.1:${await serving.ready}`, CLIENT_KEY)
    const gateway = { pid: serving.pid ?? 0, state }
    const residentMb = (): number => memoryOf(gateway.pid).nowMb
    const resting = async (held: number, collects: boolean): Promise<Seen> => {
      await asleep(gateway, KEEPERS)
      const restMb = residentMb()
      if (!collects) return { held, restMb }
      const heap = await heapOf(inspector.origin)
      return { held, restMb, collected: { residentMb: residentMb(), heap } }
    }
    await round(TALKS['plain'] ?? talk, client, 0, WARM)
    const seen: Seen[] = []
    const note = (row: Seen): void => {
      seen.push(row)
      console.log(rowOf(row))
    }
    console.log(`\n${talk.about}, of ${TURNS} turns each:\n\n${head}`)
    note(await resting(0, flags.collect === 'each'))
    for (let done = 0; done < ROUNDS; done += 1) {
      await round(talk, client, done * EACH, (done + 1) * EACH)
      const busy = { busyMb: residentMb(), awake: awake(gateway, KEEPERS) }
      note({ ...busy, ...(await resting((done + 1) * EACH, flags.collect === 'each')) })
    }
    const growth = (read: (row: Seen) => number | undefined): string => growthOf(seen, read).toFixed(2)
    const grown = `${growth(({ restMb }) => restMb)} kB resident at rest, ${growth(({ collected }) => collected?.heap.usedMb)} kB of heap`
    await wait(FORGOTTEN_MS)
    note(await resting(ROUNDS * EACH, true))
    console.log(`\nEach conversation of the later half added ${grown}.`)
    return seen
  } finally {
    await serving.stop()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'minnow-memory-'))
const upstream = await start(process.execPath, [join(import.meta.dirname, 'upstream.ts')], /^\d+$/)
try {
  const [load] = readFileSync('/proc/loadavg', 'utf8').split(' ')
  console.log(`${ROUNDS} rounds of ${EACH}, ${AT_ONCE} at once; load average ${load} before.`)
  const found: Record<string, readonly Seen[]> = {}
  for (const kind of flags.only.split(',')) {
    const talk = TALKS[kind]
    if (talk === undefined) throw new Error(`--only=${kind}: there are ${Object.keys(TALKS).join(', ')}`)
    found[kind] = await measure(talk, join(folder, kind), upstream.line)
    rmSync(join(folder, kind), { recursive: true, force: true })
  }
  const results = join(root, 'bench-results')
  mkdirSync(results, { recursive: true })
  const at = new Date().toISOString()
  const about = { at, rounds: ROUNDS, each: EACH, turns: TURNS, atOnce: AT_ONCE, collect: flags.collect }
  writeFileSync(
    join(results, `conversations-memory-${at.replace(/[:.]/g, '-')}.json`),
    `${JSON.stringify({ ...about, ...found }, undefined, 2)}\n`,
  )
} finally {
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}
