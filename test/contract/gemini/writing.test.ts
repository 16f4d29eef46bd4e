// What other dialects' requests become on Google's wire: golden tables, and what is named as dropped.
import { describe, expect, it } from 'vitest'
import type { WireTarget } from '../../../shared/dialect.ts'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { Message, ModelRequest } from '../../../shared/request.ts'
import { generateBody } from '../../lab/gemini-schema.ts'
import { requestFor } from '../../unit/samples.ts'
import { entries } from '../dialects.ts'
import { everythingChat } from '../samples.ts'

type Body = Record<string, unknown>

const TARGET: WireTarget = { model: 'gemini-2.5-flash' }

const body = (over: Partial<ModelRequest>, model = TARGET.model): Body =>
  gemini.writeRequest(requestFor('Hi', over), { model }).body

const contents = (messages: readonly Message[], model = TARGET.model): unknown =>
  body({ messages }, model)['contents']

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] })
const said = (text: string): Message => ({ role: 'assistant', parts: [{ type: 'text', text }] })

describe('the address', () => {
  const cases: readonly [string, boolean, string][] = [
    ['gemini-2.5-pro', false, '/models/gemini-2.5-pro:generateContent'],
    ['gemini-2.5-pro', true, '/models/gemini-2.5-pro:streamGenerateContent?alt=sse'],
    ['models/gemini-2.5-pro', false, '/models/gemini-2.5-pro:generateContent'],
    ['tunedModels/mine-1', false, '/tunedModels/mine-1:generateContent'],
    ['a b?c', false, '/models/a%20b%3Fc:generateContent'],
  ]
  for (const [model, stream, path] of cases) {
    it(path, () => expect(gemini.writeRequest(requestFor('Hi', { stream }), { model }).path).toBe(path))
  }
})

describe('a whole request of chat completions', () => {
  const asked = openaiChat().readRequest({
    model: 'big',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is the weather in Bern and Köln?' },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
          { id: 'c2', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"celsius":21}' },
      { role: 'tool', tool_call_id: 'c2', content: 'no station' },
      { role: 'user', content: 'Go on.' },
    ],
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      },
    ],
    tool_choice: 'auto',
    temperature: 0.3,
    max_tokens: 50,
    stream: true,
  })

  it('is a conversation in turns, with names beside the results', () => {
    const { body: sent, dropped: lost } = gemini.writeRequest(asked, { model: 'gemini-3-flash-preview' })
    expect(lost).toEqual([])
    expect(sent).toEqual({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'What is the weather in Bern and Köln?' }] },
        {
          role: 'model',
          parts: [
            { text: 'I look.' },
            {
              functionCall: { id: 'c1', name: 'weather', args: { city: 'Bern' } },
              thoughtSignature: 'skip_thought_signature_validator',
            },
            { functionCall: { id: 'c2', name: 'weather', args: { city: 'Köln' } } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'c1', name: 'weather', response: { celsius: 21 } } },
            { functionResponse: { id: 'c2', name: 'weather', response: { output: 'no station' } } },
            { text: 'Go on.' },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'weather',
              parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } },
            },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      generationConfig: { temperature: 0.3, maxOutputTokens: 50 },
    })
  })

  it('has a shape that the vendor takes, whatever is in it, whatever the model, and whatever the dialect', () => {
    const others = entries.filter(({ dialect }) => dialect !== gemini)
    const requests = [
      asked,
      openaiChat().readRequest(everythingChat),
      ...others.flatMap(({ dialect, requests: some }) =>
        some.map(({ body: given, address }) => dialect.readRequest(given, address)),
      ),
    ]
    expect(requests.length).toBeGreaterThan(10)
    for (const model of [
      'gemini-3.1-pro-preview',
      'gemini-2.5-flash',
      'gemini-2.0-flash',
      'gemma-3-27b-it',
    ]) {
      for (const request of requests) {
        const { body: sent } = gemini.writeRequest(request, { model })
        const result = generateBody.safeParse(JSON.parse(JSON.stringify(sent)))
        expect(result.error?.issues ?? [], `${model}: ${JSON.stringify(sent)}`).toEqual([])
      }
    }
  })
})

