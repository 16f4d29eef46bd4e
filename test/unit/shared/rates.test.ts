// Rates as clients are told them: OpenAI's headers, with durations as Go writes them.
import { describe, expect, it } from 'vitest'
import { rateHeaders, writeDuration } from '../../../shared/rates.ts'

describe('a duration', () => {
  const cases = [
    [0, '0s'],
    [0.2, '1ms'],
    [12, '12ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [1_500, '1.5s'],
    [59_999, '59.999s'],
    [60_000, '1m0s'],
    [360_000, '6m0s'],
    [3_600_000, '1h0m0s'],
    [85_656_648, '23h47m36.648s'],
  ] as const
  for (const [ms, text] of cases) it(`of ${ms} ms is ${text}`, () => expect(writeDuration(ms)).toBe(text))
})

describe('the headers', () => {
  it('are none without rates, and of several the one of which the least is left', () => {
    expect(rateHeaders([])).toEqual([])
    const rate = { unit: 'tokens', limit: 100, remaining: 50, resetMs: 30_000 } as const
    expect(rateHeaders([rate, { ...rate, limit: 40, remaining: 20 }])).toEqual([
      ['x-ratelimit-limit-tokens', '40'],
      ['x-ratelimit-remaining-tokens', '20'],
      ['x-ratelimit-reset-tokens', '30s'],
    ])
  })
})
