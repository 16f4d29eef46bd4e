// Pages: what is in one, that one is in D1 once whatever is repeated or late, and how old rows come into pages.
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../../shared/plan.ts'
import { requestIdAt } from '../../../../shared/request-id.ts'
import { readMigrations } from '../../../../tools/gateway/migrate.ts'
import type { Batch } from '../../../../workers/telemetry/letter.ts'
import { pageOf } from '../../../../workers/telemetry/page.ts'
import { firstIdAt } from '../../../../workers/telemetry/row-id.ts'
import { COLUMNS, TEXT, type Value, writeRow } from '../../../../workers/telemetry/record.ts'
import {
  FORGET,
  FORGET_NAMES,
  FORGET_TEXTS,
  NAME,
  PUT,
  TELL,
  valuesOf,
} from '../../../../workers/telemetry/shelf.ts'
import { findIn, newest, textIn } from '../../../../workers/telemetry/unsent.ts'
import { handOverOf, NOON, outcomeWith } from './outbox-rows.ts'

const MIGRATIONS = readMigrations(fileURLToPath(new URL('../../../../migrations', import.meta.url)))

/** The columns of the table that pages came after. */
const THEN = COLUMNS.slice(0, 28)

const UUID = '00000000-0000-4000-8000-0123456789ab'

const batchOf = (id: number, outcomes: readonly ReturnType<typeof outcomeWith>[]): Batch => ({
  id,
  count: outcomes.length,
  handOvers: [handOverOf('x', id, outcomes)],
})

describe('a page', () => {
  it('says which rows are in it', () => {
    const rows = [
      outcomeWith({ at: NOON + 5, keyId: 'key_1', model: 'lab/a', costMicros: 7 }),
      outcomeWith({ at: NOON, keyId: 'key_2', model: 'lab/"b"', costMicros: 11 }),
      outcomeWith({ at: NOON + 2, keyId: 'key_1', model: '', costMicros: 0 }),
    ]
    const page = pageOf([batchOf(1, rows.slice(0, 2)), batchOf(2, rows.slice(2))])
    expect(page).toMatchObject({ firstId: rows[1]?.id, lastId: rows[0]?.id, count: 3, costMicros: 18 })
    expect(JSON.parse(page.keys)).toEqual(['key_1', 'key_2'])
    expect(JSON.parse(page.models)).toEqual(['lab/a', 'lab/"b"', ''])
    expect(JSON.parse(page.rows)).toEqual(rows.map(writeRow))
  })

  it('names the requests whose ids do not tell the time of their rows', () => {
    const [told, sent, late, odd] = [
      outcomeWith({ requestId: requestIdAt(NOON - 20, UUID) }),
      outcomeWith({ requestId: 'mine' }),
      outcomeWith({ requestId: requestIdAt(NOON - 60_000, UUID) }),
      outcomeWith({ requestId: requestIdAt(NOON + 1, UUID) }),
    ]
    const { named } = pageOf([batchOf(1, [told, sent, late, odd])])
    expect(named).toEqual([sent, late, odd].map(({ requestId, keyId, id }) => [requestId, keyId, id]))
  })

  it('has rows of another version in its own order', () => {
    const outcome = outcomeWith({ clampedTo: 5 })
    const columns = [
      'clamped_to',
      'colour',
      ...COLUMNS.filter((name) => !['clamped_to', 'score'].includes(name)),
    ]
    const values = new Map<string, Value>(writeRow(outcome).map((value, at) => [COLUMNS[at] ?? '', value]))
    const row = columns.map((name) => (name === 'colour' ? 'red' : (values.get(name) ?? null)))
    const handOver = { ...handOverOf('x', 1, [outcome]), columns, rows: JSON.stringify(row) }
    const { rows } = pageOf([{ id: 1, count: 1, handOvers: [handOver] }])
    expect(JSON.parse(rows)).toEqual([writeRow(outcome)])
  })
})

