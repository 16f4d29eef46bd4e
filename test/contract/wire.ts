// From bytes to events and back, as providers/frames.ts and edge/deliver.ts do it, without their clocks.
import type { Dialect, ReplyContext } from '../../shared/dialect.ts'
import type { ModelEvent, Piece } from '../../shared/event.ts'
import { type Frame, readFrames } from '../../shared/sse.ts'
import { requestFor } from '../unit/samples.ts'

export const CONTEXT: ReplyContext = {
  requestId: 'req_1',
  createdAt: 1_700_000_000_000,
  model: 'public-name',
  streamUsage: true,
  request: requestFor('Hi'),
}

const encoder = new TextEncoder()

export const bytesOf = (text: string): Uint8Array => encoder.encode(text)

export const sse = (data: readonly string[]): string => data.map((text) => `data: ${text}\n\n`).join('')

/** Reads until a terminal event; what comes after it is not looked at. */
export function piecesOf(dialect: Dialect, chunks: Iterable<Uint8Array>): Piece[] {
  const decoder = new TextDecoder()
  const frames = readFrames()
  const reader = dialect.readEvents()
  const pieces: Piece[] = []
  const take = (some: readonly Frame[]): boolean => {
    for (const frame of some) {
      const piece = reader.read(frame)
      pieces.push(piece)
      if (piece.events.some(({ type }) => type === 'finish' || type === 'error')) return true
    }
    return false
  }
  for (const chunk of chunks) if (take(frames(decoder.decode(chunk, { stream: true })))) return pieces
  if (!take(frames(decoder.decode(), true))) pieces.push(reader.close())
  return pieces
}

export const eventsOf = (pieces: readonly Piece[]): ModelEvent[] => pieces.flatMap((piece) => piece.events)

export const read = (dialect: Dialect, text: string): ModelEvent[] =>
  eventsOf(piecesOf(dialect, [bytesOf(text)]))

/** The data of the events that a client of the dialect is sent for these pieces. */
export function written(
  dialect: Dialect,
  pieces: readonly Piece[],
  over: Partial<ReplyContext> = {},
): string[] {
  const write = dialect.writeEvents({ ...CONTEXT, ...over })
  const text = pieces.map((piece) => write([piece])).join('')
  return readFrames()(text, true).map((frame) => frame.data)
}

export const unnative = (pieces: readonly Piece[]): Piece[] => pieces.map(({ events }) => ({ events }))
