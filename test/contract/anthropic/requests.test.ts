// Questions of other dialects on this wire: golden bodies, each one a value of the official library's own type.
import type Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { Message } from '../../../shared/request.ts'
import { fromChat, fromMiddle, NEW, OLD, own, passedOn, says } from './sent.ts'

type Params = Anthropic.MessageCreateParams
type Body = Record<string, unknown>

const PNG = 'data:image/png;base64,iVBORw0KGgo='

describe('a chat completions request becomes', () => {
  const golden: readonly {
    name: string
    chat: object
    body: Params
    dropped?: readonly string[]
    model?: string
  }[] = [
    {
      name: 'a plain question',
      chat: { max_completion_tokens: 100 },
      body: { model: OLD, max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] },
    },
    {
      name: 'a streamed question of a named user',
      chat: { max_tokens: 5, stream: true, user: 'u-1', stop: ['END', '\n', ''], service_tier: 'auto' },
      body: {
        model: OLD,
        max_tokens: 5,
        stream: true,
        metadata: { user_id: 'u-1' },
        stop_sequences: ['END'],
        service_tier: 'auto',
        messages: [{ role: 'user', content: 'Hi' }],
      },
      dropped: ['stop'],
    },
    {
      name: 'a tool turn, results first and calls with their arguments as objects',
      chat: {
        max_tokens: 5,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Weather?' },
          {
            role: 'assistant',
            content: 'Looking.',
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rom"}' } },
              { id: 'functions.now:1', type: 'function', function: { name: 'now', arguments: '' } },
            ],
          },
          { role: 'tool', tool_call_id: 'call_1', content: 'sun' },
          { role: 'tool', tool_call_id: 'functions.now:1', content: '' },
          { role: 'user', content: 'Well?' },
        ],
        tools: [
          {
            type: 'function',
            function: { name: 'weather', description: 'W.', parameters: { type: 'object' } },
          },
          { type: 'function', function: { name: 'now' } },
        ],
        tool_choice: 'required',
        parallel_tool_calls: false,
      },
      body: {
        model: OLD,
        max_tokens: 5,
        system: 'Be brief.',
        messages: [
          { role: 'user', content: 'Weather?' },
          {
            role: 'assistant',
            content: [
              { type: 'text', text: 'Looking.' },
              { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Rom' } },
              { type: 'tool_use', id: 'functions_now_1', name: 'now', input: {} },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'call_1', content: 'sun' },
              { type: 'tool_result', tool_use_id: 'functions_now_1' },
              { type: 'text', text: 'Well?' },
            ],
          },
        ],
        tools: [
          { name: 'weather', description: 'W.', input_schema: { type: 'object' } },
          { name: 'now', input_schema: { type: 'object', properties: {} } },
        ],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      },
    },
    {
      name: 'pictures by bytes and by address',
      chat: {
        max_tokens: 5,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image_url', image_url: { url: PNG, detail: 'low' } },
              { type: 'image_url', image_url: { url: 'https://example.com/a.webp' } },
              { type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,AAAA' } },
              { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
            ],
          },
        ],
      },
      body: {
        model: OLD,
        max_tokens: 5,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
              { type: 'image', source: { type: 'url', url: 'https://example.com/a.webp' } },
            ],
          },
        ],
      },
      dropped: ['images', 'audio'],
    },
    {
      name: 'a format with a schema, closed and without what a grammar cannot hold to',
      chat: {
        max_tokens: 5,
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'person',
            strict: true,
            schema: {
              $schema: 'https://json-schema.org/draft/2020-12/schema',
              type: 'object',
              properties: {
                age: { type: 'integer', minimum: 0, description: 'Years.' },
                mail: { type: 'string', format: 'email' },
                pet: { oneOf: [{ type: 'null' }, { $ref: '#/$defs/pet' }] },
                tags: { type: 'array', items: { type: 'string', maxLength: 9 }, minItems: 1, maxItems: 4 },
              },
              required: ['age'],
              $defs: { pet: { type: 'object', properties: { name: { type: 'string' } } } },
            },
          },
        },
      },
      body: {
        model: OLD,
        max_tokens: 5,
        messages: [{ role: 'user', content: 'Hi' }],
        output_config: {
          format: {
            type: 'json_schema',
            schema: {
              type: 'object',
              properties: {
                age: { type: 'integer', description: 'Years.\nIt must hold to minimum: 0.' },
                mail: { type: 'string', format: 'email' },
                pet: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/pet' }] },
                tags: {
                  type: 'array',
                  items: { type: 'string', description: 'It must hold to maxLength: 9.' },
                  minItems: 1,
                  description: 'It must hold to maxItems: 4.',
                },
              },
              required: ['age'],
              $defs: {
                pet: {
                  type: 'object',
                  properties: { name: { type: 'string' } },
                  additionalProperties: false,
                },
              },
              additionalProperties: false,
            },
          },
        },
      },
    },
    {
      name: 'an effort, on a model that thinks as much as it finds right',
      model: NEW,
      chat: { max_tokens: 5_000, reasoning_effort: 'medium' },
      body: {
        model: NEW,
        max_tokens: 5_000,
        messages: [{ role: 'user', content: 'Hi' }],
        thinking: { type: 'adaptive' },
        output_config: { effort: 'medium' },
      },
    },
    {
      name: 'a budget, on a model that counts',
      chat: { max_tokens: 20_000, reasoning_effort: 'medium' },
      body: {
        model: OLD,
        max_tokens: 20_000,
        messages: [{ role: 'user', content: 'Hi' }],
        thinking: { type: 'enabled', budget_tokens: 8_192 },
      },
    },
    {
      name: 'a strict tool, and a tool that must be called',
      chat: {
        max_tokens: 5,
        tools: [
          {
            type: 'function',
            function: {
              name: 'f',
              strict: true,
              parameters: {
                type: 'object',
                properties: { n: { type: 'integer', maximum: 9 } },
                required: ['n'],
              },
            },
          },
        ],
        tool_choice: { type: 'function', function: { name: 'f' } },
      },
      body: {
        model: OLD,
        max_tokens: 5,
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [
          {
            name: 'f',
            strict: true,
            input_schema: {
              type: 'object',
              properties: { n: { type: 'integer', description: 'It must hold to maximum: 9.' } },
              required: ['n'],
              additionalProperties: false,
            },
          },
        ],
        tool_choice: { type: 'tool', name: 'f' },
      },
    },
  ]
  for (const { name, chat, body, dropped = [], model = OLD } of golden) {
    it(name, () => {
      const wire = fromChat(chat, model)
      expect(wire).toEqual({
        path: '/messages',
        headers: { 'anthropic-version': '2023-06-01' },
        body,
        dropped,
      })
    })
  }

  it("one with the tools that are left when another vendor's own are taken out", () => {
    const hosted = {
      name: 'web_search',
      hosted: { dialect: 'openai-responses', value: { type: 'web_search' } },
    }
    const tool = { name: 'f', parameters: { type: 'object' } }
    const { body, dropped } = fromMiddle({ tools: [hosted, tool], toolChoice: { name: 'web_search' } })
    expect(body).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'auto' },
    })
    expect(dropped).toEqual(['tools', 'tool_choice'])
    const none = fromMiddle({ tools: [hosted], toolChoice: 'required', parallelTools: false })
    expect(none.body).not.toHaveProperty('tools')
    expect(none.body).not.toHaveProperty('tool_choice')
    expect(none.dropped).toEqual(['tools', 'tool_choice'])
    const free = fromMiddle({ tools: [tool], toolChoice: 'required', parallelTools: false }, NEW)
    expect(free.body['tool_choice']).toEqual({ type: 'auto', disable_parallel_tool_use: true })
    expect(free.dropped).toEqual(['tool_choice'])
    expect(
      fromMiddle({ tools: [tool], toolChoice: 'none', parallelTools: false }).body['tool_choice'],
    ).toEqual({
      type: 'none',
    })
  })

  it('one whose format is described, or cannot be asked of the model', () => {
    const format = {
      type: 'json-schema',
      name: 'x',
      description: 'A person.',
      schema: { type: 'object' },
    } as const
    expect(fromMiddle({ format }).body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: { description: 'A person.', type: 'object', additionalProperties: false },
      },
    })
    for (const [model, facts] of [
      ['claude-opus-4-1', {}],
      ['kimi-k2', {}],
      [OLD, { jsonSchema: false }],
    ] as const) {
      const wire = fromMiddle({ format }, model, { facts })
      expect(wire.body, model).not.toHaveProperty('output_config')
      expect(wire.dropped).toEqual(['response_format'])
    }
    expect(fromMiddle({ format }, 'kimi-k2', { facts: { jsonSchema: true } }).dropped).toEqual([])
    const tools = [{ name: 'f', parameters: { type: 'object' }, strict: true }]
    expect(fromMiddle({ tools }, 'claude-opus-4-1').dropped).toEqual(['strict'])
  })

  it('one that names all that this wire cannot be told, and nothing that was not asked for', () => {
    const { body, dropped } = fromChat({
      max_tokens: 5,
      n: 2,
      seed: 7,
      frequency_penalty: 0.5,
      presence_penalty: 0,
      logit_bias: { '50256': -100 },
      logprobs: true,
      top_logprobs: 2,
      response_format: { type: 'json_object' },
      service_tier: 'flex',
    })
    expect([...dropped].sort()).toEqual(
      ['frequency_penalty', 'logit_bias', 'logprobs', 'n', 'response_format', 'seed', 'service_tier'].sort(),
    )
    expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model'])
  })
})

