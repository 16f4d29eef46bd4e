// From bytes to events and back, as providers/frames.ts and edge/deliver.ts do it, without their clocks.
import { joined } from '../../shared/bytes.ts'
import type { ClientDialect, ReplyContext, VendorDialect } from '../../shared/dialect.ts'
import type { ModelEvent, Piece } from '../../shared/event.ts'
import { type Frame, readFrames } from '../../shared/sse.ts'
import { requestFor } from '../unit/samples.ts'
import type { Binary, VendorEntry } from './entry.ts'

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

/** The bytes of a stream of these events, in the wire's own framing. */
export function encode({ binary }: Pick<VendorEntry, 'binary'>, data: readonly string[]): Uint8Array {
  if (binary === undefined) return bytesOf(sse(data))
  return joined(data.map(binary.write))
}

function serverSentEvents(): ReturnType<Binary['open']> {
  const decoder = new TextDecoder()
  const frames = readFrames()
  return (bytes, whole) =>
    frames(bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true }), whole)
}

/** Reads until a terminal event; what comes after it is not looked at. */
export function piecesOf(
  dialect: VendorDialect,
  chunks: Iterable<Uint8Array>,
  open: Binary['open'] = serverSentEvents,
): Piece[] {
  const frames = open()
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
  for (const chunk of chunks) if (take(frames(chunk, false))) return pieces
  if (!take(frames(undefined, true))) pieces.push(reader.close())
  return pieces
}

export const eventsOf = (pieces: readonly Piece[]): ModelEvent[] => pieces.flatMap((piece) => piece.events)

export const read = (dialect: VendorDialect, text: string): ModelEvent[] =>
  eventsOf(piecesOf(dialect, [bytesOf(text)]))

/** Reads a stream of these events in the wire's own framing. */
export const readData = (entry: VendorEntry, data: readonly string[]): ModelEvent[] =>
  eventsOf(piecesOf(entry.dialect, [encode(entry, data)], entry.binary?.open))

/** The data of the events that a client of the dialect is sent for these pieces. */
export function written(
  dialect: ClientDialect,
  pieces: readonly Piece[],
  over: Partial<ReplyContext> = {},
): string[] {
  const write = dialect.writeEvents({ ...CONTEXT, ...over })
  const text = pieces.map((piece) => write([piece])).join('')
  return readFrames()(text, true).map((frame) => frame.data)
}

export const unnative = (pieces: readonly Piece[]): Piece[] => pieces.map(({ events }) => ({ events }))
