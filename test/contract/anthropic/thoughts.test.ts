// Thoughts and the proofs of them, over the turns of a conversation: Anthropic's own, and other vendors' that a client
// of this dialect carries in its thinking blocks without knowing.
import type Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import type { ModelEvent, Piece } from '../../../shared/event.ts'
import type { Message, Signature } from '../../../shared/request.ts'
import { CONTEXT, eventsOf, read, sse, written } from '../wire.ts'
import { fromMiddle, own, says } from './sent.ts'
import { SIGNATURE, streams } from './streams.ts'

const dialect = anthropic()

const alone = (events: readonly ModelEvent[]): Piece[] => events.map((event) => ({ events: [event] }))
const start: ModelEvent = { type: 'start', id: 'r', model: 'm', createdAt: 1 }
const think = (text: string): ModelEvent => ({ type: 'reasoning-delta', index: 0, text })
const sign = (signature: Signature): ModelEvent => ({ type: 'reasoning-signature', index: 0, signature })
const end: readonly ModelEvent[] = [
  { type: 'choice-end', index: 0, reason: 'stop' },
  { type: 'finish', reason: 'stop' },
]

const OWN: Signature = { dialect: 'anthropic', kind: 'signature', data: SIGNATURE }
const THEIRS: Signature = { dialect: 'gemini', kind: 'signature', data: 'CiQB0e2Kb5+/==' }
const STATE: Signature = { dialect: 'openai-responses', kind: 'encrypted', data: 'gAAAAABn', id: 'rs_1' }

/** What a client of this dialect sends back of an answer, read again. */
function returned(events: readonly ModelEvent[]): {
  content: Anthropic.ContentBlockParam[]
  message: Message | undefined
} {
  const { content } = dialect.writeReply([{ events }], CONTEXT) as { content: Anthropic.ContentBlockParam[] }
  const { messages } = dialect.readRequest(
    own({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content },
      ],
    }),
  )
  return { content, message: messages[1] }
}

describe("Anthropic's thoughts", () => {
  it('row 38: are read in their order, each with its signature, redacted ones too', () => {
    const { data } = streams.find(({ name }) => name.includes('nobody may read')) ?? { data: [] }
    expect(read(dialect, sse(data)).filter(({ type }) => type === 'reasoning-signature')).toEqual([
      sign(OWN),
      sign({ dialect: 'anthropic', kind: 'redacted', data: 'EmwKAhgBEgy3va3pzix/LafPsn4a' }),
    ])
  })

  it('row 38: come back over a tool turn as they were, in their order, before the calls', () => {
    const message: Message = {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'First.', signature: OWN },
        { type: 'reasoning', text: '', signature: { dialect: 'anthropic', kind: 'redacted', data: 'Emw' } },
        { type: 'text', text: 'Looking.' },
      ],
      toolCalls: [{ id: 'toolu_1', name: 'f', json: '{}' }],
    }
    const { body } = fromMiddle({
      messages: [says('user', 'Hi'), message, says('tool', 'x', { toolCallId: 'toolu_1' })],
    })
    expect((body['messages'] as Anthropic.MessageParam[])[1]?.content).toEqual([
      { type: 'thinking', thinking: 'First.', signature: SIGNATURE },
      { type: 'redacted_thinking', data: 'Emw' },
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
    ] satisfies Anthropic.ContentBlockParam[])
  })

  it('row 38: pass through untouched, interleaved with calls, when the client speaks the same', () => {
    const content = [
      { type: 'thinking', thinking: '', signature: SIGNATURE },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
      { type: 'thinking', thinking: 'b', signature: `${SIGNATURE}b` },
      { type: 'tool_use', id: 'toolu_2', name: 'f', input: {} },
    ]
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1' },
          { type: 'tool_result', tool_use_id: 'toolu_2' },
        ],
      },
    ]
    const asked = dialect.readRequest(own({ messages }))
    expect(dialect.writeRequest(asked, { model: 'm' }).body['messages']).toEqual(messages)
    expect(asked.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool'])
  })

  it('that nobody may read are written with a signature alone', () => {
    expect(returned([start, sign(OWN), ...end]).content).toEqual([
      { type: 'thinking', thinking: '', signature: SIGNATURE },
    ])
  })

  it('of others are no use to Anthropic, signed or not, nor are their proofs', () => {
    const parts = [
      { type: 'reasoning', text: 'a', signature: THEIRS },
      { type: 'reasoning', text: 'b' },
      { type: 'text', text: 'c' },
    ] as const
    const { body, dropped } = fromMiddle({ messages: [says('user', 'Hi'), { role: 'assistant', parts }] })
    expect((body['messages'] as Anthropic.MessageParam[])[1]).toEqual({ role: 'assistant', content: 'c' })
    expect(dropped).toEqual([])
  })
})

