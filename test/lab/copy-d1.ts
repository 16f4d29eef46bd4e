// `node test/lab/copy-d1.ts <state of a gateway> <state of wrangler>`: what the gateway's D1 has, as wrangler's local one.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { databaseFile } from '../../tools/gateway/migrate.ts'
import { objectId } from '../../tools/gateway/object-id.ts'

/** As wrangler calls the class, and the database by its binding in wrangler.toml. */
const CLASS = 'miniflare-D1DatabaseObject'
const BINDING = 'DB'

const [from = '', to = ''] = process.argv.slice(2)
const folder = join(to, 'v3/d1', CLASS)
mkdirSync(folder, { recursive: true })
const database = new DatabaseSync(databaseFile(from), { timeout: 5_000 })
database.prepare('VACUUM INTO ?').run(join(folder, `${objectId(CLASS, BINDING)}.sqlite`))
database.close()
