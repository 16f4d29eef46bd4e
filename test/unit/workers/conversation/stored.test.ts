// What a conversation keeps of messages that no chat client sent, and of answers with sealed thoughts.
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../../shared/dialects/anthropic/index.ts'
import { gemini } from '../../../../shared/dialects/gemini/index.ts'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import type { Ending } from '../../../../shared/plan.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { answerOf, messageOf, storedOf } from '../../../../workers/conversation/stored.ts'

const MESSAGES = [
  { role: 'user', content: 'High water at Brest?' },
  {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'I need the tables.', signature: 'c2VhbA==' },
      { type: 'text', text: 'One moment.' },
      { type: 'tool_use', id: 'toolu_1', name: 'tides', input: { place: 'Brest' } },
    ],
  },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '05:12' }] },
]

/** Through storage, as JSON, and out again. */
const kept = (messages: Parameters<typeof storedOf>[0]) =>
  (JSON.parse(JSON.stringify(storedOf(messages))) as ReturnType<typeof storedOf>).map(messageOf)

const ending = (over: Partial<Ending>): Ending => ({
  end: 'finish',
  usage: noUsage,
  usageSource: 'reported',
  costMicros: 0,
  text: '',
  reasoning: [],
  toolCalls: [],
  ...over,
})

describe('a conversation', () => {
  const asked = anthropic().readRequest({ model: 'm', max_tokens: 9, messages: MESSAGES })

  it('keeps calls, results and sealed thoughts of a client that does not speak chat completions', () => {
    expect(kept(asked.messages)).toMatchObject([
      { role: 'user', parts: [{ type: 'text', text: 'High water at Brest?' }] },
      {
        role: 'assistant',
        parts: [
          {
            type: 'reasoning',
            text: 'I need the tables.',
            signature: { dialect: 'anthropic', data: 'c2VhbA==' },
          },
          { type: 'text', text: 'One moment.' },
        ],
        toolCalls: [{ id: 'toolu_1', name: 'tides', json: '{"place":"Brest"}' }],
      },
      { role: 'tool', toolCallId: 'toolu_1', parts: [{ type: 'text', text: '05:12' }] },
    ])
  })

  it('gives them back to their vendor as they were', () => {
    const again = { ...asked, messages: kept(asked.messages), native: { dialect: 'stored', body: {} } }
    const { body } = anthropic().writeRequest(again, { model: 'claude-sonnet-4-5' })
    expect(body['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: MESSAGES[1]?.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] },
    ])
  })

  it("keeps a chat client's messages as they came", () => {
    const messages = [{ role: 'user', content: 'Hi', mood: 'calm' }]
    expect(storedOf(openaiChat().readRequest({ model: 'm', messages }).messages)).toEqual(messages)
  })

  it('keeps the seal of a call in the answer', () => {
    const signature = { dialect: 'gemini', kind: 'signature', data: 'c2VhbA==' } as const
    const answer = answerOf(ending({ toolCalls: [{ id: 'c1', name: 'tides', json: '{}', signature }] }))
    expect(answer).toBeDefined()
    const [message] = answer === undefined ? [] : [messageOf(answer)]
    expect(message?.toolCalls).toEqual([{ id: 'c1', name: 'tides', json: '{}', signature }])
    const request = { ...asked, messages: message === undefined ? [] : [message] }
    expect(JSON.stringify(gemini.writeRequest(request, { model: 'gemini-3-pro' }).body)).toContain('c2VhbA==')
  })

  it('keeps the text alone of an answer that broke off, and nothing of one without a word', () => {
    const cut = ending({ end: 'error', text: 'Half', toolCalls: [{ id: 'c', name: 'n', json: '{' }] })
    expect(answerOf(cut)).toEqual({ role: 'assistant', content: 'Half' })
    expect(answerOf(ending({ end: 'error' }))).toBeUndefined()
  })
})
