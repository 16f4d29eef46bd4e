// What any client's question becomes on the two wires of Workers AI, and what is said to be left out.
import { describe, expect, it } from 'vitest'
import { workersAi } from '../../../shared/dialects/workers-ai/index.ts'
import type { WireTarget } from '../../../shared/dialect.ts'
import type { ModelRequest } from '../../../shared/request.ts'
import { message, messageOf, requestFor } from '../../unit/samples.ts'

const LLAMA = '@cf/meta/llama-3.3-70b-instruct-fp8-fast'
const SCOUT = '@cf/meta/llama-4-scout-17b-16e-instruct'
const MISTRAL = '@cf/mistralai/mistral-small-3.1-24b-instruct'
const GLM = '@cf/zai-org/glm-4.7-flash'
const PICTURE = 'data:image/png;base64,AAAA'

const write = (model: string, over: Partial<ModelRequest> = {}, target: Partial<WireTarget> = {}) =>
  workersAi().writeRequest(requestFor('Hi', { stream: false, ...over }), { model, ...target })

const weather = {
  name: 'get_weather',
  description: 'The weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: true,
}

describe('an address', () => {
  it('is that of the model where it is a native one', () => {
    expect(write(LLAMA)).toEqual({
      path: `/run/${LLAMA}`,
      body: { messages: [{ role: 'user', content: 'Hi' }] },
      dropped: [],
    })
  })

  it("is that of OpenAI's clients for any other, with the model in the body", () => {
    expect(write(GLM)).toEqual({
      path: '/v1/chat/completions',
      body: { model: GLM, messages: [{ role: 'user', content: 'Hi' }] },
      dropped: [],
    })
  })

  const strange = [
    '../../user/tokens',
    '@cf/meta/../../../../user/tokens',
    '@cf/meta/llama-3?x=1',
    '@cf/meta/llama-3/..',
    '@cf/mistral/..%2f',
    '@cf/meta/llama-3#',
    'their-model',
    '',
  ]
  for (const name of strange) {
    it(`never holds a name that could lead elsewhere: ${JSON.stringify(name)}`, () =>
      expect(write(name).path).toBe('/v1/chat/completions'))
  }

  it('of a known native family stays native for its newer members', () => {
    for (const model of [
      SCOUT,
      MISTRAL,
      '@cf/qwen/qwen3-30b-a3b-fp8',
      '@hf/nousresearch/hermes-2-pro-mistral-7b',
    ])
      expect(write(model).path).toBe(`/run/${model}`)
    for (const model of ['@cf/qwen/qwen3.8-27b', '@cf/google/gemma-4-26b-a4b-it', '@cf/openai/gpt-oss-20b'])
      expect(write(model).path).toBe('/v1/chat/completions')
  })
})