describe('messages', () => {
  it('row 41: of the system, several and in any place, are one instruction in their order', () => {
    const messages: Message[] = [
      { role: 'system', parts: [{ type: 'text', text: 'One.' }] },
      user('Hi'),
      { role: 'developer', parts: [{ type: 'text', text: 'Two.' }] },
    ]
    expect(body({ messages })).toMatchObject({
      systemInstruction: { parts: [{ text: 'One.' }, { text: 'Two.' }] },
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    })
  })

  it('of the system alone are the question too', () => {
    const sent = body({ messages: [{ role: 'system', parts: [{ type: 'text', text: 'Say hi.' }] }] })
    expect(sent['contents']).toEqual([{ role: 'user', parts: [{ text: 'Say hi.' }] }])
    expect(sent).not.toHaveProperty('systemInstruction')
  })

  it('of one role in a row are one turn', () => {
    expect(contents([user('a'), user('b'), said('c'), said('d'), user('e')])).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
      { role: 'model', parts: [{ text: 'c' }, { text: 'd' }] },
      { role: 'user', parts: [{ text: 'e' }] },
    ])
  })

  it('row 42: without a word leave nothing behind', () => {
    const messages: Message[] = [
      user('Hi'),
      {
        role: 'assistant',
        parts: [{ type: 'text', text: '' }],
        toolCalls: [{ id: 'c', name: 'f', json: '' }],
      },
      { role: 'tool', toolCallId: 'c', parts: [] },
      { role: 'assistant', parts: [] },
      user('And?'),
    ]
    expect(contents(messages)).toEqual([
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts: [{ functionCall: { id: 'c', name: 'f', args: {} } }] },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'c', name: 'f', response: { output: '' } } }, { text: 'And?' }],
      },
    ])
  })

  const results: readonly [string, string, boolean, object][] = [
    ['an object', '{"a":1}', false, { a: 1 }],
    ['a text', 'done', false, { output: 'done' }],
    ['a number', '7', false, { output: '7' }],
    ['a list', '[1,{"a":2}]', false, { output: [1, { a: 2 }] }],
    ['an object that says output itself', '{"output":1,"more":2}', false, { output: { output: 1, more: 2 } }],
    ['a failure', 'no such city', true, { error: 'no such city' }],
    ['a failure with fields', '{"code":4}', true, { error: { code: 4 } }],
  ]
  for (const [name, text, isError, response] of results) {
    it(`of tools hold ${name}`, () => {
      const messages: Message[] = [
        { role: 'assistant', parts: [], toolCalls: [{ id: 'c', name: 'f', json: '{}' }] },
        { role: 'tool', toolCallId: 'c', parts: [{ type: 'text', text }], ...(isError ? { isError } : {}) },
      ]
      expect(contents(messages)).toMatchObject([
        {},
        { role: 'user', parts: [{ functionResponse: { id: 'c', name: 'f', response } }] },
      ])
    })
  }

  it('of tools whose call is gone bear the name they brought', () => {
    expect(contents([{ role: 'tool', toolCallId: 'c', name: 'f', parts: [] }])).toMatchObject([
      { parts: [{ functionResponse: { id: 'c', name: 'f' } }] },
    ])
  })

  it('of tools hold pictures inside where the model reads them there, and beside where not', () => {
    const messages: Message[] = [
      { role: 'assistant', parts: [], toolCalls: [{ id: 'c', name: 'see', json: '{}' }] },
      { role: 'tool', toolCallId: 'c', parts: [{ type: 'image', url: 'data:image/png;base64,AA==' }] },
    ]
    const picture = { inlineData: { mimeType: 'image/png', data: 'AA==' } }
    const answer = { id: 'c', name: 'see', response: { output: '' } }
    expect(contents(messages, 'gemini-3-flash-preview')).toMatchObject([
      {},
      { parts: [{ functionResponse: { ...answer, parts: [picture] } }] },
    ])
    expect(contents(messages)).toMatchObject([{}, { parts: [{ functionResponse: answer }, picture] }])
  })

  it('keep arguments that are no object as one argument', () => {
    const call = (json: string): Message => ({
      role: 'assistant',
      parts: [],
      toolCalls: [{ id: '', name: 'f', json }],
    })
    expect(contents([call('{"a":')])).toEqual([
      { role: 'model', parts: [{ functionCall: { name: 'f', args: { arguments: '{"a":' } } }] },
    ])
  })

  const media: readonly [Message['parts'][number], object][] = [
    [
      { type: 'image', url: 'data:image/PNG;base64,AA==' },
      { inlineData: { mimeType: 'image/png', data: 'AA==' } },
    ],
    [
      { type: 'image', url: 'https://example.com/a.png' },
      { fileData: { fileUri: 'https://example.com/a.png' } },
    ],
    [
      { type: 'file', url: 'data:text/plain,Gr%C3%BC%C3%9Fe%20世界 100%' },
      { inlineData: { mimeType: 'text/plain', data: Buffer.from('Grüße 世界 100%').toString('base64') } },
    ],
    [{ type: 'file', url: 'data:;base64,AA==' }, { inlineData: { mimeType: 'text/plain', data: 'AA==' } }],
    [{ type: 'file', id: 'gs://bucket/a.pdf' }, { fileData: { fileUri: 'gs://bucket/a.pdf' } }],
    [{ type: 'audio', data: 'AA==', format: 'mp3' }, { inlineData: { mimeType: 'audio/mp3', data: 'AA==' } }],
    [
      { type: 'audio', data: 'AA==', format: 'pcm16' },
      { inlineData: { mimeType: 'audio/pcm', data: 'AA==' } },
    ],
  ]
  for (const [part, expected] of media) {
    it(`hold ${JSON.stringify(part).slice(0, 60)}`, () =>
      expect(contents([{ role: 'user', parts: [part] }])).toEqual([{ role: 'user', parts: [expected] }]))
  }

  it('hold no file that another vendor keeps, and nothing that only another dialect knows: both are named', () => {
    const parts: Message['parts'] = [
      { type: 'text', text: 'Read it.' },
      { type: 'file', id: 'file-abc123' },
      { type: 'other', name: 'input_video' },
    ]
    const { body: sent, dropped: lost } = gemini.writeRequest(
      requestFor('', { messages: [{ role: 'user', parts }] }),
      TARGET,
    )
    expect(sent['contents']).toEqual([{ role: 'user', parts: [{ text: 'Read it.' }] }])
    expect(lost).toEqual(['files', 'input_video'])
  })
})