describe('the output limit', () => {
  it("row 40: is the request's, else what the model can, else a modest one", () => {
    expect(fromChat({ max_tokens: 7 }, OLD, { maxOutput: 9 }).body['max_tokens']).toBe(7)
    expect(fromChat({}, OLD, { maxOutput: 9 }).body['max_tokens']).toBe(9)
    expect(fromChat({}).body['max_tokens']).toBe(4_096)
    expect(fromChat({ max_completion_tokens: 7 }).body).not.toHaveProperty('max_completion_tokens')
  })

  it('row 40: is the one that was reserved for, and thoughts fit under it', () => {
    const dialect = anthropic()
    const asked = dialect.readRequest(
      own({ max_tokens: 20_000, thinking: { type: 'enabled', budget_tokens: 10_000 } }),
    )
    const limited = (maxOutput: number) =>
      dialect.writeRequest({ ...asked, limits: { maxOutput } }, { model: OLD })
    expect(limited(5_000).body).toMatchObject({
      max_tokens: 5_000,
      thinking: { type: 'enabled', budget_tokens: 4_000 },
    })
    expect(limited(1_000).body).not.toHaveProperty('thinking')
    expect(limited(1_000).dropped).toEqual(['reasoning_effort'])
    expect(limited(20_000).body).toMatchObject({ thinking: { budget_tokens: 10_000 } })
  })
})

