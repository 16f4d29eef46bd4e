// Clients of other dialects on Bedrock and back: what they asked arrives, what was answered is theirs to read.
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { bedrock } from '../../../shared/dialects/bedrock/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { Piece } from '../../../shared/event.ts'
import { fieldsOf, listOf } from '../../../shared/fields.ts'
import { piecesOf, written } from '../wire.ts'
import { checked, CLAUDE, type Json, OLDER } from './converse.ts'
import { bedrockEntry } from './entry.ts'
import { streams } from './streams.ts'

const chat = openaiChat()
const messages = anthropic()
const { binary } = bedrockEntry

/** The pieces of a recorded stream, as the reader of a model of this name makes them. */
function answer(part: string, model: string): Piece[] {
  const found = streams.find(({ name }) => name.includes(part))
  if (found === undefined || binary === undefined) throw new Error(`no stream is called ${part}`)
  const named = { ...bedrock(), readEvents: (choices?: number) => bedrock().readEvents(choices, model) }
  return piecesOf(named, found.data.map(binary.write), binary.open)
}

describe('a client of chat completions', () => {
  const body = {
    model: 'big',
    messages: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          {
            type: 'file',
            file: { filename: 'a b.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjc=' },
          },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rom"}' } },
          { id: 'call_2', type: 'function', function: { name: 'time', arguments: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
      { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'noon' }] },
    ],
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          description: 'Tells it.',
          parameters: { type: 'object', properties: {} },
        },
      },
      { type: 'function', function: { name: 'time' } },
    ],
    tool_choice: { type: 'function', function: { name: 'time' } },
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'sum',
        schema: { type: 'object', properties: {}, additionalProperties: false },
        strict: true,
      },
    },
    reasoning_effort: 'low',
    max_completion_tokens: 4_000,
    stop: 'END',
    seed: 7,
    user: 'u1',
    service_tier: 'flex',
    stream: true,
  }

  it('has everything arrive that Bedrock can be told, and is told the rest', () => {
    const wire = checked(chat.readRequest(body), { model: CLAUDE })
    expect(wire.path).toMatch(/\/converse-stream$/)
    expect(wire.dropped).toEqual(['seed', 'user'])
    expect(wire.body).toEqual({
      system: [{ text: 'Be brief.' }],
      messages: [
        {
          role: 'user',
          content: [
            { text: 'What is this?' },
            { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } },
            { cachePoint: { type: 'default' } },
            { document: { format: 'pdf', name: 'a b', source: { bytes: 'JVBERi0xLjc=' } } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Rom' } } },
            { toolUse: { toolUseId: 'call_2', name: 'time', input: {} } },
          ],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'call_1', content: [{ text: 'rain' }] } },
            { toolResult: { toolUseId: 'call_2', content: [{ text: 'noon' }] } },
            { cachePoint: { type: 'default' } },
          ],
        },
      ],
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'weather',
              description: 'Tells it.',
              inputSchema: { json: { type: 'object', properties: {} } },
            },
          },
          { toolSpec: { name: 'time', inputSchema: { json: { type: 'object' } } } },
        ],
        toolChoice: { tool: { name: 'time' } },
      },
      inferenceConfig: { maxTokens: 4_000, stopSequences: ['END'] },
      outputConfig: {
        effort: 'low',
        textFormat: {
          type: 'json_schema',
          structure: {
            jsonSchema: {
              name: 'sum',
              schema: '{"type":"object","properties":{},"additionalProperties":false}',
            },
          },
        },
      },
      additionalModelRequestFields: { thinking: { type: 'adaptive' } },
      serviceTier: { type: 'flex' },
    })
  })

  it('rows 31 and 32: reads two calls with indices of their own, and the words between them', () => {
    const chunks = written(chat, answer('two tools', CLAUDE))
      .filter((one) => one !== '[DONE]')
      .map((one) => JSON.parse(one) as Json)
    const deltas = chunks.flatMap(({ choices }) =>
      listOf(choices).map((choice) => fieldsOf(fieldsOf(choice)['delta'])),
    )
    const calls = deltas.flatMap(({ tool_calls }) => listOf(tool_calls).map(fieldsOf))
    expect(calls.filter(({ id }) => id !== undefined).map(({ index, id }) => [index, id])).toEqual([
      [0, 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q'],
      [1, 'tooluse_bpe71yCfRu2b5i-nKGDr5g'],
    ])
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe(
      'I will look at both. And now the time. ',
    )
    expect(
      chunks.map(({ choices }) => fieldsOf(listOf(choices)[0])['finish_reason'] ?? null).filter(Boolean),
    ).toEqual(['tool_calls'])
  })

  it('row 6: reads cached tokens inside the prompt, and a sum that adds up', () => {
    const [usage] = written(chat, answer('one cache', CLAUDE))
      .filter((one) => one.includes('"usage":{'))
      .map((one) => fieldsOf(JSON.parse(one))['usage'])
    expect(usage).toMatchObject({
      prompt_tokens: 3_306,
      completion_tokens: 4,
      total_tokens: 3_310,
      prompt_tokens_details: { cached_tokens: 2_000 },
    })
  })
})

