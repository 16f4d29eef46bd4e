// M12: parts of the gateway itself that cannot be reached. Their files in the gateway's state are spoilt, which is what a
// disk or a region that is away looks like to the Worker: every call to that object, or to D1, fails.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { databaseFile } from '../../../tools/gateway/migrate.ts'
import { objectId } from '../../../tools/gateway/object-id.ts'

const SIDES = ['', '-wal', '-shm'] as const

/** The file of a Durable Object of a local gateway. */
export const objectFile = (state: string, className: string, name: string): string =>
  join(state, 'objects', `minnow-${className}`, `${objectId(`minnow-${className}`, name)}.sqlite`)

/** Makes a database that is not open unreadable; what is returned makes it well again. */
export function spoil(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true })
  for (const side of SIDES) if (existsSync(file + side)) renameSync(file + side, `${file}${side}.aside`)
  writeFileSync(file, 'no database\n'.repeat(1_000))
  return () => {
    for (const side of SIDES) rmSync(file + side, { force: true })
    for (const side of SIDES)
      if (existsSync(`${file}${side}.aside`)) renameSync(`${file}${side}.aside`, file + side)
  }
}

export const spoilDatabase = (state: string): (() => void) => spoil(databaseFile(state))
