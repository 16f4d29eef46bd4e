// What no reader knows of a message is found, and what is known is not counted a second time.
import { describe, expect, it } from 'vitest'
import { strays } from '../../../shared/stray.ts'

describe('what is strange in a message', () => {
  it('is nothing in ordinary ones', () => {
    expect(strays({ role: 'user', content: 'Hi', name: 'Ada' })).toEqual([])
    expect(strays(undefined)).toEqual([])
    expect(strays(null)).toEqual([])
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"anything":1}' } }
    expect(strays({ role: 'assistant', content: null, tool_calls: [call] })).toEqual([])
    expect(strays([{ type: 'tool_use', id: 't', name: 'f', input: { anything: { at: 'all' } } }])).toEqual([])
    expect(
      strays({ role: 'model', parts: [{ functionCall: { name: 'f', args: { anything: 1 } } }] }),
    ).toEqual([])
  })

  it('is found at any depth, with its name', () => {
    const document = { type: 'document', source: { type: 'text', data: 'a' }, context: 'read this too' }
    expect(strays({ role: 'user', content: [{ type: 'text', text: 'Hi' }, document] })).toEqual([
      { context: 'read this too' },
    ])
    expect(strays({ role: 'user', content: 'Hi', memory: { long: 'text' }, empty: null })).toEqual([
      { memory: { long: 'text' } },
    ])
  })
})
