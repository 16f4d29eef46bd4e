// A route's learner: what it learns from labels, when it is heard, what it keeps.
import { describe, expect, it } from 'vitest'
import type { Label } from '../../../../workers/routing/labels.ts'
import { openLearner, readLearned } from '../../../../workers/routing/learner.ts'
import { sketchOf } from '../../../../workers/routing/sketch.ts'
import { requestFor } from '../../samples.ts'

const sketch = (text: string): string => sketchOf(requestFor(text))

/** Generated traffic: the strong model gains on questions about one subject only, whatever their length. */
function traffic(count: number): Label[] {
  const hard = ['integral', 'derivative', 'matrix', 'eigenvalue', 'limit']
  const easy = ['recipe', 'garden', 'weather', 'holiday', 'football']
  return Array.from({ length: count }, (_, at) => {
    const words = at % 2 === 0 ? hard : easy
    const text = `Tell me about the ${words[at % 5]} and ${words[(at * 7 + 3) % 5]} number ${'please '.repeat(at % 4)}${at}`
    return { sketch: sketch(text), weak: at % 2 === 0 ? 0 : 1, strong: 1, source: 'shadow', at }
  })
}

describe('a learner', () => {
  it('knows nothing at first and says so', () => {
    const learner = openLearner()
    expect(learner.standing()).toMatchObject({ labels: 0, isOn: false })
    expect(readLearned(learner.snapshot()).gainOf(sketch('Hello'))).toBeUndefined()
  })

  it('learns what the strong model gains on, and its snapshot knows it', () => {
    const learner = openLearner()
    for (const label of traffic(400)) learner.add(label)
    expect(learner.standing()).toMatchObject({ labels: 400, isOn: true })
    const learned = readLearned(learner.snapshot())
    const gainOf = (text: string): number => learned.gainOf(sketch(text)) ?? Number.NaN
    expect(gainOf('What is the integral of a matrix?') - gainOf('Which football recipe?')).toBeGreaterThan(
      0.15,
    )
    expect(learned.curve?.weak).toBeCloseTo(0.5, 1)
  })
})