describe('instructions', () => {
  const roles = (body: Body) => (body['messages'] as Body[]).map(({ role, content }) => [role, content])

  it('row 41: several become blocks of the system field, in their order, with their marks', () => {
    const { body } = fromMiddle({
      messages: [
        says('developer', 'One'),
        { role: 'system', parts: [{ type: 'text', text: 'Two', cache: '1h' }] },
        { role: 'system', parts: [{ type: 'text', text: '', cache: '5m' }] },
        says('user', 'Hi'),
      ],
    })
    expect(body['system']).toEqual([
      { type: 'text', text: 'One' },
      { type: 'text', text: 'Two', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ])
  })

  const middle = (...rest: Message[]): Message[] => [says('system', 'One'), says('user', 'a'), ...rest]

  it('row 41: in mid-conversation stay where the API takes them', () => {
    const messages = middle(
      says('assistant', 'b'),
      says('user', 'c'),
      says('developer', 'Two'),
      says('system', 'Three'),
    )
    const { body } = fromMiddle({ messages }, 'claude-opus-4-8')
    expect(body['system']).toBe('One')
    expect(roles(body)).toEqual([
      ['user', 'a'],
      ['assistant', 'b'],
      ['user', 'c'],
      [
        'system',
        [
          { type: 'text', text: 'Two' },
          { type: 'text', text: 'Three' },
        ],
      ],
    ])
    expect(
      fromMiddle({ messages: middle(says('system', 'Two'), says('assistant', 'b')) }, NEW).body['messages'],
    ).toEqual([
      { role: 'user', content: 'a' },
      { role: 'system', content: 'Two' },
      { role: 'assistant', content: 'b' },
    ] satisfies Anthropic.MessageParam[])
  })

  it('row 41: join the system field where it does not: before a user, behind an assistant, on older models, at other hosts', () => {
    const before = middle(says('system', 'Two'), says('user', 'b'))
    const behind = middle(says('assistant', 'b'), says('system', 'Two'), says('user', 'c'))
    const atEnd = middle(says('system', 'Two'))
    const joined = [
      { type: 'text', text: 'One' },
      { type: 'text', text: 'Two' },
    ]
    expect(fromMiddle({ messages: before }, NEW).body['system']).toEqual(joined)
    expect(fromMiddle({ messages: behind }, NEW).body['system']).toEqual(joined)
    for (const model of [OLD, 'claude-opus-4-7', 'claude-sonnet-5', 'kimi-k2'])
      expect(fromMiddle({ messages: atEnd }, model).body['system'], model).toEqual(joined)
    const elsewhere = anthropic({ systemInPlace: false })
    const request = anthropic().readRequest(own({}))
    const { body } = elsewhere.writeRequest({ ...request, messages: atEnd }, { model: NEW })
    expect(body['system']).toEqual(joined)
    expect(roles(body)).toEqual([['user', 'a']])
  })

  it('alone are the question', () => {
    expect(fromMiddle({ messages: [says('system', 'Say hi.')] }).body).toMatchObject({
      messages: [{ role: 'user', content: 'Say hi.' }],
    })
    expect(fromMiddle({ messages: [says('system', 'Say hi.')] }).body).not.toHaveProperty('system')
  })
})

describe('messages', () => {
  it('row 42: lose their empty texts, and are left out when nothing remains', () => {
    const { body } = fromChat({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: '' },
            { type: 'text', text: 'Hi' },
          ],
        },
        { role: 'assistant', content: '' },
        { role: 'user', content: '' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'x' },
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'x' }] },
    ] satisfies Anthropic.MessageParam[])
  })

  it('alternate: neighbours of one role are one, and results stand before what the user says', () => {
    const call = { id: 'c', name: 'f', json: '{}' }
    const { body } = fromMiddle({
      messages: [
        says('user', 'a'),
        says('user', 'b'),
        says('assistant', 'c'),
        says('assistant', '', { toolCalls: [call] }),
        says('user', 'meanwhile'),
        says('tool', 'x', { toolCallId: 'c', isError: true }),
      ],
    })
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'c' },
          { type: 'tool_use', id: 'c', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c', content: 'x', is_error: true },
          { type: 'text', text: 'meanwhile' },
        ],
      },
    ] satisfies Anthropic.MessageParam[])
  })

  it('carry pictures and documents in the results of tools', () => {
    const parts = [
      { type: 'text', text: 'Here.' },
      { type: 'image', url: PNG },
      { type: 'file', url: 'data:application/pdf;base64,AAAA', name: 'Report' },
      { type: 'file', id: 'file-of-another-vendor' },
    ] as const
    const { body, dropped } = fromMiddle({ messages: [{ role: 'tool', toolCallId: 'c', parts }] })
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'c',
            content: [
              { type: 'text', text: 'Here.' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
              {
                type: 'document',
                source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
                title: 'Report',
              },
            ],
          },
        ],
      },
    ] satisfies Anthropic.MessageParam[])
    expect(dropped).toEqual(['files'])
  })

  it('that the answer is to continue end without white space', () => {
    const { body } = fromMiddle({ messages: [says('user', 'a'), says('assistant', 'The sky \n')] })
    expect(body['messages']).toEqual([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'The sky' },
    ])
  })

  it('with arguments that are no object keep them readable', () => {
    const inputs = ['{"a":1}', '', '{"a":', '[1]', '"x"'].map((json) => {
      const toolCalls = [{ id: 'c', name: 'f', json }]
      const { body } = fromMiddle({ messages: [{ role: 'assistant', parts: [], toolCalls }] })
      return ((body['messages'] as { content: Body[] }[])[0]?.content[0] ?? {})['input']
    })
    expect(inputs).toEqual([
      { a: 1 },
      {},
      { unreadable_arguments: '{"a":' },
      { unreadable_arguments: '[1]' },
      { unreadable_arguments: '"x"' },
    ])
  })
})

