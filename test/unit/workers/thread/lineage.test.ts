// How long a response is kept.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expired, KEEP_MS, type Kept, nextExpiry } from '../../../../workers/thread/lineage.ts'

const kept = (id: string, parent: string | null = null, createdAt = 0): Kept => ({
  id,
  parent,
  createdAt,
  upto: null,
  status: 'completed',
  background: false,
})

describe('after 30 days', () => {
  it('a response has had its time, to the millisecond', () => {
    expect(expired([kept('a')], KEEP_MS - 1)).toEqual([])
    expect(expired([kept('a')], KEEP_MS)).toEqual(['a'])
  })

  it('one that a younger response goes on from is kept as long as that, and its other branches are not', () => {
    const all = [kept('a'), kept('b', 'a'), kept('c', 'b', 10), kept('d', 'a')]
    expect(expired(all, KEEP_MS)).toEqual(['d'])
    expect(expired(all, KEEP_MS + 10)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('the next look is when the next one is due, and never where nothing is left to come', () => {
    expect(nextExpiry([kept('a', null, 5), kept('b', null, 3)], 100)).toBe(KEEP_MS + 3)
    expect(nextExpiry([kept('a', null, 5), kept('b', null, 3)], KEEP_MS + 4)).toBe(KEEP_MS + 5)
    expect(nextExpiry([], 100)).toBeUndefined()
  })

  it('what is left can always be gone on from, as far as it could before', () => {
    const tree = fc
      .array(fc.record({ parent: fc.nat(), at: fc.nat(20) }), { minLength: 1, maxLength: 20 })
      .map((rows) =>
        rows.map(({ parent, at }, index) => kept(`r${index}`, index === 0 ? null : `r${parent % index}`, at)),
      )
    fc.assert(
      fc.property(tree, fc.nat(30), (all, late) => {
        const gone = new Set(expired(all, KEEP_MS + late))
        const left = all.filter(({ id }) => !gone.has(id))
        for (const { parent } of left) if (parent !== null) expect(gone.has(parent)).toBe(false)
        for (const one of all) if (one.createdAt > late) expect(gone.has(one.id)).toBe(false)
      }),
    )
  })
})
