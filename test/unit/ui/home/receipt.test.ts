import { expect, it } from 'vitest'
import { dollars, duration, facts, routeFacts } from '../../../../workers/ui/home/receipt.ts'

it.each([
  [0, '$0'],
  [0.0000123, '$0.000012'],
  [0.00401, '$0.0040'],
  [0.0149, '$0.01'],
  [1.5, '$1.50'],
  [1e-11, '$0.000000000010'],
])('%s dollars read %s', (amount, expected) => {
  expect(dollars(amount)).toBe(expected)
})

it.each([
  [41.4, '41 ms'],
  [999.4, '999 ms'],
  [1234, '1.23 s'],
  [61_000, '61.0 s'],
])('%s ms read %s', (ms, expected) => {
  expect(duration(ms)).toBe(expected)
})

it('the route header becomes words', () => {
  expect(routeFacts('mini; reason=no-frontier; score=0.024')).toEqual([
    { label: 'Route', value: 'mini (no frontier)' },
    { label: 'Score', value: '0.024' },
  ])
  expect(routeFacts('fixed')).toEqual([{ label: 'Route', value: 'fixed' }])
})

it('what is not known is not shown', () => {
  const none = {
    firstTokenMs: undefined,
    promptTokens: undefined,
    completionTokens: undefined,
    cost: undefined,
  }
  expect(facts({ ...none, model: undefined, route: undefined, totalMs: 12 })).toEqual([
    { label: 'Model', value: 'unknown' },
    { label: 'Total', value: '12 ms' },
  ])
})