describe('a stream', () => {
  it('is asked for, with usage where that has to be asked for', () => {
    expect(write(LLAMA, { stream: true }).body).toMatchObject({ stream: true })
    expect(write(LLAMA, { stream: true }).body).not.toHaveProperty('stream_options')
    expect(write(GLM, { stream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('is not asked for in JSON mode of a native model, which has none', () => {
    const { body, dropped } = write(LLAMA, { stream: true, format: { type: 'json' } })
    expect(body).toMatchObject({ response_format: { type: 'json_object' } })
    expect(body).not.toHaveProperty('stream')
    expect(dropped).toEqual([])
  })

  it('goes on in the structured output of the others', () => {
    for (const model of [GLM, MISTRAL])
      expect(write(model, { stream: true, format: { type: 'json' } }).body).toMatchObject({ stream: true })
  })
})

describe('structured output', () => {
  const schema = { type: 'object', properties: { a: { type: 'integer' } } }
  const format = { type: 'json-schema', name: 'answer', schema, strict: true, description: 'An a' } as const

  it('is the bare schema in JSON mode', () =>
    expect(write(LLAMA, { format }).body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: schema },
    }))
  it('is guided_json where a model has only that', () => {
    expect(write(MISTRAL, { format }).body).toMatchObject({ guided_json: schema })
    expect(write('@cf/google/gemma-3-12b-it', { format: { type: 'json' } }).body).toMatchObject({
      guided_json: { type: 'object' },
    })
    expect(write(MISTRAL, { format }).body).not.toHaveProperty('response_format')
  })
  it("is OpenAI's envelope elsewhere", () =>
    expect(write(GLM, { format }).body).toMatchObject({
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema, strict: true, description: 'An a' },
      },
    }))
})

describe('a limit of the output', () => {
  for (const model of [LLAMA, GLM]) {
    it(`is one field, ours: ${model}`, () => {
      const { body } = write(model, { limits: { maxOutput: 9 } }, { maxOutput: 4_096 })
      expect(body['max_tokens']).toBe(9)
      expect(body).not.toHaveProperty('max_completion_tokens')
    })
    // The window counts it in: a limit nobody asked for would turn long prompts away.
    it(`is none where nobody has set one: ${model}`, () =>
      expect(write(model, {}, { maxOutput: 4_096 }).body).not.toHaveProperty('max_tokens'))
  }
})

describe('messages', () => {
  it('row 41: developer is system, and the first system messages are one, in their order', () => {
    const { body } = write(LLAMA, {
      messages: [
        message('One.', 'system'),
        message('Two.', 'developer'),
        message('Hi'),
        message('Three.', 'system'),
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'system', content: 'One.\n\nTwo.' },
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Three.' },
    ])
  })

  it('are texts, also where a client sent them in parts', () => {
    const parts = [
      { type: 'text', text: 'One' },
      { type: 'text', text: 'Two' },
    ] as const
    for (const model of [LLAMA, SCOUT, GLM])
      expect(write(model, { messages: [messageOf(...parts)] }).body['messages']).toEqual([
        { role: 'user', content: 'One\nTwo' },
      ])
  })

  const turn: ModelRequest['messages'] = [
    message('Weather?'),
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'Plain thought.' },
        {
          type: 'reasoning',
          text: 'Sealed.',
          signature: { dialect: 'anthropic', kind: 'signature', data: 'x' },
        },
      ],
      toolCalls: [
        { id: 'c1', name: 'get_weather', json: '{"city":"Zürich"}' },
        { id: 'c2', name: 'get_time', json: '' },
        { id: 'c3', name: 'get_time', json: '{"zone":' },
      ],
    },
    { role: 'tool', toolCallId: 'c1', parts: [{ type: 'text', text: 'Sun' }] },
    { role: 'tool', toolCallId: 'c9', parts: [{ type: 'text', text: 'Lost' }], name: 'given' },
    { role: 'assistant', parts: [{ type: 'refusal', text: 'No.' }] },
  ]

  it('row 42: calls stand beside a content that is never null, with arguments that a template can parse', () => {
    const { body, dropped } = write(LLAMA, { messages: turn })
    expect(body['messages']).toEqual([
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Zürich"}' } },
          { id: 'c2', type: 'function', function: { name: 'get_time', arguments: '{}' } },
          { id: 'c3', type: 'function', function: { name: 'get_time', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', name: 'get_weather', content: 'Sun' },
      { role: 'tool', tool_call_id: 'c9', name: 'given', content: 'Lost' },
      { role: 'assistant', content: 'No.' },
    ])
    expect(dropped).toEqual([])
  })

  it('carry unsigned thoughts where the wire takes them, and never what another vendor has signed', () => {
    const { body } = write(GLM, { messages: turn })
    expect(JSON.stringify(body)).not.toContain('Sealed')
    expect(body['messages']).toMatchObject([
      {},
      { role: 'assistant', reasoning: 'Plain thought.' },
      {},
      {},
      {},
    ])
  })

  const seen = messageOf({ type: 'text', text: 'What?' }, { type: 'image', url: PICTURE, detail: 'low' })

  it('hold pictures where the model sees', () => {
    const image = (more: object) => [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What?' },
          { type: 'image_url', image_url: { url: PICTURE, ...more } },
        ],
      },
    ]
    expect(write(SCOUT, { messages: [seen] }).body['messages']).toEqual(image({}))
    expect(write(GLM, { messages: [seen] }).body['messages']).toEqual(image({ detail: 'low' }))
  })

  it('are sent without pictures where it does not, and that is said', () => {
    for (const wire of [
      write(LLAMA, { messages: [seen] }),
      write(GLM, { messages: [seen] }, { facts: { images: false } }),
    ]) {
      expect(wire.body['messages']).toEqual([{ role: 'user', content: 'What?' }])
      expect(wire.dropped).toEqual(['images'])
    }
  })

  it('lose files, sounds and what nobody knows, and that is said once', () => {
    const rich = messageOf(
      { type: 'text', text: 'Hi' },
      { type: 'file', id: 'f' },
      { type: 'file', id: 'g' },
      { type: 'audio', data: 'AAAA', format: 'wav' },
      { type: 'other', name: 'video_url' },
    )
    expect(write(LLAMA, { messages: [rich] }).dropped).toEqual(['files', 'audio', 'video_url'])
    const heard = write(GLM, { messages: [rich] }, { facts: { audio: true } })
    expect(heard.dropped).toEqual(['files', 'video_url'])
    expect(JSON.stringify(heard.body)).toContain('"input_audio":{"data":"AAAA","format":"wav"}')
  })

  it('of tools lose their pictures, and that is said', () => {
    const shown: ModelRequest['messages'] = [
      {
        role: 'tool',
        toolCallId: 'c',
        parts: [
          { type: 'text', text: 'Seen' },
          { type: 'image', url: PICTURE },
        ],
      },
    ]
    expect(write(SCOUT, { messages: shown }).dropped).toEqual(['images'])
  })
})

