// What a chat completion request says, read into the middle language: every field, every kind of part, every vendor's word.
import { describe, expect, it } from 'vitest'
import type { Message, ModelRequest } from '../../../shared/request.ts'
import { ask, chat } from './chunks.ts'

const read = (more: object): ModelRequest => chat.readRequest(ask(more))
const said = (message: object): Partial<Message> => {
  const [, read] = chat.readRequest({ messages: [{ role: 'user', content: 'Hi' }, message] }).messages
  const { native: _, ...rest }: Partial<Message> = read ?? {}
  return rest
}

describe('sampling and the rest', () => {
  const cases: readonly [string, object, object][] = [
    ['nothing', {}, { sampling: {}, choices: 1, format: { type: 'text' }, tools: [] }],
    [
      'everything',
      {
        temperature: 0,
        top_p: 0.9,
        top_k: 40,
        min_p: 0.05,
        stop: ['a', 'b'],
        seed: 0,
        presence_penalty: -0.5,
        frequency_penalty: 0.5,
        logit_bias: { '50256': -100 },
        logprobs: true,
        top_logprobs: 5,
      },
      {
        sampling: {
          temperature: 0,
          topP: 0.9,
          topK: 40,
          minP: 0.05,
          stop: ['a', 'b'],
          seed: 0,
          presencePenalty: -0.5,
          frequencyPenalty: 0.5,
          logitBias: { '50256': -100 },
          topLogprobs: 5,
        },
      },
    ],
    ['one stop', { stop: 'END' }, { sampling: { stop: ['END'] } }],
    ['log-probabilities without alternatives', { logprobs: true }, { sampling: { topLogprobs: 0 } }],
    ['alternatives without log-probabilities', { logprobs: false, top_logprobs: 3 }, { sampling: {} }],
    ['log-probabilities as a number', { logprobs: 3 }, { sampling: { topLogprobs: 3 } }],
    ['several choices', { n: 3 }, { choices: 3 }],
    ['the user', { user: 'u1' }, { user: 'u1' }],
    ['the user under the newer name', { safety_identifier: 'u2' }, { user: 'u2' }],
    ['the class of service', { service_tier: 'flex' }, { serviceTier: 'flex' }],
    ['parallel calls', { parallel_tool_calls: false }, { parallelTools: false }],
    ['plain JSON', { response_format: { type: 'json_object' } }, { format: { type: 'json' } }],
    [
      'a schema',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'city', strict: true, description: 'A city.', schema: { type: 'object' } },
        },
      },
      {
        format: {
          type: 'json-schema',
          name: 'city',
          strict: true,
          description: 'A city.',
          schema: { type: 'object' },
        },
      },
    ],
  ]
  for (const [name, body, expected] of cases) it(name, () => expect(read(body)).toMatchObject(expected))
})

describe('tools', () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } }
  it('with schema, strictness and cache mark', () => {
    expect(
      read({
        tools: [
          {
            type: 'function',
            function: { name: 'weather', description: 'Now.', parameters, strict: true },
            cache_control: { type: 'ephemeral', ttl: '1h' },
          },
          { type: 'function', function: { name: 'time', description: null } },
        ],
      }).tools,
    ).toEqual([
      { name: 'weather', description: 'Now.', parameters, strict: true, cache: '1h' },
      { name: 'time' },
    ])
  })

  it('that only their dialect knows keep their definition', () => {
    const custom = { type: 'custom', custom: { name: 'shell', format: { type: 'text' } } }
    const search = { type: 'openrouter:web_search', parameters: { max_results: 3 } }
    expect(read({ tools: [custom, search] }).tools).toEqual([
      { name: 'shell', hosted: { dialect: 'openai-chat', value: custom } },
      { name: 'openrouter:web_search', hosted: { dialect: 'openai-chat', value: search } },
    ])
  })

  it('in their old form', () => {
    expect(
      read({ functions: [{ name: 'weather', parameters }], function_call: { name: 'weather' } }),
    ).toMatchObject({
      tools: [{ name: 'weather', parameters }],
      toolChoice: { name: 'weather' },
    })
  })

  const choices: readonly [unknown, ModelRequest['toolChoice'], boolean][] = [
    ['auto', 'auto', true],
    ['none', 'none', true],
    ['required', 'required', true],
    ['any', 'required', true],
    ['whenever', undefined, false],
    [{ type: 'function', function: { name: 'f' } }, { name: 'f' }, true],
    [{ type: 'custom', custom: { name: 'g' } }, { name: 'g' }, true],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [{ type: 'function' }] } },
      'required',
      false,
    ],
  ]
  for (const [asked, choice, whole] of choices) {
    it(`are chosen by ${JSON.stringify(asked)}`, () => {
      const request = read({ tool_choice: asked })
      expect(request.toolChoice).toEqual(choice)
      expect(request.unread ?? []).toEqual(whole ? [] : ['tool_choice'])
    })
  }
})

