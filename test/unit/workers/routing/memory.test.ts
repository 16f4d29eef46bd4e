// Conversations that clients keep themselves, recognised by how they begin.
import { expect, it } from 'vitest'
import { openMemory } from '../../../../workers/routing/memory.ts'
import { message, requestFor } from '../../samples.ts'

const served = { target: 'lab/big', at: 5, promptTokens: 900, cachedTokens: 800 }
const first = requestFor('', { messages: [message('Be brief.', 'system'), message('Hi')] })
const second = requestFor('', {
  messages: [...first.messages, message('Hello', 'assistant'), message('And now?')],
})

it('a turn after the first is recalled by its beginning', () => {
  const memory = openMemory()
  expect(memory.recall(second, 'key_1')).toBeUndefined()
  memory.note(first, 'key_1', served)
  expect(memory.recall(second, 'key_1')).toBe(served)
  const later = { ...served, target: 'lab/small' }
  memory.note(second, 'key_1', later)
  expect(memory.recall(second, 'key_1')).toBe(later)
})

it('a first turn is none, and other tenants, models and beginnings are other conversations', () => {
  const memory = openMemory()
  memory.note(first, 'key_1', served)
  expect(memory.recall(first, 'key_1')).toBeUndefined()
  expect(memory.recall(second, 'key_2')).toBeUndefined()
  expect(memory.recall({ ...second, model: 'solid' }, 'key_1')).toBeUndefined()
  const [, ...rest] = second.messages
  expect(memory.recall({ ...second, messages: rest }, 'key_1')).toBeUndefined()
})

it('the oldest of too many is forgotten', () => {
  const memory = openMemory()
  const talk = (n: number) =>
    requestFor('', { messages: [message(`Talk ${n}`), message('Yes', 'assistant'), message('And?')] })
  for (let n = 0; n <= 2_000; n += 1) memory.note(talk(n), 'key_1', served)
  expect(memory.recall(talk(0), 'key_1')).toBeUndefined()
  expect(memory.recall(talk(1), 'key_1')).toBe(served)
  expect(memory.recall(talk(2_000), 'key_1')).toBe(served)
})
