// Chat completions through the Responses API and the other way round: questions and answers, one translated into the other.
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { judge } from '../../lab/openapi.ts'
import { saidBy } from '../said.ts'
import { CONTEXT, eventsOf, read, sse, unnative, written } from '../wire.ts'
import { readOf } from './answering.ts'
import { type Json, responses } from './asking.ts'
import { streams } from './streams.ts'

const chat = openaiChat()
const parameters = { type: 'object', properties: { city: { type: 'string' } } }
const user = (content: unknown) => ({ role: 'user', content })

describe('a chat completion for a vendor of the Responses API', () => {
  it('says what both of OpenAI’s dialects have, and nothing of what other clients may mean by it', () => {
    const both = { prompt_cache_key: 'k', prompt_cache_retention: '24h', verbosity: 'low' }
    const request = chat.readRequest({ ...both, metadata: { a: 'b' }, messages: [user('Hi')] })
    const { body, told } = responses.writeRequest(request, { model: 'gpt-5.1' })
    const { verbosity, ...same } = both
    expect(body).toMatchObject({ ...same, text: { verbosity } })
    expect(judge('responses', body)).toEqual({})
    expect(request.unread?.filter((field) => told?.includes(field) !== true)).toEqual(['metadata'])
    const foreign = { ...request, native: { ...request.native, dialect: 'anthropic' } }
    const other = responses.writeRequest(foreign, { model: 'gpt-5.1' })
    expect(other.body).not.toHaveProperty('text')
    expect(other.told).toEqual([])
  })

  const table: readonly [string, Json, Json, readonly string[]][] = [
    [
      'in the middle of a tool turn',
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          user('Weather?'),
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rom"}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'call_1', content: 'sun' },
        ],
        tools: [{ type: 'function', function: { name: 'weather', description: 'W', parameters } }],
        tool_choice: { type: 'function', function: { name: 'weather' } },
        parallel_tool_calls: false,
      },
      {
        input: [
          { type: 'message', role: 'system', content: 'Be brief.' },
          { type: 'message', role: 'user', content: 'Weather?' },
          { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Rom"}' },
          { type: 'function_call_output', call_id: 'call_1', output: 'sun' },
        ],
        tools: [{ type: 'function', name: 'weather', description: 'W', parameters, strict: false }],
        tool_choice: { type: 'function', name: 'weather' },
        parallel_tool_calls: false,
      },
      [],
    ],
    [
      'with pictures, a schema and thinking',
      {
        messages: [
          user([
            { type: 'text', text: 'What?' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'high' } },
          ]),
        ],
        response_format: {
          type: 'json_schema',
          json_schema: { name: 's', strict: true, schema: { type: 'object' } },
        },
        reasoning_effort: 'low',
        max_completion_tokens: 300,
        temperature: 0.5,
        seed: 3,
      },
      {
        input: [
          {
            type: 'message',
            role: 'user',
            content: [
              { type: 'input_text', text: 'What?' },
              { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'high' },
            ],
          },
        ],
        text: { format: { type: 'json_schema', name: 's', strict: true, schema: { type: 'object' } } },
        reasoning: { effort: 'low' },
        include: ['reasoning.encrypted_content'],
        max_output_tokens: 300,
        temperature: 0.5,
      },
      ['seed'],
    ],
  ]
  for (const [what, body, fields, lost] of table) {
    it(what, () => {
      const request = chat.readRequest({ model: 'big', ...body })
      const wire = responses.writeRequest(request, { model: 'gpt-5.4' })
      expect(wire.body).toEqual({ model: 'gpt-5.4', store: false, stream: false, ...fields })
      expect(wire.dropped).toEqual(lost)
      expect(judge('responses', wire.body)).toEqual({})
    })
  }
})

describe('a Responses question for a vendor of chat completions', () => {
  it('is the same question', () => {
    const request = responses.readRequest({
      model: 'big',
      instructions: 'Be brief.',
      input: [
        user([
          { type: 'input_text', text: 'Weather?' },
          { type: 'input_image', image_url: 'https://example.com/a.png' },
        ]),
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
        {
          type: 'function_call',
          id: 'fc_1',
          call_id: 'call_1',
          name: 'weather',
          arguments: '{"city":"Rom"}',
        },
        {
          type: 'function_call',
          id: 'fc_2',
          call_id: 'call_2',
          name: 'weather',
          arguments: '{"city":"Ulm"}',
        },
        { type: 'function_call_output', call_id: 'call_1', output: 'sun' },
        { type: 'function_call_output', call_id: 'call_2', output: 'rain' },
      ],
      tools: [{ type: 'function', name: 'weather', parameters, strict: true }, { type: 'web_search' }],
      text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' } } },
      max_output_tokens: 300,
      truncation: 'auto',
    })
    const { body, dropped } = chat.writeRequest(request, { model: 'big-1' })
    expect(body['messages']).toMatchObject([
      { role: 'system', content: 'Be brief.' },
      user([
        { type: 'text', text: 'Weather?' },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      ]),
      {
        role: 'assistant',
        tool_calls: [
          { id: 'call_1', function: { name: 'weather', arguments: '{"city":"Rom"}' } },
          { id: 'call_2', function: { name: 'weather', arguments: '{"city":"Ulm"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'sun' },
      { role: 'tool', tool_call_id: 'call_2', content: 'rain' },
    ])
    expect(body['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { name: 's', schema: { type: 'object' } },
    })
    expect(body['tools']).toMatchObject([
      { type: 'function', function: { name: 'weather', parameters, strict: true } },
    ])
    expect(dropped).toEqual(['tools'])
    expect(request.unread).toBeUndefined() // `truncation` is done here
    expect(judge('chat', body).wrong).toBeUndefined()
  })
})

describe('answers of the one, written as the other', () => {
  for (const { name, data, says } of streams) {
    it(`say the same to a client of chat completions: ${name}`, () => {
      const out = written(chat, readOf(data))
      expect(saidBy(read(chat, sse(out)))).toEqual(says)
      const whole = chat.writeReply(readOf(data), CONTEXT)
      expect(saidBy(eventsOf(chat.readReply(JSON.stringify(whole))))).toEqual(says)
    })

    it(`and back again: ${name}`, () => {
      const viaChat = sse(written(chat, unnative(readOf(data))))
      const events = read(chat, viaChat).map((event) => ({ events: [event] }))
      expect(saidBy(read(responses, sse(written(responses, events))))).toEqual(says)
    })
  }
})
