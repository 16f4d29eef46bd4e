// What is found of a budget that was spent to its end: each thing that may be wrong, and nothing where it adds up.
import { describe, expect, it } from 'vitest'
import type { Row } from '../../../../tools/chaos/books.ts'
import type { Fate } from '../../../../tools/chaos/client.ts'
import { prove } from '../../../../tools/chaos/proof.ts'
import type { Spent } from '../../../../tools/chaos/spend.ts'

const key = { id: 'key_1', key: 'mk-1' }
const told = (request: number, fate: Fate = 'answered', why = '') => ({
  request,
  fate,
  why,
  startedAt: 0,
  endedAt: 10,
})
const refused = (request: number) => told(request, 'error', '429 insufficient_quota')
const row = (request: number, end: string, cost: number): Row => ({
  id: `row-${request}`,
  request_id: `chaos-${request}`,
  key: key.id,
  cost_micros: cost,
  end,
  attempts: [],
})
const receipt = (request: number, cost: number, ...calls: number[]) => ({
  id: `chaos-${request}`,
  cost_micros: cost,
  tokens: { input: 10 },
  attempts: calls.map((each) => ({ cost_micros: each })),
})
const book = (rowsCost: number, spent: number, reserved = 0) => ({
  key,
  rowsCost,
  balance: { spent, reserved },
})
const run = (over: Partial<Spent> = {}): Spent => ({
  told: [told(0), told(1), refused(2), refused(3)],
  rows: [row(0, 'finish', 600), row(1, 'finish', 300), row(2, 'refused', 0), row(3, 'refused', 0)],
  receipts: [receipt(0, 600, 200, 400), receipt(1, 300), receipt(2, 0), receipt(3, 0)],
  books: [book(900, 900)],
  lives: [],
  kill: undefined,
  limit: 1_000,
  watched: { reads: 9, failed: 0, mostSpent: 900, mostHeld: 1_000 },
  late: [3],
  stranded: 0,
  rounds: 1,
  dealt: {},
  seconds: 1,
  ...over,
})
const broken = (over: Partial<Spent>): string[] =>
  prove(run(over)).flatMap(({ name, ok }) => (ok === false ? [name] : []))

const WITHIN = 'never beyond the limit'
const USED = 'used to within one request of the limit'
const EVEN = 'ledger = receipts = rows, to the micro-dollar'
const AFTER = 'nothing is served after that'

describe('a budget spent to its end', () => {
  it('has no fault where everything adds up', () => expect(broken({})).toEqual([]))

  const { told: all, rows, receipts } = run()
  const faults: readonly [string, Partial<Spent>, readonly string[]][] = [
    ['more spent', { watched: { reads: 9, failed: 0, mostSpent: 1_001, mostHeld: 1_001 } }, [WITHIN]],
    ['more lent', { watched: { reads: 9, failed: 0, mostSpent: 900, mostHeld: 1_001 } }, [WITHIN]],
    ['nobody looking', { watched: { reads: 0, failed: 9, mostSpent: 0, mostHeld: 0 } }, [WITHIN]],
    ['much left', { limit: 1_940 }, [USED]],
    ['a receipt that says less', { receipts: [receipt(0, 599), ...receipts.slice(1)] }, [EVEN]],
    ['calls that say less', { receipts: [receipt(0, 600, 200, 399), ...receipts.slice(1)] }, [EVEN]],
    ['a receipt missing', { receipts: receipts.slice(0, 3) }, [EVEN]],
    [
      'an answer after the end',
      { told: [...all.slice(0, 3), told(3)], rows: [...rows.slice(0, 3), row(3, 'finish', 0)] },
      [AFTER],
    ],
    [
      'a bill after the end',
      {
        rows: [row(0, 'finish', 500), ...rows.slice(1, 3), row(3, 'refused', 100)],
        receipts: [receipt(0, 500), ...receipts.slice(1, 3), receipt(3, 100)],
      },
      [AFTER],
    ],
  ]
  for (const [what, over, names] of faults)
    it(`with ${what} says so`, () => expect(broken(over)).toEqual(names))

  it('counts what a killed process had lent as spent, and its use as unreported', () => {
    const kill = { killedAt: 5, books: [book(450, 400, 70)] }
    expect(broken({ kill, stranded: 70, books: [book(900, 850, 70)] })).toEqual([])
    expect(broken({ kill, stranded: 70, books: [book(900, 851, 70)] })).toContain(EVEN)
  })
})
