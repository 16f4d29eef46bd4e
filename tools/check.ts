// `minnow check`: looks at the configuration as a start would, and says in a few lines what it makes of it.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Config, readConfig } from '../shared/config.ts'
import { vendorFacts } from '../workers/providers/registry.ts'
import { Refusal } from './gateway/refusal.ts'
import { readDevVars } from './gateway/variables.ts'

const root = resolve(import.meta.dirname, '..')

try {
  const wanted = process.env['MINNOW_CONFIG'] || undefined
  const name = wanted ?? 'minnow.jsonc'
  const read = readConfig(
    textOf(wanted === undefined ? join(root, name) : resolve(wanted), name),
    name,
    vendorFacts,
  )
  if (!read.ok) throw new Refusal(read.message)
  for (const line of described(read.value)) console.log(line)
  const missing = read.variables.filter((variable) => !isSet(variable))
  if (missing.length > 0) {
    throw new Refusal(
      `${name} names ${missing.map((variable) => `$${variable}`).join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not set; export ${missing.length === 1 ? 'it' : 'them'}, or put a line ${missing[0]}=... into .dev.vars.`,
    )
  }
  console.log(`${name} is fine.`)
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 1
}

function textOf(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new Refusal(`${name} cannot be read: there is no such file, or it may not be read.`)
  }
}

function isSet(variable: string): boolean {
  return (process.env[variable] || devVars()[variable] || '') !== ''
}

function devVars(): Readonly<Record<string, string>> {
  try {
    return readDevVars(readFileSync(join(root, '.dev.vars'), 'utf8'))
  } catch {
    return {} // most have none
  }
}

/** What there is, by name; the embedded model is always there. */
function described({ providers, models, routes }: Config): string[] {
  const names = (of: object | undefined): string => Object.keys(of ?? {}).join(', ') || 'none'
  return [`providers  ${names(providers)}`, `models     ${names(models)}`, `routes     ${names(routes)}`]
}
