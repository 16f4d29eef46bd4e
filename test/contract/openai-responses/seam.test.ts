// OpenAI's own client reads events that two targets have told: one Response, whose numbers go on and whose output holds
// every item once, whole; and what is kept of it is the same.
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { writeStream } from '../../../shared/dialects/openai-responses/stream.ts'
import type { ModelEvent, Piece } from '../../../shared/event.ts'
import { type Cut, continuations, cutsOf, FAILURE, joined, SEAM, wholeOf, word } from '../seams.ts'
import { fieldsOf } from '../../../shared/fields.ts'
import { readFrames } from '../../../shared/sse.ts'
import { argue, context, start, typesOf } from './answering.ts'
import type { Json } from './asking.ts'
import { expectConsistent } from './consistent.ts'
import { openaiResponsesEntry } from './entry.ts'
import { called, ID, opening, response, said, stream, thought } from './shapes.ts'

const KEPT = context({ store: true, metadata: { a: 'b' } }, { replyId: 'resp_kept' })

/** What a client is sent, and the Response that is kept of it. */
function send(pieces: readonly Piece[], over = context()): { events: Json[]; text: string; kept: Json } {
  const { write, response: kept } = writeStream(over)
  const text = pieces.map((piece) => write([piece])).join('')
  const events = readFrames()(text, true).map(({ data }) => JSON.parse(data) as Json)
  return { events, text, kept: kept() }
}

const final = (text: string) =>
  new OpenAI({
    apiKey: 'mk-test',
    baseURL: 'http://gateway/v1',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } })),
  }).responses
    .stream({ model: 'big', input: 'Hi' })
    .finalResponse()

const responseIn = (event: Json | undefined): Json => fieldsOf(event?.['response'])

const outputOf = (events: readonly Json[]): Json[] => responseIn(events.at(-1))['output'] as Json[]

/** Servers of open models whose own events its helper refuses, cut or not. */
const ODD = /^arguments|^thoughts in the open/

for (const how of ['native', 'foreign'] as const) {
  describe(`OpenAI's client puts a ${how} stream and what follows a seam together`, () => {
    for (const { name, data } of openaiResponsesEntry.streams) {
      const cuts = cutsOf(openaiResponsesEntry, data, how)
      const isOdd = how === 'native' && ODD.test(name)
      if (cuts.length === 0) continue
      for (const [after, go] of continuations) {
        it(`${name}; ${after}`, async () => {
          for (const cut of cuts) {
            const rest = go(cut.told)
            const { events, text, kept } = send(joined(cut, rest))
            const [whole] = wholeOf(cut.told, rest)
            expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, at) => at))
            expect(events.at(-1)?.['response'], cut.name).toEqual(kept)
            expect(kept['id']).toBe(responseIn(events[0])['id'])
            expect(outputOf(events).map(({ status }) => status)).not.toContain('in_progress')
            expect(kept['usage']).toMatchObject({ input_tokens: 15, output_tokens: 28, cost: 1.5 })
            if (isOdd) continue
            expectConsistent(events)
            const done = events.filter(({ type }) => type === 'response.output_item.done')
            expect(outputOf(events), cut.name).toEqual(done.map(({ item }) => item))
            const read = await final(text)
            expect(read.output_text, cut.name).toBe(whole?.text ?? '')
            expect(
              read.output.flatMap((item) =>
                item.type === 'function_call' ? [[item.name, item.arguments]] : [],
              ),
            ).toEqual((whole?.calls ?? []).map((call) => [call.name, call.json]))
            expect(read.status).toBe('completed')
          }
        })
      }
    }
  })
}