describe('a request of the same dialect', () => {
  const given = {
    model: 'models/gemini-2.5-flash',
    contents: [{ role: 'user', parts: [{ text: 'Hi', x_part: 1 }], x_content: 2 }],
    systemInstruction: { role: 'system', parts: [{ text: 'Be.' }] },
    generationConfig: { maxOutputTokens: 100, x_config: 3, mediaResolution: 'MEDIA_RESOLUTION_LOW' },
    safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    tools: [{ googleSearch: { x: 4 } }],
    x_body: 5,
  }
  const request = gemini.readRequest(given)

  it('row 43: keeps every unknown field; model, limit and messages are ours', () => {
    const { model: _, ...rest } = given
    expect(gemini.writeRequest(request, TARGET).body).toEqual(rest)
    const limited = gemini.writeRequest({ ...request, limits: { maxOutput: 7 } }, TARGET).body
    expect(limited['generationConfig']).toEqual({ ...given.generationConfig, maxOutputTokens: 7 })
    const unlimited = gemini.writeRequest({ ...request, limits: {} }, TARGET).body
    expect(unlimited['generationConfig']).not.toHaveProperty('maxOutputTokens')
  })

  it('takes a conversation that was put before it', () => {
    const [system, ...asked] = request.messages
    const before = [user('Before'), said('Yes.')]
    const sent = gemini.writeRequest(
      { ...request, messages: [...(system === undefined ? [] : [system]), ...before, ...asked] },
      TARGET,
    ).body
    expect(sent['contents']).toEqual([
      { role: 'user', parts: [{ text: 'Before' }] },
      { role: 'model', parts: [{ text: 'Yes.' }] },
      given.contents[0],
    ])
  })

  it('names nothing as dropped', () => expect(gemini.writeRequest(request, TARGET).dropped).toEqual([]))
})