describe('what was said in a request', () => {
  it('goes beside the rows of a page, and is in none of them', () => {
    const [told, silent] = [outcomeWith(), outcomeWith()]
    const rows = [
      JSON.stringify([...writeRow(told), '{"prompt":"secret"}']),
      JSON.stringify(writeRow(silent)),
    ]
    const handOver = {
      ...handOverOf('x', 1, [told, silent]),
      columns: [...COLUMNS, TEXT],
      rows: rows.join(','),
    }
    const page = pageOf([{ id: 1, count: 2, handOvers: [handOver] }])
    expect(page.texts).toEqual([[told.id, '{"prompt":"secret"}']])
    expect(JSON.parse(page.rows)).toEqual([told, silent].map(writeRow))
    const batch = [{ id: 1, count: 2, handOvers: [handOver] }]
    expect(JSON.stringify(findIn(batch, { limit: 9, from: '' }))).not.toContain('secret')
    expect([textIn(batch, told.id), textIn(batch, silent.id)]).toEqual(['{"prompt":"secret"}', undefined])
  })
})

describe('pages in the database', () => {
  const open = (): DatabaseSync => {
    const database = new DatabaseSync(':memory:')
    for (const { sql } of MIGRATIONS) database.exec(sql)
    return database
  }

  it('hold every row once, whatever is sent again, after a crash, or arrives late', () => {
    const step = fc.constantFrom('take', 'send', 'unanswered', 'late', 'arrives', 'crash')
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const database = open()
        const put = database.prepare(PUT)
        const taken: Batch[] = []
        const late: (() => void)[] = []
        let cursor = 0
        const agree = (): void => {
          const found = database.prepare('SELECT MAX(upto) AS upto FROM pages WHERE outbox = ?').get('a')
          cursor = Math.max(cursor, Number(found?.['upto'] ?? 0))
        }
        const send = (): (() => number) | undefined => {
          const batches = taken.slice(cursor, cursor + 3)
          const place = { outbox: 'a', after: cursor, upto: batches.at(-1)?.id ?? 0 }
          if (batches.length === 0) return undefined
          return () => Number(put.run(...valuesOf(place, pageOf(batches))).changes)
        }
        for (const what of [...steps, 'arrives', 'send', 'send', 'send', 'send', 'send', 'send']) {
          if (what === 'take') taken.push(batchOf(taken.length + 1, [outcomeWith(), outcomeWith()]))
          if (what === 'crash') cursor = 0
          if (what === 'arrives') for (const write of late.splice(0)) write()
          if (!['send', 'unanswered', 'late'].includes(what)) continue
          agree()
          const write = send()
          if (write === undefined) continue
          if (what === 'late') late.push(write)
          else if (what === 'unanswered') write()
          else if (write() > 0) cursor += Math.min(3, taken.length - cursor)
        }
        for (let round = 0; round < taken.length; round += 1) {
          agree()
          send()?.()
        }
        const rows = database
          .prepare('SELECT entry.value ->> 0 AS id FROM pages, json_each(pages.rows) AS entry')
          .all()
          .map(({ id }) => String(id))
        const expected = taken.flatMap(({ handOvers }) => findIn([{ id: 0, count: 0, handOvers }], ALL))
        expect(rows.toSorted()).toEqual(expected.map(({ id }) => String(id)).toSorted())
      }),
      { numRuns: 200 },
    )
  })

  const ALL = { limit: 1_000, from: '' }

  it('are forgotten when all of their rows are old, with what lies beside them', () => {
    const database = open()
    const put = (upto: number, ats: readonly number[]): void => {
      const page = pageOf([
        batchOf(
          upto,
          ats.map((at) => outcomeWith({ at: NOON + at })),
        ),
      ])
      const ids = (JSON.parse(page.rows) as string[][]).map(([id]) => id)
      database.prepare(PUT).run(...valuesOf({ outbox: 'a', after: upto - 1, upto }, page))
      database.prepare(NAME).run('a', upto, JSON.stringify(page.named))
      database.prepare(TELL).run('a', upto, JSON.stringify(ids.map((id) => [id, 'said'])))
    }
    const count = (table: string): unknown =>
      database.prepare(`SELECT COUNT(*) AS found FROM ${table}`).get()?.['found']
    put(1, [0, 10])
    put(2, [5, 200])
    put(3, [300])
    const before = firstIdAt(NOON + 100)
    database.prepare(FORGET_NAMES).run(before)
    expect(
      database
        .prepare(FORGET)
        .all(before)
        .map((gone) => gone['count']),
    ).toEqual([2])
    database.prepare(FORGET_TEXTS).run(before)
    expect([count('pages'), count('named'), count('texts')]).toEqual([2, 3, 2])
  })

  it('take over the rows that were there one by one', () => {
    const database = new DatabaseSync(':memory:')
    for (const { sql } of MIGRATIONS.filter(({ name }) => name < '0013')) database.exec(sql)
    const insert = database.prepare(
      `INSERT INTO requests (${THEN.join(', ')}) VALUES (${THEN.map(() => '?').join(', ')})`,
    )
    const outcomes = Array.from({ length: 450 }, (_, at) =>
      outcomeWith({ at: NOON + at, keyId: `key_${at % 3}`, score: at / 1_000, costMicros: at }),
    )
    const then = (outcome: Outcome): Value[] => writeRow(outcome).slice(0, THEN.length)
    for (const outcome of outcomes) insert.run(...then(outcome))
    for (const { sql } of MIGRATIONS.filter(({ name }) => name >= '0013')) database.exec(sql)
    const pages = database.prepare('SELECT * FROM pages ORDER BY last_id').all()
    expect(pages.map(({ count }) => count)).toEqual([200, 200, 50])
    expect(pages.flatMap(({ rows }) => JSON.parse(String(rows)) as Value[][])).toEqual(outcomes.map(then))
    expect(pages.every(({ columns }) => columns === THEN.join(','))).toBe(true)
    expect(JSON.parse(String(pages[0]?.['keys']))).toHaveLength(3)
    expect(pages.map(({ cost_micros: cost }) => Number(cost)).reduce((sum, cost) => sum + cost)).toBe(
      (450 * 449) / 2,
    )
    expect(database.prepare('SELECT COUNT(*) AS found FROM named').get()?.['found']).toBe(450)
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name LIKE 'requests%'").all()).toEqual([])
  })
})

