import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { databaseFile, migrate } from '../../../../tools/gateway/migrate.ts'
import { objectId } from '../../../../tools/gateway/object-id.ts'

let state = ''

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'minnow-migrate-'))
})

afterEach(() => rmSync(state, { recursive: true, force: true }))

const FIRST = {
  name: '0001_first.sql',
  sql: "CREATE TABLE fish (name TEXT); INSERT INTO fish VALUES ('minnow');",
}
const SECOND = { name: '0002_second.sql', sql: 'ALTER TABLE fish ADD COLUMN length INTEGER;' }

it('each migration is applied once, in order', () => {
  expect(migrate(databaseFile(state), [FIRST])).toEqual(['0001_first.sql'])
  expect(migrate(databaseFile(state), [FIRST, SECOND])).toEqual(['0002_second.sql'])
  expect(migrate(databaseFile(state), [FIRST, SECOND])).toEqual([])
  expect(rows('SELECT name, length FROM fish')).toEqual([{ name: 'minnow', length: null }])
  expect(rows('SELECT name FROM d1_migrations ORDER BY id')).toEqual([
    { name: '0001_first.sql' },
    { name: '0002_second.sql' },
  ])
})

it('a migration that fails half-way leaves nothing of itself and says which it was', () => {
  migrate(databaseFile(state), [FIRST])
  const broken = { name: '0002_broken.sql', sql: 'CREATE TABLE pond (id); INSERT INTO nowhere VALUES (1);' }
  expect(() => migrate(databaseFile(state), [FIRST, broken])).toThrow(
    /^Migration 0002_broken\.sql failed on .*no such table: nowhere/,
  )
  expect(rows("SELECT name FROM sqlite_schema WHERE name = 'pond'")).toEqual([])
  expect(migrate(databaseFile(state), [FIRST, SECOND])).toEqual(['0002_second.sql'])
})

it('the file has the name that workerd gives the object called minnow', () => {
  expect(objectId('d1', 'minnow')).toBe('56094f45981ac4f096195c8fc9e2157f17a10dca9df97aed51c9e2d5f3272aea')
  expect(databaseFile('/state')).toBe(`/state/d1/d1/${objectId('d1', 'minnow')}.sqlite`)
})

function rows(sql: string): unknown[] {
  const database = new DatabaseSync(databaseFile(state))
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  } finally {
    database.close()
  }
}
