// What a generateContent request of a client means: contents, tools, settings, and what only Google understands.
import { describe, expect, it } from 'vitest'
import type { Address } from '../../../shared/dialect.ts'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import type { Message, ModelRequest } from '../../../shared/request.ts'

const read = (more: object, address: Address = { model: 'gemini-2.5-flash' }): ModelRequest =>
  gemini.readRequest({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], ...more }, address)

/** Messages without what their dialect had. */
const plain = ({ messages }: ModelRequest): Omit<Message, 'native'>[] =>
  messages.map(({ native: _, ...rest }) => rest)

const config = (generationConfig: object): ModelRequest => read({ generationConfig })

describe('the address of a request', () => {
  const cases: readonly [Address | undefined, Partial<ModelRequest>][] = [
    [{ model: 'gemini-2.5-flash' }, { model: 'gemini-2.5-flash', stream: false }],
    [
      { model: 'models/auto', stream: true },
      { model: 'auto', stream: true },
    ],
    [{ model: 'openai/gpt-5' }, { model: 'openai/gpt-5' }],
    [undefined, { model: 'auto', stream: false }],
  ]
  for (const [address, expected] of cases) {
    it(`says ${JSON.stringify(expected)}`, () =>
      expect(gemini.readRequest({ contents: [{ parts: [{ text: 'Hi' }] }] }, address)).toMatchObject(
        expected,
      ))
  }

  it('says how the stream is cut', () => {
    expect(read({}, { stream: true, framing: 'array' }).native.framing).toBe('array')
    expect(read({}, { stream: true }).native).not.toHaveProperty('framing')
  })
})

