// A request of a client that speaks another dialect, written for a vendor of chat completions.
import { describe, expect, it } from 'vitest'
import type { Message, ModelRequest, Part } from '../../../shared/request.ts'
import type { WireTarget } from '../../../shared/dialect.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { requestFor } from '../../unit/samples.ts'
import type { Json } from './chunks.ts'

type Options = Parameters<typeof openaiChat>[0]

const foreign = (over: Partial<ModelRequest>, dialect = 'anthropic'): ModelRequest =>
  requestFor('Hi', { stream: false, native: { dialect, body: { secret_field: 1 } }, ...over })
const write = (over: Partial<ModelRequest>, options: Options = {}, target: Partial<WireTarget> = {}) =>
  openaiChat(options).writeRequest(foreign(over), { model: 'big-1', ...target })
const plain = { model: 'big-1', stream: false, messages: [{ role: 'user', content: 'Hi' }] }

describe('fields', () => {
  const parameters = { type: 'object', properties: {} }
  const tool = { name: 'f', description: 'd', parameters, strict: true }
  const wireTool = { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true } }
  const cases: readonly [string, Partial<ModelRequest>, object][] = [
    ['nothing more than was asked', {}, {}],
    [
      'everything',
      {
        choices: 2,
        sampling: {
          temperature: 0,
          topP: 0.9,
          topK: 40,
          minP: 0.05,
          stop: ['a'],
          seed: 7,
          presencePenalty: 1,
          frequencyPenalty: -1,
          logitBias: { '5': 1 },
          topLogprobs: 2,
        },
        limits: { maxOutput: 100 },
        user: 'u',
        serviceTier: 'flex',
        reasoning: { effort: 'low' },
      },
      {
        n: 2,
        temperature: 0,
        top_p: 0.9,
        top_k: 40,
        min_p: 0.05,
        stop: ['a'],
        seed: 7,
        presence_penalty: 1,
        frequency_penalty: -1,
        logit_bias: { '5': 1 },
        logprobs: true,
        top_logprobs: 2,
        max_tokens: 100,
        user: 'u',
        service_tier: 'flex',
        reasoning_effort: 'low',
      },
    ],
    ['log-probabilities alone', { sampling: { topLogprobs: 0 } }, { logprobs: true }],
    [
      'tools',
      { tools: [tool], toolChoice: 'required', parallelTools: false },
      { tools: [wireTool], tool_choice: 'required', parallel_tool_calls: false },
    ],
    [
      'a tool by its name',
      { tools: [{ name: 'f' }], toolChoice: { name: 'f' } },
      {
        tools: [{ type: 'function', function: { name: 'f' } }],
        tool_choice: { type: 'function', function: { name: 'f' } },
      },
    ],
    ['no choice among no tools', { toolChoice: 'auto', parallelTools: true }, {}],
    [
      'a schema, under a name that is allowed',
      {
        format: {
          type: 'json-schema',
          name: 'Städte und Länder',
          schema: parameters,
          strict: true,
          description: 'x',
        },
      },
      {
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'St_dte_und_L_nder',
            schema: parameters,
            strict: true,
            description: 'x',
          },
        },
      },
    ],
  ]
  for (const [name, over, fields] of cases) {
    it(name, () => {
      const { body, dropped, path } = write(over)
      expect(body).toEqual({ ...plain, ...fields })
      expect(dropped).toEqual([])
      expect(path).toBe('/chat/completions')
    })
  }

  it('row 2: usage is asked for in every stream', () =>
    expect(write({ stream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    }))

  it('row 40: one output limit, in the form that the model accepts', () => {
    const limits = { maxOutput: 9 }
    const options = { completionTokens: /^o\d/ }
    expect(write({ limits }, options, { model: 'o3' }).body).toMatchObject({ max_completion_tokens: 9 })
    expect(write({ limits }, options).body).toMatchObject({ max_tokens: 9 })
    expect(write({ limits }, { completionTokens: true }).body).not.toHaveProperty('max_tokens')
    expect(write({ limits }, { completionTokens: false }).body).toMatchObject({ max_tokens: 9 })
  })

  it('a class of service that only another vendor knows stays behind, and is named', () => {
    const { body, dropped } = write({ serviceTier: 'standard_only' })
    expect(body).toEqual(plain)
    expect(dropped).toEqual(['service_tier'])
  })

  it('what vendors do by themselves is no loss where it cannot be said', () => {
    const sampling = { presencePenalty: 0, frequencyPenalty: 0.5 }
    const { body, dropped } = write(
      { serviceTier: 'auto', sampling },
      { refuses: ['service_tier', 'presence_penalty', 'frequency_penalty'] },
    )
    expect(body).toEqual(plain)
    expect(dropped).toEqual(['frequency_penalty'])
  })

  it('a tool that another vendor runs stays behind, and is named', () => {
    const hosted = { dialect: 'anthropic', value: { type: 'web_search_20250305' } }
    const { body, dropped } = write({
      tools: [{ name: 'web_search', hosted }, { name: 'f' }],
      toolChoice: 'auto',
    })
    expect(body['tools']).toHaveLength(1)
    expect(dropped).toEqual(['tools'])
    expect(write({ tools: [{ name: 'web_search', hosted }], toolChoice: 'auto' }).body).toEqual(plain)
  })

  it('plain JSON is asked for with the word that vendors insist on, said once', () => {
    const { body } = write({ format: { type: 'json' } })
    expect(body['response_format']).toEqual({ type: 'json_object' })
    expect(JSON.stringify(body['messages'])).toMatch(/JSON/)
    const said: Message = { role: 'user', parts: [{ type: 'text', text: 'Give me json.' }] }
    expect(write({ format: { type: 'json' }, messages: [said] }).body['messages']).toEqual([
      { role: 'user', content: 'Give me json.' },
    ])
  })
})

