import { describe, expect, it } from 'vitest'
import { growthOf, head, rowOf, type Seen } from '../../../../tools/bench/resident.ts'

const rows = (restMb: readonly number[]): Seen[] =>
  restMb.map((mb, place) => ({ held: place * 1_000, restMb: mb }))
const atRest = ({ restMb }: Seen): number => restMb

describe('growth', () => {
  const cases: readonly [string, readonly number[], number][] = [
    ['memory that goes on growing', [200, 245, 290, 335, 380, 425], 45],
    ['memory that has levelled off', [200, 240, 260, 262, 262, 262], 0],
    ['memory that comes back', [200, 240, 260, 264, 262, 260], -2],
  ]
  for (const [name, restMb, kilobytes] of cases)
    it(`of ${name} is ${kilobytes} kB each`, () =>
      expect(growthOf(rows(restMb), atRest)).toBeCloseTo(kilobytes, 6))

  it('is not known of rows that were not read, nor of one', () => {
    expect(growthOf(rows([200, 210]), () => undefined)).toBeNaN()
    expect(growthOf(rows([200]), atRest)).toBeNaN()
  })
})

it('a row has as many cells as the head, also where nothing was collected', () => {
  const cells = (text: string): number => (text.split('\n')[0] ?? '').split('|').length
  const heap = { usedMb: 14.5, takenMb: 35, buffersMb: 6 }
  const full = { held: 2_000, busyMb: 250, awake: 300, restMb: 240, collected: { residentMb: 230, heap } }
  expect(cells(rowOf({ held: 0, restMb: 200 }))).toBe(cells(head))
  expect(rowOf(full)).toBe('| 2,000 | 300 | 250.0 | 240.0 | 230.0 | 14.50 | 35.0 | 6.0 |')
})
