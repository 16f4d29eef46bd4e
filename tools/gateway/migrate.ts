// Applies migrations/ to a local D1 file while the gateway is stopped, in order, each in one transaction.
// The bookkeeping table is the one `wrangler d1 migrations` keeps, so both agree on what was applied.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { objectId } from './object-id.ts'
import { Refusal } from './refusal.ts'

/** The `uniqueKey` of the bundled D1 Worker's class and the database's id, as the capnp declares them. */
export const D1_KEY = 'd1'
export const D1_NAME = 'minnow'

export interface Migration {
  readonly name: string
  readonly sql: string
}

/** Migrations are `<number>_<what>.sql`, applied in the order of their names. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d+_.+\.sql$/.test(name))
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))
}

/** The D1 file inside a state folder. */
export function databaseFile(state: string): string {
  return join(state, 'd1', D1_KEY, `${objectId(D1_KEY, D1_NAME)}.sqlite`)
}

/** The same of `wrangler dev --persist-to`, where wrangler.toml names no `database_id`: then the binding is its name. */
export function wranglerDatabaseFile(state: string, binding: string): string {
  const key = 'miniflare-D1DatabaseObject'
  return join(state, 'v3/d1', key, `${objectId(key, binding)}.sqlite`)
}

/** Returns the names of the migrations that were new to the database in `file`. */
export function migrate(file: string, migrations: readonly Migration[]): string[] {
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file, { timeout: 5000 })
  try {
    database.exec('PRAGMA journal_mode = WAL')
    database.exec(`CREATE TABLE IF NOT EXISTS d1_migrations(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT UNIQUE,
      applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`)
    const isApplied = database.prepare('SELECT 1 FROM d1_migrations WHERE name = ?')
    return migrations
      .filter(({ name }) => isApplied.get(name) === undefined)
      .filter((step) => apply(database, step, file))
      .map(({ name }) => name)
  } finally {
    database.close()
  }
}

/** False where another process applied it in the meantime. */
function apply(database: DatabaseSync, { name, sql }: Migration, file: string): boolean {
  database.exec('BEGIN IMMEDIATE')
  try {
    if (database.prepare('INSERT OR IGNORE INTO d1_migrations (name) VALUES (?)').run(name).changes === 0) {
      database.exec('ROLLBACK')
      return false
    }
    database.exec(sql)
    database.exec('COMMIT')
    return true
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    const reason = error instanceof Error ? error.message : String(error)
    throw new Refusal(`Migration ${name} failed on ${file}: ${reason}. Nothing of it was applied.`)
  }
}