describe('what the model itself cannot do', () => {
  it('is left out and named: a temperature', () => {
    const { body, dropped } = write({ sampling: { temperature: 0.3 } }, {}, { facts: { temperature: false } })
    expect(body).toEqual(plain)
    expect(dropped).toEqual(['temperature'])
    expect(write({}, {}, { facts: { temperature: false } }).dropped).toEqual([])
  })

  it('is left out and named: thinking, unless none was wanted', () => {
    const facts = { reasoning: false }
    const { body, dropped } = write({ reasoning: { effort: 'high' } }, {}, { facts })
    expect(body).toEqual(plain)
    expect(dropped).toEqual(['reasoning_effort'])
    expect(write({ reasoning: { effort: 'none' } }, {}, { facts }).dropped).toEqual([])
    expect(write({}, {}, { facts }).dropped).toEqual([])
  })

  it('is asked for less strictly and named: a schema', () => {
    const format = { type: 'json-schema', name: 'x', schema: {} } as const
    const { body, dropped } = write({ format }, {}, { facts: { jsonSchema: false } })
    expect(body['response_format']).toEqual({ type: 'json_object' })
    expect(dropped).toEqual(['response_format'])
  })
})

describe('messages', () => {
  const cases: readonly [string, Message, object, Options?][] = [
    [
      'row 41: a developer speaks as such',
      { role: 'developer', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'developer', content: 'Be brief.' },
    ],
    [
      'row 41: or as the system where only that is known',
      { role: 'developer', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'system', content: 'Be brief.' },
      { systemRole: 'system' },
    ],
    [
      'instructions in pieces are one text',
      {
        role: 'system',
        parts: [
          { type: 'text', text: 'A', cache: '5m' },
          { type: 'text', text: 'B' },
        ],
      },
      { role: 'system', content: 'A\nB' },
    ],
    [
      'but keep their cache marks where those are understood',
      {
        role: 'system',
        parts: [
          { type: 'text', text: 'A', cache: '1h' },
          { type: 'text', text: 'B' },
        ],
      },
      {
        role: 'system',
        content: [
          { type: 'text', text: 'A', cache_control: { type: 'ephemeral', ttl: '1h' } },
          { type: 'text', text: 'B' },
        ],
      },
      { cacheControl: true },
    ],
    [
      'pictures, documents and sound',
      {
        role: 'user',
        name: 'ada',
        parts: [
          { type: 'text', text: 'See' },
          { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
          { type: 'file', url: 'data:application/pdf;base64,JVBE' },
          { type: 'file', url: 'data:text/plain;base64,SGk=', name: 'hi.txt' },
          { type: 'audio', data: 'UklG', format: 'wav' },
        ],
      },
      {
        role: 'user',
        name: 'ada',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
          {
            type: 'file',
            file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,JVBE' },
          },
          { type: 'file', file: { filename: 'hi.txt', file_data: 'data:text/plain;base64,SGk=' } },
          { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
        ],
      },
    ],
    [
      'what an assistant said in pieces, with a refusal',
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'So' },
          { type: 'text', text: ' far' },
          { type: 'refusal', text: ', no.' },
        ],
      },
      { role: 'assistant', content: 'So far, no.' },
    ],
    [
      'row 42: an assistant with only calls has null for content',
      {
        role: 'assistant',
        parts: [],
        toolCalls: [
          { id: 'a', name: 'f', json: '{"x":1}' },
          { id: 'b', name: 'g', json: '' },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
        ],
      },
    ],
    [
      'row 42: an assistant who only thought has an empty text',
      { role: 'assistant', parts: [{ type: 'reasoning', text: 'hm' }] },
      { role: 'assistant', content: '' },
    ],
    [
      "a tool's answer",
      { role: 'tool', toolCallId: 'a', isError: true, parts: [{ type: 'text', text: 'no' }] },
      { role: 'tool', tool_call_id: 'a', content: 'no' },
    ],
    [
      "a tool's empty answer",
      { role: 'tool', toolCallId: 'a', parts: [] },
      { role: 'tool', tool_call_id: 'a', content: '' },
    ],
  ]
  for (const [name, message, expected, options] of cases) {
    it(name, () => {
      const { body, dropped } = write({ messages: [message] }, options)
      expect(body['messages']).toEqual([expected])
      expect(dropped).toEqual([])
    })
  }

  const lost: readonly [string, Part, string, Options?][] = [
    ['an address of a document', { type: 'file', url: 'https://example.com/a.pdf' }, 'files'],
    ["another vendor's file", { type: 'file', id: 'file_011' }, 'files'],
    ['what only its own dialect knows', { type: 'other', name: 'search_result' }, 'search_result'],
    ['refused pictures', { type: 'image', url: 'data:,' }, 'images', { refuses: ['images'] }],
    ['refused sound', { type: 'audio', data: '', format: 'wav' }, 'audio', { refuses: ['audio'] }],
    ['pictures where there is only text', { type: 'image', url: 'data:,' }, 'images', { content: 'text' }],
  ]
  for (const [name, part, word, options] of lost) {
    it(`say what they lose: ${name}`, () => {
      const { body, dropped } = write(
        { messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }, part] }] },
        options,
      )
      expect(dropped).toEqual([word])
      expect(JSON.stringify(body['messages'])).toBe(
        options?.content === 'text'
          ? '[{"role":"user","content":"Hi"}]'
          : '[{"role":"user","content":[{"type":"text","text":"Hi"}]}]',
      )
    })
  }

  it('keep the address of a document where it is understood, and ids of files of the same maker', () => {
    const messages: Message[] = [
      {
        role: 'user',
        parts: [
          { type: 'file', url: 'https://example.com/a.pdf' },
          { type: 'file', id: 'file-1' },
        ],
      },
    ]
    const { body, dropped } = openaiChat({ fileUrls: true }).writeRequest(
      foreign({ messages }, 'openai-responses'),
      { model: 'm' },
    )
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'file', file: { filename: 'document', file_data: 'https://example.com/a.pdf' } },
          { type: 'file', file: { file_id: 'file-1' } },
        ],
      },
    ])
    expect(dropped).toEqual([])
  })

  it("show the pictures of tools' answers after all of them, because those hold text only", () => {
    const picture = (url: string): Part => ({ type: 'image', url })
    const answer = (id: string, ...parts: Part[]): Message => ({ role: 'tool', toolCallId: id, parts })
    const { body, dropped } = write({
      messages: [
        answer('a', { type: 'text', text: 'done' }, picture('data:image/png;base64,AA')),
        answer('b', picture('data:image/png;base64,BB')),
        { role: 'user', parts: [{ type: 'text', text: 'Next' }] },
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'done' },
      { role: 'tool', tool_call_id: 'b', content: '' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Shown by the tools:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,BB' } },
        ],
      },
      { role: 'user', content: 'Next' },
    ])
    expect(dropped).toEqual([])
  })

  it('of this dialect among them pass as they came; one that is said with another is not said twice', () => {
    const value = { role: 'user', content: 'Before', x_note: 1 }
    const { body } = write({
      messages: [
        {
          role: 'user',
          parts: [{ type: 'text', text: 'Before' }],
          native: { dialect: 'openai-chat', value },
        },
        { role: 'user', parts: [], native: { dialect: 'openai-chat', value: null } },
        { role: 'user', parts: [{ type: 'text', text: 'Now' }], native: { dialect: 'anthropic', value: {} } },
      ],
    })
    expect(body['messages']).toEqual([value, { role: 'user', content: 'Now' }])
  })
})

