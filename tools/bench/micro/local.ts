// Starts the benchmark's worker in workerd with any model file, on a free port of loopback.
import { createServer } from 'node:net'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { start } from '../process.ts'

const root = join(import.meta.dirname, '../../..')

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

const writeConfig = (port: number, folder: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .worker), (name = "disk", disk = (path = "${folder}", writable = true)) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ] );
const worker :Workerd.Worker = (
  modules = [ (name = "worker.js", esModule = embed "worker.js"), (name = "micro.gguf", data = embed "micro.gguf"),
              (name = "kernel.wasm", wasm = embed "kernel.wasm") ],
  compatibilityDate = "2026-11-01", compatibilityFlags = ["enable_request_signal"],
  durableObjectNamespaces = [ (className = "Micro", uniqueKey = "micro", enableSql = true) ], durableObjectStorage = (localDisk = "disk"),
  bindings = [ (name = "MICRO", durableObjectNamespace = "Micro") ] );
`

/** The model file and the kernel stay modules of their own, so that any model file can take the shipped one's place. */
const embedded: Plugin = {
  name: 'embedded files',
  setup: (context) => {
    context.onResolve({ filter: /\.(gguf|wasm)$/ }, ({ path }) => ({
      path: `./${basename(path)}`,
      external: true,
    }))
  },
}

export interface Server {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

export async function startWorkerd(model: ArrayBuffer): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'minnow-micro-'))
  const port = await freePort()
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'],
    plugins: [embedded],
  })
  copyFileSync(join(root, 'workers/micro/kernel/kernel.wasm'), join(folder, 'kernel.wasm'))
  writeFileSync(join(folder, 'micro.gguf'), new Uint8Array(model))
  writeFileSync(join(folder, 'config.capnp'), writeConfig(port, folder))
  const child = await start(
    join(root, 'node_modules/.bin/workerd'),
    ['serve', '--control-fd=1', join(folder, 'config.capnp')],
    /listen/,
  )
  const stop = async () => {
    await child.stop()
    rmSync(folder, { recursive: true })
  }
  return { url: `http://127.0.0.1:${port}`, pid: child.pid, stop }
}