describe('thinking', () => {
  const cases: readonly [string, object, ModelRequest['reasoning']][] = [
    ['not asked for', {}, undefined],
    ...(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const).map(
      (effort): [string, object, ModelRequest['reasoning']] => [
        effort,
        { reasoning_effort: effort },
        { effort },
      ],
    ),
    ["OpenAI's max", { reasoning_effort: 'max' }, { effort: 'xhigh' }],
    ["OpenRouter's effort", { reasoning: { effort: 'high' } }, { effort: 'high' }],
    ["OpenRouter's tokens", { reasoning: { max_tokens: 2000 } }, { budgetTokens: 2000 }],
    ['OpenRouter, on', { reasoning: { enabled: true } }, { effort: 'medium' }],
    ['OpenRouter, off', { reasoning: { enabled: false } }, { effort: 'none' }],
    [
      'OpenRouter, unseen',
      { reasoning: { effort: 'low', exclude: true } },
      { effort: 'low', visible: false },
    ],
    ['unseen', { include_reasoning: false }, { visible: false }],
    ["Anthropic's budget", { thinking: { type: 'enabled', budget_tokens: 4096 } }, { budgetTokens: 4096 }],
    ["Z.ai's on", { thinking: { type: 'enabled' } }, { effort: 'medium' }],
    ["Z.ai's off", { thinking: { type: 'disabled' } }, { effort: 'none' }],
    ["Qwen's on", { enable_thinking: true }, { effort: 'medium' }],
    ["Qwen's off", { enable_thinking: false, thinking_budget: 500 }, { effort: 'none' }],
    ["Qwen's budget", { enable_thinking: true, thinking_budget: 500 }, { budgetTokens: 500 }],
    ["vLLM's off", { chat_template_kwargs: { enable_thinking: false } }, { effort: 'none' }],
    ["NVIDIA's on", { chat_template_kwargs: { thinking: true } }, { effort: 'medium' }],
    [
      'the first of two',
      { reasoning_effort: 'low', thinking: { type: 'enabled', budget_tokens: 9 } },
      { effort: 'low' },
    ],
    ['something else', { reasoning: 'a lot', thinking: 5, enable_thinking: 'yes' }, undefined],
  ]
  for (const [name, body, expected] of cases) it(name, () => expect(read(body).reasoning).toEqual(expected))
})

describe('fields without a word', () => {
  it('row 43: are named, those that say nothing are not', () => {
    expect(
      read({
        metadata: { a: 'b' },
        store: true,
        verbosity: 'low',
        x_other: 1,
        prediction: null,
        reasoning_effort: 'enormous',
        chat_template_kwargs: { enable_thinking: true, greeting: 'x' },
        seed: 7,
      }).unread,
    ).toEqual(['metadata', 'store', 'verbosity', 'x_other', 'reasoning_effort', 'chat_template_kwargs'])
    expect(read({ seed: 7, n: 2, user: 'u', store: false, modalities: ['text'] })).not.toHaveProperty(
      'unread',
    )
  })
})

describe('messages', () => {
  it('of a user hold every kind of part, with cache marks', () => {
    expect(
      said({
        role: 'user',
        name: 'ada',
        content: [
          { type: 'text', text: 'Grüße', cache_control: { type: 'ephemeral' } },
          {
            type: 'image_url',
            image_url: { url: 'https://example.com/a.png', detail: 'high' },
            cache_control: { type: 'ephemeral', ttl: '1h' },
          },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'original' } },
          { type: 'image_url', image_url: 'https://example.com/b.png' },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
          { type: 'video_url', video_url: { url: 'https://example.com/c.mp4' } },
        ],
      }),
    ).toEqual({
      role: 'user',
      name: 'ada',
      parts: [
        { type: 'text', text: 'Grüße', cache: '5m' },
        { type: 'image', url: 'https://example.com/a.png', detail: 'high', cache: '1h' },
        { type: 'image', url: 'data:image/png;base64,AAAA' },
        { type: 'image', url: 'https://example.com/b.png' },
        { type: 'file', url: 'data:application/pdf;base64,JVBE', name: 'a.pdf' },
        { type: 'file', id: 'file-1' },
        { type: 'audio', data: 'UklG', format: 'wav' },
        { type: 'other', name: 'video_url' },
      ],
    })
  })

  it('of an assistant hold refusals, spoken answers and calls of every kind', () => {
    expect(
      said({
        role: 'assistant',
        content: [{ type: 'refusal', refusal: 'No.' }],
        refusal: 'Never.',
        audio: { id: 'audio_1' },
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', type: 'custom', custom: { name: 'shell', input: 'ls "x"' } },
        ],
      }),
    ).toEqual({
      role: 'assistant',
      parts: [
        { type: 'refusal', text: 'No.' },
        { type: 'refusal', text: 'Never.' },
        { type: 'other', name: 'audio' },
      ],
      toolCalls: [
        { id: 'a', name: 'f', json: '{"x":1}' },
        { id: 'b', name: 'shell', json: '{"input":"ls \\"x\\""}' },
      ],
    })
  })

  it('of the old function calls get ids, and each answer that of its call', () => {
    const call = (name: string) => ({
      role: 'assistant',
      content: null,
      function_call: { name, arguments: '{}' },
    })
    const { messages } = chat.readRequest({
      messages: [
        { role: 'user', content: 'Hi' },
        call('f'),
        { role: 'function', name: 'f', content: '1' },
        call('f'),
        { role: 'function', name: 'f', content: '2' },
      ],
    })
    expect(messages.map((message) => message.toolCalls?.[0]?.id ?? message.toolCallId)).toEqual([
      undefined,
      'function_1',
      'function_1',
      'function_2',
      'function_2',
    ])
    expect(messages[2]?.role).toBe('tool')
  })
})

