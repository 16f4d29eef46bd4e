// What the client was told, and tool calls that wait until they are whole.
import { describe, expect, it } from 'vitest'
import type { Batch, ModelEvent } from '../../../../shared/event.ts'
import { HELD_CHARS, openTold } from '../../../../workers/attempt/told.ts'
import { piece, say, START, STOP } from '../../samples.ts'

const call = (number = 0): ModelEvent => ({
  type: 'tool-start',
  index: 0,
  call: number,
  id: `c${number}`,
  name: 'f',
})
const json = (text: string, number = 0): ModelEvent => ({
  type: 'tool-delta',
  index: 0,
  call: number,
  json: text,
})
const eventsOf = (batch: Batch) => batch.flatMap(({ events }) => events)

describe('words', () => {
  it('are told as they come, and remembered', () => {
    const told = openTold()
    const batch = [piece(START, say('Hel')), piece(say('lo'))]
    expect(told.take(batch)).toEqual(batch)
    expect([told.text, told.isClosed]).toEqual(['Hello', false])
  })
  it('thoughts are not among them', () => {
    const told = openTold()
    told.take([piece({ type: 'reasoning-delta', index: 0, text: 'hm' })])
    expect([told.text, told.isClosed]).toEqual(['', false])
  })
})

describe('a tool call', () => {
  it('is told once it is whole, with what came after it, in order', () => {
    const told = openTold()
    expect(told.take([piece(say('Let me see.')), piece(call())])).toEqual([piece(say('Let me see.'))])
    expect(told.take([piece(json('{"a":'))])).toEqual([])
    expect(told.isClosed).toBe(false)
    expect(eventsOf(told.take([piece(json('1}')), piece(...STOP)]))).toEqual([
      call(),
      json('{"a":'),
      json('1}'),
      ...STOP,
    ])
    expect(told.isClosed).toBe(true)
  })
  it('that is broken off was never told, nor were those before it', () => {
    const told = openTold()
    told.take([piece(say('So: ')), piece(call(), json('{}')), piece(call(1), json('{"b', 1))])
    told.cut()
    expect(told.take([piece(say('again'))])).toEqual([piece(say('again'))])
    expect(told.text).toBe('So: again')
  })
  it('of more than the bound is told as it comes, and then nobody can go on', () => {
    const told = openTold()
    told.take([piece(call())])
    expect(eventsOf(told.take([piece(json('x'.repeat(HELD_CHARS + 1)))]))).toHaveLength(2)
    expect(told.isClosed).toBe(true)
    expect(told.take([piece(json('y'))])).toEqual([piece(json('y'))])
  })
})

it.each<ModelEvent>([
  { type: 'refusal-delta', index: 0, text: 'I will not' },
  { type: 'other-delta', index: 0 },
  { type: 'logprobs', index: 0, value: {} },
])('after $type nobody can go on', (event) => {
  const told = openTold()
  expect(told.take([piece(event)])).toHaveLength(1)
  expect(told.isClosed).toBe(true)
})
