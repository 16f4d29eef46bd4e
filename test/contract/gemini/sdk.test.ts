// Google's own client against what we write: it reads our streams, replies and errors, keeps a chat over them, and
// what it would send for our requests is what we send.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  ApiError,
  FunctionCallingConfigMode,
  type GenerateContentParameters,
  GoogleGenAI,
} from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import type { Failure } from '../../../shared/failure.ts'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { ModelRequest } from '../../../shared/request.ts'
import { requestFor } from '../../unit/samples.ts'
import { everythingChat } from '../samples.ts'
import { CONTEXT } from '../wire.ts'
import { streams } from './streams.ts'

type Json = Record<string, unknown>

/** What the server was sent last, read as the edge reads it. */
let seen: { body: Json; request: ModelRequest; path: string; key: string | undefined }
/** What it answers with. */
let events: readonly ModelEvent[] = []
let failure: Failure | undefined

let server: Server
let client: GoogleGenAI

async function bodyOf(message: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString()) as Json
}

beforeAll(async () => {
  server = createServer((message, response) => {
    void (async () => {
      const url = new URL(message.url ?? '', 'http://lab')
      const body = await bodyOf(message)
      const stream = url.pathname.endsWith(':streamGenerateContent')
      const model = /models\/(.+):/.exec(url.pathname)?.[1] ?? ''
      const request = gemini.readRequest(body, { model, stream })
      const key = message.headers['x-goog-api-key']
      seen = {
        body,
        request,
        path: `${url.pathname}${url.search}`,
        key: typeof key === 'string' ? key : undefined,
      }
      const context = { ...CONTEXT, request }
      if (failure !== undefined) {
        const out = gemini.writeFailure(failure, 'req_1')
        response.writeHead(out.status, { 'content-type': 'application/json' }).end(JSON.stringify(out.body))
      } else if (stream) {
        const write = gemini.writeEvents(context)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const event of events) response.write(`${write([{ events: [event] }])}${gemini.heartbeat}`)
        response.end()
      } else {
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(gemini.writeReply([{ events }], context)))
      }
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  client = new GoogleGenAI({
    apiKey: 'mk-local',
    vertexai: false,
    httpOptions: { baseUrl: `http://127.0.0.1:${port}` },
  })
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

const answer = (...some: readonly ModelEvent[]): void => {
  failure = undefined
  events = [
    { type: 'start', id: 'msg_1', model: 'claude-x', createdAt: 5 },
    ...some,
    {
      type: 'finish',
      reason: 'stop',
      usage: { input: 9, cacheRead: 1, cacheWrite: 0, output: 5, reasoning: 2 },
      costMicros: 12,
    },
  ]
}

const say = (text: string): ModelEvent => ({ type: 'text-delta', index: 0, text })
const stop: ModelEvent = { type: 'choice-end', index: 0, reason: 'stop' }

const ask = { model: 'big', contents: 'Hi' }

describe("Google's client", () => {
  it('reads a whole reply: text, thoughts, calls, reason, usage', async () => {
    answer(
      { type: 'reasoning-delta', index: 0, text: 'Hm.' },
      say('Grüß '),
      say('Gott 👋'),
      { type: 'tool-start', index: 0, call: 0, id: 'c1', name: 'f' },
      { type: 'tool-delta', index: 0, call: 0, json: '{"x":[1]}' },
      { type: 'choice-end', index: 0, reason: 'tool-calls' },
    )
    const reply = await client.models.generateContent(ask)
    expect(reply.text).toBe('Grüß Gott 👋')
    expect(reply.functionCalls).toEqual([{ id: 'c1', name: 'f', args: { x: [1] } }])
    expect(reply.candidates?.[0]?.content?.parts?.[0]).toEqual({ text: 'Hm.', thought: true })
    expect(reply.candidates?.[0]?.finishReason).toBe('STOP')
    expect(reply).toMatchObject({ modelVersion: 'claude-x', responseId: 'msg_1' })
    expect(reply.usageMetadata).toMatchObject({
      promptTokenCount: 10,
      cachedContentTokenCount: 1,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 2,
      totalTokenCount: 17,
    })
    expect(seen).toMatchObject({ key: 'mk-local', request: { model: 'big', stream: false } })
  })

  it('reads a stream, and asks for server-sent events', async () => {
    answer(say('Grüß '), say('Gott 👋'), stop)
    const texts: (string | undefined)[] = []
    let tokens: number | undefined
    for await (const chunk of await client.models.generateContentStream(ask)) {
      texts.push(chunk.text)
      tokens = chunk.usageMetadata?.totalTokenCount ?? tokens
    }
    expect(texts).toEqual(['Grüß ', 'Gott 👋', ''])
    expect(tokens).toBe(17)
    expect(seen.path).toMatch(/models\/big:streamGenerateContent\?alt=sse$/)
  })

  for (const { name, data, says } of streams) {
    it(`reads what a vendor's stream becomes for it: ${name}`, async () => {
      const reader = gemini.readEvents(says.length)
      events = [
        ...data.flatMap((one) => reader.read({ event: '', data: one }).events),
        ...reader.close().events,
      ]
      failure = undefined
      let text = ''
      const calls: unknown[] = []
      for await (const chunk of await client.models.generateContentStream(ask)) {
        const [first] = chunk.candidates ?? []
        if (first?.index !== 0) continue
        text += chunk.text ?? ''
        calls.push(...(chunk.functionCalls ?? []))
      }
      expect(text).toBe(says[0]?.text ?? '')
      expect(calls).toEqual(
        (says[0]?.calls ?? []).map(({ id, name, json }) => ({ id, name, args: JSON.parse(json) as unknown })),
      )
    })
  }

  it('keeps a chat over a stream, proofs and all, and its next question says so', async () => {
    const signature = { dialect: 'anthropic', kind: 'signature', data: 'EqQB==' } as const
    answer(
      { type: 'reasoning-delta', index: 0, text: 'I th' },
      { type: 'reasoning-delta', index: 0, text: 'ink.' },
      { type: 'reasoning-signature', index: 0, signature },
      say('Let me '),
      say('look.'),
      { type: 'tool-start', index: 0, call: 0, id: 'c1', name: 'f' },
      { type: 'tool-delta', index: 0, call: 0, json: '{"x":1}' },
      { type: 'choice-end', index: 0, reason: 'tool-calls' },
    )
    const chat = client.chats.create({ model: 'big' })
    for await (const _ of await chat.sendMessageStream({ message: 'Hi' })) continue
    answer(say('Done.'), stop)
    await chat.sendMessage({
      message: [{ functionResponse: { id: 'c1', name: 'f', response: { output: 'ok' } } }],
    })
    expect(seen.request.messages.map(({ native: _, ...rest }) => rest)).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'I think.', signature },
          { type: 'text', text: 'Let me look.' },
        ],
        toolCalls: [{ id: 'c1', name: 'f', json: '{"x":1}' }],
      },
      { role: 'tool', toolCallId: 'c1', name: 'f', parts: [{ type: 'text', text: 'ok' }] },
    ])
    expect(chat.getHistory(true)).toEqual(chat.getHistory()) // every chunk is a turn that it keeps
  })

  it('throws its own error for one of ours, before an answer and in the middle of it', async () => {
    failure = {
      kind: 'over-budget',
      message: 'The budget is used up.',
      unit: 'usd',
      code: 'insufficient_quota',
    }
    const refused = await client.models.generateContent(ask).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ApiError)
    expect(refused).toMatchObject({ status: 429, message: expect.stringContaining('The budget is used up.') })
    failure = undefined
    events = [
      say('Hal'),
      { type: 'error', failure: { kind: 'unreachable', reason: 'the connection was lost' } },
    ]
    const broken = await (async () => {
      for await (const _ of await client.models.generateContentStream(ask)) continue
    })().catch((error: unknown) => error)
    expect(broken).toBeInstanceOf(ApiError)
    expect(broken).toMatchObject({ status: 502, message: expect.stringContaining('UNAVAILABLE') })
  })
})

