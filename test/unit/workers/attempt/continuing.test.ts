// Whether another model may go on with an answer, and how it is asked to.
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../../shared/failure.ts'
import { textOf, type ModelRequest } from '../../../../shared/request.ts'
import {
  continuationsFor,
  isRescuable,
  mayResume,
  successors,
} from '../../../../workers/attempt/continuing.ts'
import { planOf, requestFor, target } from '../../samples.ts'

const two = planOf(['a', 'b'])
const told = { text: 'Once upon ', isClosed: false }
const ways = (request: ModelRequest, facts = {}, text = told.text, said = 3) =>
  continuationsFor(request, target('b', { facts }), { ...told, text }, said)
const asked = (...given: Parameters<typeof ways>) => {
  const [first] = ways(...given)
  if (first === undefined) throw new Error('no way')
  return first
}
const lines = ({ messages }: ModelRequest) => messages.map((message) => `${message.role}: ${textOf(message)}`)

describe('an answer may be gone on with', () => {
  const refused: readonly (readonly [string, boolean])[] = [
    ['a stream with a second target', mayResume(requestFor('Hi'), two)],
    ['not without another target', !mayResume(requestFor('Hi'), planOf(['a']))],
    ['not where the plan says no', !mayResume(requestFor('Hi'), planOf(['a', 'b'], { rescue: false }))],
    ['not a whole reply', !mayResume(requestFor('Hi', { stream: false }), two)],
    ['not several choices', !mayResume(requestFor('Hi', { choices: 2 }), two)],
    ['not vectors', !mayResume(requestFor('Hi', { embedding: { encoding: 'float' } }), two)],
    [
      'not what is passed on',
      !mayResume(requestFor('Hi', { proxied: { endpoint: 'audio/speech', files: 0 } }), two),
    ],
    ['not with log-probabilities', !mayResume(requestFor('Hi', { sampling: { topLogprobs: 2 } }), two)],
  ]
  it.each(refused)('%s', (_, holds) => expect(holds).toBe(true))
})

it.each<[Failure, boolean]>([
  [{ kind: 'unreachable', reason: 'reset' }, true],
  [{ kind: 'timeout', phase: 'idle', limitMs: 1 }, true],
  [{ kind: 'timeout', phase: 'floor', limitMs: 1 }, true],
  [{ kind: 'overloaded', status: 503 }, true],
  [{ kind: 'rate-limited', status: 429 }, true],
  [{ kind: 'malformed', reason: 'cut' }, true],
  [{ kind: 'refused', status: 400, message: 'no' }, false],
  [{ kind: 'rejected', status: 400, message: 'no' }, false],
  [{ kind: 'cancelled' }, false],
  [{ kind: 'internal', message: 'bug' }, false],
])('%j is mended by another: %s', (failure, is) => expect(isRescuable(failure)).toBe(is))

it('those behind the dead one go first, then those before it', () => {
  const plan = planOf(['a', 'b', 'c'])
  expect(successors(plan, plan.targets[1] ?? target('b')).map(({ name }) => name)).toEqual(['c', 'a'])
})

describe('a target', () => {
  it('that takes prefill is given the beginning as its own, without the blank at its end', () => {
    const { request, resumed, joint } = asked(requestFor('Tell'), { prefill: true })
    expect([resumed, joint]).toEqual(['prefill', 'prefill'])
    expect(lines(request)).toEqual(['user: Tell', 'assistant: Once upon'])
  })
  it('and is asked to go on where it refuses to be given it after all', () =>
    expect(ways(requestFor('Tell'), { prefill: true }).map(({ resumed }) => resumed)).toEqual([
      'prefill',
      'asked',
    ]))
  it('that does not, or of which nobody knows, is asked to go on: no request ends with an assistant message', () => {
    for (const facts of [{}, { prefill: false }]) {
      const { request, resumed } = asked(requestFor('Tell'), facts)
      expect(resumed).toBe('asked')
      expect(lines(request).slice(0, 2)).toEqual(['user: Tell', 'assistant: Once upon '])
      expect(lines(request).at(-1)).toMatch(/^user: .*Continue it from exactly where it stops/)
    }
  })
  it('is asked anew where nothing was told yet', () => {
    const request = requestFor('Tell')
    expect(asked(request, { prefill: true }, ' \n')).toEqual({ request, resumed: 'restart', joint: 'same' })
  })
  it('is asked anew where the answer must have a shape: only the same answer fits', () => {
    const request = requestFor('Tell', { format: { type: 'json' } })
    expect(asked(request, { prefill: true }, '{"a":')).toEqual({ request, resumed: 'restart', joint: 'same' })
  })
  it('has only the rest of the output limit, but room for some words', () => {
    const limited = requestFor('Tell', { limits: { maxOutput: 100 } })
    expect(asked(limited).request.limits.maxOutput).toBe(97)
    expect(asked(limited, {}, told.text, 99).request.limits.maxOutput).toBe(16)
    expect(asked(requestFor('Tell')).request.limits.maxOutput).toBeUndefined()
  })
})
