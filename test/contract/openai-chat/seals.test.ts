// Thoughts with their vendors' seals: read from chat completions, written for clients, and back again with the next question.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import type { Signature } from '../../../shared/request.ts'
import { saidBy } from '../said.ts'
import { CONTEXT, eventsOf, read, sse, written } from '../wire.ts'
import { chat, delta, deltas, END, type Json, named, pieces, say, START, think } from './chunks.ts'

const sign = (kind: Signature['kind'], data: string, dialect = 'anthropic', id?: string): ModelEvent => ({
  type: 'reasoning-signature',
  index: 0,
  signature: { dialect, kind, data, ...(id === undefined ? {} : { id }) },
})

describe('thoughts with seals', () => {
  it('row 38: are read from OpenRouter piece by piece, each seal where its stretch ends', () => {
    const events = read(chat, sse(named('a signature at their end').data))
    expect(events.slice(1, 6)).toEqual([
      think('Let me '),
      think('see.'),
      sign('signature', 'EqQBCkYIBBgC'),
      sign('redacted', 'EvAFCoYBGAIi'),
      say('Yes.'),
    ])
  })

  it('row 37: are read from Google on the call, and on the text', () => {
    const seal: Signature = { dialect: 'gemini', kind: 'signature', data: 'CiQB0e2Kb3Z2' }
    expect(read(chat, sse(named('sealed (Google)').data))).toContainEqual({
      type: 'tool-start',
      index: 0,
      call: 0,
      id: 'function-call-1',
      name: 'weather',
      signature: seal,
    })
    const extra_content = { google: { thought_signature: 'CiQB0e2Kb3Z2' } }
    expect(read(chat, sse([delta({ content: 'a', extra_content }, 'stop')]))).toContainEqual({
      type: 'reasoning-signature',
      index: 0,
      signature: seal,
    })
  })

  it('row 38: are written as thoughts for all, and as details with seal and words for who sends them back', () => {
    const out = written(
      chat,
      pieces(
        START,
        think('Let '),
        think('me.'),
        sign('signature', 'S1'),
        sign('redacted', 'R1'),
        say('Yes'),
        ...END,
      ),
    )
    expect(deltas(out)).toEqual([
      { role: 'assistant', content: '' },
      { reasoning_content: 'Let ' },
      { reasoning_content: 'me.' },
      {
        reasoning_details: [
          {
            type: 'reasoning.text',
            text: 'Let me.',
            signature: 'S1',
            format: 'anthropic-claude-v1',
            index: 0,
          },
        ],
      },
      {
        reasoning_details: [
          { type: 'reasoning.encrypted', data: 'R1', format: 'anthropic-claude-v1', index: 1 },
        ],
      },
      { content: 'Yes' },
      {},
    ])
  })

  it("row 37: are written on the call, in Google's own way", () => {
    const signature: Signature = { dialect: 'gemini', kind: 'signature', data: 'G' }
    const events: ModelEvent[] = [
      START,
      { type: 'tool-start', index: 0, call: 0, id: 'a', name: 'f', signature },
      { type: 'tool-delta', index: 0, call: 0, json: '{}' },
      { type: 'choice-end', index: 0, reason: 'tool-calls' },
      { type: 'finish', reason: 'tool-calls' },
    ]
    const extra_content = { google: { thought_signature: 'G' } }
    expect(deltas(written(chat, pieces(...events)))[1]).toEqual({
      tool_calls: [
        { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' }, extra_content },
      ],
    })
    const body = chat.writeReply(pieces(...events), CONTEXT) as { choices: { message: Json }[] }
    expect(body.choices[0]?.message['tool_calls']).toEqual([
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content },
    ])
  })

  // Kinds as the dialects that sign have them.
  const signatures: fc.Arbitrary<Signature> = fc
    .tuple(
      fc.constantFrom<readonly [string, Signature['kind']]>(
        ['anthropic', 'signature'],
        ['anthropic', 'redacted'],
        ['gemini', 'signature'],
        ['openai-responses', 'encrypted'],
        ['bedrock', 'signature'],
        ['bedrock', 'redacted'],
      ),
      fc.string({ minLength: 1 }),
      fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    )
    .map(([[dialect, kind], data, id]) => ({ dialect, kind, data, ...(id === undefined ? {} : { id }) }))
  const stretches = fc.array(
    fc.record({
      words: fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }), { maxLength: 3 }),
      signature: signatures,
    }),
    { maxLength: 4 },
  )
  const eventsFor = (list: readonly { words: readonly string[]; signature: Signature }[]): ModelEvent[] => [
    START,
    // What is hidden has no words.
    ...list.flatMap(({ words, signature }): ModelEvent[] => [
      ...(signature.kind === 'redacted' ? [] : words.map(think)),
      { type: 'reasoning-signature', index: 0, signature },
    ]),
    say('Yes'),
    ...END,
  ]
  const partsOf = (events: readonly ModelEvent[]) => {
    const parts: { text: string; signature: Signature }[] = []
    let text = ''
    for (const event of events) {
      if (event.type === 'reasoning-delta') text += event.text
      else if (event.type === 'reasoning-signature') {
        parts.push({ text, signature: event.signature })
        text = ''
      }
    }
    return parts
  }

  it('rows 37 and 38: survive a stream, event by event', () => {
    fc.assert(
      fc.property(stretches, (list) => {
        const events = eventsFor(list)
        const again = read(chat, sse(written(chat, pieces(...events))))
        expect(partsOf(again)).toEqual(partsOf(events))
        expect(saidBy(again)).toEqual(saidBy(events))
      }),
    )
  })

  it('rows 37 and 38: survive a whole reply, and the way back in the next question, in their order', () => {
    fc.assert(
      fc.property(stretches, (list) => {
        const events = eventsFor(list)
        const body = chat.writeReply(pieces(...events), CONTEXT) as { choices: { message: object }[] }
        expect(partsOf(eventsOf(chat.readReply(JSON.stringify(body))))).toEqual(partsOf(events))
        const message = body.choices[0]?.message ?? {}
        const [asked] = chat.readRequest({ messages: [message] }).messages
        const thoughts = (asked?.parts ?? []).flatMap((part) =>
          part.type === 'reasoning' ? [{ text: part.text, signature: part.signature }] : [],
        )
        expect(thoughts).toEqual(partsOf(events))
      }),
    )
  })

  it('row 38: survive a client that collects the pieces of a stream', () => {
    const events = [
      START,
      think('Let '),
      think('me.'),
      sign('signature', 'S1'),
      think('More.'),
      sign('encrypted', 'E1', 'openai-responses', 'rs_1'),
      say('Yes'),
      ...END,
    ]
    const collected = deltas(written(chat, pieces(...events))).flatMap(
      (one) => (one['reasoning_details'] ?? []) as Json[],
    )
    const [asked] = chat.readRequest({
      messages: [{ role: 'assistant', content: 'Yes', reasoning_details: collected }],
    }).messages
    expect(asked?.parts.slice(0, 2)).toEqual([
      {
        type: 'reasoning',
        text: 'Let me.',
        signature: { dialect: 'anthropic', kind: 'signature', data: 'S1' },
      },
      {
        type: 'reasoning',
        text: 'More.',
        signature: { dialect: 'openai-responses', kind: 'encrypted', data: 'E1', id: 'rs_1' },
      },
    ])
  })
})
