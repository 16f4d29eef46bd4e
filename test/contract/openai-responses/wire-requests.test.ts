// What a vendor of the Responses API is sent: for clients of other dialects, and for its own.
import { describe, expect, it } from 'vitest'
import type { ModelRequest } from '../../../shared/request.ts'
import { judge } from '../../lab/openapi.ts'
import { message } from '../../unit/samples.ts'
import { asked, type Json, passedOn, wireFor } from './asking.ts'

const isKnown = (body: unknown): void => expect(judge('responses', body)).toEqual({})

describe('a question of another dialect', () => {
  const tool = {
    name: 'f',
    description: 'F',
    parameters: { type: 'object', properties: { a: { type: 'string' } } },
  }
  const hosted = { name: 'search', hosted: { dialect: 'anthropic', value: { type: 'web_search_20250305' } } }
  const written: readonly [string, Partial<ModelRequest>, Json, readonly string[]][] = [
    ['nothing but words', {}, {}, []],
    ['a stream', { stream: true }, { stream: true }, []],
    [
      'sampling that the wire knows',
      { sampling: { temperature: 0.3, topP: 0.8, topLogprobs: 2 } },
      { temperature: 0.3, top_p: 0.8, top_logprobs: 2, include: ['message.output_text.logprobs'] },
      [],
    ],
    [
      'sampling that it does not know',
      {
        choices: 2,
        sampling: {
          stop: ['x'],
          seed: 7,
          topK: 5,
          minP: 0.1,
          presencePenalty: 1,
          frequencyPenalty: 1,
          logitBias: { '1': 2 },
        },
      },
      {},
      ['n', 'stop', 'seed', 'top_k', 'min_p', 'presence_penalty', 'frequency_penalty', 'logit_bias'],
    ],
    ['a limit', { limits: { maxOutput: 900 } }, { max_output_tokens: 900 }, []],
    ['a limit under the least', { limits: { maxOutput: 1 } }, { max_output_tokens: 16 }, []],
    [
      'a user and a class of service',
      { user: 'ada', serviceTier: 'flex' },
      { user: 'ada', service_tier: 'flex' },
      [],
    ],
    ['the ordinary class in another word', { serviceTier: 'standard' }, { service_tier: 'default' }, []],
    ['a class that nobody here knows', { serviceTier: 'turbo' }, {}, ['service_tier']],
    [
      'what says as much as nothing',
      {
        tools: [hosted],
        toolChoice: 'auto',
        sampling: { stop: [], presencePenalty: 0, frequencyPenalty: 0, logitBias: {} },
      },
      {},
      ['tools'],
    ],
    ['plain JSON', { format: { type: 'json' } }, { text: { format: { type: 'json_object' } } }, []],
    [
      'a schema',
      {
        format: {
          type: 'json-schema',
          name: 's',
          schema: { type: 'object' },
          strict: true,
          description: 'D',
        },
      },
      {
        text: {
          format: {
            type: 'json_schema',
            name: 's',
            schema: { type: 'object' },
            strict: true,
            description: 'D',
          },
        },
      },
      [],
    ],
    [
      'tools, which are strict there unless told otherwise',
      { tools: [tool, { name: 'g', strict: true }], toolChoice: { name: 'f' }, parallelTools: false },
      {
        tools: [
          { type: 'function', ...tool, strict: false },
          { type: 'function', name: 'g', parameters: { type: 'object', properties: {} }, strict: true },
        ],
        tool_choice: { type: 'function', name: 'f' },
        parallel_tool_calls: false,
      },
      [],
    ],
    [
      'a tool that only another vendor runs',
      { tools: [hosted], toolChoice: 'required' },
      {},
      ['tools', 'tool_choice'],
    ],
    [
      'such a tool beside one of the client',
      { tools: [hosted, tool], toolChoice: 'required' },
      { tools: [{ type: 'function', ...tool, strict: false }], tool_choice: 'required' },
      ['tools'],
    ],
  ]
  for (const [what, over, fields, lost] of written) {
    it(`with ${what}`, () => {
      const { path, body, dropped } = wireFor(over)
      expect(path).toBe('/responses')
      const plain = {
        model: 'gpt-4.1',
        input: [{ type: 'message', role: 'user', content: 'Hi' }],
        store: false,
        stream: false,
      }
      expect(body).toEqual({ ...plain, ...fields })
      expect(dropped).toEqual(lost)
      isKnown(body)
    })
  }

  it('is told what a server reads beyond OpenAI', () => {
    const { body, dropped } = wireFor({ sampling: { seed: 7, topK: 5 } }, {}, { reads: ['seed'] })
    expect(body).toMatchObject({ seed: 7 })
    expect(dropped).toEqual(['top_k'])
  })

  it('loses the temperature where the model takes none', () => {
    const { body, dropped } = wireFor(
      { sampling: { temperature: 0.3, topP: 0.8 } },
      { facts: { temperature: false } },
    )
    expect(body).not.toHaveProperty('temperature')
    expect(body).not.toHaveProperty('top_p')
    expect(dropped).toEqual(['temperature', 'top_p'])
  })
})

