// Answers for single cases: written for a client of this dialect, and read again.
import type { ReplyContext } from '../../../shared/dialect.ts'
import type { ModelEvent, Piece } from '../../../shared/event.ts'
import { readFrames } from '../../../shared/sse.ts'
import { bytesOf, CONTEXT, piecesOf, sse } from '../wire.ts'
import { asked, type Json, responses } from './asking.ts'

export const START: ModelEvent = {
  type: 'start',
  id: 'msg_01X',
  model: 'claude',
  createdAt: 1_700_000_001_000,
}
export const END: ModelEvent = { type: 'choice-end', index: 0, reason: 'stop' }
export const USED = { input: 5, cacheRead: 3, cacheWrite: 2, output: 7, reasoning: 1 }
export const FINISH: ModelEvent = { type: 'finish', reason: 'stop', usage: USED }

export const word = (text: string): ModelEvent => ({ type: 'text-delta', index: 0, text })
export const think = (text: string): ModelEvent => ({ type: 'reasoning-delta', index: 0, text })
export const start = (call: number, id: string, name: string): ModelEvent => ({
  type: 'tool-start',
  index: 0,
  call,
  id,
  name,
})
export const argue = (call: number, json: string): ModelEvent => ({
  type: 'tool-delta',
  index: 0,
  call,
  json,
})

/** What a client asked, that gets the answer; a question of this dialect. */
export const context = (body: Json = {}, over: Partial<ReplyContext> = {}): ReplyContext => ({
  ...CONTEXT,
  request: asked(body),
  ...over,
})

export const textOf = (pieces: readonly Piece[], over: ReplyContext = context()): string => {
  const write = responses.writeEvents(over)
  return pieces.map((piece) => write([piece])).join('')
}

/** The events of a stream, each with the name it was sent under. */
export const sent = (
  pieces: readonly Piece[],
  over: ReplyContext = context(),
): { name: string; event: Json }[] =>
  readFrames()(textOf(pieces, over), true).map(({ event: name, data }) => ({
    name,
    event: JSON.parse(data) as Json,
  }))

export const one = (...events: ModelEvent[]): Piece[] => events.map((event) => ({ events: [event] }))

export const typesOf = (events: readonly { event: Json }[]): unknown[] =>
  events.map(({ event }) => event['type'])

export const readOf = (data: readonly string[]): Piece[] => piecesOf(responses, [bytesOf(sse(data))])
