// OpenAI's own client reads chunks that two targets have told: one completion, under one head, with one bill.
import OpenAI, { APIError } from 'openai'
import { describe, expect, it } from 'vitest'
import type { Piece } from '../../../shared/event.ts'
import { continuations, cutsOf, FAILURE, joined, USAGE, wholeOf, word } from '../seams.ts'
import type { Said } from '../said.ts'
import { bytesOf, CONTEXT, piecesOf, sse, written } from '../wire.ts'
import { openaiChatEntry } from './entry.ts'
import { chat } from './chunks.ts'

type Json = Record<string, unknown>

const ASK = { model: 'big', messages: [{ role: 'user' as const, content: 'Hi' }] }

const runner = (pieces: readonly Piece[]) => {
  const write = chat.writeEvents(CONTEXT)
  const text = pieces.map((piece) => write([piece])).join('')
  return new OpenAI({
    apiKey: 'mk-test',
    baseURL: 'https://gateway.example/v1',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } })),
  }).chat.completions.stream({ ...ASK, stream_options: { include_usage: true } })
}

/** The habits of some servers this client refuses, or reads as something else, also where nothing was cut. */
async function reads(pieces: readonly Piece[], { calls, text = '' }: Said): Promise<boolean> {
  const final = await runner(pieces)
    .finalChatCompletion()
    .catch(() => undefined)
  const message = final?.choices[0]?.message
  return (
    functionsOf(message).length === (calls?.length ?? 0) &&
    message !== undefined &&
    (message.content ?? '') === text
  )
}

const functionsOf = (message: OpenAI.ChatCompletionMessage | undefined): unknown[] =>
  (message?.tool_calls ?? []).map((call) =>
    call.type === 'function' ? [call.function.name, call.function.arguments] : call,
  )

const chunksOf = (pieces: readonly Piece[]): Json[] =>
  written(chat, pieces)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as Json)

for (const how of ['native', 'foreign'] as const) {
  describe(`OpenAI's client puts a ${how} stream and what follows a seam together`, () => {
    for (const { name, data, says } of openaiChatEntry.streams) {
      const [saysUncut] = says
      if (says.length > 1 || saysUncut === undefined) continue
      const cuts = cutsOf(openaiChatEntry, data, how)
      if (cuts.length === 0) continue
      for (const [after, go] of continuations) {
        it(`${name}; ${after}`, async ({ skip }) => {
          const uncut = piecesOf(chat, [bytesOf(sse(data))])
          skip(how === 'native' && !(await reads(uncut, saysUncut)), 'it does not read this uncut either')
          for (const cut of cuts) {
            const rest = go(cut.told)
            const final = await runner(joined(cut, rest)).finalChatCompletion()
            const [said] = wholeOf(cut.told, rest)
            const [choice] = final.choices
            expect(choice?.message.content ?? '', cut.name).toBe(said?.text ?? '')
            expect(functionsOf(choice?.message), cut.name).toEqual(
              said?.calls?.map(({ name: called, json }) => [called, json]) ?? [],
            )
            expect(choice?.finish_reason).toBe(said?.reason === 'tool-calls' ? 'tool_calls' : 'stop')
            expect(final.usage).toMatchObject({ prompt_tokens: 15, completion_tokens: 28, cost: 1.5 })
          }
        })
      }

      it(`${name}; under one head, with one end`, () => {
        for (const cut of cuts) {
          for (const [, go] of continuations) {
            const chunks = chunksOf(joined(cut, go(cut.told)))
            const behind = chunks.slice(chunksOf(cut.pieces).length)
            const before = chunks.find((one) => one['id'] !== '') ?? {}
            for (const one of behind) {
              for (const field of ['id', 'object', 'created', 'model']) {
                expect(one[field], `${field} ${cut.name}`).toEqual(before[field] ?? one[field])
              }
            }
            const all = JSON.stringify(chunks)
            expect(all.match(/"finish_reason":"/g)).toHaveLength(1)
            expect(behind.filter((one) => (one['usage'] ?? null) !== null)).toHaveLength(1)
          }
        }
      })
    }
  })
}

describe('what follows a seam', () => {
  const head = { id: 'c1', object: 'chat.completion.chunk', created: 5, model: 'm' }
  const said = (delta: Json, more: Json = {}): string =>
    JSON.stringify({ ...head, ...more, choices: [{ index: 0, delta, finish_reason: null }] })
  const cutOf = (...data: string[]) => {
    const cut = cutsOf(openaiChatEntry, data, 'native').at(-1)
    if (cut === undefined) throw new Error('nothing was told')
    return cut
  }
  const after = (at: number) => continuations[at]?.[1] ?? (() => [])

  it('names the system that answered first', () => {
    const about = { system_fingerprint: 'fp_1', service_tier: 'default', obfuscation: 'x8' }
    const cut = cutOf(said({ content: 'Hi' }, about))
    const [one] = chunksOf(joined(cut, after(0)(cut.told))).slice(1)
    expect(one).toEqual({
      ...head,
      system_fingerprint: 'fp_1',
      service_tier: 'default',
      choices: [{ index: 0, delta: { content: ' and on' }, finish_reason: null }],
      usage: null,
    })
  })

  it('is billed as a whole, whatever its first half said of itself', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 }
    const cut = cutOf(said({ content: 'Hi' }, { usage }))
    expect(chunksOf(joined(cut, after(0)(cut.told))).at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: USAGE.input + USAGE.cacheRead, total_tokens: 43 },
    })
  })

  it('never takes the place of a call, also where a server counts from one', () => {
    const call = { index: 1, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
    const cut = cutOf(said({ tool_calls: [call] }))
    const places = chunksOf(joined(cut, after(4)(cut.told))).flatMap(({ choices }) =>
      (choices as { delta: { tool_calls?: { index: number; id?: string }[] } }[]).flatMap(
        ({ delta }) => delta.tool_calls ?? [],
      ),
    )
    expect(places.map(({ index, id }) => [index, id])).toEqual([
      [1, 'a'],
      [2, 'after_1'],
      [2, undefined],
      [2, undefined],
    ])
  })

  it('numbers its thoughts behind those that were told, and leaves their words out of its proof', () => {
    const detail = (index: number) => ({ type: 'reasoning.text', text: 'Hm', index })
    const cut = cutOf(said({ reasoning: 'Hm', reasoning_details: [detail(2)] }))
    const details = chunksOf(joined(cut, after(2)(cut.told))).flatMap(({ choices }) =>
      (choices as { delta: Json }[]).flatMap(({ delta }) => delta['reasoning_details'] ?? []),
    )
    expect(details).toMatchObject([detail(2), { text: 'Again.', signature: 'EqQB', index: 3 }])
  })

  it('may be an error, which the client throws', async () => {
    const cut = cutOf(said({ content: 'Hi' }))
    const rest = [{ events: [word(' and')] }, { events: [{ type: 'error', failure: FAILURE } as const] }]
    await expect(runner(joined(cut, rest)).finalChatCompletion()).rejects.toThrow(APIError)
  })
})
