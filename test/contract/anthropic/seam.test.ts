// Anthropic's own client reads events that two targets have told: one message, whose blocks begin and end once and whose
// usage is that of the whole.
import Anthropic, { APIError } from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { isSealed } from '../../../shared/dialects/anthropic/seal.ts'
import type { Piece } from '../../../shared/event.ts'
import { fieldsOf, listOf } from '../../../shared/fields.ts'
import { type Cut, continuations, cutsOf, FAILURE, joined, wholeOf, word } from '../seams.ts'
import { CONTEXT, sse, written } from '../wire.ts'
import { anthropicEntry } from './entry.ts'
import { begin, call, dataOf, delta, open, say, SIGNATURE, think } from './streams.ts'

type Json = Record<string, unknown>

const dialect = anthropic()

const final = (pieces: readonly Piece[]): Promise<Anthropic.Message> => {
  const write = dialect.writeEvents({ ...CONTEXT, promptTokens: 3 })
  const text = pieces.map((piece) => write([piece]) + dialect.heartbeat).join('')
  return new Anthropic({
    apiKey: 'mk-test',
    baseURL: 'http://127.0.0.1:1',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } })),
  }).messages
    .stream({ model: 'big', max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] })
    .finalMessage()
}

const eventsOf = (pieces: readonly Piece[]): Json[] =>
  written(dialect, pieces).map((data) => JSON.parse(data) as Json)

/** Blocks begin and end once, one after the other, and the message too. */
function expectInOrder(events: readonly Json[], where: string): void {
  let next = 0
  let opened: unknown
  for (const { type, index } of events) {
    if (type === 'content_block_start') {
      expect([opened, index], where).toEqual([undefined, next])
      opened = index
      next += 1
    } else if (type === 'content_block_delta') expect(index, where).toBe(opened)
    else if (type === 'content_block_stop') {
      expect(index, where).toBe(opened)
      opened = undefined
    }
  }
  const types = events.map(({ type }) => String(type))
  expect(opened).toBeUndefined()
  for (const once of ['message_start', 'message_delta', 'message_stop'])
    expect(types.filter((type) => type === once)).toHaveLength(1)
  expect(types.slice(-2)).toEqual(['message_delta', 'message_stop'])
}

for (const how of ['native', 'foreign'] as const) {
  describe(`Anthropic's client puts a ${how} stream and what follows a seam together`, () => {
    for (const { name, data } of anthropicEntry.streams) {
      const cuts = cutsOf(anthropicEntry, data, how)
      if (cuts.length === 0) continue
      // Two servers leave out of a message what this client needs, so it reads none of theirs.
      if (how === 'native' && /^no usage|^odd spacing/.test(name)) continue
      for (const [after, go] of continuations) {
        it(`${name}; ${after}`, async () => {
          for (const cut of cuts) {
            const rest = go(cut.told)
            const message = await final(joined(cut, rest))
            const [said] = wholeOf(cut.told, rest)
            const textOf = (type: string, field: string): string =>
              message.content.map((block) => (block.type === type ? Reflect.get(block, field) : '')).join('')
            expect(textOf('text', 'text'), cut.name).toBe(said?.text ?? '')
            expect(textOf('thinking', 'thinking'), cut.name).toBe(said?.reasoning ?? '')
            expect(
              message.content.flatMap((block) =>
                block.type === 'tool_use' ? [[block.name, block.input]] : [],
              ),
            ).toEqual((said?.calls ?? []).map(({ name: called, json }) => [called, JSON.parse(json)]))
            expect(message.stop_reason).toBe(said?.reason === 'tool-calls' ? 'tool_use' : 'end_turn')
            expect(message.usage).toMatchObject({
              input_tokens: 11,
              cache_read_input_tokens: 4,
              output_tokens: 28,
            })
          }
        })

        it(`${name}; ${after}, in order`, () => {
          const isOdd = how === 'native' && name.includes('other servers') // it never ends its blocks
          for (const cut of cuts) if (!isOdd) expectInOrder(eventsOf(joined(cut, go(cut.told))), cut.name)
        })
      }
    }
  })
}

