// Everything that happens before workerd starts: check, build, migrate, write its configuration.
// The launcher runs this file under the project's own Node and reads one line of JSON; tests call `prepare` itself.
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Address, callableHost, socketOf } from './address.ts'
import { type Build, ensureBuild } from './build.ts'
import { writeCapnp } from './capnp.ts'
import { readLayout } from './layout.ts'
import { CAPNP_FILE, PID_FILE, refuseIfInUse } from './lease.ts'
import { databaseFile, migrate, readMigrations } from './migrate.ts'
import { refuseIfTaken } from './port.ts'
import { Refusal } from './refusal.ts'
import { type Environment, readSettings } from './settings.ts'

/** What the launcher needs to start workerd and to say so. */
export interface Prepared {
  readonly address: Address
  /** The host by which this machine itself reaches the gateway. */
  readonly callHost: string
  readonly state: string
  readonly pidFile: string
  /** Arguments of workerd. */
  readonly arguments: readonly string[]
  /** Secrets, for workerd's environment. */
  readonly environment: Readonly<Record<string, string>>
  /** True where the state folder had no data yet. */
  readonly isFirst: boolean
  /** The build in use; touched now and then so that nobody tidies it away. */
  readonly build: string
}

/** Throws a Refusal with one sentence where the gateway cannot start. `built` is for who starts many of one build. */
export async function prepare(
  root: string,
  environment: Environment,
  folder = process.cwd(),
  built: (root: string) => Promise<Build> = ensureBuild,
): Promise<Prepared> {
  const { address, configName, configText, model, secrets, state, ai } = readSettings(
    root,
    environment,
    folder,
  )
  refuseIfInUse(state)
  await refuseIfTaken(address)
  const build = await built(root)
  const database = databaseFile(state)
  const isFirst = !existsSync(database)
  migrate(database, readMigrations(join(root, 'migrations')))

  const configFile = join(state, 'config.jsonc')
  const capnpFile = join(state, CAPNP_FILE)
  writeFileSync(configFile, configText)
  writeFileSync(
    capnpFile,
    writeCapnp({
      layout: readLayout(root),
      modules: build.modules,
      assets: build.assets,
      state,
      socket: socketOf(address),
      configFile,
      configName,
      loopback: address.loopback,
      secrets: Object.keys(secrets),
      ...(model === undefined ? {} : { models: dirname(model) }),
      ...(ai === undefined ? {} : { ai }),
    }),
  )
  return {
    address,
    callHost: callableHost(address.host),
    state,
    pidFile: join(state, PID_FILE),
    arguments: ['serve', '--experimental', '-I/', '--control-fd=3', capnpFile],
    environment: secrets,
    isFirst,
    build: build.folder,
  }
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '../..')
  try {
    console.log(JSON.stringify({ ok: true, value: await prepare(root, process.env) }))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.log(JSON.stringify({ ok: false, message: error.message }))
  }
}
