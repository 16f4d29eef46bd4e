// The secret DATA_KEYS, which text at rest is sealed with: how one is made, and where a local gateway keeps its own.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDataKeys, SECRET_BYTES } from '../../shared/data-keys.ts'
import { Refusal } from './refusal.ts'

/** Beside the state that it opens: a copy of the folder is a copy that can be read. */
export const DATA_KEY_FILE = 'data-keys'

/** Named after its day, so that its age can be seen. */
export const newDataKey = (now: Date): string =>
  `k${now.toISOString().slice(0, 10).replaceAll('-', '')}:${randomBytes(SECRET_BYTES).toString('base64url')}`

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
