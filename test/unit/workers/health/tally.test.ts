// Calls of the last ten minutes.
import { expect, it } from 'vitest'
import { count, read, type Tally } from '../../../../workers/health/tally.ts'

const MINUTE = 60_000
const NOW = 29_000_000 * MINUTE

it('counts what was answered and what failed', () => {
  const tally = count(count([], 3, 1, NOW), 0, 1, NOW + 5)
  expect(read(tally, NOW + 5)).toEqual({ requests: 5, success: 0.6 })
  expect(tally).toHaveLength(1)
})

it('knows nothing without calls', () => {
  expect(read([], NOW)).toEqual({ requests: 0, success: null })
  expect(count([], 0, 0, NOW)).toEqual([])
})

it('forgets what is older than ten minutes, and stays small', () => {
  let tally: Tally = []
  for (let minute = 0; minute < 100; minute += 1) tally = count(tally, 1, 0, NOW + minute * MINUTE)
  expect(tally).toHaveLength(10)
  expect(read(tally, NOW + 99 * MINUTE).requests).toBe(10)
  expect(read(tally, NOW + 108 * MINUTE).requests).toBe(1)
  expect(read(tally, NOW + 109 * MINUTE).requests).toBe(0)
})

it('takes a stream that died out of the answers, also minutes later', () => {
  const tally = count(count([], 1, 0, NOW), -1, 1, NOW + 2 * MINUTE)
  expect(read(tally, NOW + 2 * MINUTE)).toEqual({ requests: 1, success: 0 })
  expect(read(tally, NOW + 11 * MINUTE)).toEqual({ requests: 1, success: 0 })
})

it('goes by the later minute when clocks disagree a little', () => {
  const tally = count(count([], 1, 0, NOW), 1, 0, NOW - 1)
  expect(tally).toEqual([{ minute: 29_000_000, ok: 2, failed: 0 }])
})