describe("a client of Anthropic's Messages", () => {
  const ask = (model: string, history: readonly object[]) =>
    checked(
      messages.readRequest({
        model: 'big',
        max_tokens: 8_000,
        thinking: { type: 'enabled', budget_tokens: 2_000 },
        tools: [{ name: 'propose', input_schema: { type: 'object' } }],
        system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
        messages: [{ role: 'user', content: 'Hi' }, ...history],
      }),
      { model },
    )

  /** What the client sends back: the blocks of the answer as they were, then the results of its tools. */
  const replied = (pieces: readonly Piece[]): object[] => {
    const reply = messages.writeReply(
      pieces.map(({ events }) => ({ events })),
      {
        requestId: 'req_1',
        createdAt: 0,
        model: 'big',
        streamUsage: true,
        request: messages.readRequest({
          model: 'big',
          max_tokens: 5,
          messages: [{ role: 'user', content: 'Hi' }],
        }),
      },
    )
    const results = listOf(reply['content'])
      .map(fieldsOf)
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'done' }))
    return [
      { role: 'assistant', content: reply['content'] },
      { role: 'user', content: results.length === 0 ? 'Go on.' : results },
    ]
  }

  it('has its budget and its cache arrive', () => {
    const { body } = ask(OLDER, [])
    expect(body['additionalModelRequestFields']).toEqual({
      thinking: { type: 'enabled', budget_tokens: 2_000 },
    })
    expect(body['inferenceConfig']).toEqual({ maxTokens: 8_000 })
    expect(body['system']).toEqual([{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }])
  })

  it('row 38: brings Claude’s thoughts back to Bedrock with their signature', () => {
    const { body } = ask(OLDER, replied(answer('thoughts with their proof', OLDER)))
    expect(listOf(body['messages'])[1]).toEqual({
      role: 'assistant',
      content: [
        {
          reasoningContent: {
            reasoningText: { text: 'The user wants 2+2.', signature: 'EqoBCkgIARABGAIiQL8UGLtk1fMFV' },
          },
        },
        { text: 'Four.' },
      ],
    })
  })

  it('row 38: brings thoughts that nobody may read back to their maker, and to nobody else', () => {
    const pieces = answer('nobody may read', 'us.openai.gpt-5.6')
    const turn = (model: string): unknown =>
      fieldsOf(listOf(ask(model, replied(pieces)).body['messages'])[1])['content']
    const call = {
      toolUse: { toolUseId: 'call_61f8fcbe423a58699163c53e076f1a06', name: 'propose', input: { groups: [] } },
    }
    expect(turn('us.openai.gpt-5.6')).toEqual([
      { reasoningContent: { redactedContent: 'cnNuX3BVUGgxNnRvNFZL' } },
      call,
    ])
    expect(turn(CLAUDE)).toEqual([call])
  })
})
