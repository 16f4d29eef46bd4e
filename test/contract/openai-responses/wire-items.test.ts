// Items as messages and back: what is kept of a response joins the next question with nothing lost.
import { describe, expect, it } from 'vitest'
import {
  inputItemsOf,
  isReference,
  messagesOf,
  normalised,
  withItems,
} from '../../../shared/dialects/openai-responses/items.ts'
import { writeStream } from '../../../shared/dialects/openai-responses/stream.ts'
import type { Signature } from '../../../shared/request.ts'
import { argue, context, END, FINISH, one, readOf, START, start, think, word } from './answering.ts'
import { asked, type Json, passedOn, responses } from './asking.ts'
import { streams } from './streams.ts'

const outputOf = (body: Json): Json[] => body['output'] as Json[]

describe('items of an input', () => {
  it('have an id, a kind and parts, whatever short form they came in', () => {
    expect(inputItemsOf(asked({ input: 'Hi' }), 'resp_1')).toEqual([
      {
        id: 'msg_mnwresp1_i0',
        type: 'message',
        status: 'completed',
        role: 'user',
        content: [{ type: 'input_text', text: 'Hi' }],
      },
    ])
    const input = [
      { role: 'assistant', content: 'Yes' },
      {
        type: 'message',
        id: 'msg_x',
        role: 'user',
        content: [{ type: 'input_text', text: 'a' }],
        status: 'completed',
      },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'ok' },
      { id: 'rs_9' },
    ]
    expect(inputItemsOf(asked({ input }), 'r')).toMatchObject([
      { id: 'msg_mnwr_i0', content: [{ type: 'output_text', text: 'Yes', annotations: [] }] },
      { ...input[1] },
      { ...input[2], id: 'fc_mnwr_i2' },
      { ...input[3], id: 'fco_mnwr_i3' },
      { type: 'item_reference', id: 'rs_9' },
    ])
  })

  it('of instructions there are none: they hold for one question only', () => {
    expect(inputItemsOf(asked({ instructions: 'Be brief.' }), 'r')).toHaveLength(1)
  })

  it('that only name another are told apart', () => {
    const items = normalised(
      [{ id: 'msg_1' }, { type: 'item_reference', id: 'x' }, { role: 'user', content: 'a', id: 'msg_2' }],
      'r',
    )
    expect(items.map(isReference)).toEqual([true, true, false])
  })
})

describe('a conversation that is kept here', () => {
  const first = asked({ input: 'Weather?', instructions: 'One.', tools: [] })
  const pieces = readOf(streams[1]?.data ?? [])
  const body = responses.writeReply(pieces, context({}, { replyId: 'resp_1' }))
  const kept = [...inputItemsOf(first, 'resp_1'), ...outputOf(body)]
  const result = { type: 'function_call_output', call_id: 'call_Aq1', output: 'sun' }
  const next = asked({ input: [result], instructions: 'Two.', previous_response_id: 'resp_1' })

  it('joins the next question before what is new, after its own instructions', () => {
    const { messages } = withItems(next, [...kept, ...inputItemsOf(next, 'resp_2')])
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool'])
    expect(messages[0]?.parts).toEqual([{ type: 'text', text: 'Two.' }])
    expect(messages[2]?.toolCalls?.map(({ name }) => name)).toEqual(['get_weather', 'get_time'])
  })

  it('is sent to a vendor of this dialect as it was said, with the ids that the vendor gave and none of ours', () => {
    const request = withItems(next, [...kept, ...inputItemsOf(next, 'resp_2')])
    const { body: sent } = responses.writeRequest(request, { model: 'gpt-5.2' })
    expect(sent).not.toHaveProperty('previous_response_id')
    expect(sent['instructions']).toBe('Two.')
    expect(sent['input']).toEqual([
      {
        type: 'message',
        status: 'completed',
        role: 'user',
        content: [{ type: 'input_text', text: 'Weather?' }],
      },
      ...outputOf(body),
      result,
    ])
  })
})

