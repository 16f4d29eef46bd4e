// What a vendor's record changes in a request of the same dialect: what is refused, renamed, limited. All else passes.
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { ask, chat, type Json } from './chunks.ts'

type Options = Parameters<typeof openaiChat>[0]

const send = (body: object, options: Options, model = 'big-1', facts = {}) =>
  openaiChat(options).writeRequest(chat.readRequest(body), { model, facts })
const fn = (name: string, more: object = {}) => ({ type: 'function', function: { name, ...more } })

describe('an answer that is to be continued', () => {
  const prefill = { add_generation_prompt: false, continue_final_message: true }
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'The' },
  ]
  const begun = ask({ messages })
  it('is said to be by fields of the body', () => {
    expect(send(begun, { prefill }).body).toMatchObject({ messages, ...prefill })
    expect(send(ask({}), { prefill }).body).not.toHaveProperty('continue_final_message')
  })
  it('is left to a client that has set one of them itself', () => {
    const { body } = send({ ...begun, add_generation_prompt: true }, { prefill })
    expect(body).toMatchObject({ add_generation_prompt: true })
    expect(body).not.toHaveProperty('continue_final_message')
  })
})

describe('a field', () => {
  const cases: readonly [string, Options, object, object, readonly string[]][] = [
    ['passes where nothing is said', {}, { seed: 1, x_other: [1] }, { seed: 1, x_other: [1] }, []],
    [
      'that is refused is left out and named',
      { refuses: ['seed', 'metadata'] },
      { seed: 1, metadata: { a: 'b' }, top_k: 5 },
      { top_k: 5 },
      ['seed', 'metadata'],
    ],
    [
      'that says nothing is left out and not named',
      { refuses: ['seed', 'n', 'logprobs', 'tools', 'user'] },
      { seed: null, n: 1, logprobs: false, tools: [] },
      {},
      [],
    ],
    [
      'takes its companions with it',
      { refuses: ['logprobs', 'tools'] },
      {
        logprobs: true,
        top_logprobs: 2,
        tools: [fn('f')],
        tool_choice: 'auto',
        parallel_tool_calls: false,
      },
      {},
      ['logprobs', 'tools'],
    ],
    [
      'that this model refuses is left out',
      { refuses: [{ field: 'top_p', models: /^big/ }] },
      { top_p: 0.5 },
      {},
      ['top_p'],
    ],
    [
      'that another model refuses passes',
      { refuses: [{ field: 'top_p', models: /^small/ }] },
      { top_p: 0.5 },
      { top_p: 0.5 },
      [],
    ],
    ['is renamed', { names: { seed: 'random_seed' } }, { seed: 0 }, { random_seed: 0 }, []],
    [
      'under its new name already is kept',
      { names: { seed: 'random_seed' } },
      { seed: 1, random_seed: 2 },
      { random_seed: 2 },
      [],
    ],
    ['of stops is cut', { maxStops: 2 }, { stop: ['a', 'b', 'c'] }, { stop: ['a', 'b'] }, ['stop']],
    ['of stops that fits is not', { maxStops: 2 }, { stop: ['a', 'b'] }, { stop: ['a', 'b'] }, []],
    ['of one stop becomes a list', { stopList: true }, { stop: 'a' }, { stop: ['a'] }, []],
    [
      'of temperature is lowered',
      { maxTemperature: 1 },
      { temperature: 1.5 },
      { temperature: 1 },
      ['temperature'],
    ],
    ['of temperature that fits is not', { maxTemperature: 1 }, { temperature: 1 }, { temperature: 1 }, []],
    [
      'of log-probabilities is a number',
      { logprobs: 'count' },
      { logprobs: true, top_logprobs: 5 },
      { logprobs: 5 },
      [],
    ],
    [
      'of log-probabilities without alternatives is one',
      { logprobs: 'count' },
      { logprobs: true },
      { logprobs: 1 },
      [],
    ],
    [
      'of a wish for any tool has another word',
      { requiredTool: 'any' },
      { tool_choice: 'required' },
      { tool_choice: 'any' },
      [],
    ],
    [
      'that names a tool becomes a wish for any of one',
      { noNamedTool: true, requiredTool: 'any' },
      { tools: [fn('f'), fn('g')], tool_choice: fn('g') },
      { tools: [fn('g')], tool_choice: 'any' },
      [],
    ],
    [
      'that forces a tool is left out and named',
      { noForcedTool: true },
      { tools: [fn('f')], tool_choice: fn('f') },
      { tools: [fn('f')] },
      ['tool_choice'],
    ],
    [
      'that leaves the choice passes',
      { noForcedTool: true },
      { tools: [fn('f')], tool_choice: 'none' },
      { tools: [fn('f')], tool_choice: 'none' },
      [],
    ],
    [
      'of strictness goes',
      { noStrictTools: true },
      { tools: [fn('f', { strict: true })] },
      { tools: [fn('f')] },
      [],
    ],
    [
      'of cache marks goes, on parts and tools',
      { refuses: ['cache_control'] },
      { tools: [{ ...fn('f'), cache_control: { type: 'ephemeral' } }] },
      { tools: [fn('f')] },
      ['cache_control'],
    ],
    [
      'that every request carries is added',
      { always: { safe_prompt: true, seed: 1 } },
      { seed: 5 },
      { safe_prompt: true, seed: 5 },
      [],
    ],
    [
      'that replies at once want is set, whatever was asked',
      { unstreamed: { models: /^big/, fields: { enable_thinking: false } } },
      { enable_thinking: true },
      { enable_thinking: false },
      ['reasoning_effort'],
    ],
    [
      'for streams goes where it is not known',
      { streamOptions: false },
      { stream: true, stream_options: { include_usage: true } },
      { stream: true },
      [],
    ],
  ]
  for (const [name, options, fields, expected, dropped] of cases) {
    it(name, () => {
      const wire = send(ask(fields), options)
      expect(wire.body).toEqual({ ...ask(expected), model: 'big-1' })
      expect(wire.dropped).toEqual(dropped)
    })
  }

  it('of temperature goes where the model has none', () => {
    const wire = send(ask({ temperature: 1 }), {}, 'o3', { temperature: false })
    expect(wire.body).not.toHaveProperty('temperature')
    expect(wire.dropped).toEqual(['temperature'])
  })

  it('goes to another path', () => expect(send(ask({}), { path: '/chat' }).path).toBe('/chat'))
})

