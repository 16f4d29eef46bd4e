// Answers as they are kept: all of them or nothing, and the same when they are told again.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ModelEvent } from '../../../../shared/event.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { readLine, toldIn, writeLine } from '../../../../workers/cache/line.ts'
import { batchesOf, compact, isWhole } from '../../../../workers/cache/record.ts'

const finish: ModelEvent = { type: 'finish', reason: 'stop', usage: { ...noUsage, output: 3 }, costMicros: 7 }
const said = (text: string): ModelEvent => ({ type: 'text-delta', index: 0, text })

const event = fc.oneof(
  fc.string().map((text): ModelEvent => said(text)),
  fc.string().map((text): ModelEvent => ({ type: 'text-delta', index: 1, text })),
  fc.string().map((text): ModelEvent => ({ type: 'reasoning-delta', index: 0, text })),
  fc.string().map((json): ModelEvent => ({ type: 'tool-delta', index: 0, call: 0, json })),
  fc.constant<ModelEvent>({ type: 'logprobs', index: 0, value: { a: 1 } }),
)

/** What is said of each kind, in order, without regard to where it was cut. */
function sense(events: readonly ModelEvent[]): unknown {
  const all: Record<string, string> = {}
  for (const one of events) {
    const place = `${one.type} ${'index' in one ? one.index : ''}`
    all[place] = (all[place] ?? '') + ('text' in one ? one.text : 'json' in one ? one.json : ',')
  }
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''))
}

describe('an answer that is kept', () => {
  test('says what it said, however it was cut', () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const kept = compact([...events, finish])
        const again = [...batchesOf(kept)].flatMap((batch) => batch.flatMap((piece) => piece.events))
        expect(sense(again)).toEqual(sense([...events, finish]))
        expect(again.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
      }),
    )
  })

  test('comes in small pieces, and holds neither an id nor a cost of the call', () => {
    const kept = compact([
      { type: 'start', id: 'x', model: 'm', createdAt: 5 },
      said('a'),
      said('b'.repeat(200)),
      finish,
    ])
    expect(kept).toEqual([
      { type: 'start', id: '', model: 'm', createdAt: 0 },
      said(`a${'b'.repeat(200)}`),
      { type: 'finish', reason: 'stop', usage: { ...noUsage, output: 3 } },
    ])
    const pieces = [...batchesOf(kept)].flat()
    expect(pieces.length).toBeGreaterThan(4)
  })

  const WHOLE: readonly (readonly [string, boolean, readonly ModelEvent[]])[] = [
    ['a text and its end', true, [said('x'), finish]],
    [
      'a call and its end',
      true,
      [
        { type: 'tool-start', index: 0, call: 0, id: 'a', name: 't' },
        { ...finish, reason: 'tool-calls' },
      ],
    ],
    ['no end', false, [said('x')]],
    ['nothing', false, [finish]],
    ['a limit', false, [said('x'), { ...finish, reason: 'length' }]],
    ['a filter', false, [said('x'), { ...finish, reason: 'content-filter' }]],
    ['one of two cut off', false, [said('x'), { type: 'choice-end', index: 1, reason: 'length' }, finish]],
    ['a refusal', false, [{ type: 'refusal-delta', index: 0, text: 'no' }, finish]],
    ['what only its vendor understands', false, [said('x'), { type: 'other-delta', index: 0 }, finish]],
    ['an error', false, [said('x'), { type: 'error', failure: { kind: 'internal', message: 'x' } }]],
  ]
  test.each(WHOLE)('%s: %s', (_, want, events) => expect(isWhole(events)).toBe(want))
})

describe('lines', () => {
  const origin = { provider: 'p', model: 'm', name: 'n', dropped: ['top_k'] }
  const lines = [
    { kind: 'begin', origin } as const,
    { kind: 'events', events: [said('a\nb')] } as const,
    { kind: 'end', closing: { usage: noUsage, costMicros: 5, vector: 'AA==' } } as const,
  ]

  test('are read as they were written, each in one line', () => {
    for (const line of lines) {
      expect(writeLine(line).indexOf('\n')).toBe(writeLine(line).length - 1)
      expect(readLine(writeLine(line))).toEqual(line)
    }
    for (const odd of ['', '{}', '[]', '{"kind":"events"}', '{"kind":"end","closing":{}}', 'x'])
      expect(readLine(odd)).toBeUndefined()
  })

  test('make an answer only with the last of them', () => {
    const written = lines.map(writeLine)
    expect(toldIn(written)).toEqual({
      events: [said('a\nb')],
      head: { ...origin, usage: noUsage, costMicros: 5 },
      vector: 'AA==',
    })
    expect(toldIn(written.slice(0, 2)).head).toBeUndefined()
    expect(toldIn(written.slice(1)).head).toBeUndefined()
  })
})
