// An outbox's books: whatever is repeated, interleaved, cut off or late, every row is counted once and sent at least once.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../../shared/plan.ts'
import { sizeOf, type Window } from '../../../../workers/telemetry/books.ts'
import { type Keeper, openKeeper } from '../../../../workers/telemetry/keeper.ts'
import { rowsOf, WINDOW } from '../../../../workers/telemetry/letter.ts'
import { liveOf } from '../../../../workers/telemetry/live.ts'
import { rangeOf } from '../../../../workers/telemetry/range.ts'
import { openStore, type Sql } from '../../../../workers/telemetry/store.ts'
import {
  merge,
  openTally,
  packTally,
  type PackedTally,
  SUMS,
  type Tally,
} from '../../../../workers/telemetry/tally.ts'
import { handOverOf, HOUR_MS, NOON, openSql, outcomeWith } from './outbox-rows.ts'

const open = (sql: Sql, now: number, hasTraces = false): Keeper =>
  openKeeper({ store: openStore(sql, () => 'a'), hasTraces, now, warn: () => {} })

/** What reached the database: rows by id, and the windows' parts as they were last written. */
interface Written {
  readonly rows: Set<string>
  readonly rollups: Map<string, PackedTally>
}

const send = (keeper: Keeper, { rows }: Written): void => {
  for (;;) {
    const batches = keeper.next('database', 500)
    if (batches.length === 0) return
    for (const handOver of batches.flatMap(({ handOvers }) => handOvers))
      for (const [id] of rowsOf(handOver)) rows.add(String(id))
    keeper.sent('database', batches)
  }
}

const writeDown = ({ rollups }: Written, { span, startsAt, part, tallies }: Window): void => {
  for (const [dimension, names] of tallies)
    for (const [name, tally] of names)
      rollups.set(JSON.stringify([span, dimension, startsAt, name, part]), packTally(tally))
}

/** Everything of a dimension by name, over what was written and what is still open. */
function everything(keeper: Keeper, { rollups }: Written, span: 'hour' | 'day'): Map<string, Tally> {
  const found = new Map<string, Tally>()
  const open = { rows: new Set<string>(), rollups: new Map(rollups) }
  for (const window of keeper.books.windows.values()) writeDown(open, window)
  for (const [place, packed] of open.rollups) {
    const [inSpan, dimension, , name] = JSON.parse(place) as [string, string, number, string]
    if (inSpan !== span || dimension !== 'model') continue
    const tally = found.get(name) ?? openTally()
    found.set(name, tally)
    merge(tally, packed)
  }
  return found
}

const packed = (tallies: Map<string, Tally>): unknown =>
  [...tallies].map(([name, tally]) => [name, packTally(tally)]).sort()

const outcome = fc
  .record({
    at: fc.integer({ min: NOON - 2 * HOUR_MS, max: NOON + HOUR_MS }),
    model: fc.constantFrom('lab/a', 'lab/b', ''),
    costMicros: fc.nat(1_000),
    totalMs: fc.nat(100_000),
    headMs: fc.nat(10_000),
    end: fc.constantFrom('finish' as const, 'error' as const, 'refused' as const),
  })
  .map((more) => outcomeWith(more))

type Step =
  | {
      readonly do: 'hand-over'
      readonly from: string
      readonly outcomes: readonly Outcome[]
      readonly again: number
    }
  | { readonly do: 'crash' | 'send' | 'snapshot' | 'close' | 'half-close' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('hand-over' as const),
      from: fc.constantFrom('x', 'y'),
      outcomes: fc.array(outcome, { minLength: 1, maxLength: 4 }),
      again: fc.nat(2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('crash', 'send', 'snapshot', 'close', 'half-close') }),
  },
)

