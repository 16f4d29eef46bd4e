// Looks that some have and others have not say nothing where they are absent.
import { describe, expect, it } from 'vitest'
import type { Label } from '../../../../shared/label.ts'
import type { Sureness } from '../../../../shared/sureness.ts'
import { lookOf } from '../../../../workers/routing/answer.ts'
import { filled, filledFor } from '../../../../workers/routing/fill.ts'
import { openLearner } from '../../../../workers/routing/learner.ts'
import { gainOf } from '../../../../workers/routing/linear.ts'
import { fitLinear } from '../../../../workers/routing/ridge.ts'
import { randomFrom } from '../../../../shared/random.ts'
import { requestFor } from '../../samples.ts'

const seen = (...traits: number[]): { readonly traits: Float32Array } => ({
  traits: Float32Array.from(traits),
})

describe('what is absent', () => {
  it('is the mean of those that have it, whoever is first', () => {
    const all = filled([seen(1), seen(0, 0.25), seen(0.5, 0.75, 1)]).map(({ traits }) => [...traits])
    expect(all).toEqual([
      [1, 0.5, 1],
      [0, 0.25, 1],
      [0.5, 0.75, 1],
    ])
  })
  it('leaves those alone that lack nothing', () => {
    const all = [seen(0.25, 0.5), seen(0, 1)]
    expect(filled(all)).toBe(all)
    expect(filled([])).toEqual([])
  })
})

describe('a model that has learned how sure answers were', () => {
  const random = randomFrom('sure')
  // The last trait is what tells the gain; every third label has none.
  const examples = Array.from({ length: 600 }, (_, at) => {
    const unsure = random.next()
    const traits = Float32Array.from([random.next(), ...(at % 3 === 0 ? [] : [unsure])])
    return { traits, grams: Uint32Array.of(at % 7), gain: unsure > 0.5 ? 1 : 0 }
  })
  const model = fitLinear(filled(examples))
  const gain = (...traits: number[]): number =>
    gainOf(model, filledFor(model, { ...seen(...traits), grams: Uint32Array.of(3) }))

  it('expects more of a larger model after an unsure answer than after a sure one', () =>
    expect(gain(0.5, 1) - gain(0.5, 0)).toBeGreaterThan(0.1))
  it('expects the middle of both where nothing was said', () => {
    expect(gain(0.5)).toBeGreaterThan(gain(0.5, 0) + 0.04)
    expect(gain(0.5)).toBeLessThan(gain(0.5, 1) - 0.04)
  })
  it('was learned from before there was such a look: that is passed over', () => {
    const older = fitLinear(examples.map((one) => ({ ...one, traits: one.traits.slice(0, 1) })))
    const look = { ...seen(0.5, 1), grams: Uint32Array.of(3) }
    expect(gainOf(older, filledFor(older, look))).toBe(
      gainOf(older, { ...look, traits: look.traits.slice(0, 1) }),
    )
  })
})

describe('a look at answers of which only their sureness tells whether they are right', () => {
  const random = randomFrom('looks')
  const people = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gus', 'Hal'] as const
  const sureness = (isUnsure: boolean): Sureness =>
    isUnsure
      ? { mean: -0.5 - random.next(), least: -3 - random.next(), unsure: 0.2 + 0.3 * random.next() }
      : { mean: -0.05 * random.next(), least: -0.4 * random.next(), unsure: 0 }
  /** Three answers in ten are unsure; of those most are wrong, of the others few. `tells` says whose vendor says so. */
  const labels = (tells: (at: number) => boolean): Label[] =>
    Array.from({ length: 600 }, (_, at) => {
      const isUnsure = random.next() < 0.3
      const weak = random.next() < (isUnsure ? 0.2 : 0.95) ? 1 : 0
      const request = requestFor(`Who of them came first, ${random.some(people, 4).join(', ')}?`)
      const said = tells(at) ? sureness(isUnsure) : undefined
      return { sketch: lookOf(request, random.pick(people), said), weak, strong: 1, source: 'shadow', at }
    })
  const orderOf = (tells: (at: number) => boolean): number => {
    const learner = openLearner(undefined, () => 0, 'the question alone')
    for (const label of labels(tells)) learner.add(label)
    return learner.standing().learner ?? Number.NaN
  }

  it('orders them, all or half of them, and without it does not', () => {
    expect(orderOf(() => true)).toBeGreaterThan(0.75)
    expect(orderOf((at) => at % 2 === 0)).toBeGreaterThan(0.6)
    expect(orderOf(() => false)).toBeLessThan(0.6)
  })
})
