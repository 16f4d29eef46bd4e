// Room among labels: what is alone goes first, then what is oldest.
import { describe, expect, it } from 'vitest'
import type { Stored } from '../../../../workers/routing/labels.ts'
import { sizeOf } from '../../../../workers/routing/labels.ts'
import { thin } from '../../../../workers/routing/thin.ts'

const labels = Array.from({ length: 100 }, (_, at): Stored => {
  const sketch = { traits: new Float32Array(3), grams: Uint32Array.of(1, 2, 1_000 + at) }
  return { sketch, weak: 1, strong: 1, source: 'shadow', at, prior: 0, bytes: sizeOf(sketch) }
})

describe('thinning', () => {
  it('leaves out what is in one label alone and keeps the rest', () => {
    const thinned = thin(labels, Infinity)
    expect(thinned).toHaveLength(100)
    expect(thinned.every(({ sketch }) => [...sketch.grams].join() === '1,2')).toBe(true)
  })

  it('lets the oldest go until it fits', () => {
    const thinned = thin(labels, 1_000)
    expect(thinned.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1_000)
    expect(thinned.at(-1)?.at).toBe(99)
    expect(thinned.length).toBeGreaterThan(10)
  })
})