describe('thoughts in the history', () => {
  const thoughts = (message: object) =>
    (said({ role: 'assistant', content: 'Yes', ...message }).parts ?? []).filter(
      (part) => part.type === 'reasoning',
    )
  const text = 'Well'
  const cases: readonly [string, object, readonly object[]][] = [
    ['under reasoning_content', { reasoning_content: text }, [{ text }]],
    ['under reasoning', { reasoning: text }, [{ text }]],
    ['under both, which is one', { reasoning: text, reasoning_content: text }, [{ text }]],
    [
      'as parts of the content (Mistral)',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text }] },
          { type: 'text', text: 'Yes' },
        ],
      },
      [{ text }],
    ],
    [
      "row 38: with Anthropic's signature, and a redacted one after it, in their order",
      {
        reasoning: text,
        reasoning_details: [
          { type: 'reasoning.text', text, signature: 'EqQB', format: 'anthropic-claude-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'EvAF', format: 'anthropic-claude-v1', index: 1 },
        ],
      },
      [
        { text, signature: { dialect: 'anthropic', kind: 'signature', data: 'EqQB' } },
        { text: '', signature: { dialect: 'anthropic', kind: 'redacted', data: 'EvAF' } },
      ],
    ],
    [
      'row 38: as a client collected them piece by piece',
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'We', format: 'anthropic-claude-v1', index: 0 },
          { type: 'reasoning.text', text: 'll', format: 'anthropic-claude-v1', index: 0 },
          { type: 'reasoning.text', signature: 'EqQB', format: 'anthropic-claude-v1', index: 0 },
          { type: 'reasoning.text', text: 'More', format: 'anthropic-claude-v1', index: 1 },
        ],
      },
      [{ text, signature: { dialect: 'anthropic', kind: 'signature', data: 'EqQB' } }, { text: 'More' }],
    ],
    [
      'row 38: an unsigned stretch before a signed one, which stay apart',
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'Um', index: 0 },
          { type: 'reasoning.text', text, signature: 'EqQB', format: 'anthropic-claude-v1', index: 1 },
        ],
      },
      [{ text: 'Um' }, { text, signature: { dialect: 'anthropic', kind: 'signature', data: 'EqQB' } }],
    ],
    [
      'with the encrypted state of an item of OpenAI, and its summary',
      {
        reasoning_details: [
          { type: 'reasoning.summary', summary: text, id: 'rs_1', format: 'openai-responses-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'gAAA', id: 'rs_1', format: 'openai-responses-v1', index: 0 },
        ],
      },
      [{ text, signature: { dialect: 'openai-responses', kind: 'encrypted', data: 'gAAA', id: 'rs_1' } }],
    ],
    [
      "with another vendor's own format, which is nobody else's",
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', format: 'xai-responses-v1' }] },
      [{ text: '', signature: { dialect: 'xai-responses-v1', kind: 'encrypted', data: 'x' } }],
    ],
    ['that are none', { reasoning_details: [{ type: 'reasoning.odd' }, 5, null], reasoning: '' }, []],
    [
      'spoken, with a signature that stands for hidden ones',
      {
        reasoning_content: text,
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'EvAF', format: 'anthropic-claude-v1' }],
      },
      [{ text }, { text: '', signature: { dialect: 'anthropic', kind: 'redacted', data: 'EvAF' } }],
    ],
  ]
  for (const [name, message, expected] of cases) {
    it(name, () =>
      expect(thoughts(message)).toEqual(expected.map((thought) => ({ type: 'reasoning', ...thought }))),
    )
  }

  const signature = { dialect: 'gemini', kind: 'signature', data: 'CiQB' }
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
  it("row 37: Google's seal stands on the call", () => {
    const sealed = { ...call, extra_content: { google: { thought_signature: 'CiQB' } } }
    expect(said({ role: 'assistant', tool_calls: [sealed] }).toolCalls).toEqual([
      { id: 'c', name: 'f', json: '{}', signature },
    ])
  })

  it("row 37: or among the thoughts under the call's id, as OpenRouter has it", () => {
    const message = said({
      role: 'assistant',
      tool_calls: [call],
      reasoning_details: [
        { type: 'reasoning.encrypted', data: 'CiQB', id: 'c', format: 'google-gemini-v1', index: 0 },
      ],
    })
    expect(message.toolCalls).toEqual([
      { id: 'c', name: 'f', json: '{}', signature: { ...signature, id: 'c' } },
    ])
    expect(message.parts).toEqual([])
  })
})