describe('a question of this dialect', () => {
  const kept = { model: 'big', input: 'Hi', store: true, previous_response_id: 'resp_mnw1', background: true }

  it('leaves nothing at the vendor and names nothing that only we know', () => {
    const { body } = passedOn({ ...kept, metadata: { a: 'b' }, x_unheard: 1 })
    expect(body).toEqual({
      model: 'gpt-4.1',
      input: [{ role: 'user', content: 'Hi' }],
      store: false,
      stream: false,
      metadata: { a: 'b' },
      x_unheard: 1,
    })
  })

  it('says what is to be kept, in a value of its own', () => {
    expect(asked({}).response).toEqual({ store: true, background: false })
    expect(asked({ store: false }).response).toEqual({ store: false, background: false })
    expect(asked(kept).response).toEqual({ previousId: 'resp_mnw1', store: true, background: true })
    expect(asked({ conversation: { id: 'conv_1' } }).response).toMatchObject({ conversationId: 'conv_1' })
    expect(asked({ conversation: 'conv_1' }).response).toMatchObject({ conversationId: 'conv_1' })
    expect(asked({ input: undefined, conversation: 'conv_1' }).messages).toEqual([])
  })

  it('keeps its instructions where they were, once', () => {
    const { body } = passedOn({ ...kept, instructions: 'Be brief.' })
    expect(body['instructions']).toBe('Be brief.')
    expect(body['input']).toEqual([{ role: 'user', content: 'Hi' }])
    expect(asked({ instructions: 'Be brief.' }).messages[0]).toMatchObject({
      role: 'system',
      parts: [{ type: 'text', text: 'Be brief.' }],
    })
  })

  it('loses its instructions where a conversation has put them among its messages', () => {
    const request = asked({ instructions: 'Be brief.' })
    const { body } = wireFor({ ...request, messages: [message('Be brief.', 'system'), message('Hi')] })
    expect(body).not.toHaveProperty('instructions')
    expect(body['input']).toEqual([
      { type: 'message', role: 'system', content: 'Be brief.' },
      { type: 'message', role: 'user', content: 'Hi' },
    ])
  })

  it('is served fast by the name that answers and prices have for it', () => {
    expect(asked({ service_tier: 'fast' }).serviceTier).toBe('priority')
    expect(passedOn({ model: 'big', input: 'Hi', service_tier: 'fast' }).body['service_tier']).toBe('fast')
  })

  it('has its items passed on untouched, but for those that only their keeper could look up', () => {
    const whole = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA', x_unheard: 1 }
    const search = {
      id: 'ws_1',
      type: 'web_search_call',
      status: 'completed',
      action: { type: 'search', query: 'x' },
    }
    const said = {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'a', annotations: [] }],
      phase: 'commentary',
    }
    const input = [
      { role: 'user', content: 'a', x_unheard: 1 },
      { type: 'reasoning', id: 'rs_0', summary: [] },
      { type: 'item_reference', id: 'msg_0' },
      { id: 'msg_00' },
      whole,
      search,
      said,
    ]
    const { body, dropped } = passedOn({ model: 'big', input })
    expect(body['input']).toEqual([input[0], whole, search, said])
    expect(dropped).toEqual(['item_reference'])
  })

  it('has a limit that a budget lowered', () => {
    const request = asked({ max_output_tokens: 500 })
    const { body } = passedOn({ model: 'big', input: 'Hi', max_output_tokens: 500 })
    expect(body['max_output_tokens']).toBe(500)
    expect(wireFor({ ...request, limits: { maxOutput: 100 } }).body['max_output_tokens']).toBe(100)
  })

  it('names what only this dialect can be told', () => {
    const request = asked({
      prompt_cache_key: 'k',
      max_tool_calls: 2,
      truncation: 'auto',
      text: { verbosity: 'low' },
      include: ['web_search_call.action.sources', 'reasoning.encrypted_content'],
      tool_choice: { type: 'web_search' },
      reasoning: { effort: 'utmost' },
      metadata: { a: 'b' },
      user: null,
      service_tier: 'auto',
    })
    expect(request.unread?.toSorted()).toEqual(
      [
        'prompt_cache_key',
        'max_tool_calls',
        'text.verbosity',
        'include',
        'tool_choice',
        'reasoning.effort',
      ].sort(),
    )
    expect(asked({ truncation: 'disabled', include: ['reasoning.encrypted_content'] }).unread).toBeUndefined()
  })

  it('lets the model call what it allows and nothing else', () => {
    const tools = ['a', 'b', 'c'].map((name) => ({ type: 'function', name, parameters: {} }))
    const allowed = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'b' }] }
    const request = asked({ tools, tool_choice: allowed })
    expect(request.tools.map(({ name }) => name)).toEqual(['b'])
    expect(request.toolChoice).toBe('required')
    expect(passedOn({ model: 'big', input: 'Hi', tools, tool_choice: allowed }).body).toMatchObject({
      tools,
      tool_choice: allowed,
    })
  })

  it('reads sampling, user and marks of the cache', () => {
    const request = asked({
      temperature: 0.2,
      top_p: 0.9,
      include: ['message.output_text.logprobs'],
      frequency_penalty: 0.5,
      safety_identifier: 'ada',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } },
            { type: 'input_text', text: 'b', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
            { type: 'input_file', file_data: 'AAAA', filename: 'a.CSV' },
            { type: 'input_file', file_data: 'data:text/html;base64,AAAA' },
            { type: 'input_file', file_data: 'AAAA' },
          ],
        },
      ],
    })
    expect(request.sampling).toEqual({ temperature: 0.2, topP: 0.9, topLogprobs: 0, frequencyPenalty: 0.5 })
    expect(request.user).toBe('ada')
    expect(request.messages[0]?.parts).toEqual([
      { type: 'text', text: 'a', cache: '5m' },
      { type: 'text', text: 'b', cache: '1h' },
      { type: 'file', url: 'data:text/csv;base64,AAAA', name: 'a.CSV' },
      { type: 'file', url: 'data:text/html;base64,AAAA' },
      { type: 'file', url: 'data:application/pdf;base64,AAAA' },
    ])
  })
})
