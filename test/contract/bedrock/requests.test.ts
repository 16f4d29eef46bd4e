// Requests for Bedrock: what a conversation becomes, what is left out, and what its models refuse.
import { describe, expect, it } from 'vitest'
import type { Message, Part } from '../../../shared/request.ts'
import { message, messageOf } from '../../unit/samples.ts'
import { CLAUDE, contentOf, type Json, LLAMA, NOVA, OLDER, send } from './converse.ts'

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const PDF = 'data:application/pdf;base64,JVBERi0xLjc='
const called = (id: string, name: string, json: string, ...parts: Part[]): Message => ({
  role: 'assistant',
  parts,
  toolCalls: [{ id, name, json }],
})
const result = (toolCallId: string, text: string, over: Partial<Message> = {}): Message => ({
  role: 'tool',
  parts: [{ type: 'text', text }],
  toolCallId,
  ...over,
})

describe('the address', () => {
  it('holds the model, encoded once, and whether a stream is wanted', () => {
    const path = (model: string, stream: boolean): string => send({ stream }, model).path
    expect(path('anthropic.claude-3-haiku-20240307-v1:0', false)).toBe(
      '/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse',
    )
    expect(path('arn:aws:bedrock:us-east-1:1:inference-profile/us.x', true)).toBe(
      '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.x/converse-stream',
    )
  })

  it('says which kind of stream is understood', () => {
    expect(send({ stream: true }).headers).toEqual({ accept: 'application/vnd.amazon.eventstream' })
    expect(send({ stream: false }).headers).toEqual({ accept: 'application/json' })
  })

  it('is the only place of the model, and the body holds nothing of the client', () => {
    expect(send({}).body).toEqual({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] })
  })
})

describe('messages', () => {
  it('row 41: give up their instructions, in their order, wherever they stood', () => {
    const { body } = send({
      messages: [message('a', 'system'), message('b', 'developer'), message('c'), message('d', 'system')],
    })
    expect(body['system']).toEqual([{ text: 'a' }, { text: 'b' }, { text: 'd' }])
    expect(body['messages']).toEqual([{ role: 'user', content: [{ text: 'c' }] }])
  })

  it('of one role in a row are one, and results of tools are the user\u2019s', () => {
    const messages = [
      message('a'),
      message('b'),
      { ...called('call_1', 'f', '{"x":1}', { type: 'text', text: 'Looking.' }) },
      result('call_1', '7'),
      result('call_2', '8'),
      message('c'),
    ]
    expect(send({ messages }).body['messages']).toEqual([
      { role: 'user', content: [{ text: 'a' }, { text: 'b' }] },
      {
        role: 'assistant',
        content: [{ text: 'Looking.' }, { toolUse: { toolUseId: 'call_1', name: 'f', input: { x: 1 } } }],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'call_1', content: [{ text: '7' }] } },
          { toolResult: { toolUseId: 'call_2', content: [{ text: '8' }] } },
          { text: 'c' },
        ],
      },
    ])
  })

  it('row 42: without a word are left out, and so are blank texts', () => {
    const messages: Message[] = [
      messageOf({ type: 'text', text: '' }),
      { role: 'assistant', parts: [] },
      messageOf({ type: 'text', text: ' \n' }, { type: 'text', text: 'Hi' }),
      called('call_1', 'f', '{}', { type: 'text', text: '' }),
      result('call_1', ''),
    ]
    expect(contentOf(messages)).toEqual([
      [{ text: 'Hi' }],
      [{ toolUse: { toolUseId: 'call_1', name: 'f', input: {} } }],
      [{ toolResult: { toolUseId: 'call_1', content: [{ text: '(no output)' }] } }],
    ])
  })

  it('that the model is to continue do not end in white space', () => {
    const messages = [message('Count.'), message('One, \n', 'assistant')]
    expect(contentOf(messages)[1]).toEqual([{ text: 'One,' }])
    expect(contentOf([...messages, message('Go on.')])[1]).toEqual([{ text: 'One, \n' }])
  })

  it('keep a refusal as what was said', () => {
    const refusal: Message = { role: 'assistant', parts: [{ type: 'refusal', text: 'No.' }] }
    expect(contentOf([message('a'), refusal, message('b')])[1]).toEqual([{ text: 'No.' }])
  })

  it('name what only their own dialect understands', () => {
    const { dropped } = send({
      messages: [messageOf({ type: 'text', text: 'a' }, { type: 'other', name: 'video_url' })],
    })
    expect(dropped).toEqual(['video_url'])
  })
})

