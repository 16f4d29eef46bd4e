// The lab's OpenAI as its official client sees it (responses, embeddings), and what it refuses, as the API does.
import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Behaviour } from './behaviour.ts'
import { base64Of, vectorOf } from './embeddings.ts'
import { startVendor, type Vendor } from './vendor.ts'

let vendor: Vendor
let client: OpenAI

beforeAll(async () => {
  vendor = await startVendor()
  client = new OpenAI({ baseURL: vendor.url, apiKey: 'sk-lab', maxRetries: 0 })
})
afterAll(() => vendor.stop())

const model = (name: string, ...script: Behaviour[]): string => {
  vendor.script(name, ...script)
  return name
}

const weather = {
  type: 'function',
  name: 'weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: false,
} as const

describe('responses', () => {
  test('a whole response and a streamed one hold the same items', async () => {
    const behaviour: Behaviour = {
      text: 'Let me look.',
      reasoning: 'Which city? Oslo.',
      toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' }, id: 'call_a' }],
      usage: { prompt: 100, cached: 30, completion: 40, reasoning: 10 },
    }
    const params = {
      model: model('both', behaviour, behaviour),
      input: 'Weather?',
      tools: [weather],
      reasoning: { summary: 'auto' as const },
    }
    const whole = await client.responses.create(params)
    expect(whole.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call'])
    expect(whole.output_text).toBe('Let me look.')
    expect(whole.usage).toMatchObject({ input_tokens: 100, output_tokens_details: { reasoning_tokens: 10 } })
    const streamed = await client.responses.stream(params).finalResponse()
    const bare = (response: typeof whole): unknown =>
      response.output.map(
        (item) => JSON.parse(JSON.stringify({ ...item, id: '', parsed_arguments: undefined })) as unknown,
      )
    const text = JSON.stringify(bare(streamed))
      .replaceAll('"parsed":null,', '')
      .replaceAll(',"parsed":null', '')
    expect(JSON.parse(text)).toEqual(bare(whole))
  })

  test('its numbers count up and its end says so', async () => {
    const numbers: number[] = []
    const types: string[] = []
    for await (const event of await client.responses.create({ model: 'plain', input: 'Hi', stream: true })) {
      numbers.push(event.sequence_number)
      types.push(event.type)
    }
    expect(numbers).toEqual(numbers.map((_, at) => at))
    expect([types[0], types[1], types.at(-1)]).toEqual([
      'response.created',
      'response.in_progress',
      'response.completed',
    ])
  })

  test('a thought is sealed when nothing is stored, and must come back as it was', async () => {
    const name = model('sealed', {
      reasoning: 'Oslo.',
      toolCalls: [{ name: 'weather', arguments: {}, id: 'call_a' }],
    })
    const base = {
      model: name,
      tools: [weather],
      store: false,
      include: ['reasoning.encrypted_content' as const],
    }
    const first = await client.responses.create({ ...base, input: 'Weather?' })
    const output = first.output as OpenAI.Responses.ResponseInput // what came is what may go
    const result = { type: 'function_call_output' as const, call_id: 'call_a', output: 'rain' }
    const again = await client.responses.create({
      ...base,
      input: [{ role: 'user', content: 'Weather?' }, ...output, result],
    })
    expect(again.status).toBe('completed')
    const forged = output.map((item) =>
      item.type === 'reasoning' ? { ...item, encrypted_content: 'Zm9yZ2Vk' } : item,
    )
    await expect(client.responses.create({ ...base, input: [...forged, result] })).rejects.toThrow(
      /could not be verified/,
    )
  })

  test('a stored response is continued by its id', async () => {
    const name = model('stored', { toolCalls: [{ name: 'weather', arguments: {}, id: 'call_a' }] })
    const { id } = await client.responses.create({ model: name, input: 'Weather?', tools: [weather] })
    const output = [{ type: 'function_call_output' as const, call_id: 'call_a', output: 'rain' }]
    const again = await client.responses.create({ model: name, previous_response_id: id, input: output })
    expect(again.output_text).toBe('This is stored speaking.')
    await expect(
      client.responses.create({ model: name, previous_response_id: 'resp_none', input: 'Hi' }),
    ).rejects.toThrow(/not found/)
  })

  test('structured output follows the schema', async () => {
    const Place = z.object({ city: z.string(), size: z.int() })
    const parsed = await client.responses.parse({
      model: 'plain',
      input: 'Hi',
      text: { format: zodTextFormat(Place, 'place') },
    })
    expect(parsed.output_parsed).toEqual({ city: 'text', size: 7 })
  })

  const refusals: readonly { readonly what: string; readonly body: object; readonly says: RegExp }[] = [
    { what: 'a chat body', body: { messages: [] }, says: /input/ },
    { what: 'a wrong type', body: { input: 'Hi', temperature: 'hot' }, says: /temperature must be number/ },
    { what: 'a tiny limit', body: { input: 'Hi', max_output_tokens: 5 }, says: /max_output_tokens/ },
    {
      what: 'a result without a call',
      body: { input: [{ type: 'function_call_output', call_id: 'call_x', output: '' }] },
      says: /No tool call found for function call output with call_id call_x/,
    },
    {
      what: 'a call without a result',
      body: { input: [{ type: 'function_call', call_id: 'call_y', name: 'f', arguments: '{}' }] },
      says: /No tool output found for function call call_y/,
    },
    {
      what: 'an assistant that says input_text',
      body: { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'Hi' }] }] },
      says: /Supported values are: 'output_text'/,
    },
    {
      what: "an id of another vendor's",
      body: {
        input: [{ type: 'function_call', id: 'call_1', call_id: 'call_1', name: 'f', arguments: '{}' }],
      },
      says: /begins with 'fc'/,
    },
  ]
  test.each(refusals)('$what is refused', async ({ body, says }) => {
    const response = await fetch(`${vendor.url}/responses`, {
      method: 'POST',
      body: JSON.stringify({ model: 'plain', ...body }),
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toMatch(says)
  })
})

