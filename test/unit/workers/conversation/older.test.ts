// Conversations that earlier versions kept in plain text are taken over whole, in order, and sealed.
import { describe, expect, it } from 'vitest'
import { isOlder, renew } from '../../../../workers/conversation/older.ts'
import { assistant, NOON, openSql, openTalk, system, user } from './talk.ts'

const turn = (at: number, messages: unknown[], cut = false): string =>
  JSON.stringify({
    requestId: `00000000-0000-4000-8000-00000000000${at}`,
    at: NOON + at,
    messages,
    cut,
    served: { target: 'lab/big-1', promptTokens: 10, cachedTokens: 4 },
  })

/** As version 0.3 made its tables. */
const written = () => {
  const sql = openSql()
  sql.exec(
    'CREATE TABLE turns (position INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, turn TEXT NOT NULL)',
  )
  sql.exec('CREATE TABLE allowed (only INTEGER PRIMARY KEY, micros INTEGER NOT NULL)')
  sql.exec('INSERT INTO allowed VALUES (1, 5000)')
  for (const [at, text] of [
    turn(1, [system('S'), user('secret-one'), assistant('a1')]),
    turn(2, [user('secret-two'), assistant('a2')], true),
  ].entries())
    sql.exec('INSERT INTO turns (request_id, turn) VALUES (?, ?)', `r${at}`, text)
  return sql
}

describe('an older conversation', () => {
  it('goes on where it was', () => {
    const sql = written()
    const talk = openTalk(sql)
    expect(isOlder(sql)).toBe(true)
    renew(sql, talk.store, talk.keeper)
    expect(isOlder(sql)).toBe(false)
    const { messages } = talk.ask([user('q3')])
    expect(messages).toEqual([
      system('S'),
      user('secret-one'),
      assistant('a1'),
      user('secret-two'),
      assistant('a2'),
      user('q3'),
    ])
    expect(talk.ask([...messages.slice(1), user('q4')]).fresh).toHaveLength(2) // the history is known again
    expect(talk.store.fact('allowed')).toBe('5000')
    expect(talk.keeper.lastServed()).toEqual({
      target: 'lab/big-1',
      promptTokens: 10,
      cachedTokens: 4,
      at: NOON + 2,
    })
    expect(talk.store.head()).toMatchObject({ cut: true, model: 'lab/big-1', depth: 2 })
  })

  it('leaves none of its plain text behind', () => {
    const sql = written()
    const talk = openTalk(sql)
    renew(sql, talk.store, talk.keeper)
    const tables = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray()
    const all = tables.flatMap(({ name }) => sql.exec(`SELECT * FROM "${String(name)}"`).toArray())
    const bytes = JSON.stringify(all, (_, value: unknown) =>
      value instanceof ArrayBuffer ? Buffer.from(value).toString('latin1') : value,
    )
    expect(bytes).toContain('k1') // sealed, and by which key
    expect(bytes).not.toContain('secret')
  })
})
