// Calendar windows in UTC: each instant lies in exactly one, and they follow each other without a gap.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowEnd, windowStart } from '../../../../workers/budget/window.ts'

const at = (text: string): number => Date.parse(text)

describe('a window', () => {
  const now = at('2026-12-31T23:59:59.999Z')
  const cases = [
    ['minute', '2026-12-31T23:59:00Z', '2027-01-01T00:00:00Z'],
    ['hour', '2026-12-31T23:00:00Z', '2027-01-01T00:00:00Z'],
    ['day', '2026-12-31T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['month', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ] as const
  for (const [window, start, end] of cases) {
    it(`of a ${window} begins and ends with the calendar's`, () => {
      expect(windowStart(window, now)).toBe(at(start))
      expect(windowEnd(window, now)).toBe(at(end))
      expect(windowStart(window, at(end))).toBe(at(end))
    })

    it(`of a ${window} holds each of its instants and no other`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: at('2100-01-01T00:00:00Z') }), (instant) => {
          const [from, to] = [windowStart(window, instant), windowEnd(window, instant)]
          expect(from).toBeLessThanOrEqual(instant)
          expect(to).toBeGreaterThan(instant)
          expect(windowStart(window, to - 1)).toBe(from)
          expect(windowEnd(window, to - 1)).toBe(to)
        }),
      )
    })
  }

  it('of February is as long as it is', () => {
    expect(windowEnd('month', at('2028-02-29T12:00:00Z'))).toBe(at('2028-03-01T00:00:00Z'))
    expect(windowEnd('month', at('2026-02-10T00:00:00Z'))).toBe(at('2026-03-01T00:00:00Z'))
  })

  it('of a total never ends', () => {
    expect(windowStart('total', now)).toBe(0)
    expect(windowEnd('total', now)).toBe(Number.POSITIVE_INFINITY)
  })
})
