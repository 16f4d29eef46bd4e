// By which name rows tell that they belong together.
import { expect, it } from 'vitest'
import type { ModelRequest } from '../../../../shared/request.ts'
import { conversationOf } from '../../../../workers/telemetry/conversation.ts'
import { message, requestFor } from '../../samples.ts'

const name = (over: Partial<ModelRequest>, key = 'key_1') => conversationOf(requestFor('Hi', over), key)

it('is a hash that every turn shares, of a name or of a beginning, and no other key’s', async () => {
  const begun = [message('Tell me of tea.'), message('Gladly.', 'assistant'), message('Go on.')]
  const later = [...begun, message('It grows.', 'assistant'), message('Where?')]
  const named = await name({ conversation: 'key_1/tea' })
  expect(named).toMatch(/^[0-9a-f]{32}$/)
  expect(await name({ conversation: 'key_1/tea', messages: later })).toBe(named)
  expect(await name({ messages: later })).toBe(await name({ messages: begun }))
  const all = [named, await name({ conversation: 'key_1/milk' }), await name({ messages: begun })]
  expect(new Set([...all, await name({ messages: begun }, 'key_2')]).size).toBe(4)
})

it('is none for a question by itself, and for what is no conversation', async () => {
  expect(await name({})).toBeUndefined()
  expect(await name({ conversation: 'a', embedding: { encoding: 'float' } })).toBeUndefined()
})
