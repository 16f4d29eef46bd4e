// What the starts of many gateways of this checkout have in common is done once a process: the build, and the database
// with every migration.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Build, ensureBuild } from '../../tools/gateway/build.ts'
import { databaseFile, migrate, readMigrations } from '../../tools/gateway/migrate.ts'

let build: Promise<Build> | undefined
let database: Buffer | undefined

/** Without looking at the sources again: what is edited while tests run is for their next run. */
export function builtOnce(root: string): Promise<Build> {
  build ??= ensureBuild(root)
  build.catch(() => (build = undefined))
  return build
}

/** Gives a state folder without a database one that knows every migration. */
export function migrateOnce(root: string, state: string): void {
  const file = databaseFile(state)
  if (existsSync(file)) return
  mkdirSync(dirname(file), { recursive: true })
  database ??= migrated(root)
  writeFileSync(file, database)
}

function migrated(root: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'minnow-migrated-'))
  const file = join(folder, 'd1.sqlite')
  migrate(file, readMigrations(join(root, 'migrations')))
  const bytes = readFileSync(file)
  rmSync(folder, { recursive: true })
  return bytes
}