describe('the arguments of a call', () => {
  const inputs: readonly [string, Json][] = [
    ['{"a":{"b":[1]}}', { a: { b: [1] } }],
    ['', {}],
    [' ', {}],
    ['{"a":', { invalid_arguments: '{"a":' }],
    ['[1]', { invalid_arguments: '[1]' }],
    ['"a"', { invalid_arguments: '"a"' }],
    ['null', { invalid_arguments: 'null' }],
  ]
  for (const [json, input] of inputs) {
    it(`${JSON.stringify(json)} become an object, without losing a letter`, () =>
      expect(contentOf([message('a'), called('call_1', 'f', json)])[1]).toEqual([
        { toolUse: { toolUseId: 'call_1', name: 'f', input } },
      ]))
  }
})

describe('the id of a call', () => {
  const ids = (model: string, ...given: string[]): unknown[] =>
    contentOf(
      [...given.map((id) => called(id, 'f', '{}')), ...given.map((id) => result(id, 'x'))],
      model,
    ).map((content) =>
      (content as Json[]).map((block) => ((block['toolUse'] ?? block['toolResult']) as Json)['toolUseId']),
    )

  it('stays as it is where Bedrock takes it', () => {
    const given = ['call_abc-1', 'functions.read_file:1', 'tooluse_bpe71yCfRu2b5i-nKGDr5g']
    expect(ids(CLAUDE, ...given)).toEqual([given, given])
  })

  it('is replaced where it does not, the same for the call and its result, different for each', () => {
    const given = ['', 'a b', 'é', 'x'.repeat(65), 'a b']
    const wire = ['call00001', 'call00002', 'call00003', 'call00004', 'call00002']
    expect(ids(CLAUDE, ...given)).toEqual([wire, wire])
  })

  it('has nine letters and digits for Mistral, and two that begin alike stay two', () => {
    const given = ['tooluse_bpe71yCfRu2b5i', 'tooluse_bpe71zzzzzzzzz', 'abcDEF123']
    const wire = ['call00001', 'call00002', 'abcDEF123']
    expect(ids('mistral.mistral-large-2407-v1:0', ...given)).toEqual([wire, wire])
  })
})

describe('the result of a tool', () => {
  it('says that it failed to the makers that understand it', () => {
    const failed = [message('a'), called('c1', 'f', '{}'), result('c1', 'no', { isError: true })]
    const statusFor = (model: string): unknown =>
      (contentOf(failed, model)[2] as { toolResult: Json }[]).map(({ toolResult }) => toolResult['status'])
    expect(statusFor(CLAUDE)).toEqual(['error'])
    expect(statusFor(NOVA)).toEqual(['error'])
    expect(statusFor(LLAMA)).toEqual([undefined])
  })

  it('may hold pictures and documents', () => {
    const parts: Part[] = [
      { type: 'text', text: 'a' },
      { type: 'image', url: PNG },
      { type: 'file', url: PDF, name: 'b.pdf' },
    ]
    expect(contentOf([message('a'), called('c1', 'f', '{}'), result('c1', '', { parts })])[2]).toEqual([
      {
        toolResult: {
          toolUseId: 'c1',
          content: [
            { text: 'a' },
            { image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } } },
            { document: { format: 'pdf', name: 'b', source: { bytes: 'JVBERi0xLjc=' } } },
          ],
        },
      },
      { cachePoint: { type: 'default' } }, // so much of a conversation is worth keeping
    ])
  })
})