describe('a wish for a format', () => {
  const schema = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } }
  const object = { type: 'json_object' }
  const text = { type: 'text' }
  const cases: readonly [NonNullable<Options>['formats'], object, object | undefined, readonly string[]][] = [
    ['schema', schema, schema, []],
    ['schema', object, object, []],
    ['object', schema, object, ['response_format']],
    ['object', object, object, []],
    ['schema-only', schema, schema, []],
    ['schema-only', object, undefined, ['response_format']],
    ['none', schema, undefined, ['response_format']],
    ['none', object, undefined, ['response_format']],
    ['none', text, undefined, []],
  ]
  for (const [formats, asked, got, dropped] of cases) {
    it(`${JSON.stringify(asked['type' as keyof typeof asked])} of a vendor of ${formats} is ${JSON.stringify(got)}`, () => {
      const wire = send(ask({ response_format: asked }), formats === undefined ? {} : { formats })
      expect(wire.body['response_format']).toEqual(got)
      expect(wire.dropped).toEqual(dropped)
    })
  }

  it('keeps its schema in another place (TGI)', () =>
    expect(send(ask({ response_format: schema }), { schemaField: 'value' }).body['response_format']).toEqual({
      type: 'json_schema',
      value: schema.json_schema,
    }))

  it('that became plain JSON says so in words; one that the client wrote itself stands as it is', () => {
    const messages = (body: Json): number => (body['messages'] as unknown[]).length
    expect(messages(send(ask({ response_format: schema }), { formats: 'object' }).body)).toBe(2)
    expect(messages(send(ask({ response_format: object }), { formats: 'object' }).body)).toBe(1)
  })
})

