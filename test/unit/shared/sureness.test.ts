// How sure a model was of its tokens, added up as they come.
import { expect, it } from 'vitest'
import { openSureness } from '../../../shared/sureness.ts'

const said = (...logprobs: unknown[]): unknown => ({ content: logprobs.map((logprob) => ({ logprob })) })

it('has the mean, the least likely token, and the share of guesses, over all chunks', () => {
  const meter = openSureness()
  meter.take(said(-0.1, -0.3))
  meter.take(said(-2.6, Math.log(0.5)))
  const told = meter.told()
  expect(told?.mean).toBeCloseTo((-0.1 - 0.3 - 2.6 + Math.log(0.5)) / 4)
  expect(told).toMatchObject({ least: -2.6, unsure: 0.25 })
})

it('of tokens that were certain has nothing unsure', () => {
  const meter = openSureness()
  meter.take(said(0, 0))
  expect(meter.told()).toEqual({ mean: 0, least: 0, unsure: 0 })
})

it.each([
  undefined,
  null,
  'x',
  [],
  {},
  { content: null },
  { content: [] },
  said('-1', Number.NaN),
  said(-Infinity),
])('of %j says nothing', (value) => {
  const meter = openSureness()
  meter.take(value)
  expect(meter.told()).toBeUndefined()
})