describe('tools', () => {
  it('have every field that native schemas require', () => {
    const { body, dropped } = write(LLAMA, {
      tools: [weather, { name: 'now' }],
      toolChoice: { name: 'now' },
      parallelTools: false,
    })
    const { strict: _, ...plain } = weather
    expect(body['tools']).toEqual([
      { type: 'function', function: plain },
      {
        type: 'function',
        function: { name: 'now', description: '', parameters: { type: 'object', properties: {} } },
      },
    ])
    expect(body['tool_choice']).toEqual({ type: 'function', function: { name: 'now' } })
    expect(dropped).toEqual(['parallel_tool_calls'])
  })

  it("are as OpenAI's elsewhere", () => {
    const { body, dropped } = write(GLM, {
      tools: [weather, { name: 'now' }],
      toolChoice: 'required',
      parallelTools: false,
    })
    expect(body).toMatchObject({
      tools: [
        { type: 'function', function: weather },
        { type: 'function', function: { name: 'now' } },
      ],
      tool_choice: 'required',
      parallel_tool_calls: false,
    })
    expect(dropped).toEqual([])
  })

  it('that another vendor runs are left out, with a choice of them', () => {
    const hosted = {
      name: 'web_search',
      hosted: { dialect: 'openai-responses', value: { type: 'web_search' } },
    }
    const { body, dropped } = write(GLM, { tools: [hosted], toolChoice: { name: 'web_search' } })
    expect(body).not.toHaveProperty('tools')
    expect(body).not.toHaveProperty('tool_choice')
    expect(dropped).toEqual(['tools', 'tool_choice'])
  })
})

describe('the other parameters', () => {
  const everything: Partial<ModelRequest> = {
    choices: 2,
    user: 'ada',
    serviceTier: 'flex',
    sampling: {
      temperature: 0.5,
      topP: 0,
      topK: 40,
      minP: 0.1,
      stop: ['a'],
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: -1,
      logitBias: { '50256': -100 },
      topLogprobs: 2,
    },
  }

  it('row 43: of a native model are those of its schema, and the rest is said to be missing', () => {
    const { body, dropped } = write(LLAMA, everything)
    expect(body).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 0.5,
      top_p: 0.001,
      top_k: 40,
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
    })
    expect(dropped).toEqual(['n', 'stop', 'min_p', 'logit_bias', 'logprobs', 'user', 'service_tier'])
  })

  it("row 43: of the others are OpenAI's", () => {
    const { body, dropped } = write(GLM, everything)
    expect(body).toEqual({
      model: GLM,
      messages: [{ role: 'user', content: 'Hi' }],
      n: 2,
      user: 'ada',
      service_tier: 'flex',
      temperature: 0.5,
      top_p: 0,
      stop: ['a'],
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      logit_bias: { '50256': -100 },
      logprobs: true,
      top_logprobs: 2,
    })
    expect(dropped).toEqual(['top_k', 'min_p'])
  })

  it('outside of what a native schema allows are left out instead of failing the request', () => {
    for (const sampling of [
      { seed: 0, topK: 51 },
      { seed: 10_000_000_000, topK: 0 },
    ]) {
      const { body, dropped } = write(LLAMA, { sampling })
      expect(body).toEqual({ messages: [{ role: 'user', content: 'Hi' }] })
      expect(dropped).toEqual(['top_k', 'seed'])
    }
  })

  it('hold no temperature where the model takes none', () => {
    const { body, dropped } = write(GLM, { sampling: { temperature: 1 } }, { facts: { temperature: false } })
    expect(body).not.toHaveProperty('temperature')
    expect(dropped).toEqual(['temperature'])
  })

  it('that nobody has asked for are neither sent nor said to be missing', () => {
    for (const model of [LLAMA, GLM]) expect(write(model).dropped).toEqual([])
  })
})
