// Minnow as `npm start` runs it, with counting.mjs between the Worker and its objects.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoted } from '../gateway/capnp.ts'
import { workerdBinary } from '../gateway/install.mjs'
import { CAPNP_FILE } from '../gateway/lease.ts'
import { prepare } from '../gateway/prepare.ts'
import { serve } from '../gateway/serve.mjs'

export interface Counted {
  readonly port: number
  readonly pid: number
  /** Alarms that rang, and rows that objects and D1 wrote, since this was last asked. */
  takeStorage(): Promise<Record<'alarms' | 'rows', Readonly<Record<string, number>>>>
  /** Calls to objects since this was last asked, by binding. From now on each is made so late. */
  take(lateMs?: number): Promise<Readonly<Record<string, number>>>
  stop(): Promise<unknown>
}

export async function startCounted(root: string, state: string, config: object): Promise<Counted> {
  const configFile = join(state, 'bench.jsonc')
  writeFileSync(configFile, JSON.stringify(config))
  const environment = {
    HOST: '127.0.0.1',
    PORT: '0',
    MINNOW_STATE: state,
    MINNOW_CONFIG: configFile,
    BENCH_KEY: 'sk-bench',
  }
  const prepared = await prepare(root, environment)
  const file = join(state, CAPNP_FILE)
  const counting = join(import.meta.dirname, 'counting.mjs')
  const text = readFileSync(file, 'utf8')
  const first = `modules = [(name = "counting.mjs", esModule = embed ${quoted(counting)}), `
  const at = text.indexOf('modules = [', text.indexOf('const main '))
  writeFileSync(file, text.slice(0, at) + first + text.slice(at + 'modules = ['.length))
  const serving = serve(workerdBinary(root), prepared)
  const orphan = (): void => serving.kill('SIGKILL')
  process.once('exit', orphan)
  void serving.ended.then(() => process.off('exit', orphan))
  const port = await serving.ready
  return {
    port,
    pid: serving.pid ?? 0,
    async takeStorage() {
      const reply = await fetch(`http://127.0.0.1:${port}/bench/storage`)
      return (await reply.json()) as Awaited<ReturnType<Counted['takeStorage']>>
    },
    async take(lateMs = 0) {
      const reply = await fetch(`http://127.0.0.1:${port}/bench/objects?lateMs=${lateMs}`)
      return (await reply.json()) as Record<string, number>
    },
    stop: serving.stop,
  }
}
