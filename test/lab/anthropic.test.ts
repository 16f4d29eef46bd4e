// The lab's Anthropic as its official client sees it, and what it refuses, as the API does.
import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Behaviour } from './behaviour.ts'
import { startVendor, type Vendor } from './vendor.ts'

let vendor: Vendor
let client: Anthropic

beforeAll(async () => {
  vendor = await startVendor()
  client = new Anthropic({ baseURL: vendor.origin, apiKey: 'sk-lab', maxRetries: 0 })
})
afterAll(() => vendor.stop())

type Params = Anthropic.MessageCreateParamsNonStreaming

const model = (name: string, ...script: Behaviour[]): string => {
  vendor.script(name, ...script)
  return name
}

const hello: Params = { model: 'plain', max_tokens: 4096, messages: [{ role: 'user', content: 'Hi' }] }
const weather: Anthropic.Tool = {
  name: 'weather',
  description: 'The weather in a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
}
const thinking = { type: 'enabled', budget_tokens: 1024 } as const

test('a whole message and a streamed one are the same', async () => {
  const behaviour: Behaviour = {
    text: 'Let me look.',
    reasoning: 'Which city? Oslo.',
    toolCalls: [
      { name: 'weather', arguments: { city: 'Oslo' }, id: 'toolu_a' },
      { name: 'weather', arguments: { city: 'Rome' }, id: 'toolu_b' },
    ],
    usage: { prompt: 100, cached: 30, cacheWrite: 20, completion: 40, reasoning: 10 },
  }
  const params: Params = { ...hello, model: model('both', behaviour, behaviour), tools: [weather], thinking }
  const whole = await client.messages.create(params)
  expect(whole.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use'])
  expect(whole).toMatchObject({ stop_reason: 'tool_use', usage: { input_tokens: 50, output_tokens: 40 } })
  const streamed = await client.messages.stream(params).finalMessage()
  const { parsed_output: _, ...same } = streamed
  expect({ ...same, id: whole.id }).toEqual({ ...whole, usage: streamed.usage })
  expect(streamed.usage).toMatchObject({ input_tokens: 50, cache_read_input_tokens: 30, output_tokens: 40 })
})

test('a tool turn goes through when the thoughts come back as they were', async () => {
  const name = model('turn', {
    reasoning: 'Oslo.',
    toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }],
  })
  const first = await client.messages.create({ ...hello, model: name, tools: [weather], thinking })
  const call = first.content.find((block) => block.type === 'tool_use')
  const result = { type: 'tool_result', tool_use_id: call?.id ?? '', content: 'rain' } as const
  const messages: Anthropic.MessageParam[] = [
    ...hello.messages,
    { role: 'assistant', content: first.content },
    { role: 'user', content: [result] },
  ]
  const answer = await client.messages.create({ ...hello, model: name, messages, tools: [weather], thinking })
  expect(answer.stop_reason).toBe('end_turn')

  const forged = first.content.map((block) =>
    block.type === 'thinking' ? { ...block, thinking: 'Rome.' } : block,
  )
  await expect(
    client.messages.create({
      ...hello,
      tools: [weather],
      thinking,
      messages: [
        hello.messages[0] ?? { role: 'user', content: 'Hi' },
        { role: 'assistant', content: forged },
        { role: 'user', content: [result] },
      ],
    }),
  ).rejects.toThrow(/Invalid `signature` in `thinking` block/)
  const bare = first.content.filter((block) => block.type === 'tool_use')
  await expect(
    client.messages.create({
      ...hello,
      tools: [weather],
      thinking,
      messages: [
        ...hello.messages,
        { role: 'assistant', content: bare },
        { role: 'user', content: [result] },
      ],
    }),
  ).rejects.toThrow(/must start with a thinking block/)
})

test('count_tokens counts what a message would', async () => {
  const { input_tokens } = await client.messages.countTokens({ model: 'plain', messages: hello.messages })
  const { usage } = await client.messages.create(hello)
  expect(input_tokens).toBe(usage.input_tokens)
})

const refusals: readonly { readonly what: string; readonly body: object; readonly says: RegExp }[] = [
  { what: 'no max_tokens', body: { max_tokens: undefined }, says: /max_tokens: Field required/ },
  {
    what: 'an unknown field',
    body: { frequency_penalty: 1 },
    says: /frequency_penalty: Extra inputs are not permitted/,
  },
  {
    what: 'an empty text block',
    body: { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
    says: /non-empty/,
  },
  { what: 'thinking with a temperature', body: { thinking, temperature: 0.5 }, says: /temperature/ },
  {
    what: 'a budget above the limit',
    body: { thinking, max_tokens: 1000 },
    says: /max_tokens.*budget_tokens/,
  },
  {
    what: 'thinking with a forced tool',
    body: { thinking, tools: [weather], tool_choice: { type: 'any' } },
    says: /forces tool use/,
  },
  { what: 'temperature and top_p', body: { temperature: 0.5, top_p: 0.5 }, says: /cannot both be specified/ },
  {
    what: 'a result without a call',
    body: {
      messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_x', content: '1' }] }],
    },
    says: /unexpected `tool_use_id` found in `tool_result` blocks: toolu_x/,
  },
  {
    what: 'a call without a result',
    body: {
      messages: [
        ...hello.messages,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_y', name: 'weather', input: {} }] },
        { role: 'user', content: 'And?' },
      ],
    },
    says: /`tool_use` ids were found without `tool_result` blocks immediately after: toolu_y/,
  },
  {
    what: 'an assistant at the beginning',
    body: { messages: [{ role: 'assistant', content: 'Hi' }] },
    says: /first message/,
  },
  {
    what: 'a schema that leaves fields open',
    body: { output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } } },
    says: /additionalProperties/,
  },
]

test.each(refusals)('$what is refused', async ({ body, says }) => {
  const asked = client.messages.create({ ...hello, ...body })
  await expect(asked).rejects.toThrow(says)
  await expect(asked).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' })
})

test('without anthropic-version nothing is answered', async () => {
  const response = await fetch(`${vendor.url}/messages`, { method: 'POST', body: JSON.stringify(hello) })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('anthropic-version: header is required')
})

test('an error in the middle of a stream reaches the client as one', async () => {
  const stream = client.messages.stream({
    ...hello,
    model: model('broken', { text: 'one two three', failAt: 4 }),
  })
  await expect(stream.finalMessage()).rejects.toThrow(/The server had an error/)
})
