// The messages of other dialects' clients as items, for a vendor that keeps nothing.
import { describe, expect, it } from 'vitest'
import type { Message } from '../../../shared/request.ts'
import { judge } from '../../lab/openapi.ts'
import { message, messageOf } from '../../unit/samples.ts'
import { inputFor } from './asking.ts'

const isKnown = (body: unknown): void => expect(judge('responses', body)).toEqual({})

describe('messages of another dialect', () => {
  const words = (role: string, content: unknown) => ({ type: 'message', role, content })
  const call = { id: 'toolu_01A', name: 'f', json: '{"a":1}' }
  const own = { dialect: 'openai-responses', kind: 'encrypted', data: 'gAAA', id: 'rs_9' } as const
  const foreign = { dialect: 'anthropic', kind: 'signature', data: 'EqQB' } as const
  const written: readonly [string, readonly Message[], readonly unknown[], readonly string[]][] = [
    [
      'row 41: several instructions, in their place and their role',
      [message('A', 'system'), message('B', 'developer'), message('Hi'), message('C', 'system')],
      [words('system', 'A'), words('developer', 'B'), words('user', 'Hi'), words('system', 'C')],
      [],
    ],
    [
      'pictures and files',
      [
        messageOf(
          { type: 'text', text: 'See' },
          { type: 'image', url: 'https://example.com/a.png' },
          { type: 'image', url: 'data:image/png;base64,AA==', detail: 'low' },
          { type: 'file', url: 'data:application/pdf;base64,AA==', name: 'a.pdf' },
          { type: 'file', url: 'https://example.com/b.pdf' },
          { type: 'file', id: 'file-1' },
        ),
      ],
      [
        words('user', [
          { type: 'input_text', text: 'See' },
          { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
          { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'low' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
          { type: 'input_file', file_url: 'https://example.com/b.pdf' },
          { type: 'input_file', file_id: 'file-1' },
        ]),
      ],
      [],
    ],
    [
      'sound, which the wire does not take, and what nobody knows',
      [
        messageOf(
          { type: 'text', text: 'Hear' },
          { type: 'audio', data: 'AA==', format: 'wav' },
          { type: 'other', name: 'video' },
        ),
      ],
      [words('user', [{ type: 'input_text', text: 'Hear' }])],
      ['audio', 'video'],
    ],
    ['row 42: nothing at all', [{ role: 'user', parts: [] }, message('Hi')], [words('user', 'Hi')], []],
    [
      'row 42: calls without a word, and a result without one',
      [
        { role: 'assistant', parts: [], toolCalls: [call] },
        { role: 'tool', parts: [], toolCallId: call.id },
      ],
      [
        { type: 'function_call', call_id: 'toolu_01A', name: 'f', arguments: '{"a":1}' },
        { type: 'function_call_output', call_id: 'toolu_01A', output: '' },
      ],
      [],
    ],
    [
      'the assistant, with the encrypted reasoning of this dialect and nobody else’s',
      [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', text: 'Sealed elsewhere', signature: foreign },
            { type: 'reasoning', text: 'Unsealed' },
            { type: 'reasoning', text: 'Own', signature: own },
            { type: 'text', text: 'Yes' },
            { type: 'text', text: '' },
            { type: 'refusal', text: 'No' },
          ],
        },
      ],
      [
        {
          type: 'reasoning',
          id: 'rs_9',
          summary: [{ type: 'summary_text', text: 'Own' }],
          encrypted_content: 'gAAA',
        },
        words('assistant', 'Yes'),
        words('assistant', 'No'),
      ],
      [],
    ],
    [
      'a result of several parts that says it failed',
      [
        {
          role: 'tool',
          toolCallId: 'c',
          isError: true,
          parts: [
            { type: 'text', text: 'See' },
            { type: 'image', url: 'https://example.com/a.png' },
          ],
        },
      ],
      [
        {
          type: 'function_call_output',
          call_id: 'c',
          output: [
            { type: 'input_text', text: 'See' },
            { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
          ],
        },
      ],
      ['is_error'],
    ],
    ['a name', [{ ...message('Hi'), name: 'ada' }], [words('user', 'Hi')], ['name']],
  ]
  for (const [what, messages, items, lost] of written) {
    it(what, () => {
      const { input, dropped } = inputFor(messages)
      expect(input).toEqual(items)
      expect(dropped).toEqual(lost)
      isKnown({ input })
    })
  }

  it('give a call that is longer than the wire takes the same shorter name twice', () => {
    const id = `${'x'.repeat(80)}_7`
    const { input } = inputFor([
      { role: 'assistant', parts: [], toolCalls: [{ id, name: 'f', json: '{}' }] },
      { role: 'tool', parts: [], toolCallId: id },
    ])
    expect(input).toMatchObject([{ call_id: id.slice(-64) }, { call_id: id.slice(-64) }])
  })

  it('send sound to a model that hears, and open thoughts to a server that reads them', () => {
    const sound = messageOf({ type: 'audio', data: 'AA==', format: 'wav' })
    expect(inputFor([sound], { facts: { audio: true } })).toEqual({
      input: [words('user', [{ type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } }])],
      dropped: [],
    })
    const signature = { dialect: 'anthropic', kind: 'signature', data: 'EqQB' } as const
    const thought: Message = {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'Hm' },
        { type: 'reasoning', text: 'Sealed elsewhere', signature },
      ],
    }
    expect(inputFor([thought], {}, { plainThoughts: true }).input).toEqual([
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] },
    ])
  })
})
