// What a gateway's objects have on the disk: their databases, read, changed while it is stopped, and their alarms.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'

const folderOf = (state: string, name: string): string => join(state, 'objects', `minnow-${name}`)
const ALARMS = 'metadata.sqlite'

/** The database files of a class; a file is called as its object's id. */
export const objectsOf = (state: string, name: string): string[] => databasesIn(folderOf(state, name))

function databasesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sqlite') && file !== ALARMS)
    .map((file) => join(folder, file))
}

export const idOf = (file: string): string => basename(file, '.sqlite')

export function inside<T>(file: string, work: (database: DatabaseSync) => T, readOnly = false): T {
  const database = new DatabaseSync(file, { readOnly })
  try {
    return work(database)
  } finally {
    database.close()
  }
}

/** The first column of a query in every object of a class; of those without such a table nothing. */
export const valuesIn = (state: string, name: string, query: string): SQLOutputValue[] =>
  objectsOf(state, name).flatMap((file) =>
    inside(
      file,
      (database) => {
        const table = /FROM (\w+)/.exec(query)?.[1] ?? ''
        const isThere = database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table)
        if (isThere === undefined) return []
        return database
          .prepare(query)
          .all()
          .map((row) => Object.values(row)[0] ?? null)
      },
      true,
    ),
  )

/** Makes the alarms of a class due, as time would; the gateway is stopped. */
export const ringAlarms = (state: string, name: string): void => ring(folderOf(state, name))

/** The same for the cron. */
export const ringCron = (state: string): void => ring(join(state, 'cron/cron'))

/** workerd keeps each alarm in two places. */
function ring(folder: string): void {
  for (const file of databasesIn(folder))
    inside(file, (database) => {
      const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = '_cf_METADATA'").get()
      if (table !== undefined) database.exec('UPDATE _cf_METADATA SET value = 1 WHERE key = 1')
    })
  inside(join(folder, ALARMS), (database) => database.exec('UPDATE _cf_ALARM SET scheduled_time = 1'))
}

/** The file of the local D1. */
export const databaseOf = (state: string): string => databasesIn(join(state, 'd1/d1'))[0] ?? ''
