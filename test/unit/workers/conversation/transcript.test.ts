// When two messages are the same, and what of a request is new.
import { describe, expect, it } from 'vitest'
import { behind, gist, part, type StoredMessage } from '../../../../workers/conversation/transcript.ts'

const user = (content: unknown): StoredMessage => ({ role: 'user', content })
const system = (content: string): StoredMessage => ({ role: 'system', content })

describe('messages', () => {
  const call = (name: string, id = 'c'): StoredMessage => ({
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: { name, arguments: '{}' } }],
  })
  const cases: readonly [string, StoredMessage, StoredMessage, boolean][] = [
    ['with text as parts', user('Hi'), user([{ type: 'text', text: 'Hi' }]), true],
    ['with null as nothing', { role: 'assistant', content: null }, { role: 'assistant', content: '' }, true],
    ['with fields of a client', user('Hi'), { ...user('Hi'), name: 'x', refusal: null }, true],
    ['of another role', user('Hi'), { role: 'assistant', content: 'Hi' }, false],
    ['of another text', user('Hi'), user('Hi!'), false],
    ['that call another tool', call('f'), call('g'), false],
    ['that call under another id', call('f'), call('f', 'd'), false],
    ['with a call that a client has added to', call('f'), { ...call('f'), annotations: [] }, true],
    [
      'with another picture',
      user([{ type: 'image_url', image_url: { url: 'data:a' } }]),
      user([{ type: 'image_url', image_url: { url: 'data:b' } }]),
      false,
    ],
  ]
  for (const [what, one, other, same] of cases)
    it(`${what} are ${same ? 'the same' : 'others'}`, () => expect(gist([one]) === gist([other])).toBe(same))

  it('do not become the same by being put together in another way', () => {
    expect(gist([user('a'), user('b')])).not.toBe(gist([user('a\nb')]))
    expect(gist([user('a","b')])).not.toBe(gist([user('a'), user('b')]))
  })
})

describe('a request', () => {
  it('begins with its instructions', () => {
    expect(part([system('S'), user('Hi'), system('T')])).toEqual({
      leading: [system('S')],
      spoken: [user('Hi'), system('T')],
    })
    expect(part([system('S')])).toEqual({ leading: [system('S')], spoken: [] })
  })

  it('is new behind so many messages, instructions between them not counted', () => {
    expect(behind([user('1'), system('S'), user('2'), user('3')], 2)).toEqual([user('3')])
    expect(behind([user('1'), user('2')], 2)).toEqual([])
    expect(behind([user('1')], 0)).toEqual([user('1')])
  })
})