describe('a client of the same dialect', () => {
  it('row 43: finds every field of its own at the other end, at every level', () => {
    const body = own({
      model: OLD,
      container: 'c_1',
      mcp_servers: [{ type: 'url', url: 'https://mcp.example', name: 'm' }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hi', weight: 1 }], mood: 'calm' },
        { role: 'assistant', content: [{ type: 'compaction', content: 'so far' }] },
        {
          role: 'user',
          content: [
            { type: 'container_upload', file_id: 'f' },
            { type: 'text', text: 'go' },
          ],
        },
      ],
      system: [{ type: 'text', text: 'S', cache_control: { type: 'ephemeral' }, x: 1 }],
      tools: [{ type: 'web_search_20260318', name: 'web_search', x: 1 }],
      output_config: { task_budget: { type: 'tokens', total: 20_000 } },
    })
    const { body: sent, dropped } = passedOn(body)
    expect(sent).toEqual(body)
    expect(dropped).toEqual([])
  })

  it('keeps the names that other vendors gave to calls, except before a model that takes no such names', () => {
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'functions.f:0', name: 'f', input: {}, x: 1 }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'functions.f:0', content: 'x' }] },
    ]
    expect(passedOn({ messages }, 'kimi-k2').body['messages']).toEqual(messages)
    expect(passedOn({ messages }, OLD).body['messages']).toEqual([
      messages[0],
      { role: 'assistant', content: [{ type: 'tool_use', id: 'functions_f_0', name: 'f', input: {}, x: 1 }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'functions_f_0', content: 'x' }] },
    ])
    const toolCalls = [{ id: 'functions.f:0', name: 'f', json: '{}' }]
    const { body } = fromMiddle({ messages: [{ role: 'assistant', parts: [], toolCalls }] }, 'kimi-k2')
    expect(body['messages']).toMatchObject([{ content: [{ id: 'functions.f:0' }] }])
  })

  it('names its version and its betas', () => {
    const dialect = anthropic()
    const asked = dialect.readRequest(own({}))
    const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a-1, b-2' }
    const native = { ...asked.native, headers }
    expect(dialect.writeRequest({ ...asked, native }, { model: NEW }).headers).toEqual(headers)
    expect(dialect.passHeaders).toEqual(['anthropic-version', 'anthropic-beta'])
    const foreign = { ...asked, native: { dialect: 'none', body: {}, headers } }
    expect(dialect.writeRequest(foreign, { model: NEW }).headers).toEqual({
      'anthropic-version': '2023-06-01',
    })
  })

  it('loses the files that Anthropic keeps for it where somebody else answers, and nothing else of a picture', () => {
    const chat = openaiChat()
    const content = [
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      { type: 'document', source: { type: 'file', file_id: 'file_2' }, title: 'T' },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    ]
    const asked = anthropic().readRequest(own({ messages: [{ role: 'user', content }] }))
    const { body, dropped } = chat.writeRequest(asked, { model: 'm' })
    expect(dropped).toContain('files')
    expect(JSON.stringify(body)).not.toContain('file_')
    expect(JSON.stringify(body)).toContain('https://example.com/a.png')
    expect(anthropic().writeRequest(asked, { model: OLD }).body['messages']).toEqual([
      { role: 'user', content },
    ])
  })

  it('says elsewhere which fields of its own nobody else reads', () => {
    const asked = anthropic().readRequest(
      own({ container: 'c_1', inference_geo: null, output_config: { effort: 'low', task_budget: {} } }),
    )
    expect(asked.unread).toEqual(['container', 'output_config'])
    expect(anthropic().nameOf('response_format')).toBe('output_config.format')
  })
})

