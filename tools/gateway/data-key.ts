// The secret DATA_KEYS, which text at rest is sealed with: how one is made, and where a local gateway keeps its own.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataKeysIn, isDataKeys, readDataKeys, SECRET_BYTES } from '../../shared/data-keys.ts'
import { Refusal } from './refusal.ts'

/** Beside the state that it opens: a copy of the folder is a copy that can be read. */
export const DATA_KEY_FILE = 'data-keys'

/** Named after its day, so that its age can be seen, and like no other. */
export const newDataKey = (now: Date): string =>
  `k${dayOf(now)}-${randomBytes(2).toString('hex')}:${randomBytes(SECRET_BYTES).toString('base64url')}`

const dayOf = (now: Date): string => now.toISOString().slice(0, 10).replaceAll('-', '')

/** `given`: from the environment or .dev.vars, which win. Else the state folder's own, made at the first start. */
export function localDataKeys(state: string, given: string | undefined): string {
  if (given !== undefined && given !== '') return checked(given, 'the environment')
  const file = join(state, DATA_KEY_FILE)
  if (!existsSync(file)) make(file)
  try {
    return checked(readFileSync(file, 'utf8').trim(), file)
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(`The keys of what is kept, ${file}, cannot be read; check the file's permissions.`)
  }
}

/** Whole or not at all, and never over another's: two starts may happen at once, and a lost key loses what it sealed. */
function make(file: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${newDataKey(new Date())}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600) // whatever the umask says
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!existsSync(file)) throw error // else a neighbour was faster
  } finally {
    rmSync(draft, { force: true })
  }
}

function checked(text: string, place: string): string {
  const read = readDataKeys(text)
  if (!read.ok) throw new Refusal(`${read.message} It was found in ${place}.`)
  return text
}

export interface DeployedKeys {
  /** What a person is told. */
  readonly lines: readonly string[]
  /** Secrets to be set beside those that were given. */
  readonly made: Readonly<Record<string, string>>
}

/**
 * The keys of a deployment. One is made where there is none, and another, in a secret that comes before it, where that is
 * wished: nobody can read the first one any more. `present` are the names of its secrets, `given` comes from the command's
 * environment.
 */
export function deployedKeys(
  present: readonly string[],
  given: Readonly<Record<string, string>>,
  isRenewing: boolean,
  now: Date,
): DeployedKeys {
  const there = present.filter(isDataKeys)
  const own = dataKeysIn(given)
  if (own !== undefined) checked(own, 'the environment')
  const lines = [...new Set([...there, ...Object.keys(given).filter(isDataKeys)])].map(
    (name) => `${name}: ${given[name] === undefined ? 'already there' : 'will be set'}`,
  )
  if (own !== undefined || (there.length > 0 && !isRenewing)) return { lines, made: {} }
  const name = there.length === 0 ? 'DATA_KEYS' : `DATA_KEYS_${dayOf(now)}`
  if (there.includes(name))
    throw new Refusal(`${name} was made today; a second new key has to wait for tomorrow.`)
  lines.push(`${name}: made now, of random bytes, and known to Cloudflare alone (docs/sealed.md)`)
  return { lines, made: { [name]: newDataKey(now) } }
}
