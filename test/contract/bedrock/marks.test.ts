// The cache points of Converse: ours where the client set none, its own otherwise, four at most.
import { describe, expect, it } from 'vitest'
import { bedrock } from '../../../shared/dialects/bedrock/index.ts'
import type { Message, ModelRequest, Tool } from '../../../shared/request.ts'
import { message, messageOf, requestFor } from '../../unit/samples.ts'

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const NOVA = 'amazon.nova-pro-v1:0'
const LONG = 'x'.repeat(4_000)
const POINT = { cachePoint: { type: 'default' } }
const TOOL: Tool = { name: 'f', description: LONG }
const said: readonly Message[] = [message('One'), message('Two', 'assistant'), message('Three')]
const PDF = 'data:application/pdf;base64,JVBERi0xLjc='

const write = (over: Partial<ModelRequest>, model = CLAUDE, marking?: 'repeats' | 'none') =>
  bedrock().writeRequest(requestFor('', over), { model, ...(marking === undefined ? {} : { marking }) })

describe('a conversation', () => {
  it('has points behind its instructions and its last two questions', () => {
    for (const model of [CLAUDE, NOVA]) {
      const { body, dropped } = write({ messages: [message(LONG, 'system'), ...said] }, model)
      expect(dropped).toEqual([])
      expect(body).toMatchObject({
        system: [{ text: LONG }, POINT],
        messages: [
          { role: 'user', content: [{ text: 'One' }, POINT] },
          { role: 'assistant', content: [{ text: 'Two' }] },
          { role: 'user', content: [{ text: 'Three' }, POINT] },
        ],
      })
    }
  })

  it('without instructions has one behind its tools, on models that take it there', () => {
    const request = { messages: said, tools: [TOOL] }
    expect(write(request).body['toolConfig']).toMatchObject({ tools: [{ toolSpec: { name: 'f' } }, POINT] })
    expect(JSON.stringify(write(request, NOVA).body['toolConfig'])).not.toContain('cachePoint')
  })

  it('has none directly behind a document', () => {
    const asked = messageOf({ type: 'text', text: LONG }, { type: 'file', url: PDF, name: 'a.pdf' })
    const { body } = write({ messages: [asked], conversation: 'tea' })
    expect(body['messages']).toMatchObject([
      { content: [{ text: LONG }, POINT, { document: { name: 'a' } }] },
    ])
  })

  it('has none where nothing is kept by them, or nobody wants it', () => {
    const request = { messages: [message(LONG, 'system'), ...said] }
    for (const body of [
      write(request, 'meta.llama3-3-70b-instruct-v1:0').body,
      write(request, CLAUDE, 'none').body,
    ])
      expect(JSON.stringify(body)).not.toContain('cachePoint')
  })
})

it('a question by itself has one only behind instructions that came before', () => {
  const request = { messages: [message(LONG, 'system'), message('One')] }
  expect(JSON.stringify(write(request).body)).not.toContain('cachePoint')
  expect(write(request, CLAUDE, 'repeats').body).toMatchObject({
    system: [{ text: LONG }, POINT],
    messages: [{ content: [{ text: 'One' }] }],
  })
})

it('a client that set more than four has the earliest taken out, and is told so', () => {
  const marked = (text: string) => ({ type: 'text', text, cache: '5m' }) as const
  const messages: Message[] = [
    { role: 'system', parts: [marked('S')] },
    messageOf(...['1', '2', '3', '4'].map(marked)),
  ]
  const { body, dropped } = write({ messages, tools: [{ ...TOOL, cache: '5m' }] })
  expect(dropped).toEqual(['cache_control'])
  expect(JSON.stringify(body['toolConfig'])).not.toContain('cachePoint')
  expect(body).toMatchObject({
    system: [{ text: 'S' }],
    messages: [{ content: ['1', '2', '3', '4'].flatMap((text) => [{ text }, POINT]) }],
  })
})
