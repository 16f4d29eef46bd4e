// Everything that happens before workerd starts: check, build, migrate, write its configuration.
// The launcher runs this file under the project's own Node and reads one line of JSON; tests call `prepare` itself.
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { readConfig } from '../../shared/config.ts'
import { knownVendors } from '../../workers/providers/registry.ts'
import { type Address, callableHost, readAddress, socketOf } from './address.ts'
import { ensureBuild } from './build.ts'
import { writeCapnp } from './capnp.ts'
import { readLayout } from './layout.ts'
import { CAPNP_FILE, PID_FILE, refuseIfInUse } from './lease.ts'
import { migrate, readMigrations } from './migrate.ts'
import { refuseIfTaken } from './port.ts'
import { Refusal } from './refusal.ts'
import { gatherVariables, readDevVars } from './variables.ts'

export type Environment = Readonly<Record<string, string | undefined>>

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
  /** The build in use; touched now and then so that nobody tidies it away. */
  readonly build: string
}

export async function prepare(
  root: string,
  environment: Environment,
  folder = process.cwd(),
): Promise<Prepared> {
  const address = readAddress(environment)
  const configName = environment['MINNOW_CONFIG'] || join(root, 'minnow.jsonc')
  const configShown = environment['MINNOW_CONFIG'] || 'minnow.jsonc'
  const configText = readText(resolve(folder, configName), `MINNOW_CONFIG is "${configShown}"; that file`)
  const config = readConfig(configText, configShown, knownVendors)
  if (!config.ok) throw new Refusal(config.message)
  const devVars = readDevVars(readTextIfThere(join(root, '.dev.vars')))
  const secrets = {
    ...gatherVariables(config.variables, environment, devVars, configShown),
    ...adminKey(environment, devVars),
  }

  const state = stateFolder(root, environment['MINNOW_STATE'], folder)
  refuseIfInUse(state)
  await refuseIfTaken(address)
  const build = await ensureBuild(root)
  migrate(state, readMigrations(join(root, 'migrations')))

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
      configName: configShown,
      loopback: address.loopback,
      secrets: Object.keys(secrets),
    }),
  )
  return {
    address,
    callHost: callableHost(address.host),
    state,
    pidFile: join(state, PID_FILE),
    arguments: ['serve', '--experimental', '-I/', '--control-fd=3', capnpFile],
    environment: secrets,
    build: build.folder,
  }
}

function adminKey(
  environment: Environment,
  devVars: Readonly<Record<string, string>>,
): Record<string, string> {
  const key = environment['ADMIN_KEY'] || devVars['ADMIN_KEY']
  return key === undefined || key === '' ? {} : { ADMIN_KEY: key }
}

function stateFolder(root: string, wanted: string | undefined, folder: string): string {
  const path =
    wanted === undefined || wanted === ''
      ? join(root, '.wrangler/state')
      : isAbsolute(wanted)
        ? wanted
        : resolve(folder, wanted)
  try {
    for (const part of ['d1', 'objects', 'cron']) makeFolder(join(path, part))
    accessSync(path, constants.W_OK)
    return path
  } catch (error) {
    throw new Refusal(
      `The state folder ${path} cannot be written (${codeOf(error)}); choose another with MINNOW_STATE.`,
    )
  }
}

/** Not mkdir's own `recursive`: Node 24 never returns from that on a file system like /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error // a neighbour was faster
  }
}

function readText(file: string, subject: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Refusal(`${subject} cannot be read (${codeOf(error)}); check the path and its permissions.`)
  }
}

function readTextIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ''
    throw new Refusal(`.dev.vars cannot be read (${codeOf(error)}); check its permissions.`)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
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