describe('a message', () => {
  const call = (id: string, more: object = {}) => ({ id, ...fn('f', { arguments: '{}' }), ...more })
  const sealed = { extra_content: { google: { thought_signature: 'CiQB' } } }
  const details = [
    { type: 'reasoning.text', text: 'hm', signature: 'EqQB', format: 'anthropic-claude-v1', index: 0 },
  ]
  const cases: readonly [string, Options, object, object, (readonly string[])?][] = [
    [
      'loses its name',
      { noNames: true },
      { role: 'user', name: 'ada', content: 'a' },
      { role: 'user', content: 'a' },
      ['name'],
    ],
    [
      'becomes one text',
      { content: 'text' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: 'x' } },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: 'a\nb' },
      ['images'],
    ],
    [
      'loses its refused parts and marks',
      { refuses: ['files', 'cache_control'] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a', cache_control: { type: 'ephemeral' }, x: 1 },
          { type: 'file', file: { file_id: 'f' } },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'a', x: 1 }] },
      ['cache_control', 'files'],
    ],
    [
      'that is to be continued is marked',
      { prefill: 'prefix' },
      { role: 'assistant', content: 'The' },
      { role: 'assistant', content: 'The', prefix: true },
    ],
    [
      'keeps its thoughts where nothing is said of them',
      {},
      { role: 'assistant', content: 'a', reasoning_content: 'hm', reasoning_details: details },
      { role: 'assistant', content: 'a', reasoning_content: 'hm', reasoning_details: details },
    ],
    [
      'loses its thoughts, and the seals that this gateway gave out',
      { thoughts: 'none' },
      {
        role: 'assistant',
        content: 'a',
        reasoning_content: 'hm',
        reasoning_details: details,
        tool_calls: [call('c', sealed)],
      },
      { role: 'assistant', content: 'a', tool_calls: [call('c')] },
    ],
    [
      'has its thoughts under the name that the vendor knows',
      { thoughts: 'reasoning_content' },
      { role: 'assistant', content: 'a', reasoning: 'hm' },
      { role: 'assistant', content: 'a', reasoning_content: 'hm' },
    ],
    [
      'has its thoughts as it had them where that is the vendor’s way',
      { thoughts: 'reasoning_details' },
      { role: 'assistant', content: 'a', reasoning_content: 'hm', reasoning_details: details },
      { role: 'assistant', content: 'a', reasoning_details: details },
    ],
    [
      'has its thoughts among its parts',
      { thoughts: 'content' },
      { role: 'assistant', content: 'a', reasoning_content: 'hm' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'a' },
        ],
      },
    ],
    [
      'has no thoughts among its parts where they are not known',
      { thoughts: 'reasoning' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'a' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'a' }], reasoning: 'hm' },
    ],
    [
      'with calls and without thoughts has an empty field where one is insisted on',
      { thoughts: 'reasoning_content', thoughtsBesideCalls: true },
      { role: 'assistant', content: null, tool_calls: [call('c')] },
      { role: 'assistant', content: null, tool_calls: [call('c')], reasoning_content: '' },
    ],
    [
      'keeps the seals of its calls where they are wanted',
      { thoughts: 'none', callSignatures: 'extra_content' },
      { role: 'assistant', content: null, tool_calls: [call('c', sealed)] },
      { role: 'assistant', content: null, tool_calls: [call('c', sealed)] },
    ],
  ]
  for (const [name, options, message, expected, dropped = []] of cases) {
    it(name, () => {
      const wire = send({ model: 'big', messages: [message] }, options)
      expect(wire.body['messages']).toEqual([expected])
      expect(wire.dropped).toEqual(dropped)
    })
  }

  it('shows the bytes of a picture that were fetched for it', () => {
    const request = chat.readRequest({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,BB' } },
          ],
        },
      ],
    })
    const [message] = request.messages
    const parts = message?.parts.map((part) =>
      part.type === 'image' && part.url.startsWith('https:')
        ? { ...part, url: 'data:image/png;base64,AA' }
        : part,
    )
    const fetched = { ...request, messages: [{ ...message, role: 'user' as const, parts: parts ?? [] }] }
    const dialect = openaiChat({ inlineMedia: true })
    expect(dialect.inlineMedia).toBe(true)
    expect(dialect.writeRequest(fetched, { model: 'm' }).body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } },
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,BB' } },
        ],
      },
    ])
  })

  it('has ids of calls in the form that the vendor wants, the same for call and answer, different for different', () => {
    const options = { callIds: { pattern: /^[a-zA-Z0-9]{9}$/, chars: 9 } }
    const ids = ['toolu_01A09q90qw90lq917835lq9', 'toolu_01A09q90qw90lq917835lq8', 'abcDEF123']
    const { body } = send(
      {
        messages: [
          { role: 'assistant', content: null, tool_calls: ids.map((id) => call(id)) },
          ...ids.map((id) => ({ role: 'tool', tool_call_id: id, content: 'x' })),
        ],
      },
      options,
    )
    const [first, ...answers] = body['messages'] as Json[]
    const sent = ((first?.['tool_calls'] ?? []) as Json[]).map((one) => String(one['id']))
    expect(answers.map((answer) => answer['tool_call_id'])).toEqual(sent)
    for (const id of sent) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(new Set(sent).size).toBe(3)
    expect(sent[2]).toBe('abcDEF123')
  })
})