describe('what follows a seam', () => {
  const cutOf = (...events: readonly (readonly [string, Json])[]): Cut => {
    const cut = cutsOf(openaiResponsesEntry, stream(...opening, ...events), 'native').at(-1)
    if (cut === undefined) throw new Error('nothing was told')
    return cut
  }
  const [text, nothing, signed] = continuations.map(([, go]) => go)
  const behind = (cut: Cut, go: (typeof continuations)[number][1] | undefined): Json[] =>
    send(joined(cut, go?.(cut.told) ?? [])).events.slice(send(cut.pieces).events.length)

  it('goes on in the part of an open message, whose annotations it keeps', () => {
    const annotation = { type: 'url_citation', url: 'https://example.com' }
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
    const cut = cutOf(...said('msg_1', 0, ['Hi']).slice(0, 3), [
      'response.output_text.annotation.added',
      { ...place, annotation_index: 0, annotation },
    ])
    const events = behind(cut, text)
    expect(events.slice(0, 3)).toMatchObject([
      { ...place, type: 'response.output_text.delta', delta: ' and on' },
      { ...place, type: 'response.output_text.delta', delta: ' it goes.' },
      { ...place, type: 'response.output_text.done', text: 'Hi and on it goes.' },
    ])
    expect(outputOf(events)).toMatchObject([
      { id: 'msg_1', content: [{ text: 'Hi and on it goes.', annotations: [annotation] }] },
    ])
  })

  it('begins a part of its own where that one was done', () => {
    const events = behind(cutOf(...said('msg_1', 0, ['Hi']).slice(0, 4)), text)
    expect(typesOf(events.map((event) => ({ event }))).slice(0, 3)).toEqual([
      'response.content_part.done',
      'response.content_part.added',
      'response.output_text.delta',
    ])
    expect(events[1]).toMatchObject({ item_id: 'msg_1', content_index: 1 })
    expect(outputOf(events)).toMatchObject([{ content: [{ text: 'Hi' }, { text: ' and on it goes.' }] }])
  })

  it('ends an open thought first, without half a proof', () => {
    const cut = cutOf(...thought('rs_1', 0, [['Hm']], 'gAAAAABoISQ24OyVRYbk').slice(0, 3))
    const events = behind(cut, signed)
    expect(typesOf(events.map((event) => ({ event }))).slice(0, 4)).toEqual([
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
    ])
    const [first, second] = outputOf(events)
    expect(first).toEqual({ id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] })
    expect(second).toMatchObject({ type: 'reasoning', encrypted_content: expect.any(String) })
  })

  it('ends an open call whose arguments are whole', () => {
    const cut = cutOf(...called('fc_1', 0, ['call_1', 'f'], ['{"a":', '1}']).slice(0, 3))
    expect(behind(cut, nothing).slice(0, 2)).toMatchObject([
      { type: 'response.function_call_arguments.done', item_id: 'fc_1', arguments: '{"a":1}' },
      { type: 'response.output_item.done', item: { status: 'completed', arguments: '{"a":1}' } },
    ])
  })

  it('is the same Response to its last field, under the name that it is kept under', () => {
    const cut = cutOf(...said('msg_1', 0, ['Hi']).slice(0, 3))
    const { events, kept } = send(joined(cut, text?.(cut.told) ?? []), KEPT)
    const first = responseIn(events[0])
    const { output: _, usage: __, status: ___, ...lasting } = first
    expect(kept).toMatchObject({ ...lasting, service_tier: 'default' })
    expect(kept).toMatchObject({
      id: 'resp_kept',
      store: true,
      model: response()['model'],
      status: 'completed',
    })
  })

  it('is numbered on where the vendor gives no numbers', () => {
    const data = stream(...opening, ...said('msg_1', 0, ['Hi'])).map((one) => {
      const { sequence_number: _, ...rest } = JSON.parse(one) as Json
      return JSON.stringify(rest)
    })
    const cut = cutsOf(openaiResponsesEntry, data, 'native').at(-1)
    if (cut === undefined) throw new Error('nothing was told')
    expect(behind(cut, text)[0]).toMatchObject({ sequence_number: data.length })
  })

  it('may be cut short: then the Response fails, with all that was told', () => {
    const cut = cutOf(...thought('rs_1', 0, [['Hm']]), ...said('msg_1', 1, ['Hi']).slice(0, 3))
    const { events, kept } = send([
      ...joined(cut, [{ events: [word(' and')] }]),
      { events: [{ type: 'error', failure: FAILURE }] },
    ])
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, at) => at))
    expect(typesOf(events.map((event) => ({ event }))).slice(-2)).toEqual(['error', 'response.failed'])
    expect(kept).toMatchObject({
      id: ID,
      status: 'failed',
      output: [{ id: 'rs_1' }, { id: 'msg_1', status: 'incomplete', content: [{ text: 'Hi and' }] }],
    })
  })

  it('may be left by its client: what is kept is what was told', () => {
    const cut = cutOf(...said('msg_1', 0, ['Hi']).slice(0, 3))
    const { kept } = send(joined(cut, [{ events: [word(' and')] }]))
    expect(kept).toMatchObject({ id: ID, status: 'in_progress', output: [{ content: [{ text: 'Hi and' }] }] })
  })

  it('may be a call without a thing before it but a seam', () => {
    const events: ModelEvent[] = [start(0, 'c0', 'f'), argue(0, '{}')]
    const cut: Cut = { name: '', told: events, pieces: [{ events }] }
    const { events: sent } = send([...cut.pieces, SEAM])
    expect(typesOf(sent.map((event) => ({ event }))).slice(-2)).toEqual([
      'response.function_call_arguments.done',
      'response.output_item.done',
    ])
  })
})
