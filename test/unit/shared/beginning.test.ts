// By what conversations are told apart that nobody has named.
import { expect, it } from 'vitest'
import { beginningOf, isUnderWay } from '../../../shared/beginning.ts'
import type { Message } from '../../../shared/request.ts'

const said = (role: Message['role'], text: string): Message => ({ role, parts: [{ type: 'text', text }] })

const FIRST = [said('system', 'Be kind.'), said('user', 'Hi')]
const SECOND = [...FIRST, said('assistant', 'Hello!'), said('user', 'And now?')]

it('is the same in every turn of a conversation, and another where it began otherwise', () => {
  expect(beginningOf({ messages: SECOND })).toBe(beginningOf({ messages: FIRST }))
  expect(beginningOf({ messages: [said('system', 'Be rude.'), said('user', 'Hi')] })).not.toBe(
    beginningOf({ messages: FIRST }),
  )
})

it('reads a thousand characters of a message at most', () => {
  const long = 'x'.repeat(50_000)
  expect(beginningOf({ messages: [said('system', long), said('user', long)] })).toHaveLength(2_001)
})

it('is under way once it was answered; the beginning of an answer is none', () => {
  expect(isUnderWay({ messages: FIRST })).toBe(false)
  expect(isUnderWay({ messages: SECOND })).toBe(true)
  expect(isUnderWay({ messages: [...FIRST, said('assistant', '{')] })).toBe(false)
})
