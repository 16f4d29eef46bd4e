// A fitted model: it learns, it is kept, and a suffix does not raise it where it is guarded.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GRAMS } from '../../../../workers/routing/hash.ts'
import { gainOf, guardedGain, packLinear, readLinear } from '../../../../workers/routing/linear.ts'
import { readRequest } from '../../../../workers/routing/reading.ts'
import { fitLinear } from '../../../../workers/routing/ridge.ts'
import { sketchReading } from '../../../../workers/routing/sketch.ts'
import { requestFor } from '../../samples.ts'

const read = (text: string, withViews = false) => readRequest(requestFor(text), withViews)
const look = (text: string) => sketchReading(read(text))

const SUBJECTS = ['algebra', 'geometry', 'calculus', 'cooking', 'gardening', 'football']
const examples = Array.from({ length: 240 }, (_, at) => ({
  ...look(`A question about ${SUBJECTS[at % 6]} that somebody asked on day ${at} of a long and quiet year`),
  gain: at % 6 < 3 ? 0.8 : 0,
}))
const model = fitLinear(examples)
const gain = (text: string): number => gainOf(model, look(text))

describe('a fitted model', () => {
  it('expects more of what gained, and the mean of what it never saw', () => {
    expect(model.bias).toBeCloseTo(0.4, 6)
    expect(gain('some algebra')).toBeGreaterThan(gain('some cooking') + 0.05)
  })

  it('expects nothing without examples', () => {
    expect(gainOf(fitLinear([]), look('anything at all'))).toBe(0)
  })

  it('is the same from its bytes, and none from others', () => {
    const bytes = packLinear(model)
    const again = readLinear(bytes)
    if (again === undefined) throw new Error('not read')
    expect(gainOf(again, look('some algebra'))).toBeCloseTo(gain('some algebra'), 5)
    const text = read('A question about algebra that somebody asked', true)
    expect(guardedGain(again, text)).toBeCloseTo(guardedGain(model, text), 5)
    expect(readLinear(bytes.subarray(1))).toBeUndefined()
    expect(readLinear(new Uint8Array())).toBeUndefined()
  })

  it('is read as it was kept before being short had a weight', () => {
    const bytes = packLinear(model)
    const end = bytes.length - GRAMS
    const older = new Uint8Array([...bytes.subarray(0, end - 4), ...bytes.subarray(end)])
    const { guard } = readLinear(older) ?? {}
    const weights = [...Float32Array.from(model.guard.traits)]
    expect(guard).toMatchObject({ brevity: 0, traits: weights, words: Math.fround(model.guard.words) })
  })
})

describe('a guarded gain', () => {
  const easy =
    'What should one know about cooking and gardening before the football season of the year begins, in a few plain words?'
  const guarded = (text: string): number => guardedGain(model, read(text, true))

  it('is not raised by a suffix that raises the other', () => {
    const suffix = ' algebra geometry calculus'.repeat(10)
    expect(gain(easy + suffix)).toBeGreaterThan(gain(easy) + 0.03)
    expect(guarded(easy + suffix)).toBeLessThanOrEqual(guarded(easy))
  })

  it('is not raised by anything that is put at the end, after whatever blank', () => {
    const tokens = fc.array(fc.constantFrom(...SUBJECTS, 'the', '?', 'NOT', '12', '$x$', '\nA. one'), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(fc.nat(easy.length - 20), fc.constantFrom('', ' ', '\n\n'), tokens, (cut, blank, added) => {
        const asked = `${easy.slice(0, 20 + cut).trimEnd()}.${blank}`
        expect(guarded(`${asked} ${added.join(' ')}`)).toBeLessThanOrEqual(guarded(asked))
      }),
      { numRuns: 60 },
    )
  })
})
