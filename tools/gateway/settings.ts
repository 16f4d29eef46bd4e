// What the user decided, gathered and checked: address, configuration, variables, state folder.
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readConfig } from '../../shared/config.ts'
import { dataKeysIn } from '../../shared/data-keys.ts'
import { vendorFacts } from '../../workers/providers/registry.ts'
import { type Address, readAddress } from './address.ts'
import { localDataKeys } from './data-key.ts'
import { checkModel, type MicroConfig } from './model.ts'
import { Refusal } from './refusal.ts'
import { gatherVariables, readDevVars, type Variables } from './variables.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Settings {
  readonly address: Address
  /** The configuration as the user knows it, and its text. */
  readonly configName: string
  readonly configText: string
  /** The model file that it names, absolute; it has been looked at and can run. */
  readonly model?: string
  /** What the configuration names, and what the gateway itself knows of, where it is set. */
  readonly secrets: Variables
  /** Absolute; exists and can be written. */
  readonly state: string
  /** host:port of what the `AI` binding calls; there is no such binding without it. */
  readonly ai?: string
}

/** `folder` is where relative paths of the environment begin. Throws a Refusal. */
export function readSettings(root: string, environment: Environment, folder: string): Settings {
  const address = readAddress(environment)
  const wanted = environment['MINNOW_CONFIG'] || undefined
  const configName = wanted ?? 'minnow.jsonc'
  const configFile = wanted === undefined ? join(root, configName) : resolve(folder, wanted)
  const configText = readText(configFile, configName)
  const { names, micro } = readNames(configText, configName)
  const model = micro === undefined ? {} : { model: checkModel(dirname(configFile), micro, configName) }
  const devVars = readDevVars(readTextIfThere(join(root, '.dev.vars')))
  const named = gatherVariables(names, environment, devVars, configName)
  const state = resolve(folder, environment['MINNOW_STATE'] || join(root, '.wrangler/state'))
  makeState(state)
  const given = dataKeysIn(environment) ?? dataKeysIn(devVars)
  const secrets = { ...named, ...ours(environment, devVars), DATA_KEYS: localDataKeys(state, given) }
  return { address, configName, configText, secrets, state, ...model, ...readAi(environment) }
}

/** An address that speaks the internal wire of Workers AI, for development: locally there is no other. */
function readAi(environment: Environment): { ai?: string } {
  const text = environment['MINNOW_AI']?.trim() ?? ''
  if (text === '') return {}
  const host = /^http:\/\/([^/?#@\s]+:\d+)\/?$/.exec(text)?.[1]
  if (host === undefined) {
    throw new Refusal(`MINNOW_AI is "${text}"; it must be an address such as http://127.0.0.1:8788.`)
  }
  return { ai: host }
}

/** The variables a configuration names; a Refusal where it has a mistake. */
export const variablesOf = (configText: string, configName: string): readonly string[] =>
  readNames(configText, configName).names

/** What of a configuration lies outside of it. */
function readNames(
  configText: string,
  configName: string,
): { names: readonly string[]; micro: MicroConfig | undefined } {
  const config = readConfig(configText, configName, vendorFacts)
  if (!config.ok) throw new Refusal(config.message)
  return { names: config.variables, micro: config.value.micro }
}

/** Variables that the gateway itself knows, where they are set. */
const OURS = ['ADMIN_KEY', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS']

const ours = (environment: Environment, devVars: Variables): Variables =>
  Object.fromEntries(
    OURS.flatMap((name) => {
      const value = environment[name] || devVars[name] || ''
      return value === '' ? [] : [[name, value]]
    }),
  )

function makeState(state: string): void {
  try {
    for (const part of ['d1', 'objects', 'cron']) makeFolder(join(state, part))
    accessSync(state, constants.W_OK)
  } catch (error) {
    throw new Refusal(
      `The state folder ${state} cannot be written (${codeOf(error)}); choose another with MINNOW_STATE.`,
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

function readText(file: string, configName: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Refusal(
      `The configuration ${configName} cannot be read (${codeOf(error)}); check the path (MINNOW_CONFIG) and its permissions.`,
    )
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
