// Threads that earlier versions kept are measured when they wake up, and go on where they were.
import { describe, expect, it } from 'vitest'
import type { Seal } from '../../../../shared/seal.ts'
import { renewOlder } from '../../../../workers/thread/older.ts'
import type { Sql } from '../../../../workers/thread/tables.ts'
import { keyOf, NOON, openSql, sealOf } from '../conversation/talk.ts'
import { CONVERSATION, message, openLines, within } from './line.ts'

const own = [message('own', 'user', 'And now?')]
const LONG = 'word '.repeat(80)

/** As version 0.3 made its tables, with a conversation of two turns and a line of two responses. */
function written(seal: Seal): Sql {
  const sql = openSql()
  for (const table of [
    'responses (id TEXT PRIMARY KEY, parent TEXT, upto INTEGER, status TEXT NOT NULL, created_at INTEGER NOT NULL, background INTEGER NOT NULL) WITHOUT ROWID',
    'conversation (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, metadata TEXT NOT NULL) WITHOUT ROWID',
    'items (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL)',
    'texts (owner TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (owner, part)) WITHOUT ROWID',
  ])
    sql.exec(`CREATE TABLE ${table}`)
  const write = (owner: string, value: unknown): void =>
    void sql.exec(
      'INSERT INTO texts (owner, part, text) VALUES (?, 0, ?)',
      owner,
      seal.seal(JSON.stringify(value), `texts/${owner}/0`),
    )
  const respond = (id: string, parent: string | null, upto: number | null, at: number): void => {
    sql.exec('INSERT INTO responses VALUES (?, ?, ?, ?, ?, 0)', id, parent, upto, 'completed', NOON + at)
    write(`${id}/input`, [message(`${id}-q`, 'user', `${id} asks ${LONG}`)])
    write(`${id}/response`, {
      id,
      status: 'completed',
      output: [message(`${id}-a`, 'assistant', `${id} says ${LONG}`)],
    })
  }
  const say = (position: number, item: ReturnType<typeof message>): void => {
    sql.exec('INSERT INTO items (position, id) VALUES (?, ?)', position, String(item['id']))
    write(`item/${position}`, item)
  }
  sql.exec('INSERT INTO conversation VALUES (?, ?, ?)', CONVERSATION, NOON, '{}')
  say(1, message('dev', 'developer', 'Be kind.'))
  for (const [at, id] of ['t1', 't2'].entries()) {
    respond(id, null, 1 + at * 2, at)
    say(2 + at * 2, message(`${id}-q`, 'user', `${id} asks ${LONG}`))
    say(3 + at * 2, message(`${id}-a`, 'assistant', `${id} says ${LONG}`))
  }
  respond('r2', 'r1', null, 3) // a younger name before its elder's
  respond('r1', null, null, 2)
  respond('orphan', 'gone', null, 4)
  return sql
}

const heads = (told: readonly string[]): string[] => told.map((text) => text.split(' ').slice(0, 2).join(' '))

describe('an older thread', () => {
  it('goes on where it was, and is measured', () => {
    const seal = sealOf()
    const sql = written(seal)
    const lines = openLines(sql, seal)
    renewOlder(sql, lines.store)
    renewOlder(sql, lines.store) // once is enough
    expect(heads(lines.told({}))).toEqual(['Be kind.', 't1 asks', 't1 says', 't2 asks', 't2 says'])
    expect(heads(lines.told({ previousId: 'r2' }))).toEqual(['r1 asks', 'r1 says', 'r2 asks', 'r2 says'])
    expect(() => lines.ask({ previousId: 'orphan' })).toThrow('missing gone')
    const { context } = lines.ask({ own, limit: within(300) })
    expect(context.left.turns).toBe(1)
    expect(heads(lines.told({ own, limit: within(300) }))).toEqual(['Be kind.', 't2 asks', 't2 says'])
    expect(heads(lines.told({ previousId: 'r2', own, limit: within(300) }))).toEqual(['r2 asks', 'r2 says'])
  })

  it('whose key is gone still wakes up, and says so to who asks for it', () => {
    const sql = written(sealOf())
    const lines = openLines(sql, sealOf(keyOf('k2')))
    renewOlder(sql, lines.store)
    expect(() => lines.ask({})).toThrow(/What is kept as/)
    expect(() => lines.ask({ previousId: 'r1' })).toThrow(/What is kept as/)
    expect(lines.store.all()).toHaveLength(5)
  })
})