describe('contents', () => {
  it('are messages, with instructions before them', () => {
    const request = read({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello.' }] },
        { role: 'user', parts: [{ text: 'One' }, { text: 'Two' }] },
      ],
    })
    expect(plain(request)).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'Hello.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'One' },
          { type: 'text', text: 'Two' },
        ],
      },
    ])
  })

  it('of a streamed answer, one for each chunk as the official client keeps them, are one message', () => {
    const request = read({
      contents: [
        { role: 'user', parts: [{ text: 'Why?' }] },
        { role: 'model', parts: [{ text: 'I th', thought: true }] },
        { role: 'model', parts: [{ text: 'ink.', thought: true }] },
        { role: 'model', parts: [{ text: 'Be' }] },
        { role: 'model', parts: [{ text: 'cause.' }] },
        {
          role: 'model',
          parts: [{ functionCall: { id: 'a', name: 'f', args: { x: 1 } }, thoughtSignature: 'AAAA' }],
        },
        { role: 'model', parts: [{ text: '' }] },
        { role: 'user', parts: [{ functionResponse: { id: 'a', name: 'f', response: { output: 'ok' } } }] },
      ],
    })
    expect(plain(request)[1]).toEqual({
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'I think.' },
        { type: 'text', text: 'Because.' },
      ],
      toolCalls: [
        {
          id: 'a',
          name: 'f',
          json: '{"x":1}',
          signature: { dialect: 'gemini', kind: 'signature', data: 'AAAA' },
        },
      ],
    })
    const { contents } = gemini.writeRequest(request, { model: 'gemini-3-flash-preview' }).body
    expect(contents).toMatchObject([{ role: 'user' }, { role: 'model' }, { role: 'user' }])
    expect(JSON.stringify(contents)).not.toContain('"text":""')
  })

  it('keep a proof that stands on a text, or alone, in its place', () => {
    const signature = { dialect: 'gemini', kind: 'signature', data: 'AAAA' }
    const on = read({ contents: [{ role: 'model', parts: [{ text: 'Yes.', thoughtSignature: 'AAAA' }] }] })
    const alone = read({
      contents: [{ role: 'model', parts: [{ text: 'Yes.' }, { text: '', thoughtSignature: 'AAAA' }] }],
    })
    for (const request of [on, alone]) {
      expect(plain(request)[0]?.parts).toEqual([
        { type: 'text', text: 'Yes.' },
        { type: 'reasoning', text: '', signature },
      ])
    }
  })

  it('with several results are several messages, of which the first goes back whole', () => {
    const contents = [
      { role: 'user', parts: [{ text: 'Both.' }] },
      {
        role: 'model',
        parts: [
          { functionCall: { name: 'f', args: {} } },
          { functionCall: { name: 'f', args: {} } },
          { functionCall: { name: 'g' } },
        ],
      },
      {
        role: 'function',
        parts: [
          { functionResponse: { name: 'g', response: { error: 'no such thing' } } },
          { functionResponse: { name: 'f', response: { output: { n: 1 } } } },
          { functionResponse: { name: 'f', response: { n: 2, error: null } } },
          { text: 'And now?' },
          { inlineData: { mimeType: 'image/png', data: 'AA==' } },
        ],
      },
    ]
    const request = read({ contents })
    const [, asked, ...answers] = request.messages
    expect(asked?.toolCalls?.map(({ id }) => id)).toEqual(['call_1_0', 'call_1_1', 'call_1_2'])
    expect(answers.map(({ native: _, ...rest }) => rest)).toEqual([
      {
        role: 'tool',
        toolCallId: 'call_1_2',
        name: 'g',
        isError: true,
        parts: [{ type: 'text', text: 'no such thing' }],
      },
      { role: 'tool', toolCallId: 'call_1_0', name: 'f', parts: [{ type: 'text', text: '{"n":1}' }] },
      {
        role: 'tool',
        toolCallId: 'call_1_1',
        name: 'f',
        parts: [{ type: 'text', text: '{"n":2,"error":null}' }],
      },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'And now?' },
          { type: 'image', url: 'data:image/png;base64,AA==' },
        ],
      },
    ])
    expect(answers.map(({ native }) => native?.value === null)).toEqual([false, true, true, true])
    expect(gemini.writeRequest(request, { model: 'gemini-2.5-pro' }).body['contents']).toEqual([
      contents[0],
      contents[1],
      { ...contents[2], role: 'user' },
    ])
  })

  const media: readonly [object, object][] = [
    [
      { inlineData: { mimeType: 'image/webp', data: 'a-_b' } },
      { type: 'image', url: 'data:image/webp;base64,a+/b' },
    ],
    [
      { inlineData: { mimeType: 'application/pdf', data: 'AA==', displayName: 'a.pdf' } },
      { type: 'file', url: 'data:application/pdf;base64,AA==', name: 'a.pdf' },
    ],
    [
      { inlineData: { mimeType: 'audio/mpeg', data: 'AA==' } },
      { type: 'audio', data: 'AA==', format: 'mp3' },
    ],
    [
      { inlineData: { mimeType: 'audio/L16;rate=24000', data: 'AA==' } },
      { type: 'audio', data: 'AA==', format: 'pcm16' },
    ],
    [
      { fileData: { fileUri: 'https://example.com/cat.jpg', mimeType: 'image/jpeg' } },
      { type: 'image', url: 'https://example.com/cat.jpg' },
    ],
    [
      { fileData: { fileUri: 'https://example.com/a.pdf' } },
      { type: 'file', url: 'https://example.com/a.pdf' },
    ],
    [
      { fileData: { fileUri: 'gs://bucket/a.mp4', mimeType: 'video/mp4' } },
      { type: 'file', id: 'gs://bucket/a.mp4' },
    ],
    [
      { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
      { type: 'file', id: 'https://generativelanguage.googleapis.com/v1beta/files/abc' },
    ],
    [{ executableCode: { language: 'PYTHON', code: '1' } }, { type: 'other', name: 'executableCode' }],
  ]
  for (const [part, expected] of media) {
    it(`hold ${JSON.stringify(part).slice(0, 70)}`, () =>
      expect(read({ contents: [{ parts: [part] }] }).messages[0]?.parts).toEqual([expected]))
  }
})

