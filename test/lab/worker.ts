// A throw-away Worker in workerd, for claims about workerd itself.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { workerdBinary } from '../../tools/gateway/install.mjs'

const ROOT = resolve(import.meta.dirname, '../..')

export interface Worker {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** The lines that the Worker printed so far. */
  lines(): readonly string[]
  stop(): Promise<void>
}

/** `source` is an ES module; what it imports from the project's packages is bundled. */
export async function startWorker(source: string, flags: readonly string[] = []): Promise<Worker> {
  const folder = mkdtempSync(join(tmpdir(), 'minnow-worker-'))
  await build({
    stdin: { contents: source, resolveDir: ROOT },
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    external: ['node:*'],
    logLevel: 'silent',
  })
  writeFileSync(
    join(folder, 'worker.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(', ')}],
  modules = [(name = "worker.js", esModule = embed "worker.js")],
);
`,
  )
  const child = spawn(workerdBinary(ROOT), ['serve', '--control-fd=3', join(folder, 'worker.capnp')], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((done) => void child.once('exit', () => done()))
  const orphan = (): void => void child.kill('SIGKILL')
  process.once('exit', orphan)
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => void lines.push(line))
  }
  const port = await new Promise<number>((done, fail) => {
    const control = child.stdio[3]
    if (control === null || control === undefined || !('readable' in control))
      throw new Error('no control descriptor')
    createInterface({ input: control }).on('line', (line) => {
      const message = JSON.parse(line) as { event: string; port: number }
      if (message.event === 'listen') done(message.port)
    })
    void ended.then(() => fail(new Error(`workerd did not start: ${lines.join('\n')}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    lines: () => lines,
    async stop() {
      child.kill('SIGKILL')
      await ended
      process.off('exit', orphan)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