describe('chat completions', () => {
  const call = { id: 'call_a', type: 'function', function: { name: 'f', arguments: '{}' } }
  const refusals: readonly { readonly what: string; readonly body: object; readonly says: RegExp }[] = [
    { what: 'no messages', body: { messages: [] }, says: /empty array/ },
    { what: 'an unknown role', body: { messages: [{ role: 'model', content: 'Hi' }] }, says: /role/ },
    { what: 'two limits', body: { max_tokens: 1, max_completion_tokens: 1 }, says: /at the same time/ },
    {
      what: 'a choice without tools',
      body: { tool_choice: 'auto' },
      says: /only allowed when 'tools' are specified/,
    },
    {
      what: 'an unanswered call',
      body: {
        messages: [
          { role: 'assistant', tool_calls: [call] },
          { role: 'user', content: 'Hi' },
        ],
      },
      says: /did not have response messages: call_a/,
    },
    {
      what: 'an answer to no call',
      body: { messages: [{ role: 'tool', tool_call_id: 'call_b', content: '1' }] },
      says: /must be a response to a preceding message/,
    },
    {
      what: 'a strict schema with an open object',
      body: {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'x', strict: true, schema: { type: 'object', properties: {} } },
        },
      },
      says: /additionalProperties/,
    },
  ]
  test.each(refusals)('$what is refused', async ({ body, says }) => {
    const asked = { model: 'plain', messages: [{ role: 'user', content: 'Hi' }], ...body }
    const response = await fetch(`${vendor.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(asked),
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toMatch(says)
  })

  test('a field that OpenAI does not know is answered and noted', async () => {
    const asked = { model: 'noted', messages: [{ role: 'user', content: 'Hi' }], top_k: 5 }
    await fetch(`${vendor.url}/chat/completions`, { method: 'POST', body: JSON.stringify(asked) })
    expect(vendor.seen('noted')[0]?.strange).toMatch(/"top_k"/)
  })
})

describe('embeddings', () => {
  test('the same text is the same vector, of length one, as floats and as base64', async () => {
    const input = ['the red fox', 'the red dog', 'Zürich']
    const { data } = await client.embeddings.create({ model: 'small', input, dimensions: 64 })
    const floats = await client.embeddings.create({
      model: 'small',
      input,
      dimensions: 64,
      encoding_format: 'float',
    })
    expect(data.map(({ embedding }) => embedding)).toEqual(floats.data.map(({ embedding }) => embedding))
    expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 5)
    expect(base64Of(vectorOf('the red fox', 64))).toHaveLength(Math.ceil((64 * 4) / 3) * 4)
    const likeness = (a = 0, b = 1): number =>
      (data[a]?.embedding ?? []).reduce((sum, value, at) => sum + value * (data[b]?.embedding[at] ?? 0), 0)
    expect(likeness(0, 1)).toBeGreaterThan(likeness(0, 2))
  })

  test('an empty text is refused', async () => {
    await expect(client.embeddings.create({ model: 'small', input: '' })).rejects.toMatchObject({
      status: 400,
    })
  })
})