describe('rows that are not in the database yet', () => {
  it('are found by key, model, request and time, newest first, each once', () => {
    const rows = Array.from({ length: 40 }, (_, at) =>
      outcomeWith({
        at: NOON + at,
        keyId: `key_${at % 2}`,
        model: at % 4 === 0 ? 'lab/a' : 'lab/b',
        requestId: `r${at}`,
      }),
    )
    const batches = [batchOf(1, rows.slice(20)), batchOf(2, rows.slice(0, 20)), batchOf(3, rows.slice(0, 5))]
    const ids = (more: object): string[] =>
      findIn(batches, { limit: 100, from: '', ...more }).map(({ request_id: id }) => String(id))
    expect(ids({ limit: 3 })).toEqual(['r39', 'r38', 'r37'])
    expect(ids({ key: 'key_0', model: 'lab/b', limit: 2 })).toEqual(['r38', 'r34'])
    expect(ids({ before: rows[2]?.id })).toEqual(['r1', 'r0'])
    expect(ids({ from: rows[38]?.id })).toEqual(['r39', 'r38'])
    expect(ids({ requestId: 'r7' })).toEqual(['r7'])
    expect(
      newest([...findIn(batches, { limit: 1, from: '' }), ...findIn(batches, { limit: 2, from: '' })], 9),
    ).toHaveLength(2)
  })
})