describe('what follows a seam', () => {
  const cutOf = (...events: readonly (readonly Json[] | Json)[]): Cut => {
    const list = events.flatMap((one) => (Array.isArray(one) ? (one as Json[]) : [one as Json]))
    const cut = cutsOf(anthropicEntry, dataOf([begin(), ...list]), 'native').at(-1)
    if (cut === undefined) throw new Error('nothing was told')
    return cut
  }
  const [, , signed, unsigned] = continuations.map(([, go]) => go)
  const none = (): Piece[] => []
  const behind = (cut: Cut, go = none as (typeof continuations)[number][1]): Json[] =>
    eventsOf(joined(cut, go(cut.told))).slice(eventsOf(cut.pieces).length)
  const text = { type: 'text', text: '' }

  it('goes on in the block of an open text', () => {
    const cut = cutOf(open(0, text), delta(0, { type: 'text_delta', text: 'Hi' }))
    const [first, second] = behind(cut, continuations[0]?.[1])
    expect(first).toEqual(delta(0, { type: 'text_delta', text: ' and on' }))
    expect(second).toEqual(delta(0, { type: 'text_delta', text: ' it goes.' }))
  })

  it('ends an open thought first, with a mark where nobody has signed it', () => {
    const thought = think(0, SIGNATURE, 'Hm')
    const [mark, stop, start] = behind(cutOf(thought.slice(0, 2)), signed)
    expect(isSealed(String(Reflect.get(Object(mark?.['delta']), 'signature')))).toBe(true)
    expect(stop).toEqual({ type: 'content_block_stop', index: 0 })
    expect(start).toMatchObject({ index: 1, content_block: { type: 'thinking' } })
    const [only] = behind(cutOf(thought.slice(0, 3)), signed)
    expect(only).toEqual({ type: 'content_block_stop', index: 0 })
  })

  it('ends an open call, and counts it', () => {
    const called = call(0, 'toolu_1', 'f', '{"a":1}')
    const cut = cutOf(called.slice(0, -1))
    const events = behind(cut, continuations[1]?.[1])
    expect(events).toMatchObject([
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
      { type: 'message_stop' },
    ])
  })

  it('leaves an empty text behind, which no vendor is asked to read again', async () => {
    const message = await final(joined(cutOf(think(0, SIGNATURE, 'Hm'), open(1, text)), unsigned?.([]) ?? []))
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'thinking', 'tool_use'])
    const { role, content } = message
    const request = dialect.readRequest({
      model: 'big',
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'Hi' },
        { role, content },
        { role: 'user', content: 'Go on' },
      ],
    })
    const [, again] = dialect.writeRequest(request, { model: 'claude-x' }).body['messages'] as Json[]
    expect(listOf(again?.['content']).map((block) => fieldsOf(block)['type'])).toEqual([
      'thinking',
      'tool_use',
    ])
  })

  it('says nothing of what the first half had cached', () => {
    const lives = { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 }
    const first = begin({
      input_tokens: 2,
      cache_creation_input_tokens: 556,
      cache_creation: lives,
      output_tokens: 1,
    })
    const data = dataOf([first, ...say(0, 'Hi')])
    const cut = cutsOf(anthropicEntry, data, 'native').at(-1) ?? { name: '', told: [], pieces: [] }
    const last = behind(cut, continuations[0]?.[1]).at(-2)
    expect(last?.['usage']).toMatchObject({
      cache_creation_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    })
  })

  it('may be an error, which the client throws', async () => {
    const cut = cutOf(say(0, 'Hi'))
    const rest = [{ events: [word(' and')] }, { events: [{ type: 'error', failure: FAILURE } as const] }]
    await expect(final(joined(cut, rest))).rejects.toThrow(APIError)
    expect(sse(written(dialect, joined(cut, rest)))).not.toContain('message_stop')
  })
})
