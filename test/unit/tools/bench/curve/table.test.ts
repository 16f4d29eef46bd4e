// What is said of a curve: against the promise, and in the table's lines.
import { expect, test } from 'vitest'
import type { Outcome } from '../../../../../tools/bench/curve/sums.ts'
import { curveTable, promiseLines, type Row } from '../../../../../tools/bench/curve/table.ts'

/** Of ten questions the first so many are right, and each costs so many of the strong model's 100. */
const row = (name: string, right: number, micros: number): Row => {
  const outcomes = Array.from({ length: 10 }, (_, at): Outcome => ({
    right: at < right,
    weak: at < 5,
    strong: true,
    isStrong: at < 2,
    micros,
    strongMicros: 100,
  }))
  return { name, outcomes, recorded: outcomes }
}

test('the best for a cost and the cheapest of a quality are named, and what is not reached is said', () => {
  const lines = promiseLines([row('thrifty', 6, 8), row('middling', 8, 19), row('fine', 9, 40)]).split('\n')
  expect(lines.slice(1)).toEqual([
    '- for at most 10 % of the cost: 60.0 % of the quality (thrifty, 8.0 % of the cost)',
    '- for at most 20 % of the cost: 80.0 % of the quality (middling, 19.0 % of the cost)',
    '- for at least 80 % of the quality: 19.0 % of the cost (middling)',
    '- for at least 90 % of the quality: 40.0 % of the cost (fine)',
    '- for at least 95 % of the quality: nothing',
  ])
})

test('a line has share, accuracy, quality, gain, dollars and cost', () => {
  const cells =
    curveTable([row('middling', 8, 19)])
      .split('\n')
      .at(-1)
      ?.split(' | ') ?? []
  expect(cells.map((cell) => cell.replace(/ \(.*\)/, '').replaceAll(/^\| | \|$/g, ''))).toEqual([
    'middling',
    '20.0',
    '80.0',
    '80.0',
    '60.0',
    '0.019',
    '19.0',
    '80.0, 60.0',
  ])
})