describe("other vendors' thoughts with a client of this dialect", () => {
  const travellers: readonly [string, readonly ModelEvent[], Message['parts']][] = [
    ['signed', [think('Well.'), sign(THEIRS)], [{ type: 'reasoning', text: 'Well.', signature: THEIRS }]],
    ['unsigned', [think('Well.')], [{ type: 'reasoning', text: 'Well.' }]],
    [
      'with a state that only their vendor reads',
      [think('Well.'), sign(STATE)],
      [{ type: 'reasoning', text: 'Well.', signature: STATE }],
    ],
    ['of which there is only the state', [sign(STATE)], [{ type: 'reasoning', text: '', signature: STATE }]],
    [
      'of which there is only the proof',
      [sign(THEIRS)],
      [{ type: 'reasoning', text: '', signature: THEIRS }],
    ],
    [
      'in two stretches',
      [think('a'), sign(STATE), think('b'), sign({ ...STATE, id: 'rs_2' })],
      [
        { type: 'reasoning', text: 'a', signature: STATE },
        { type: 'reasoning', text: 'b', signature: { ...STATE, id: 'rs_2' } },
      ],
    ],
  ]
  for (const [name, events, parts] of travellers) {
    it(`row 37: ${name}: come back to their vendor as they were`, () => {
      expect(
        returned([start, ...events, { type: 'text-delta', index: 0, text: 'Yes' }, ...end]).message?.parts,
      ).toEqual([...parts, { type: 'text', text: 'Yes' }])
    })

    it(`row 37: ${name}: are the same in a stream, and to a Minnow that reads it`, () => {
      const all = [start, ...events, ...end]
      const again = read(dialect, sse(written(dialect, alone(all))))
      const plain = (list: readonly ModelEvent[]) => list.filter(({ type }) => type.startsWith('reasoning'))
      expect(plain(again)).toEqual(plain(all))
      const { content } = returned(all)
      const whole = read(
        dialect,
        sse(
          [
            { type: 'message_start', message: {} },
            ...content.flatMap((content_block, index) => [
              { type: 'content_block_start', index, content_block },
              { type: 'content_block_stop', index },
            ]),
            { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
          ].map((event) => JSON.stringify(event)),
        ),
      )
      expect(plain(whole)).toEqual(plain(all))
    })
  }

  it('are marked in a stream too when nobody signed them, so that they are known when they come back', () => {
    const out = written(dialect, alone([start, think('Well.'), ...end])).map(
      (one) => JSON.parse(one) as object,
    )
    expect(out).toContainEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'signature_delta', signature: 'minnow:{}' },
    })
  })

  it('row 37: a sealed call comes back with its seal, whichever call of several it is', () => {
    const events: ModelEvent[] = [
      start,
      { type: 'tool-start', index: 0, call: 0, id: 'call:1', name: 'f', signature: THEIRS },
      { type: 'tool-delta', index: 0, call: 0, json: '{}' },
      { type: 'tool-start', index: 0, call: 1, id: 'call:2', name: 'g' },
      ...end,
    ]
    const { message, content } = returned(events)
    expect(message?.toolCalls).toEqual([
      { id: 'call:1', name: 'f', json: '{}', signature: THEIRS },
      { id: 'call:2', name: 'g', json: '{}' },
    ])
    expect(message?.parts).toEqual([])
    expect(content.map(({ type }) => type)).toEqual(['redacted_thinking', 'tool_use', 'tool_use'])
    const calls = eventsOf([{ events: read(dialect, sse(written(dialect, alone(events)))) }]).filter(
      ({ type }) => type === 'tool-start',
    )
    expect(calls).toMatchObject([{ id: 'call:1', signature: THEIRS }, { id: 'call:2' }])
  })

  it('are left out on the way to Anthropic, which would refuse their proofs, and what is left is sent as it came', () => {
    const { content } = returned([
      start,
      think('Well.'),
      sign(THEIRS),
      { type: 'text-delta', index: 0, text: 'Yes' },
      ...end,
    ])
    const only = returned([start, sign(STATE), ...end]).content
    const kept = { type: 'thinking', thinking: 'mine', signature: SIGNATURE }
    const asked = dialect.readRequest(
      own({
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: [...content, kept], x: 1 },
          { role: 'assistant', content: only },
        ],
      }),
    )
    expect(dialect.writeRequest(asked, { model: 'claude-opus-5' }).body['messages']).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'text', text: 'Yes', citations: null }, kept], x: 1 },
    ])
  })

  it('are not believed when somebody has written in them', () => {
    for (const signature of ['minnow:', 'minnow:{}', 'minnow:[', 'minnow:{"dialect":"x","kind":"y"}']) {
      const { messages } = dialect.readRequest(
        own({ messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: 'a', signature }] }] }),
      )
      expect(messages[0]?.parts, signature).toEqual([{ type: 'reasoning', text: 'a' }])
    }
  })
})