describe("what Google's client would send", () => {
  /** Our body as the client's own parameters; it writes only the fields that it knows. */
  const asParameters = (
    { contents, generationConfig, ...rest }: Json,
    model: string,
  ): GenerateContentParameters => ({
    model,
    contents: contents as GenerateContentParameters['contents'],
    config: { ...(generationConfig as object | undefined), ...rest },
  })

  const history: ModelRequest['messages'] = [
    { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'What is it?' },
        { type: 'image', url: 'data:image/png;base64,AA==' },
        { type: 'file', url: 'data:application/pdf;base64,AA==' },
        { type: 'audio', data: 'AA==', format: 'wav' },
      ],
    },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'Hm.', signature: { dialect: 'gemini', kind: 'signature', data: 'AAAA' } },
      ],
      toolCalls: [{ id: 'c1', name: 'see', json: '{}' }],
    },
    {
      role: 'tool',
      toolCallId: 'c1',
      parts: [
        { type: 'text', text: 'this' },
        { type: 'image', url: 'data:image/png;base64,AA==' },
      ],
    },
  ]

  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const cases: readonly [string, ModelRequest][] = [
    ['a text', requestFor('Hi')],
    ['everything that chat completions can ask', openaiChat().readRequest(everythingChat)],
    [
      'a history with media, thoughts, calls and results',
      requestFor('', {
        messages: history,
        tools: [{ name: 'see', description: 'Sees.', parameters: schema }],
        toolChoice: { name: 'see' },
        reasoning: { effort: 'low', visible: true },
        format: { type: 'json-schema', name: 'x', schema },
        serviceTier: 'flex',
      }),
    ],
  ]
  for (const [name, request] of cases) {
    for (const model of ['gemini-3-flash-preview', 'gemini-2.5-pro', 'gemini-2.0-flash']) {
      it(`is what we send ${model}: ${name}`, async () => {
        answer(say('ok'), stop)
        const { body } = gemini.writeRequest({ ...request, stream: false }, { model })
        await client.models.generateContent(asParameters(body, model))
        expect({ generationConfig: {}, ...body }).toEqual(seen.body) // it sends a config always
      })
    }
  }

  it('reads as what was asked of it', async () => {
    answer(say('{}'), stop)
    await client.models.generateContent({
      model: 'gemini-3-flash-preview',
      contents: ['What is it?', { inlineData: { mimeType: 'image/png', data: 'AA==' } }],
      config: {
        systemInstruction: 'Be brief.',
        temperature: 0.5,
        maxOutputTokens: 9,
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
        tools: [{ functionDeclarations: [{ name: 'see', parametersJsonSchema: schema }] }],
        toolConfig: {
          functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['see'] },
        },
        thinkingConfig: { thinkingBudget: 100 },
        safetySettings: [],
      },
    })
    expect(seen.request).toMatchObject({
      model: 'gemini-3-flash-preview',
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'What is it?' },
            { type: 'image', url: 'data:image/png;base64,AA==' },
          ],
        },
      ],
      sampling: { temperature: 0.5 },
      limits: { maxOutput: 9 },
      format: { type: 'json-schema', schema },
      tools: [{ name: 'see', parameters: schema }],
      toolChoice: { name: 'see' },
      reasoning: { budgetTokens: 100 },
      unread: ['safetySettings'],
    })
  })
})
