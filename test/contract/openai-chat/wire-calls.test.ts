// The wire-level edge cases of tool calls, finish reasons and reasoning.
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import { saidBy } from '../said.ts'
import { bytesOf, CONTEXT, eventsOf, piecesOf, read, sse, unnative, written } from '../wire.ts'
import { chat, delta, deltas, type Json, named, pieces, say, START } from './chunks.ts'

describe('tool calls', () => {
  it('row 31: have an index of their own from 0; id and name come first and once; arguments add up', () => {
    const { data } = named('in parallel')
    const out = written(chat, unnative(piecesOf(chat, [bytesOf(sse(data))]))).filter(
      (one) => one !== '[DONE]',
    )
    const calls = out.flatMap((one) =>
      (JSON.parse(one) as { choices: { delta: { tool_calls?: Json[] } }[] }).choices.flatMap(
        ({ delta }) => delta.tool_calls ?? [],
      ),
    )
    expect(calls.map((call) => call['index'])).toEqual([0, 1, 1, 0, 1, 1, 0])
    expect(calls.filter((call) => 'id' in call)).toEqual([
      { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } },
      { index: 1, id: 'call_2', type: 'function', function: { name: 'time', arguments: '' } },
    ])
    const args = (index: number) =>
      calls
        .filter((call) => call['index'] === index)
        .map((call) => (call['function'] as Json)['arguments'])
        .join('')
    expect([args(0), args(1)]).toEqual(['{"city":"Rom"}', '{"zone":1}'])
  })

  it('row 33: whose arguments come in one piece at the end are complete', () => {
    const data = [
      delta({ tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }, 'tool_calls'),
    ]
    expect(saidBy(read(chat, sse(data)))).toEqual([
      { calls: [{ id: 'c', name: 'f', json: '{"a":1}' }], reason: 'tool-calls' },
    ])
  })

  it('row 34: in an empty list are no tool turn', () => {
    const events = read(
      chat,
      sse([delta({ content: 'Hi', tool_calls: [] }), delta({ tool_calls: null }, 'stop')]),
    )
    expect(events.map((event) => event.type)).toEqual(['start', 'text-delta', 'choice-end', 'finish'])
    const reply = eventsOf(
      chat.readReply(
        JSON.stringify({
          choices: [{ index: 0, message: { content: 'Hi', tool_calls: [] }, finish_reason: 'stop' }],
        }),
      ),
    )
    expect(saidBy(reply)).toEqual([{ text: 'Hi', reason: 'stop' }])
  })

  it('row 32: of another vendor, in parallel and with text between, have numbers of their own; the text stays', () => {
    const events: ModelEvent[] = [
      START,
      say('One: '),
      { type: 'tool-start', index: 0, call: 0, id: 'toolu_1', name: 'f' },
      { type: 'tool-delta', index: 0, call: 0, json: '{"x":1}' },
      say('two: '),
      { type: 'tool-start', index: 0, call: 1, id: 'toolu_2', name: 'f' },
      { type: 'tool-delta', index: 0, call: 1, json: '{"x":2}' },
      { type: 'choice-end', index: 0, reason: 'tool-calls' },
      { type: 'finish', reason: 'tool-calls' },
    ]
    const said = {
      text: 'One: two: ',
      calls: [
        { id: 'toolu_1', name: 'f', json: '{"x":1}' },
        { id: 'toolu_2', name: 'f', json: '{"x":2}' },
      ],
      reason: 'tool-calls',
    }
    const out = written(chat, pieces(...events))
    expect(saidBy(read(chat, sse(out)))).toEqual([said])
    const numbers = deltas(out).flatMap((one) => ((one['tool_calls'] ?? []) as Json[]).map((c) => c['index']))
    expect(numbers).toEqual([0, 0, 1, 1])
    const body = chat.writeReply(pieces(...events), CONTEXT)
    expect(saidBy(eventsOf(chat.readReply(JSON.stringify(body))))).toEqual([said])
  })

  it('row 31: that never get a name begin at the end, with what was held of their arguments', () => {
    const data = [
      delta({ tool_calls: [{ index: 0, id: 'c', function: { arguments: '{"a"' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }, 'tool_calls'),
    ]
    expect(saidBy(read(chat, sse(data)))).toEqual([
      { calls: [{ id: 'c', name: '', json: '{"a":1}' }], reason: 'tool-calls' },
    ])
    expect(saidBy(read(chat, sse([...data.slice(0, 1), '[DONE]'])))).toEqual([
      { calls: [{ id: 'c', name: '', json: '{"a"' }], reason: 'stop' },
    ])
  })

  it('row 42: alone leave the content null', () => {
    const events = read(chat, sse(named('one tool call').data))
    const body = chat.writeReply([{ events }], CONTEXT) as { choices: { message: Json }[] }
    expect(body.choices[0]?.message['content']).toBeNull()
  })
})

describe('finish reasons', () => {
  const known: readonly [string, string, string][] = [
    ['stop', 'stop', 'stop'],
    ['length', 'length', 'length'],
    ['tool_calls', 'tool-calls', 'tool_calls'],
    ['function_call', 'tool-calls', 'tool_calls'],
    ['content_filter', 'content-filter', 'content_filter'],
    ['eos', 'other', 'stop'],
    ['constructor', 'other', 'stop'],
  ]
  for (const [raw, reason, written_] of known) {
    it(`row 36: '${raw}' is ${reason} and is written '${written_}', never a provider's word`, () => {
      const events = read(chat, sse([delta({ content: 'Hi' }, raw)]))
      expect(events).toContainEqual({ type: 'choice-end', index: 0, reason, raw })
      const out = written(chat, [{ events }]).join('\n')
      expect(out).toContain(`"finish_reason":"${written_}"`)
      if (raw !== written_) expect(out).not.toContain(`"${raw}"`)
    })
  }

  it("row 36: '' is no finish reason", () => {
    expect(read(chat, sse([delta({ content: 'Hi' }, '')])).at(-1)).toMatchObject({ type: 'error' })
  })
})

describe('reasoning', () => {
  it('row 39: is read under either name, and once where a server sends both', () => {
    for (const fields of [
      { reasoning: 'hm' },
      { reasoning_content: 'hm' },
      { reasoning: 'hm', reasoning_content: 'hm' },
    ]) {
      const events = read(chat, sse([delta(fields), delta({ content: 'Yes' }, 'stop')]))
      expect(saidBy(events)).toEqual([{ text: 'Yes', reasoning: 'hm', reason: 'stop' }])
    }
  })
})