describe('tools', () => {
  const tools = [
    {
      functionDeclarations: [
        {
          name: 'a',
          description: 'A.',
          parameters: { type: 'OBJECT', properties: { x: { type: 'STRING' } } },
        },
        { name: 'b', parametersJsonSchema: { type: 'object', additionalProperties: false } },
      ],
    },
    { googleSearch: {}, urlContext: {} },
  ]
  const a = {
    name: 'a',
    description: 'A.',
    parameters: { type: 'object', properties: { x: { type: 'string' } } },
  }
  const b = { name: 'b', parameters: { type: 'object', additionalProperties: false } }
  const hosted = ['googleSearch', 'urlContext'].map((name) => ({
    name,
    hosted: { dialect: 'gemini', value: { [name]: {} } },
  }))
  const cases: readonly [string, object | undefined, Pick<ModelRequest, 'tools' | 'toolChoice'>][] = [
    ['without a mode', undefined, { tools: [a, b, ...hosted] }],
    ['that the model may use', { mode: 'AUTO' }, { tools: [a, b, ...hosted], toolChoice: 'auto' }],
    ['that it may not use', { mode: 'NONE' }, { tools: [a, b, ...hosted], toolChoice: 'none' }],
    ['that it must use', { mode: 'ANY' }, { tools: [a, b, ...hosted], toolChoice: 'required' }],
    [
      'of which it must use one',
      { mode: 'ANY', allowedFunctionNames: ['b'] },
      { tools: [b, ...hosted], toolChoice: { name: 'b' } },
    ],
    [
      'of which it must use some',
      { mode: 'ANY', allowedFunctionNames: ['a', 'b'] },
      { tools: [a, b, ...hosted], toolChoice: 'required' },
    ],
    [
      'of which it may use one',
      { mode: 'VALIDATED', allowedFunctionNames: ['a'] },
      { tools: [a, ...hosted], toolChoice: 'auto' },
    ],
  ]
  for (const [name, functionCallingConfig, expected] of cases) {
    it(`${name} are read`, () => {
      const { tools: found, toolChoice } = read({
        tools,
        ...(functionCallingConfig === undefined ? {} : { toolConfig: { functionCallingConfig } }),
      })
      expect({ tools: found, ...(toolChoice === undefined ? {} : { toolChoice }) }).toEqual(expected)
    })
  }
})

