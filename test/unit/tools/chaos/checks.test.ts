// What the chaos run finds: each thing that may be wrong is found, and what a kill explains is no fault.
import { describe, expect, it } from 'vitest'
import { type Book, check, type Run } from '../../../../tools/chaos/checks.ts'
import type { Row } from '../../../../tools/chaos/books.ts'
import type { Fate, Told } from '../../../../tools/chaos/client.ts'

const key = { id: 'key_1', key: 'mk-1' }
const told = (request: number, fate: Fate = 'answered', startedAt = 0, endedAt = 10): Told => ({
  request,
  fate,
  why: fate === 'answered' ? '' : fate,
  startedAt,
  endedAt,
})
const row = (request: number, end = 'finish', cost = 5): Row => ({
  id: `row-${request}-${end}`,
  request_id: `chaos-${request}`,
  key: key.id,
  cost_micros: cost,
  end,
  attempts: [],
})
const book = (rowsCost: number, spent: number, reserved = 0): Book => ({
  key,
  rowsCost,
  balance: { spent, reserved },
})
const run = (over: Partial<Run> = {}): Run => ({
  told: [told(0), told(1)],
  rows: [row(0), row(1)],
  books: [book(10, 10)],
  lives: [],
  kill: undefined,
  ...over,
})
const broken = (over: Partial<Run>): string[] =>
  check(run(over)).flatMap(({ name, ok }) => (ok === false ? [name] : []))

const ENDINGS = 'every call ends in its whole answer or one clear error'
const ROWS = 'exactly one row each'
const LEDGER = 'the ledger equals the rows, to the micro-dollar'
const RESERVED = 'nothing is left reserved'

describe('a run', () => {
  it('in which everything adds up has no fault', () => expect(broken({})).toEqual([]))

  const faults: readonly [string, Partial<Run>, string[]][] = [
    ['a truncated success', { told: [told(0), told(1, 'bad')] }, [ENDINGS]],
    ['a connection that broke without a kill', { told: [told(0), told(1, 'broken')] }, [ENDINGS]],
    ['a row that is missing', { rows: [row(0)] }, [ROWS]],
    ['a row that is there twice', { rows: [row(0), row(1), row(1)] }, [ROWS]],
    ['a row of nobody', { rows: [row(0), row(1), row(2)] }, [ROWS]],
    ['a row that tells another end', { rows: [row(0), row(1, 'error')] }, ['rows say what the client saw']],
    ['a micro-dollar too few', { books: [book(10, 9)] }, [LEDGER]],
    ['something left reserved', { books: [book(10, 10, 1)] }, [RESERVED]],
    [
      'memory that grows',
      { lives: [{ requests: 9_000, samples: [100, 100, 100, 100, 110, 110, 110, 110] }] },
      ['memory is flat'],
    ],
  ]
  for (const [what, over, names] of faults) {
    it(`with ${what} says so`, () => expect(broken(over)).toEqual(names))
  }
})

describe('a kill', () => {
  const kill = (rowsCost: number, spent: number, reserved: number) => ({
    killedAt: 5_000,
    books: [book(rowsCost, spent, reserved)],
  })

  it('explains connections that broke and rows that were lost with it', () => {
    const all = [told(0, 'answered', 0, 4_500), told(1, 'broken', 4_900, 5_010)]
    expect(broken({ told: all, rows: [], books: [book(0, 0)] })).toEqual([ENDINGS, ROWS])
    expect(broken({ told: all, rows: [], books: [book(0, 0, 8)], kill: kill(0, 0, 8) })).toEqual([])
  })

  it('explains no row of long before it, and no connection of after', () => {
    const all = [told(0, 'answered', 0, 3_000), told(1, 'broken', 6_000, 6_010)]
    expect(broken({ told: all, rows: [], kill: kill(0, 0, 8), books: [book(0, 0, 8)] })).toEqual([
      ENDINGS,
      ROWS,
    ])
  })

  it('explains what was spent and not yet reported, as far as it was lent, and nothing after', () => {
    expect(broken({ kill: kill(7, 5, 9), books: [book(12, 10, 9)] })).toEqual([])
    expect(broken({ kill: kill(7, 5, 9), books: [book(12, 11, 9)] })).toEqual([LEDGER])
    expect(broken({ kill: kill(7, 5, 1), books: [book(12, 10, 1)] })).toEqual([LEDGER])
    expect(broken({ kill: kill(7, 5, 9), books: [book(12, 10, 10)] })).toEqual([RESERVED])
  })
})
