// Streams of vendors that speak the Responses API: what passes to clients of it, and what is read.
import { describe, expect, it } from 'vitest'
import { CONTEXT, eventsOf } from '../wire.ts'
import { argue, context, readOf, sent, textOf, typesOf, USED } from './answering.ts'
import { type Json, responses } from './asking.ts'
import { response as native, stream, usage } from './shapes.ts'
import { streams } from './streams.ts'

describe('a stream of a vendor that speaks this dialect', () => {
  const fixture = streams[0]?.data ?? []
  const asIs = fixture.map(
    (data) => `event: ${(JSON.parse(data) as Json)['type'] as string}\ndata: ${data}\n\n`,
  )
  const foreign = CONTEXT // asked in another dialect: nothing to keep, nothing to repeat

  it('passes byte for byte, under the names of its events', () => {
    expect(textOf(readOf(fixture), foreign)).toBe(asIs.join(''))
  })

  it('is kept under our name, and repeats what the vendor was not told', () => {
    const asked = { store: true, previous_response_id: 'resp_0' }
    const all = sent(readOf(fixture), context(asked, { replyId: 'resp_kept' }))
    const told = all.flatMap(({ event }) => (event['response'] === undefined ? [] : [event['response']]))
    expect(told).toHaveLength(3)
    for (const response of told) {
      expect(response).toMatchObject({
        id: 'resp_kept',
        store: true,
        previous_response_id: 'resp_0',
        background: false,
      })
    }
    const untouched = all
      .filter(({ event }) => event['response'] === undefined)
      .map(({ event }) => JSON.stringify(event))
    expect(untouched).toEqual(fixture.filter((data) => !data.includes('"response":')))
  })

  it('names the conversation that it belongs to', () => {
    const all = sent(readOf(fixture), context({ conversation: 'conv_1' }))
    expect(all.at(-1)?.event).toMatchObject({ response: { conversation: { id: 'conv_1' } } })
  })

  it('gets its cost, once it is known', () => {
    const pieces = readOf(fixture).map((piece) => ({
      ...piece,
      events: piece.events.map((event) =>
        event.type === 'finish' ? { ...event, costMicros: 1_250 } : event,
      ),
    }))
    const last = sent(pieces, foreign).at(-1)?.event
    const came = JSON.parse(fixture.at(-1) ?? '{}') as { response: Json }
    expect(last).toEqual({
      ...came,
      response: { ...came.response, usage: { ...usage(1_037, 1_024, 12, 0), cost: 0.00125 } },
    })
  })

  it('row 4: gets the usage that was counted here where the vendor reports none', () => {
    const bare = stream(
      ['response.created', { response: native() }],
      ['response.completed', { response: native({ status: 'completed' }) }],
    )
    const pieces = readOf(bare).map((piece) => ({
      ...piece,
      events: piece.events.map((event) => (event.type === 'finish' ? { ...event, usage: USED } : event)),
    }))
    expect(sent(pieces, foreign).at(-1)?.event).toMatchObject({
      response: { usage: { input_tokens: 10, output_tokens: 8 } },
    })
  })

  it('row 14: breaks off with an error in its own numbering, and the items that were done', () => {
    const upTo = fixture.slice(0, -1)
    const all = sent(readOf(upTo))
    expect(typesOf(all).slice(-2)).toEqual(['error', 'response.failed'])
    expect(all.map(({ event }) => event['sequence_number'])).toEqual(all.map((_, at) => at))
    expect(all.at(-1)?.event).toMatchObject({
      response: {
        id: native()['id'],
        status: 'failed',
        error: { code: 'server_error' },
        output: [{ id: 'msg_67c9', status: 'completed' }],
      },
    })
  })

  it('becomes the whole reply of a client that asked for none, from its last event', () => {
    const body = responses.writeReply(readOf(fixture), foreign)
    expect(body).toEqual((JSON.parse(fixture.at(-1) ?? '{}') as Json)['response'])
  })
})

describe('what is read of a vendor’s stream', () => {
  it('row 33: arguments that come only when they are done are one whole delta', () => {
    const named = streams.find(({ name }) => name.startsWith('arguments'))
    const events = eventsOf(readOf(named?.data ?? []))
    expect(events.filter(({ type }) => type === 'tool-delta')).toEqual([
      argue(0, '{"a":1}'),
      argue(1, '{"b":2}'),
    ])
  })

  it('row 38: the encrypted reasoning of an item, once, before what follows it', () => {
    const named = streams.find(({ name }) => name.startsWith('reasoning'))
    const events = eventsOf(readOf(named?.data ?? []))
    const signatures = events.filter(({ type }) => type === 'reasoning-signature')
    expect(signatures).toEqual([
      {
        type: 'reasoning-signature',
        index: 0,
        signature: {
          dialect: 'openai-responses',
          kind: 'encrypted',
          data: expect.stringMatching(/^gAAAAABoISQ24/),
          id: 'rs_68a1',
        },
      },
    ])
    expect(events.findIndex(({ type }) => type === 'reasoning-signature')).toBeLessThan(
      events.findIndex(({ type }) => type === 'tool-start'),
    )
  })

  it('nothing, once it has ended', () => {
    const data = streams[0]?.data ?? []
    const reader = responses.readEvents()
    for (const one of data) reader.read({ event: '', data: one })
    expect(reader.complete).toBe(true)
    for (const one of data) expect(reader.read({ event: '', data: one })).toEqual({ events: [] })
    expect(reader.close()).toEqual({ events: [] })
  })

  it('row 8: the class of service that was served', () => {
    const end = {
      response: native({ status: 'completed', service_tier: 'priority', usage: usage(1, 0, 1, 0) }),
    }
    expect(eventsOf(readOf(stream(['response.completed', end]))).at(-1)).toMatchObject({
      type: 'finish',
      serviceTier: 'priority',
    })
  })

  it('log-probabilities, in the form of chat completions', () => {
    const logprobs = [{ token: 'a', logprob: -0.1, top_logprobs: [] }]
    const delta = { item_id: 'm', output_index: 0, content_index: 0, delta: 'a', logprobs }
    expect(eventsOf(readOf(stream(['response.output_text.delta', delta])))).toContainEqual({
      type: 'logprobs',
      index: 0,
      value: { content: logprobs, refusal: null },
    })
  })

  it('a tool that the vendor runs is a sign of an answer; a message that has begun is none', () => {
    const item = (type: string) =>
      stream(['response.output_item.added', { output_index: 0, item: { id: 'x', type, content: [] } }])
    expect(eventsOf(readOf(item('web_search_call'))).map(({ type }) => type)).toEqual([
      'start',
      'other-delta',
      'error',
    ])
    expect(eventsOf(readOf(item('message'))).map(({ type }) => type)).toEqual(['error'])
  })

  it('the end of an answer that a server calls completed though it was cut short', () => {
    const end = {
      response: native({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
    }
    expect(eventsOf(readOf(stream(['response.completed', end]))).at(-1)).toMatchObject({
      type: 'finish',
      reason: 'length',
    })
  })
})
