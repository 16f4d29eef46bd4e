// OpenAI's own client reads what clients are sent when the vendor spoke another dialect.
import OpenAI, { APIError } from 'openai'
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import { CONTEXT } from '../wire.ts'
import { chat } from './chunks.ts'

const events: readonly ModelEvent[] = [
  { type: 'start', id: 'msg_01', model: 'claude', createdAt: 1_760_000_000_000 },
  { type: 'reasoning-delta', index: 0, text: 'Hm.' },
  {
    type: 'reasoning-signature',
    index: 0,
    signature: { dialect: 'anthropic', kind: 'signature', data: 'EqQB' },
  },
  { type: 'text-delta', index: 0, text: 'Grüße, ' },
  { type: 'text-delta', index: 0, text: '世界' },
  { type: 'tool-start', index: 0, call: 0, id: 'toolu_1', name: 'weather' },
  { type: 'tool-start', index: 0, call: 1, id: 'toolu_2', name: 'time' },
  { type: 'tool-delta', index: 0, call: 1, json: '{"zone"' },
  { type: 'tool-delta', index: 0, call: 0, json: '{"city":"Rom"}' },
  { type: 'tool-delta', index: 0, call: 1, json: ':1}' },
  { type: 'choice-end', index: 0, reason: 'tool-calls' },
  {
    type: 'finish',
    reason: 'tool-calls',
    usage: { input: 3, cacheRead: 2, cacheWrite: 1, output: 4, reasoning: 5 },
    costMicros: 12,
  },
]
const ASK = { model: 'claude', messages: [{ role: 'user' as const, content: 'Hi' }] }

const client = (reply: () => Response): OpenAI =>
  new OpenAI({
    apiKey: 'mk-test',
    baseURL: 'https://gateway.example/v1',
    maxRetries: 0,
    fetch: () => Promise.resolve(reply()),
  })
const streamed = (list: readonly ModelEvent[]): OpenAI => {
  const write = chat.writeEvents(CONTEXT)
  const text = list.map((event) => write([{ events: [event] }])).join('')
  return client(() => new Response(text, { headers: { 'content-type': 'text/event-stream' } }))
}
const CALLS = [
  { id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rom"}' } },
  { id: 'toolu_2', type: 'function', function: { name: 'time', arguments: '{"zone":1}' } },
]

describe("OpenAI's client", () => {
  it('puts a stream together', async () => {
    const final = await streamed(events)
      .chat.completions.stream({ ...ASK, stream_options: { include_usage: true } })
      .finalChatCompletion()
    const [choice] = final.choices
    expect(choice?.message.content).toBe('Grüße, 世界')
    expect(choice?.message.tool_calls).toMatchObject(CALLS)
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(final.usage).toMatchObject({ prompt_tokens: 6, completion_tokens: 9, total_tokens: 15 })
    // The details of the one thought are whole in one piece, so even a client that keeps only the last one has all.
    expect(choice?.message).toMatchObject({
      reasoning_details: [{ text: 'Hm.', signature: 'EqQB', format: 'anthropic-claude-v1' }],
    })
  })

  it('reads a whole reply', async () => {
    const body = chat.writeReply([{ events }], CONTEXT)
    const final = await client(() => Response.json(body)).chat.completions.create(ASK)
    expect(final.choices[0]?.message).toMatchObject({ content: 'Grüße, 世界', tool_calls: CALLS })
    expect(final.usage?.total_tokens).toBe(15)
  })

  it('row 14: throws at an answer that broke off', async () => {
    const cut: ModelEvent[] = [
      ...events.slice(0, 5),
      { type: 'error', failure: { kind: 'malformed', reason: 'the stream ended early' } },
    ]
    const stream = await streamed(cut).chat.completions.create({ ...ASK, stream: true })
    const heard: string[] = []
    const reading = (async () => {
      for await (const chunk of stream) heard.push(chunk.choices[0]?.delta.content ?? '')
    })()
    await expect(reading).rejects.toThrow(APIError)
    expect(heard.join('')).toBe('Grüße, 世界')
  })

  it('row 27: knows the fields of an error', async () => {
    const { status, body } = chat.writeFailure(
      { kind: 'unsupported', message: 'no', parameters: ['top_k'] },
      'r',
    )
    const refused = client(() => Response.json(body, { status })).chat.completions.create(ASK)
    await expect(refused).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param: 'top_k',
      type: 'invalid_request_error',
    })
  })
})
