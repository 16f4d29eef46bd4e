// What may happen in a city, as arbitrary steps, for properties that hold in every order of them.
import * as fc from 'fast-check'
import { LEASE_MS } from '../../../../workers/budget/ledger.ts'
import type { Keeping } from '../../../../workers/budget/lease.ts'
import type { City, Delivery } from './city.ts'

const asked = fc.record({
  prompt: fc.integer({ min: 0, max: 100 }),
  words: fc.integer({ min: 0, max: 400 }),
  requests: fc.constantFrom(1, 1, 1, 3),
})
const delivery = fc.constantFrom<Delivery>('arrives', 'is lost', 'arrives unanswered')
const keeping = fc.constantFrom<Keeping>('all', 'some', 'none')
const times = fc.constantFrom(1, 500, 4_000, 20_000, 60_000, 5 * 60_000, LEASE_MS / 2, LEASE_MS + 1)

export type Step = (city: City) => void
export const step = <T>(weight: number, of: fc.Arbitrary<T>, take: (city: City, value: T) => void) => ({
  weight,
  arbitrary: of.map(
    (value): Step =>
      (city) =>
        take(city, value),
  ),
})
export const isolate = fc.nat(2)
export const passing = step(1, times, (city, ms) => city.pass(ms))
export const reporting = step(2, fc.tuple(isolate, keeping, delivery), (city, [which, kept, how]) =>
  city.report(which, kept, how),
)
export const asking = step(5, fc.tuple(isolate, asked), (city, [which, need]) => void city.ask(which, need))
export const stocking = step(1, isolate, (city, which) => city.stockUp(which))
export const ending = (most: number) =>
  step(4, fc.tuple(fc.nat(9), fc.double({ min: 0, max: most, noNaN: true })), (city, [which, part]) =>
    city.finish(which, part),
  )
export const limiting = step(
  1,
  fc.tuple(fc.nat(1), fc.nat(2), fc.integer({ min: 0, max: 12_000 })),
  (city, [account, budget, limit]) => city.limit(account, budget, limit),
)
export const calm = fc.oneof(asking, stocking, ending(1), reporting, passing, limiting)
/** With providers that report more than they were allowed, and isolates that die. */
export const rough = fc.oneof(
  asking,
  stocking,
  ending(1.3),
  reporting,
  passing,
  limiting,
  step(1, isolate, (city, which) => city.die(which)),
)
export const steps = (of: fc.Arbitrary<Step>) => fc.array(of, { minLength: 5, maxLength: 60 })
