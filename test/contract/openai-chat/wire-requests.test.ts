// The wire-level edge cases of requests: output limits, roles, unknown parameters.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { json, unheard } from '../generate.ts'
import { ask, chat, type Json, sent } from './chunks.ts'

describe('the output limit', () => {
  const modern = { completionTokens: /^(?:o\d|gpt-5)/ }
  const cases: readonly [string, object, string, Json][] = [
    ['max_tokens stays for a model that knows it', { max_tokens: 5 }, 'gpt-4.1', { max_tokens: 5 }],
    [
      'max_tokens becomes max_completion_tokens for one that refuses it',
      { max_tokens: 5 },
      'gpt-5-mini',
      { max_completion_tokens: 5 },
    ],
    ['max_completion_tokens stays', { max_completion_tokens: 5 }, 'o3', { max_completion_tokens: 5 }],
    [
      'of two, the modern one counts',
      { max_tokens: 9, max_completion_tokens: 5 },
      'gpt-4.1',
      { max_completion_tokens: 5 },
    ],
    ['null is none', { max_tokens: null, max_completion_tokens: null }, 'o3', {}],
    [
      'null beside a limit is none',
      { max_tokens: 5, max_completion_tokens: null },
      'gpt-4.1',
      { max_tokens: 5 },
    ],
  ]
  for (const [name, limits, model, expected] of cases) {
    it(`row 40: ${name}`, () => {
      const body = sent(ask(limits), modern, model)
      const { max_tokens, max_completion_tokens } = body
      expect({
        ...(max_tokens === undefined ? {} : { max_tokens }),
        ...(max_completion_tokens === undefined ? {} : { max_completion_tokens }),
      }).toEqual(expected)
      expect('max_tokens' in body && 'max_completion_tokens' in body).toBe(false)
    })
  }

  it('row 40: is the one that was reserved for, never the larger one that the client sent', () => {
    const request = { ...chat.readRequest(ask({ max_tokens: 5_000 })), limits: { maxOutput: 100 } }
    expect(chat.writeRequest(request, { model: 'big-1' }).body).toMatchObject({ max_tokens: 100 })
  })
})

describe('messages', () => {
  const roles = (body: Json): unknown[] => (body['messages'] as Json[]).map((message) => message['role'])
  const messages = [
    { role: 'developer', content: 'a', weight: 1 },
    { role: 'system', content: 'b' },
    { role: 'user', content: 'c' },
    { role: 'developer', content: 'd' },
  ]

  it('row 41: keep the developer role where it is known', () =>
    expect(roles(sent(ask({ messages })))).toEqual(['developer', 'system', 'user', 'developer']))

  it('row 41: turn it into system elsewhere, in their order, with their other fields', () => {
    const body = sent(ask({ messages }), { systemRole: 'system' })
    expect(roles(body)).toEqual(['system', 'system', 'user', 'system'])
    expect(body['messages']).toEqual(
      messages.map((message) => (message.role === 'developer' ? { ...message, role: 'system' } : message)),
    )
  })

  it('row 42: without content, with null or empty content are sent as they came', () => {
    const odd = [
      { role: 'assistant', content: null },
      { role: 'assistant' },
      { role: 'assistant', content: '' },
      { role: 'user', content: [] },
    ]
    expect(sent(ask({ messages: odd }))['messages']).toEqual(odd)
  })
})

describe('unknown parameters', () => {
  it('row 43: survive at every level; only the name of the model and what is ours change', () => {
    fc.assert(
      fc.property(unheard, unheard, unheard, json, (top, inMessage, inPart, value) => {
        const body = ask({
          ...top,
          messages: [
            {
              role: 'user',
              ...inMessage,
              content: [
                { type: 'text', text: 'Hi', ...inPart },
                { type: 'x_part', x: value },
              ],
            },
          ],
        })
        expect(sent(body)).toEqual({ ...body, model: 'big-1' })
      }),
    )
  })
})