describe('an outbox', () => {
  it('counts every row once and sends it at least once, whatever happens in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const sql = openSql()
        const written: Written = { rows: new Set(), rollups: new Map() }
        const all: Outcome[] = []
        const numbers = new Map<string, number>()
        let now = NOON
        let keeper = open(sql, now)
        for (const taken of steps) {
          now += HOUR_MS / 4
          if (taken.do === 'hand-over') {
            const number = (numbers.get(taken.from) ?? 0) + 1
            numbers.set(taken.from, number)
            all.push(...taken.outcomes)
            const handOver = handOverOf(taken.from, number, taken.outcomes)
            keeper.write([handOver, handOver], now)
            for (let again = 0; again < taken.again; again += 1) keeper.write([handOver], now)
          }
          if (taken.do === 'crash') keeper = open(sql, now)
          if (taken.do === 'send') send(keeper, written)
          if (taken.do === 'snapshot') keeper.snapshot(now)
          const over = keeper.closable(now).map((window) => ({ window, size: sizeOf(window) }))
          if (taken.do === 'close') {
            for (const { window } of over) writeDown(written, window)
            keeper.close(over, now)
          }
          if (taken.do === 'half-close') {
            for (const { window } of over) writeDown(written, window)
            keeper = open(sql, now) // it died before it knew that they were written
          }
        }
        send(keeper, written)
        expect(written.rows).toEqual(new Set(all.map(({ id }) => id)))

        const fresh = open(openSql(), now)
        fresh.write([handOverOf('z', 1, all)], now)
        const nothing: Written = { rows: new Set(), rollups: new Map() }
        for (const span of ['hour', 'day'] as const)
          expect(packed(everything(keeper, written, span))).toEqual(packed(everything(fresh, nothing, span)))
        expect([...keeper.books.totals.values()].map(packTally).map(({ sums }) => sums[0])).toEqual(
          expect.arrayContaining([...fresh.books.totals.values()].map(packTally).map(({ sums }) => sums[0])),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('counts hand-overs that overtake each other once, also when they are repeated after a crash', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(7), fc.boolean()), { maxLength: 60 }), (steps) => {
        const sql = openSql()
        let keeper = open(sql, NOON)
        // As an isolate sends them: eight on their way at most, answered or repeated in any order.
        const underway = new Map<number, ReturnType<typeof handOverOf>>()
        let next = 1
        for (const [which, isAnswered] of steps) {
          while (next - ([...underway.keys()][0] ?? next) < WINDOW) {
            underway.set(next, handOverOf('x', next, [outcomeWith()]))
            next += 1
          }
          const [number = 0, handOver] = [...underway][which % underway.size] ?? []
          if (handOver !== undefined) keeper.write([handOver], NOON)
          if (isAnswered) underway.delete(number)
          else if (which === 0) keeper.snapshot(NOON)
          else if (which === 1) keeper = open(sql, NOON)
        }
        for (const handOver of underway.values()) keeper.write([handOver], NOON)
        expect([...keeper.books.totals.values()].map(({ sums }) => sums[0])).toEqual(
          next === 1 ? [] : [next - 1],
        )
        expect(keeper.books.senders.get('x')).toEqual(next === 1 ? undefined : { number: next - 1, at: NOON })
      }),
      { numRuns: 200 },
    )
  })

  it('forgets batches once they are counted for good and sent, and not before', () => {
    const sql = openSql()
    const left = (): number => sql.exec('SELECT id FROM queue').toArray().length
    const keeper = open(sql, NOON, true)
    for (let number = 1; number <= 3; number += 1)
      keeper.write([handOverOf('x', number, [outcomeWith()])], NOON)
    keeper.snapshot(NOON)
    expect(left()).toBe(3)
    keeper.sent('database', keeper.next('database', 2))
    expect(left()).toBe(3)
    keeper.sent('traces', keeper.next('traces', 10))
    expect(left()).toBe(1)
    keeper.sent('database', keeper.next('database', 10))
    expect(left()).toBe(0)
    expect([keeper.isUntraced(), keeper.pageAt()]).toEqual([false, undefined])
    // A batch that comes next has a name that no other had.
    keeper.write([handOverOf('x', 4, [outcomeWith()])], NOON)
    expect(keeper.next('database', 10).map(({ id }) => id)).toEqual([4])
    expect(open(sql, NOON, true).next('database', 10)).toHaveLength(1)
  })

  it('writes its books down after five thousand rows, or five minutes', () => {
    const keeper = open(openSql(), NOON)
    expect(keeper.snapshotAt()).toBeUndefined()
    keeper.write([handOverOf('x', 1, [outcomeWith()])], NOON)
    expect(keeper.snapshotAt()).toBe(NOON + 300_000)
    const many = Array.from({ length: 5_000 }, () => outcomeWith())
    keeper.write([handOverOf('x', 2, many)], NOON)
    expect(keeper.snapshotAt()).toBe(0)
    keeper.snapshot(NOON)
    expect(keeper.snapshotAt()).toBeUndefined()
  })

  it('with a collector that stays away keeps fifty thousand rows for it, and the database gets all', () => {
    const sql = openSql()
    const keeper = open(sql, NOON, true)
    const many = Array.from({ length: 1_000 }, () => outcomeWith())
    for (let number = 1; number <= 60; number += 1) keeper.write([handOverOf('x', number, many)], NOON)
    const waiting = (way: 'database' | 'traces'): number => {
      let rows = 0
      for (;;) {
        const batches = keeper.next(way, 5_000)
        if (batches.length === 0) return rows
        rows += batches.reduce((total, { count }) => total + count, 0)
        keeper.sent(way, batches)
      }
    }
    expect(waiting('traces')).toBe(50_000)
    expect(waiting('database')).toBe(60_000)
  })

  it('has a page for the database once it is full, or after an hour', () => {
    const sql = openSql()
    const keeper = open(sql, NOON)
    expect(keeper.pageAt()).toBeUndefined()
    const [early, late] = [outcomeWith({ at: NOON - 500, totalMs: 400 }), outcomeWith({ at: NOON })]
    keeper.write([handOverOf('x', 1, [early])], NOON)
    keeper.write([handOverOf('x', 2, [late])], NOON + 60_000)
    expect(keeper.pageAt()).toBe(NOON - 100 + HOUR_MS)
    expect(open(sql, NOON + 90_000).pageAt()).toBe(NOON - 100 + HOUR_MS) // also after it has slept
    keeper.sent('database', keeper.next('database', 1))
    expect(keeper.pageAt()).toBe(NOON + 90 + HOUR_MS)
    const many = Array.from({ length: 199 }, () => outcomeWith())
    keeper.write([handOverOf('x', 3, many)], NOON)
    expect(keeper.pageAt()).toBe(0)
  })

  it('goes on from where the database says that it has got', () => {
    const sql = openSql()
    let keeper = open(sql, NOON)
    const outcomes = Array.from({ length: 4 }, () => outcomeWith())
    for (const [place, outcome] of outcomes.entries())
      keeper.write([handOverOf('x', place + 1, [outcome])], NOON)
    keeper.sent('database', keeper.next('database', 2))
    keeper = open(sql, NOON) // it died before it had written down how far it was
    expect(keeper.sentUpto).toBe(0)
    keeper.reached(2)
    keeper.reached(1)
    const ids = outcomes.map(({ id }) => id)
    expect(
      [...keeper.unsent()].flatMap(({ handOvers }) => handOvers.flatMap(rowsOf)).map(([id]) => id),
    ).toEqual(ids.slice(2))
    keeper.reached(4)
    expect([keeper.pageAt(), [...keeper.unsent()]]).toEqual([undefined, []])
  })

  it('tells what is not in the database yet by model, key, route and day', () => {
    const keeper = open(openSql(), NOON)
    const rows = [
      outcomeWith({ at: NOON, model: 'lab/a', keyId: 'k1' }),
      outcomeWith({ at: NOON, model: 'lab/b', keyId: 'k1', tier: 'mini', costMicros: 1, frontierMicros: 9 }),
      outcomeWith({
        at: NOON + HOUR_MS,
        model: '',
        keyId: 'k2',
        end: 'refused',
        reason: '',
        route: 'made up',
      }),
    ]
    keeper.write([handOverOf('x', 1, rows)], NOON)
    const range = rangeOf(NOON, NOON + 1)
    const requests = (group: 'model' | 'key' | 'route' | 'day', within = range) =>
      Object.fromEntries(
        liveOf(keeper.books, group, within).groups.map(({ name, tally }) => [name, tally.sums[0]]),
      )
    expect(requests('model')).toEqual({ 'lab/a': 1, 'lab/b': 1 })
    expect(requests('key')).toEqual({ k1: 2 })
    const day = rangeOf(NOON - 12 * HOUR_MS, NOON + 12 * HOUR_MS)
    expect(requests('key', day)).toEqual({ k1: 2, k2: 1 })
    expect(requests('route', day)).toEqual({ auto: 2, '(none)': 1 })
    expect(requests('day', day)).toEqual({ '2026-11-28': 3 })
    const saved = liveOf(keeper.books, 'day', day).groups[0]?.tally.sums[SUMS.indexOf('saved_micros')]
    expect(saved).toBe(8)
  })
})