describe('row 38: what another vendor sealed survives the tool turns of a client that keeps no state', () => {
  const thinking: Signature = { dialect: 'anthropic', kind: 'signature', data: 'EqQBCgIYAhIM "é"' }
  const redacted: Signature = { dialect: 'anthropic', kind: 'redacted', data: 'EmwK' }
  const events = [
    START,
    think('First '),
    think('look.'),
    { type: 'reasoning-signature', index: 0, signature: thinking } as const,
    { type: 'reasoning-signature', index: 0, signature: redacted } as const,
    word('Wait.'),
    start(0, 'toolu_1', 'f'),
    argue(0, '{}'),
    END,
    FINISH,
  ]
  const items = outputOf(responses.writeReply(one(...events), context()))
  const turn = {
    input: [
      { role: 'user', content: 'Hi' },
      ...items,
      { type: 'function_call_output', call_id: 'toolu_1', output: 'ok' },
    ],
  }

  it('as encrypted content, in its place', () => {
    expect(items.map(({ type }) => type)).toEqual(['reasoning', 'reasoning', 'message', 'function_call'])
    expect(items.slice(0, 2).map((item) => item['summary'])).toEqual([
      [{ type: 'summary_text', text: 'First look.' }],
      [],
    ])
    for (const item of items.slice(0, 2)) expect(item['encrypted_content']).toMatch(/^minnow\./)
  })

  it('and comes back as it was, in one message with the words and the call', () => {
    expect(asked(turn).messages[1]).toEqual({
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'First look.', signature: thinking },
        { type: 'reasoning', text: '', signature: redacted },
        { type: 'text', text: 'Wait.' },
      ],
      toolCalls: [{ id: 'toolu_1', name: 'f', json: '{}' }],
    })
  })

  it('through a gateway in front of a gateway as well', () => {
    const again = responses.readReply(JSON.stringify(responses.writeReply(one(...events), context())))
    const signatures = again
      .flatMap((piece) => piece.events)
      .flatMap((event) => (event.type === 'reasoning-signature' ? [event.signature] : []))
    expect(signatures).toEqual([thinking, redacted])
  })

  it('and is no business of a vendor of this dialect', () => {
    const { body } = passedOn({ model: 'big', ...turn })
    expect(body['input']).toEqual([
      { role: 'user', content: 'Hi' },
      { type: 'message', role: 'assistant', content: 'Wait.' },
      { type: 'function_call', call_id: 'toolu_1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'toolu_1', output: 'ok' },
    ])
  })

  it('unless what follows the mark is broken: then nothing is claimed', () => {
    for (const broken of [
      'minnow.1.',
      'minnow.1.{"a":1}',
      'minnow.1.["gemini","odd","x",null,null]',
      'minnow.1.[1,"signature","x"]',
    ]) {
      const input = [
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [{ type: 'summary_text', text: 'Hm' }],
          encrypted_content: broken,
        },
      ]
      expect(messagesOf(input)[0]?.parts).toEqual([{ type: 'reasoning', text: 'Hm' }])
    }
  })
})

describe('row 37: the proof of a call', () => {
  const proof: Signature = { dialect: 'gemini', kind: 'signature', data: 'CuQBAb4' }
  const signed = { ...start(0, 'call_g', 'f'), signature: proof } as ReturnType<typeof start>
  const events = [START, signed, argue(0, '{}'), start(1, 'call_h', 'g'), argue(1, '{}'), END, FINISH]
  const reply = responses.writeReply(one(...events), context())

  it('stands in an item before it and comes back on the call that it seals', () => {
    expect(outputOf(reply).map(({ type }) => type)).toEqual(['reasoning', 'function_call', 'function_call'])
    expect(asked({ input: outputOf(reply) }).messages).toEqual([
      {
        role: 'assistant',
        parts: [],
        toolCalls: [
          { id: 'call_g', name: 'f', json: '{}', signature: proof },
          { id: 'call_h', name: 'g', json: '{}' },
        ],
      },
    ])
  })

  it('is read from a stream as part of the call', () => {
    const read = responses.readReply(JSON.stringify(reply)).flatMap((piece) => piece.events)
    expect(read.filter(({ type }) => type === 'tool-start' || type === 'reasoning-signature')).toEqual([
      signed,
      start(1, 'call_h', 'g'),
    ])
  })
})

describe('the Response as it stands', () => {
  it('is known to who follows a stream, whoever answered', () => {
    const events = [START, word('a'), END, FINISH]
    const own = writeStream(context())
    own.write(one(...events.slice(0, 2)))
    expect(own.response()).toMatchObject({ status: 'in_progress', output: [{ status: 'in_progress' }] })
    own.write(one(...events.slice(2)))
    expect(own.response()).toEqual(responses.writeReply(one(...events), context()))

    const passed = writeStream(context({}, { replyId: 'resp_1' }))
    passed.write(readOf(streams[0]?.data ?? []))
    expect(passed.response()).toMatchObject({
      id: 'resp_1',
      status: 'completed',
      output: [{ id: 'msg_67c9' }],
    })
  })
})

describe('items that nobody else understands', () => {
  it('are kept beside what they came with, named for who cannot be told', () => {
    const input = [
      { role: 'user', content: 'a' },
      { id: 'ws_1', type: 'web_search_call', status: 'completed' },
      { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'b' }] },
      { type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot' } },
      { type: 'mcp_approval_response', approval_request_id: 'm', approve: true },
    ]
    const { messages } = asked({ input })
    expect(messages.map(({ role, parts }) => [role, parts])).toEqual([
      ['user', [{ type: 'text', text: 'a' }]],
      [
        'assistant',
        [
          { type: 'other', name: 'web_search_call' },
          { type: 'text', text: 'b' },
        ],
      ],
      ['tool', [{ type: 'other', name: 'computer_call_output' }]],
      ['user', [{ type: 'other', name: 'mcp_approval_response' }]],
    ])
    expect(passedOn({ model: 'big', input }).body['input']).toEqual(input)
  })
})
