// Who is compared: no gateway at all, the least a Worker can do, Minnow, and Portkey's gateway; each a process of its own.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { workerdBinary } from '../gateway/install.mjs'
import { quoted } from '../gateway/capnp.ts'
import { readLayout } from '../gateway/layout.ts'
import { PID_FILE } from '../gateway/lease.ts'
import { BURST_MODEL, PACED_MODEL } from './answers.ts'
import { answering, AT_ONCE, type Child, output, start } from './process.ts'

export interface Contender {
  readonly name: string
  readonly port: number
  /** The process whose memory and processor time count; undefined where there is none. */
  readonly pid: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly models: { readonly burst: string; readonly paced: string }
  stop(): Promise<void>
}

const own = { burst: BURST_MODEL, paced: PACED_MODEL }

export const direct = (port: number): Contender => ({
  name: 'direct',
  port,
  pid: undefined,
  headers: {},
  models: own,
  stop: async () => undefined,
})

export async function bare(root: string, upstreamPort: number, folder: string): Promise<Contender> {
  const port = await freePort()
  const file = join(folder, 'bare.capnp')
  writeFileSync(
    file,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["local"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  compatibilityDate = ${quoted(readLayout(root).compatibilityDate)},
  modules = [(name = "bare.mjs", esModule = embed ${quoted(join(import.meta.dirname, 'bare.mjs'))})],
  bindings = [(name = "UPSTREAM", text = "http://127.0.0.1:${upstreamPort}")]
);
`,
  )
  const child = await start(workerdBinary(root), ['serve', '-I/', file], AT_ONCE)
  await answering(port)
  return { name: 'bare Worker', port, pid: child.pid, headers: {}, models: own, stop: child.stop }
}

const PRICE = { input: 2.5, cacheRead: 0.25, output: 10 }

/** What `npm start` starts, on a free port. */
export async function startMinnow(
  root: string,
  given: {
    readonly config: string
    readonly state: string
    readonly env: Readonly<Record<string, string>>
  },
): Promise<{ readonly port: number; readonly child: Child }> {
  const env = {
    ...given.env,
    HOST: '127.0.0.1',
    PORT: '0',
    MINNOW_CONFIG: given.config,
    MINNOW_STATE: given.state,
  }
  const child = await start(process.execPath, [join(root, 'tools/start.mjs')], /^Ready on /, env)
  return { port: Number(/:(\d+)$/.exec(child.line)?.[1]), child }
}

/** As `npm start` runs it: a key of its own with a dollar budget, prices, telemetry. */
export async function minnow(
  root: string,
  upstreamPort: number,
  folder: string,
  name = 'Minnow',
): Promise<Contender> {
  const state = join(folder, name.toLowerCase())
  mkdirSync(state, { recursive: true })
  const model = (its: string): object => ({
    provider: 'lab',
    model: its,
    contextWindow: 128_000,
    maxOutput: 4_096,
    price: PRICE,
  })
  const config = join(state, 'bench.jsonc')
  writeFileSync(
    config,
    JSON.stringify({
      providers: { lab: { baseUrl: `http://127.0.0.1:${upstreamPort}/v1`, apiKey: '$BENCH_KEY' } },
      models: { burst: model(BURST_MODEL), paced: model(PACED_MODEL) },
    }),
  )
  const { port, child } = await startMinnow(root, { config, state, env: { BENCH_KEY: 'sk-bench' } })
  const made = await fetch(`http://127.0.0.1:${port}/admin/keys`, {
    method: 'POST',
    headers: { authorization: 'Bearer mk-admin-local', 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', budgets: [{ usd: 1_000_000, window: 'day' }] }),
  })
  const { key } = (await made.json()) as { key: string }
  return {
    name,
    port,
    pid: Number(readFileSync(join(state, PID_FILE), 'utf8')),
    headers: { authorization: `Bearer ${key}` },
    models: { burst: 'burst', paced: 'paced' },
    stop: child.stop,
  }
}

const PORTKEY = resolve(import.meta.dirname, 'node_modules/@portkey-ai/gateway/build/start-server.js')

export const PORTKEY_NAME = 'Portkey 1.15.2'

/** Installs it on demand. Rejects with a sentence when that is not possible. */
export async function startPortkey(): Promise<{ readonly port: number; readonly child: Child }> {
  if (!existsSync(PORTKEY)) await installPortkey()
  const port = await freePort()
  const child = await start(process.execPath, [PORTKEY, `--port=${port}`, '--headless'], AT_ONCE)
  await answering(port)
  return { port, child }
}

export async function portkey(upstreamPort: number): Promise<Contender> {
  const { port, child } = await startPortkey()
  return {
    name: PORTKEY_NAME,
    port,
    pid: child.pid,
    headers: {
      authorization: 'Bearer sk-bench',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
    },
    models: own,
    stop: child.stop,
  }
}

async function installPortkey(): Promise<void> {
  const npm = process.env['npm_execpath']
  const args = [
    'install',
    '--prefix',
    import.meta.dirname,
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--loglevel=error',
  ]
  const isScript = npm !== undefined && /npm-cli\.[cm]?js$/.test(npm)
  await (isScript ? output(process.execPath, [npm, ...args]) : output('npm', args)).catch(() => {
    throw new Error('npm could not install @portkey-ai/gateway')
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}