describe('thoughts of earlier turns', () => {
  const thoughts: Part[] = [
    { type: 'reasoning', text: 'plain' },
    { type: 'reasoning', text: 'sealed', signature: { dialect: 'anthropic', kind: 'signature', data: 'S' } },
    { type: 'reasoning', text: '', signature: { dialect: 'anthropic', kind: 'redacted', data: 'R' } },
    {
      type: 'reasoning',
      text: 'sum',
      signature: { dialect: 'openai-responses', kind: 'encrypted', data: 'E', id: 'rs_1' },
    },
  ]
  const seal = { dialect: 'gemini', kind: 'signature', data: 'G' } as const
  const message: Message = {
    role: 'assistant',
    parts: [...thoughts, { type: 'text', text: 'Yes' }],
    toolCalls: [{ id: 'c', name: 'f', json: '{}', signature: seal }],
  }
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
  const written = (options: Options): Json => {
    const [first] = write({ messages: [message] }, options).body['messages'] as Json[]
    return first ?? {}
  }

  it('stay behind where the record does not say that they are wanted', () =>
    expect(written({})).toEqual({ role: 'assistant', content: 'Yes', tool_calls: [call] }))

  for (const thoughts of ['reasoning_content', 'reasoning'] as const) {
    it(`go back as ${thoughts}, but for those that another vendor has sealed`, () =>
      expect(written({ thoughts })).toEqual({
        role: 'assistant',
        content: 'Yes',
        [thoughts]: 'plain',
        tool_calls: [call],
      }))
  }

  it('go back among the parts (Mistral)', () =>
    expect(written({ thoughts: 'content' })['content']).toEqual([
      { type: 'thinking', thinking: [{ type: 'text', text: 'plain' }] },
      { type: 'text', text: 'Yes' },
    ]))

  it('rows 37 and 38: go back with every seal to who passes them on (OpenRouter)', () =>
    expect(written({ thoughts: 'reasoning_details' })).toEqual({
      role: 'assistant',
      content: 'Yes',
      reasoning: 'plain',
      reasoning_details: [
        { type: 'reasoning.text', text: 'sealed', signature: 'S', format: 'anthropic-claude-v1', index: 0 },
        { type: 'reasoning.encrypted', data: 'R', format: 'anthropic-claude-v1', index: 1 },
        { type: 'reasoning.summary', summary: 'sum', id: 'rs_1', format: 'openai-responses-v1', index: 2 },
        { type: 'reasoning.encrypted', data: 'E', id: 'rs_1', format: 'openai-responses-v1', index: 2 },
        { type: 'reasoning.encrypted', data: 'G', id: 'c', format: 'google-gemini-v1', index: 3 },
      ],
      tool_calls: [call],
    }))

  it("row 37: Google's seal goes back on its call", () =>
    expect(written({ callSignatures: 'extra_content' })['tool_calls']).toEqual([
      { ...call, extra_content: { google: { thought_signature: 'G' } } },
    ]))

  it('are empty beside calls where the vendor insists on the field', () => {
    const bare: Message = { ...message, parts: [] }
    const options = { thoughts: 'reasoning_content', thoughtsBesideCalls: true } as const
    expect(write({ messages: [bare] }, options).body['messages']).toEqual([
      { role: 'assistant', content: null, reasoning_content: '', tool_calls: [call] },
    ])
    const { toolCalls: _, ...silent } = bare
    expect(write({ messages: [silent] }, options).body['messages']).toEqual([
      { role: 'assistant', content: '' },
    ])
  })
})
