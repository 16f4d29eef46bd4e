// Google's own client reads chunks that two targets have told: one answer under one name, in both framings.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApiError, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import type { Piece } from '../../../shared/event.ts'
import { continuations, cutsOf, FAILURE, joined, wholeOf, word } from '../seams.ts'
import { CONTEXT, written } from '../wire.ts'
import { candidate, chunk, counted } from './chunks.ts'
import { geminiEntry } from './entry.ts'

type Json = Record<string, unknown>

let body = ''
let server: Server
let client: GoogleGenAI

beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(body)
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

/** What the client hears of the answer, put together. */
async function hear(pieces: readonly Piece[]) {
  const write = gemini.writeEvents(CONTEXT)
  body = pieces.map((piece) => write([piece])).join('')
  const heard = { text: '', thoughts: '', calls: [] as unknown[], reasons: [] as unknown[], tokens: 0 }
  const names = new Set<unknown>()
  for await (const one of await client.models.generateContentStream({ model: 'big', contents: 'Hi' })) {
    const [first] = one.candidates ?? []
    for (const part of first?.content?.parts ?? [])
      if (part.thought === true) heard.thoughts += part.text ?? ''
      else heard.text += part.text ?? ''
    heard.calls.push(...(one.functionCalls ?? []).map(({ name, args }) => [name, args]))
    if (first?.finishReason !== undefined) heard.reasons.push(first.finishReason)
    heard.tokens = one.usageMetadata?.totalTokenCount ?? 0
    names.add(`${one.responseId} ${one.modelVersion}`)
  }
  return { ...heard, names: names.size }
}

const chunksOf = (pieces: readonly Piece[]): Json[] =>
  written(gemini, pieces).map((data) => JSON.parse(data) as Json)

for (const how of ['native', 'foreign'] as const) {
  describe(`Google's client puts a ${how} stream and what follows a seam together`, () => {
    for (const { name, data, says } of geminiEntry.streams) {
      if (says.length > 1) continue
      const cuts = cutsOf(geminiEntry, data, how)
      if (cuts.length === 0) continue
      for (const [after, go] of continuations) {
        it(`${name}; ${after}`, async () => {
          for (const cut of cuts) {
            const rest = go(cut.told)
            const [whole] = wholeOf(cut.told, rest)
            expect(await hear(joined(cut, rest)), cut.name).toEqual({
              text: whole?.text ?? '',
              thoughts: whole?.reasoning ?? '',
              calls: (whole?.calls ?? []).map((call) => [call.name, JSON.parse(call.json)]),
              reasons: ['STOP'],
              tokens: 43,
              names: 1,
            })
          }
        })
      }

      it(`${name}; as one array`, () => {
        const asked = gemini.readRequest(
          { contents: [{ parts: [{ text: 'Hi' }] }] },
          { stream: true, framing: 'array' },
        )
        for (const cut of cuts) {
          for (const [, go] of continuations) {
            const pieces = joined(cut, go(cut.told))
            const write = gemini.writeEvents({ ...CONTEXT, request: asked })
            const list: unknown = JSON.parse(pieces.map((piece) => write([piece])).join(''))
            expect(list).toEqual(chunksOf(pieces))
          }
        }
      })
    }
  })
}

describe('what follows a seam', () => {
  const told = cutsOf(geminiEntry, [chunk([candidate([{ text: 'Hi' }])], counted(9, 1))], 'native')

  it('is billed as a whole, in the last chunk', () => {
    for (const cut of told) {
      const chunks = chunksOf(joined(cut, continuations[0]?.[1](cut.told) ?? []))
      expect(chunks.at(-1)).toMatchObject({
        candidates: [{ finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 15, candidatesTokenCount: 23, thoughtsTokenCount: 5, cost: 1.5 },
      })
    }
    expect(told).toHaveLength(1)
  })

  it('may be an error, which the client throws', async () => {
    for (const cut of told) {
      const rest = [{ events: [word(' and')] }, { events: [{ type: 'error', failure: FAILURE } as const] }]
      await expect(hear(joined(cut, rest))).rejects.toThrow(ApiError)
    }
  })
})