describe('cache points', () => {
  const messages: Message[] = [
    { role: 'system', parts: [{ type: 'text', text: 'a', cache: '1h' }] },
    messageOf({ type: 'text', text: 'b', cache: '5m' }, { type: 'text', text: 'c' }),
  ]
  const tools = [{ name: 'f', cache: '5m' as const }]
  const point = { cachePoint: { type: 'default' } }

  it('stand behind what they close, an hour where the model knows it', () => {
    expect(send({ messages, tools }).body).toMatchObject({
      system: [{ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [{ role: 'user', content: [{ text: 'b' }, point, { text: 'c' }] }],
      toolConfig: { tools: [{ toolSpec: { name: 'f' } }, point] },
    })
    expect(send({ messages }, 'anthropic.claude-3-7-sonnet-20250219-v1:0').body['system']).toEqual([
      { text: 'a' },
      point,
    ])
  })

  it('are outside of tools for Nova, and nowhere for models that refuse them', () => {
    const nova = send({ messages, tools }, NOVA).body
    expect(nova['system']).toEqual([{ text: 'a' }, point])
    expect((nova['toolConfig'] as Json)['tools']).toHaveLength(1)
    for (const model of [
      LLAMA,
      'anthropic.claude-3-haiku-20240307-v1:0',
      'anthropic.claude-3-5-sonnet-20240620-v1:0',
    ]) {
      expect(JSON.stringify(send({ messages, tools }, model).body), model).not.toContain('cachePoint')
    }
  })

  it('of a result stand behind the result, once', () => {
    const parts: Part[] = [
      { type: 'text', text: 'x', cache: '5m' },
      { type: 'text', text: 'y', cache: '5m' },
    ]
    expect(contentOf([message('a'), called('c1', 'f', '{}'), result('c1', '', { parts })])[2]).toEqual([
      { toolResult: { toolUseId: 'c1', content: [{ text: 'x' }, { text: 'y' }] } },
      point,
    ])
  })

  it('alone are no message', () =>
    expect(contentOf([messageOf({ type: 'text', text: ' ', cache: '5m' }), message('b')])).toEqual([
      [{ text: 'b' }],
    ]))
})

describe('thoughts', () => {
  const thought = (dialect: string, kind: 'signature' | 'redacted' | 'encrypted' = 'signature'): Part => ({
    type: 'reasoning',
    text: kind === 'signature' ? 'Hm.' : '',
    signature: { dialect, kind, data: 'c2VhbA==' },
  })
  const kept = (model: string, ...parts: Part[]): unknown[] =>
    contentOf(
      [message('a'), { role: 'assistant', parts: [...parts, { type: 'text', text: 'b' }] }, message('c')],
      model,
    )[1] as unknown[]

  it('row 38: go back to Claude with their signature, from Bedrock or from Anthropic, before the words', () =>
    expect(kept(CLAUDE, thought('anthropic'))).toEqual([
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2VhbA==' } } },
      { text: 'b' },
    ]))

  it('row 38: that were redacted go back to models of the same maker only', () => {
    expect(kept(CLAUDE, thought('bedrock-claude', 'redacted'))[0]).toEqual({
      reasoningContent: { redactedContent: 'c2VhbA==' },
    })
    expect(kept('us.openai.gpt-5.6', thought('bedrock-openai', 'redacted'))[0]).toEqual({
      reasoningContent: { redactedContent: 'c2VhbA==' },
    })
    expect(kept(CLAUDE, thought('bedrock-openai', 'redacted'), thought('anthropic', 'redacted'))).toEqual([
      { text: 'b' },
    ])
  })

  it('of other vendors, of other makers, and without a proof stay behind', () => {
    const foreign = [
      thought('gemini'),
      thought('openai-responses', 'encrypted'),
      { type: 'reasoning', text: 'Hm.' } as const,
    ]
    expect(kept(CLAUDE, ...foreign)).toEqual([{ text: 'b' }])
    expect(kept(LLAMA, thought('anthropic'), thought('bedrock-claude'))).toEqual([{ text: 'b' }])
    expect(kept(OLDER, thought('bedrock-other'))).toEqual([{ text: 'b' }])
  })
})
