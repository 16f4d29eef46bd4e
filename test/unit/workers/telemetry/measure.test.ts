// Which rows count as rescued: a whole answer although a call had failed.
import { expect, it } from 'vitest'
import { readerOf } from '../../../../workers/telemetry/measure.ts'
import { SUMS } from '../../../../workers/telemetry/tally.ts'

const read = readerOf(['model', 'ending', 'attempts'])
const call = (end: string, more: object = {}): object => ({
  target: 'lab/one',
  startedAt: 1,
  durationMs: 2,
  end,
  ...more,
})
const rescued = (ending: string, calls: readonly object[], model = 'lab/one'): number | undefined =>
  read([model, ending, JSON.stringify(calls)]).sums[SUMS.indexOf('rescued')]

it.each([
  ['an answer at the first call', 'finish', [call('answered')], 0],
  ['an answer at the second call', 'finish', [call('overloaded'), call('answered')], 1],
  [
    'a stream that another went on with',
    'finish',
    [call('cut-reset'), call('answered', { resumed: 'prefill' })],
    1,
  ],
  ['two calls that raced', 'finish', [call('lost'), call('answered')], 0],
  [
    'a small answer that was not given',
    'finish',
    [call('rejected-refusal', { aside: true }), call('answered')],
    0,
  ],
  ['a comparison', 'finish', [call('answered'), call('disagreed', { aside: true })], 0],
  ['a failure after two calls', 'error', [call('overloaded'), call('timeout')], 0],
  ['a client that left', 'cancelled', [call('overloaded'), call('answered')], 0],
] as const)('%s', (_name, ending, calls, expected) => {
  expect(rescued(ending, calls)).toBe(expected)
})

it('a row of an older version without calls is none', () => {
  expect(readerOf(['model', 'ending'])(['lab/one', 'finish']).sums[SUMS.indexOf('rescued')]).toBe(0)
})
