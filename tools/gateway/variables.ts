// The variables that a configuration names, gathered from the environment and from `.dev.vars`. Pure.
import { isDataKeys } from '../../shared/data-keys.ts'
import { Refusal } from './refusal.ts'

export type Variables = Readonly<Record<string, string>>

/** Bindings that the gateway makes itself; a configuration may not shadow them. */
export const RESERVED: readonly string[] = [
  'ADMIN_KEY',
  'AI',
  'ANSWERS',
  'ASSETS',
  'BUDGET',
  'CONFIG',
  'CONFIG_NAME',
  'CONVERSATION',
  'DB',
  'HEALTH',
  'LEARNER',
  'LOOPBACK',
  'MICRO',
  'MODELS',
  'MODEL_FILES',
  'REBENCH',
  'REGISTER',
  'REPLAY',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OUTBOX',
  'THREAD',
  'PUBLIC',
]

/**
 * Reads `NAME=value` lines as dotenv does: comments, blank lines, `export`, and single or double quotes
 * (double quotes understand \n and \").
 */
export function readDevVars(text: string): Variables {
  const found: Record<string, string> = {}
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line)
    if (match?.[1] !== undefined) found[match[1]] = unquoted(match[2] ?? '')
  }
  return found
}

function unquoted(value: string): string {
  const quoted = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(value)
  if (quoted?.[2] === undefined) return value.replace(/(^|\s+)#.*$/, '')
  return quoted[1] === '"' ? quoted[2].replaceAll('\\n', '\n').replaceAll('\\"', '"') : quoted[2]
}

/**
 * The values of `names`; the environment wins over `.dev.vars`. An empty value counts as missing.
 * `configName` is the configuration as the user knows it, for the message.
 */
export function gatherVariables(
  names: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  devVars: Variables,
  configName: string,
): Variables {
  const reserved = names.filter((name) => RESERVED.includes(name) || isDataKeys(name))
  if (reserved.length > 0) {
    throw new Refusal(
      `${configName} names ${listed(reserved)}, which the gateway uses itself; give the variable another name.`,
    )
  }
  const found = new Map(names.map((name) => [name, environment[name] || devVars[name] || '']))
  const missing = names.filter((name) => found.get(name) === '')
  if (missing.length > 0) {
    throw new Refusal(
      `${configName} names ${listed(missing)}, but ${missing.length === 1 ? 'that variable is' : 'those variables are'} not set; ` +
        `export ${missing.length === 1 ? 'it' : 'them'} or put ${missing.length === 1 ? 'it' : 'them'} into .dev.vars (one NAME=value a line).`,
    )
  }
  return Object.fromEntries(found)
}

function listed(names: readonly string[]): string {
  return names.map((name) => `$${name}`).join(', ')
}