describe('hosts that have the model in the address', () => {
  const asked = anthropic().readRequest(own({ stream: true }))
  const withBetas = { ...asked, native: { ...asked.native, headers: { 'anthropic-beta': 'a-1,b-2' } } }

  it('are sent the version in the body, and no model there', () => {
    const dialect = anthropic({
      path: (model, stream) => `/models/${model}:${stream ? 'streamRawPredict' : 'rawPredict'}`,
      countPath: '/models/count-tokens:rawPredict',
      versionInBody: 'vertex-2023-10-16',
      inlineMedia: true,
    })
    const wire = dialect.writeRequest(withBetas, { model: 'claude-opus-5' })
    expect(wire.path).toBe('/models/claude-opus-5:streamRawPredict')
    expect(wire.headers).toEqual({ 'anthropic-beta': 'a-1,b-2' })
    expect(wire.body).toEqual({
      anthropic_version: 'vertex-2023-10-16',
      max_tokens: 1_024,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    })
    expect(dialect.inlineMedia).toBe(true)
    expect(dialect.counting.writeRequest(asked, { model: 'claude-opus-5' })).toMatchObject({
      path: '/models/count-tokens:rawPredict',
      body: { model: 'claude-opus-5', anthropic_version: 'vertex-2023-10-16' },
    })
  })

  it('or also the betas, and no word about the stream', () => {
    const dialect = anthropic({
      path: (model, stream) =>
        `/model/${encodeURIComponent(model)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
      versionInBody: 'bedrock-2023-05-31',
      streamInBody: false,
      betasInBody: true,
    })
    const wire = dialect.writeRequest(withBetas, { model: 'us.anthropic.claude-opus-4-6-v1:0' })
    expect(wire.path).toBe('/model/us.anthropic.claude-opus-4-6-v1%3A0/invoke-with-response-stream')
    expect(wire.headers).toEqual({})
    expect(wire.body).toEqual({
      anthropic_version: 'bedrock-2023-05-31',
      anthropic_beta: ['a-1', 'b-2'],
      max_tokens: 1_024,
      messages: [{ role: 'user', content: 'Hi' }],
    })
  })
})

describe('the counting of tokens', () => {
  const dialect = anthropic()

  it('asks with all that makes up the prompt and nothing of the answer', () => {
    const asked = dialect.readRequest({
      model: 'big',
      stream: true,
      temperature: 0.5,
      system: 'S',
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'auto' },
      thinking: { type: 'enabled', budget_tokens: 2_000 },
    })
    const { path, body, headers } = dialect.counting.writeRequest(asked, { model: OLD })
    expect(path).toBe('/messages/count_tokens')
    expect(headers).toEqual({ 'anthropic-version': '2023-06-01' })
    expect(body).toEqual({
      model: OLD,
      system: 'S',
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'auto' },
      thinking: { type: 'enabled', budget_tokens: 2_000 },
    } satisfies Anthropic.MessageCountTokensParams)
  })

  it('reads the number, and nothing else for one', () => {
    expect(dialect.counting.read('{"input_tokens":2095}')).toBe(2_095)
    for (const text of ['', '{}', '{"input_tokens":"5"}', '{"input_tokens":-1}', '[5]', '<html>'])
      expect(dialect.counting.read(text), text).toBeUndefined()
  })
})
