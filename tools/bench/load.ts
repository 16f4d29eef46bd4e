// The load generator, a process of its own: `node load.ts '<Load as JSON>'` prints a Measured as JSON.
// Each connection has one request under way at a time, so a slow gateway is not asked more than it can answer.
import { Connection, type Reply } from './connection.ts'
import { cpuMsOf } from './process.ts'

export interface Load {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
  readonly connections: number
  /** Before measuring, so that code is compiled and connections are open. */
  readonly warmMs: number
  /** How long to measure; or, with `count`, until so many replies have come. */
  readonly measureMs: number
  readonly count?: number
  /** A text that each connection replaces by one of its own, another one after so many requests. */
  readonly rotating?: { readonly text: string; readonly requests: number }
  /** Rest before every request. */
  readonly restMs?: number
  /** The server, whose processor time is read at both ends of the measurement. */
  readonly pid?: number
}

export interface Measured {
  readonly replies: number
  readonly seconds: number
  readonly cpuMs: number | undefined
  readonly firstMs: readonly number[]
  readonly totalMs: readonly number[]
  /** What went wrong -> how often. */
  readonly errors: Readonly<Record<string, number>>
}

async function measure(load: Load): Promise<Measured> {
  const body = JSON.stringify(load.body)
  const stream = 'stream' in load.body && load.body.stream === true
  const headers = { host: '127.0.0.1', 'content-type': 'application/json', ...load.headers }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const bytes = `POST ${load.path} HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

  const { rotating } = load
  const run = Math.floor(Math.random() * 1e9)
  /** What a connection sends; its own texts where they rotate. */
  const asking = (connection: number): (() => string) => {
    if (rotating === undefined) return () => bytes
    let asked = 0
    return () =>
      bytes.replaceAll(rotating.text, `${run}-${connection}-${Math.floor(asked++ / rotating.requests)}`)
  }

  const good: Reply[] = []
  const errors: Record<string, number> = {}
  const state: { phase: 'warm' | 'measure' | 'over' } = { phase: 'warm' }

  const note = (reply: Reply): void => {
    if (state.phase !== 'measure') return
    if (reply.error === undefined) good.push(reply)
    else errors[reply.error] = (errors[reply.error] ?? 0) + 1
    if (load.count !== undefined && good.length >= load.count) state.phase = 'over'
  }
  const keepBusy = async (connection: Connection): Promise<void> => {
    while (state.phase !== 'over') {
      if (load.restMs !== undefined) await pause(load.restMs)
      note(
        await connection.ask().catch((error: unknown) => ({ firstMs: 0, totalMs: 0, error: String(error) })),
      )
    }
    connection.close() // only now: the last request is answered first, so no gateway sees a client that left
  }

  const busy = Array.from({ length: load.connections }, (_, index) =>
    keepBusy(new Connection(load.port, asking(index), stream)),
  )
  await pause(load.warmMs)
  const cpuBefore = load.pid === undefined ? undefined : cpuMsOf(load.pid)
  const startedAt = performance.now()
  state.phase = 'measure'
  if (load.count === undefined) {
    await pause(load.measureMs)
    state.phase = 'over'
  } else {
    await Promise.race([Promise.all(busy), pause(load.measureMs)])
    state.phase = 'over'
  }
  const seconds = (performance.now() - startedAt) / 1000
  const cpuMs = load.pid === undefined || cpuBefore === undefined ? undefined : cpuMsOf(load.pid) - cpuBefore
  await Promise.all(busy)
  return {
    replies: good.length,
    seconds,
    cpuMs,
    firstMs: good.map((reply) => reply.firstMs),
    totalMs: good.map((reply) => reply.totalMs),
    errors,
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const [, , given] = process.argv
if (given === undefined) throw new Error('usage: node load.ts \'{"port":...}\'')
process.stdout.write(JSON.stringify(await measure(JSON.parse(given) as Load)), () => process.exit()) // timers may be left