describe('a generation config', () => {
  it('is sampling, limits, choices and service', () => {
    const request = read({
      serviceTier: 'standard',
      generationConfig: {
        temperature: 0,
        topP: 0.5,
        topK: 7,
        seed: 1,
        stopSequences: ['a'],
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        candidateCount: 3,
        maxOutputTokens: 9,
        responseLogprobs: true,
      },
    })
    expect(request).toMatchObject({
      sampling: {
        temperature: 0,
        topP: 0.5,
        topK: 7,
        seed: 1,
        stop: ['a'],
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        topLogprobs: 0,
      },
      limits: { maxOutput: 9 },
      choices: 3,
      serviceTier: 'default',
    })
    expect(request).not.toHaveProperty('unread')
  })

  const schema = { type: 'object', properties: { x: { type: 'integer' } } }
  const formats: readonly [string, object, ModelRequest['format']][] = [
    ['text', { responseMimeType: 'text/plain' }, { type: 'text' }],
    ['JSON', { responseMimeType: 'application/json' }, { type: 'json' }],
    [
      'a JSON Schema',
      { responseMimeType: 'application/json', responseJsonSchema: schema },
      { type: 'json-schema', name: 'response', schema },
    ],
    [
      "a schema of OpenAPI's",
      {
        responseMimeType: 'application/json',
        responseSchema: { type: 'OBJECT', properties: { x: { type: 'INTEGER' } } },
      },
      { type: 'json-schema', name: 'response', schema },
    ],
    [
      'a response format',
      { responseFormat: [{ text: { mimeType: 'APPLICATION_JSON', schema } }] },
      { type: 'json-schema', name: 'response', schema },
    ],
  ]
  for (const [name, given, format] of formats) {
    it(`asks for ${name}`, () => expect(config(given).format).toEqual(format))
  }

  const thoughts: readonly [object, ModelRequest['reasoning']][] = [
    [{}, undefined],
    [{ thinkingBudget: -1 }, undefined],
    [{ thinkingBudget: 0 }, { effort: 'none' }],
    [{ thinkingBudget: 512 }, { budgetTokens: 512 }],
    [{ thinkingLevel: 'MINIMAL' }, { effort: 'minimal' }],
    [
      { thinkingLevel: 'low', includeThoughts: true },
      { effort: 'low', visible: true },
    ],
    [{ thinkingLevel: 'MEDIUM' }, { effort: 'medium' }],
    [
      { thinkingLevel: 'HIGH', includeThoughts: false },
      { effort: 'high', visible: false },
    ],
    [{ thinkingLevel: 'THINKING_LEVEL_UNSPECIFIED' }, undefined],
    [{ thinkingBudget: -1, includeThoughts: true }, { visible: true }],
  ]
  for (const [thinkingConfig, reasoning] of thoughts) {
    it(`asks for thinking: ${JSON.stringify(thinkingConfig)}`, () =>
      expect(config({ thinkingConfig }).reasoning).toEqual(reasoning))
  }

  it('and a body name what only Google understands', () => {
    const request = read({
      safetySettings: [],
      cachedContent: 'cachedContents/1',
      store: null,
      x_new: 1,
      generationConfig: { speechConfig: {}, responseModalities: ['TEXT', 'IMAGE'], mediaResolution: null },
    })
    expect(request.unread?.toSorted()).toEqual([
      'cachedContent',
      'generationConfig.responseModalities',
      'generationConfig.speechConfig',
      'safetySettings',
      'x_new',
    ])
  })
})

describe('names in snake case', () => {
  it('are those in camel case, but for what the client owns', () => {
    const request = read({
      contents: [
        {
          role: 'model',
          parts: [
            {
              function_call: { name: 'f', args: { inline_data: { mime_type: 'x' }, top_k: 1 } },
              thought_signature: 'AAAA',
            },
          ],
        },
        { role: 'user', parts: [{ function_response: { name: 'f', response: { file_data: 1 } } }] },
      ],
      generation_config: {
        response_mime_type: 'application/json',
        response_schema: { type: 'OBJECT', properties: { top_p: { type: 'STRING' } } },
      },
    })
    expect(request.messages[0]?.toolCalls).toMatchObject([
      { json: '{"inline_data":{"mime_type":"x"},"top_k":1}', signature: { data: 'AAAA' } },
    ])
    expect(request.messages[1]?.parts).toEqual([{ type: 'text', text: '{"file_data":1}' }])
    expect(request.format).toMatchObject({ schema: { properties: { top_p: { type: 'string' } } } })
    expect(gemini.writeRequest(request, { model: 'gemini-2.5-pro' }).body).not.toHaveProperty(
      'generation_config',
    )
  })

  it('and single values become what the vendor takes', () => {
    const request = read({
      contents: { parts: { text: 'Hi' } },
      system_instruction: { parts: { text: 'Be.' } },
      tools: { function_declarations: { name: 'f', x: 1 }, y: 2 },
    })
    expect(gemini.writeRequest(request, { model: 'gemini-2.5-pro' }).body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      systemInstruction: { parts: [{ text: 'Be.' }] },
      tools: [{ functionDeclarations: [{ name: 'f', x: 1 }], y: 2 }],
    })
  })

  it('are not looked for without end', () => {
    let deep: unknown = 1
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep]
    expect(read({ labels: {}, x: deep }).unread).toEqual(['labels', 'x'])
  })
})
