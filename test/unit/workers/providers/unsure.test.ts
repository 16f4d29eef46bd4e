// Who refuses to say how sure it is: remembered for an hour, told from what else may be wrong, bounded.
import { expect, it } from 'vitest'
import { openUnsure, refusesThem } from '../../../../workers/providers/unsure.ts'

const HOUR_MS = 3_600_000

it('who refused is not asked for an hour; others are', () => {
  const unsure = openUnsure()
  unsure.add('a/one', 1_000)
  expect([unsure.has('a/one', 1_000), unsure.has('a/one', 1_000 + HOUR_MS)]).toEqual([true, true])
  expect([unsure.has('a/one', 1_001 + HOUR_MS), unsure.has('a/two', 1_000)]).toEqual([false, false])
})

it('of many the newest are remembered', () => {
  const unsure = openUnsure()
  for (let at = 0; at <= 1_000; at += 1) unsure.add(`a/${at}`, 0)
  expect([unsure.has('a/0', 0), unsure.has('a/1', 0), unsure.has('a/1000', 0)]).toEqual([false, true, true])
})

it.each([
  [400, 'You are not allowed to request logprobs from this model.', true],
  [422, '{"loc":["body","top_logprobs"],"msg":"extra fields not permitted"}', true],
  [501, 'log probabilities are not available', true],
  [400, 'The model does not exist.', false],
  [429, 'logprobs are rate limited', false],
  [500, 'logprobs', false],
])('%i %j: %s', (status, text, isAbout) => {
  expect(refusesThem(status, text)).toBe(isAbout)
})
