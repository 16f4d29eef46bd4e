// Why a model was chosen, written and read back.
import { expect, it } from 'vitest'
import { readRouting, routingOf, writeRouting } from '../../../../workers/telemetry/routing.ts'
import { planOf } from '../../samples.ts'

it('is kept as numbers and words, rounded, and told with null for what there was not', () => {
  const plan = planOf(['a'], {
    tier: 'mini',
    score: 0.25,
    cut: 0.5,
    share: 0.123456,
    dial: { quality: 0.9 },
    by: 'latency',
    features: { words: 1 / 3, code: 1 },
  })
  const routing = readRouting(JSON.stringify(routingOf(plan)))
  expect(routing).toEqual({
    cut: 0.5,
    share: 0.123,
    dial: { quality: 0.9 },
    by: 'latency',
    features: { words: 0.333, code: 1 },
  })
  expect(writeRouting(routing)).toEqual({
    cut: 0.5,
    share: 0.123,
    dial: { quality: 0.9 },
    chosen_by: 'latency',
    features: { words: 0.333, code: 1 },
  })
})

it('is nothing for a model that was asked for by its name, and for older rows', () => {
  expect(routingOf(planOf(['a']))).toBeUndefined()
  expect(routingOf(undefined)).toBeUndefined()
  for (const old of [null, undefined, 'broken', '[]'])
    expect(writeRouting(readRouting(old))).toEqual({
      cut: null,
      share: null,
      dial: null,
      chosen_by: null,
      features: {},
    })
})
