// A highest price: which models are left, and what is said where none is.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import { fillPrice } from '../../../../shared/money.ts'
import { affordable } from '../../../../workers/routing/afford.ts'
import type { Model, Policy } from '../../../../workers/routing/catalog.ts'
import { TIMEOUTS } from '../../samples.ts'

const model = (name: string, price?: readonly [number, number]): Model => ({
  name,
  provider: 'lab',
  model: name,
  timeouts: TIMEOUTS,
  plainText: false,
  ...(price === undefined ? {} : { price: fillPrice({ input: price[0], output: price[1] }) }),
})
const models = [model('dear', [10, 40]), model('fair', [1, 4]), model('unknown')]
const order: Policy = { kind: 'order', rescue: true, models }
const namesOf = (policy: Policy): string[] =>
  (policy.kind === 'order' ? policy.models : [...policy.mini, ...policy.frontier]).map(({ name }) => name)

describe('a highest price', () => {
  it('leaves what costs no more, and leaves out what nobody knows the price of', () => {
    expect(namesOf(affordable(order, { input: 1 }, 'solid'))).toEqual(['fair'])
    expect(namesOf(affordable(order, { output: 40 }, 'solid'))).toEqual(['dear', 'fair'])
    expect(namesOf(affordable(order, { input: 10, output: 39 }, 'solid'))).toEqual(['fair'])
    expect(affordable(order, undefined, 'solid')).toBe(order)
  })
  it('holds for both tiers of a route', () => {
    const tiers: Policy = { kind: 'tiers', rescue: true, mini: [model('m', [0.1, 0.1])], frontier: models }
    expect(affordable(tiers, { output: 5 }, 'auto')).toMatchObject({
      mini: [{ name: 'm' }],
      frontier: [{ name: 'fair' }],
    })
    expect(affordable(tiers, { output: 1 }, 'auto')).toMatchObject({ mini: [{ name: 'm' }], frontier: [] })
  })
  it('that nobody is within is refused, with every price', () => {
    const refuse = (): unknown => affordable(order, { input: 0.5, output: 2 }, 'solid')
    expect(refuse).toThrow(Failed)
    expect(refuse).toThrow(
      "No model behind 'solid' is within the highest price of $0.5 for input and $2 for output, in US dollars per million tokens: dear costs $10 and $40, fair costs $1 and $4, unknown has no price.",
    )
  })
})
