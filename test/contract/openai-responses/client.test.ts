// The official clients read what is written here: every stream accumulates, errors are thrown, proofs come back.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { ModelEvent, Piece } from '../../../shared/event.ts'
import type { ModelRequest, Signature } from '../../../shared/request.ts'
import { CONTEXT, unnative } from '../wire.ts'
import { argue, END, FINISH, one, readOf, START, start, think, word } from './answering.ts'
import { type Json, responses } from './asking.ts'
import { streams } from './streams.ts'

/** A gateway in front of nothing but these answers, in their order; what it was asked is kept. */
function serve(...answers: readonly (readonly Piece[])[]) {
  const requests: ModelRequest[] = []
  const gateway = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const request = responses.readRequest(JSON.parse(String(init?.body)))
    const pieces = answers[requests.length] ?? []
    requests.push(request)
    const context = { ...CONTEXT, request, requestId: `req-${requests.length}` }
    if (!request.stream) return Response.json(responses.writeReply(pieces, context))
    const write = responses.writeEvents(context)
    const text = pieces.map((piece) => write([piece])).join('')
    return new Response(text, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  }
  return { gateway, requests }
}

const openai = (gateway: typeof fetch): OpenAI =>
  new OpenAI({ apiKey: 'mk-local', baseURL: 'http://gateway/v1', fetch: gateway, maxRetries: 0 })

/** Servers of open models whose own events its helper refuses; they pass all the same, for who asked such a server. */
const ODD = /^arguments|^thoughts in the open/

describe('the client of OpenAI', () => {
  for (const { name, data, says } of streams) {
    for (const [how, pieces] of [
      ['passed on', readOf(data)],
      ['of another vendor', unnative(readOf(data))],
    ] as const) {
      if (how === 'passed on' && ODD.test(name)) continue
      it(`accumulates a stream ${how}: ${name}`, async () => {
        const stream = openai(serve(pieces).gateway).responses.stream({ model: 'big', input: 'Hi' })
        const seen: string[] = []
        stream.on('response.output_text.delta', ({ delta }) => seen.push(delta))
        const final = await stream.finalResponse()
        expect(final.output_text).toBe(says[0]?.text ?? '')
        if (!name.startsWith('an answer that only')) expect(seen.join('')).toBe(says[0]?.text ?? '')
        expect(final.status).toBe(
          says[0]?.reason === 'length' || says[0]?.reason === 'content-filter' ? 'incomplete' : 'completed',
        )
      })
    }
  }

  it('reads a whole reply, its calls and its usage', async () => {
    const events = [START, think('Hm'), word('Hi'), start(0, 'c0', 'f'), argue(0, '{"a":1}'), END, FINISH]
    const reply = await openai(serve(one(...events)).gateway).responses.create({ model: 'big', input: 'Hi' })
    expect(reply.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call'])
    expect(reply.output_text).toBe('Hi')
    expect(reply.usage?.total_tokens).toBe(18)
  })

  it('row 14: throws at an answer that broke off', async () => {
    const failure = { kind: 'timeout', phase: 'idle', limitMs: 5 } as const
    const cut: ModelEvent[] = [START, word('Once'), { type: 'error', failure }]
    const read = async (): Promise<string> => {
      let text = ''
      const stream = await openai(serve(one(...cut)).gateway).responses.create({
        model: 'big',
        input: 'Hi',
        stream: true,
      })
      for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta
      return text
    }
    await expect(read()).rejects.toMatchObject({
      code: 'upstream_timeout',
      message: expect.stringContaining('idle limit'),
    })
  })
})

describe('the AI SDK', () => {
  const proof: Signature = { dialect: 'anthropic', kind: 'signature', data: 'EqQBCgIYAhIM' }
  const sealed: Signature = { dialect: 'gemini', kind: 'signature', data: 'CuQBAb4' }
  const turn: ModelEvent[] = [
    START,
    think('Look it up.'),
    { type: 'reasoning-signature', index: 0, signature: proof },
    { type: 'tool-start', index: 0, call: 0, id: 'toolu_1', name: 'weather', signature: sealed },
    argue(0, '{"city":'),
    argue(0, '"Rom"}'),
    { type: 'choice-end', index: 0, reason: 'tool-calls' },
    { ...FINISH, reason: 'tool-calls' } as ModelEvent,
  ]
  const weather = tool({
    description: 'Weather',
    inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
    execute: async ({ city }) => `Sun in ${city}`,
  })
  const ask = (gateway: typeof fetch) => ({
    model: createOpenAI({ apiKey: 'mk-local', baseURL: 'http://gateway/v1', fetch: gateway }).responses(
      'gpt-5',
    ),
    prompt: 'Weather in Rome?',
    tools: { weather },
    stopWhen: stepCountIs(3),
    maxRetries: 0,
    providerOptions: { openai: { store: false, include: ['reasoning.encrypted_content'] } },
  })
  const answer = one(START, word('It is '), word('sunny.'), END, FINISH)

  for (const how of ['streamed', 'whole'] as const) {
    it(`rows 37, 38: gives back every proof after a tool turn, ${how}`, async () => {
      const { gateway, requests } = serve(one(...turn), answer)
      const text =
        how === 'whole' ? (await generateText(ask(gateway))).text : await streamText(ask(gateway)).text
      expect(text).toBe('It is sunny.')
      expect(requests).toHaveLength(2)
      const [, said, result] = requests[1]?.messages ?? []
      expect(said).toMatchObject({
        role: 'assistant',
        parts: [{ type: 'reasoning', text: 'Look it up.', signature: proof }],
        toolCalls: [{ id: 'toolu_1', name: 'weather', signature: sealed }],
      })
      expect(JSON.parse(said?.toolCalls?.[0]?.json ?? '')).toEqual({ city: 'Rom' })
      expect(result).toMatchObject({
        role: 'tool',
        toolCallId: 'toolu_1',
        parts: [{ type: 'text', text: 'Sun in Rom' }],
      })
    })
  }

  it('tells of an answer that broke off', async () => {
    const cut: ModelEvent[] = [
      START,
      word('Once'),
      { type: 'error', failure: { kind: 'overloaded', status: 503 } },
    ]
    const { gateway } = serve(one(...cut))
    const seen: Json[] = []
    for await (const part of streamText({ ...ask(gateway), onError: () => undefined }).fullStream)
      seen.push({ ...part })
    expect(seen.map(({ type }) => type)).toContain('error')
  })
})
