// Starts the real gateway (the built Worker in workerd, with D1, objects and cron on disk) for a test, on a free port
// with a state folder of its own. The build is shared by content, and what many starts have in common is done once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { urlOf } from '../../tools/gateway/address.ts'
import { ensureBuild } from '../../tools/gateway/build.ts'
import { prepare } from '../../tools/gateway/prepare.ts'
import { serve, type Serving } from '../../tools/gateway/serve.mjs'
import { workerdBinary } from '../../tools/gateway/install.mjs'
import { compiled } from './compiled.ts'
import { builtOnce, migrateOnce } from './once.ts'

const ROOT = resolve(import.meta.dirname, '../..')

export interface GatewayOptions {
  /** The configuration, as an object or as the file's text; the shipped one unless given. */
  readonly config?: object | string
  /** Variables that the configuration names, ADMIN_KEY, and whatever else `npm start` reads. */
  readonly env?: Readonly<Record<string, string>>
  /** The address of the laboratory's Workers AI; without one the Worker has no `AI` binding, as under npm start. */
  readonly ai?: string
  /** A state folder to start from; it is then not deleted. A fresh one unless given. */
  readonly state?: string
  /** 127.0.0.1 unless given. */
  readonly host?: string
  /** A free one unless given. */
  readonly port?: number
  /** Another checkout; for tests of the launcher itself. */
  readonly root?: string
}

export interface Gateway {
  /** http://host:port, without a slash at the end. */
  readonly url: string
  readonly port: number
  readonly state: string
  /** workerd's process; a new one after `restart`. */
  readonly pid: number
  /** What workerd and the Worker printed so far. */
  output(): string
  /** Lets open requests end, then stops; the state folder goes unless it was given. */
  stop(): Promise<void>
  /** A crash: SIGKILL. The state stays, so that `restart` can find it. */
  kill(): Promise<void>
  /** Stops if running, then starts on the same port and state; with other variables from now on, where some are given. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>
}

export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const root = options.root ?? ROOT
  const state = options.state ?? mkdtempSync(join(tmpdir(), 'minnow-test-'))
  const isShared = root === ROOT // who brings another checkout may change it between two starts
  let printed = ''
  let variables = options.env
  let port = options.port ?? 0
  let serving = await start()
  const url = urlOf(options.host ?? '127.0.0.1', port)

  async function start(): Promise<Serving> {
    if (isShared) migrateOnce(root, state)
    const prepared = await prepare(root, environment(), process.cwd(), isShared ? builtOnce : ensureBuild)
    const workerd = workerdBinary(root)
    const begun = serve(workerd, isShared ? compiled(workerd, prepared) : prepared, (text) => {
      printed += text
    })
    const orphan = (): void => begun.kill('SIGKILL')
    process.once('exit', orphan)
    void begun.ended.then(() => process.off('exit', orphan))
    try {
      port = await begun.ready
    } catch (error) {
      begun.kill('SIGKILL')
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${printed}`, {
        cause: error,
      })
    }
    return begun
  }

  function environment(): Record<string, string> {
    const config = options.config
    const given = {
      ...variables,
      HOST: options.host ?? '127.0.0.1',
      PORT: String(port),
      MINNOW_STATE: state,
      ...(options.ai === undefined ? {} : { MINNOW_AI: options.ai }),
    }
    if (config === undefined) return given
    const file = join(state, 'given.jsonc')
    writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config, null, 2))
    return { ...given, MINNOW_CONFIG: file }
  }

  return {
    url,
    get port() {
      return port
    },
    state,
    get pid() {
      return serving.pid ?? 0
    },
    output: () => printed,
    async stop() {
      await serving.stop()
      if (options.state === undefined) rmSync(state, { recursive: true, force: true })
    },
    async kill() {
      serving.kill('SIGKILL')
      await serving.ended
    },
    async restart(env) {
      variables = { ...variables, ...env }
      await serving.stop()
      serving = await start()
    },
  }
}
