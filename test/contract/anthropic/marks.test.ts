// The marks of the prompt cache on Anthropic's wire: ours where the client set none, its own otherwise, four at most.
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { leastCached } from '../../../shared/dialects/anthropic/least.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { fieldsOf, listOf } from '../../../shared/fields.ts'
import type { ModelRequest } from '../../../shared/request.ts'

const CLAUDE = 'claude-sonnet-4-5'
const LONG = 'x'.repeat(4_000)
const MARK = { cache_control: { type: 'ephemeral' } }
const block = (text: string, more = {}) => ({ type: 'text', text, ...more })
const user = (content: unknown) => ({ role: 'user', content })
const assistant = (content: unknown) => ({ role: 'assistant', content })
const reading = (body: object): ModelRequest =>
  anthropic().readRequest({ model: 'm', max_tokens: 9, ...body })
const write = (request: ModelRequest, marking?: 'repeats' | 'none', model = CLAUDE) =>
  anthropic().writeRequest(request, { model, ...(marking === undefined ? {} : { marking }) })
const marksIn = (body: unknown): number => JSON.stringify(body).split('"cache_control"').length - 1

describe('a conversation', () => {
  const said = [user('One'), assistant('Two'), user('Three'), assistant('Four'), user('Five')]

  it('is marked behind the instructions and the last two questions, whatever its client speaks', () => {
    const own = write(reading({ system: LONG, messages: said }))
    const chat = openaiChat().readRequest({
      model: 'm',
      messages: [{ role: 'system', content: LONG }, ...said],
    })
    for (const { body, dropped } of [own, write(chat)]) {
      expect(dropped).toEqual([])
      expect(body['system']).toEqual([block(LONG, MARK)])
      expect(body['messages']).toEqual([
        user('One'),
        assistant('Two'),
        user([block('Three', MARK)]),
        assistant('Four'),
        user([block('Five', MARK)]),
      ])
    }
  })

  it('without instructions is marked behind its tools', () => {
    const tools = [
      { name: 'a', input_schema: {} },
      { name: 'b', description: LONG, input_schema: {} },
    ]
    expect(write(reading({ tools, messages: said })).body['tools']).toEqual([
      tools[0],
      { ...tools[1], ...MARK },
    ])
  })

  it('is marked at results of tools, and never at thoughts or empty texts', () => {
    const result = { type: 'tool_result', tool_use_id: 'c', content: LONG }
    const call = { type: 'tool_use', id: 'c', name: 'f', input: {} }
    const { body } = write(
      reading({ messages: [user([block('Go'), block('')]), assistant([call]), user([result])] }),
    )
    expect(body['messages']).toEqual([
      user([block('Go', MARK), block('')]),
      assistant([call]),
      user([{ ...result, ...MARK }]),
    ])
  })

  it('leaves what the client sent as it was', () => {
    const messages = [user([block(LONG)]), assistant('Two'), user([block('Three')])]
    const sent = { model: 'm', max_tokens: 9, messages }
    const before = JSON.stringify(sent)
    expect(marksIn(write(anthropic().readRequest(sent)).body)).toBe(2)
    expect(JSON.stringify(sent)).toBe(before)
  })

  it('is not marked where the operator does not want it, or the model is another maker’s', () => {
    const request = reading({ system: LONG, messages: said })
    expect(marksIn(write(request, 'none').body)).toBe(0)
    expect(marksIn(write(request, undefined, 'deepseek-chat').body)).toBe(0)
  })
})

describe('a question by itself', () => {
  it('is marked only behind instructions that came before, and then not behind its own words', () => {
    const request = reading({ system: LONG, messages: [user('One')] })
    expect(marksIn(write(request).body)).toBe(0)
    const { body } = write(request, 'repeats')
    expect(body['system']).toEqual([block(LONG, MARK)])
    expect(body['messages']).toEqual([user('One')])
  })
})

describe('a client that sets marks', () => {
  it('has them as it set them, wherever they stand', () => {
    const messages = [user([block(LONG, MARK)]), assistant('Two'), user('Three')]
    expect(write(reading({ messages })).body['messages']).toEqual(messages)
    const automatic = { ...MARK, messages: [user(LONG), assistant('Two'), user('Three')] }
    expect(write(reading(automatic)).body).toMatchObject(automatic)
  })

  it('has the earliest taken out where there are more than four, and is told so', () => {
    const result = {
      type: 'tool_result',
      tool_use_id: 'c',
      content: [block('1', MARK), block('2', MARK)],
      ...MARK,
    }
    const sent = {
      tools: [{ name: 'a', input_schema: {}, ...MARK }],
      system: [block('S', MARK)],
      messages: [
        user([block('One', MARK)]),
        assistant([{ type: 'tool_use', id: 'c', name: 'a', input: {} }]),
        user([result, block('Two', MARK)]),
      ],
    }
    const { body, dropped } = write(reading(sent))
    expect(dropped).toEqual(['cache_control'])
    expect(body['tools']).toEqual([{ name: 'a', input_schema: {} }])
    expect(body['system']).toEqual([block('S')])
    const messages = listOf(body['messages']).map(fieldsOf)
    expect(messages[0]).toEqual(user([block('One')]))
    expect(messages[2]).toEqual(sent.messages[2])
    expect(marksIn(sent)).toBe(7)
  })

  it('has one less where the vendor sets one by itself', () => {
    const marked = ['1', '2', '3', '4'].map((text) => block(text, MARK))
    const { body } = write(reading({ ...MARK, messages: [user(marked)] }))
    expect(listOf(body['messages'])).toEqual([user([block('1'), ...marked.slice(1)])])
    expect(body['cache_control']).toEqual(MARK.cache_control)
  })
})

describe('the least that is kept', () => {
  it.each([
    ['claude-opus-4-6', 4_096],
    ['claude-opus-4.5', 4_096],
    ['claude-haiku-4-5-20251001', 4_096],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 4_096],
    ['claude-opus-4-7', 2_048],
    ['claude-3-5-haiku-20241022', 2_048],
    ['claude-opus-4-8', 1_024],
    ['claude-sonnet-4-6', 1_024],
    ['claude-sonnet-4-20250514', 1_024],
    ['claude-sonnet-5', 1_024],
    ['claude-3-7-sonnet', 1_024],
    ['claude-opus-5', 512],
    ['claude-fable-5', 512],
    ['claude-opus-5-5', 512],
    ['gpt-5.2', undefined],
  ])('%s: %s tokens', (model, least) => {
    expect(leastCached(model)).toBe(least)
  })
})
