// A wire format, both ways, without I/O: clients speak it to us, we speak it to vendors. Pure.
import type { Batch, Piece } from './event.ts'
import type { Failure } from './failure.ts'
import type { ModelRequest } from './request.ts'
import type { Frame } from './sse.ts'

/** What a request becomes on a vendor's wire; the caller adds address and credentials. */
export interface WireRequest {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** What the writer of a request must know of the model it is written for. */
export interface WireTarget {
  readonly model: string
  readonly maxOutput?: number
}

/** A failed reply as it came: the status, the interesting headers, the (bounded) body text. */
export interface WireFailure {
  readonly status: number
  readonly body: string
  readonly retryAfterMs?: number
}

/** What the writer of an answer must know of the request it answers. */
export interface ReplyContext {
  readonly requestId: string
  readonly createdAt: number
  readonly model: string
  readonly streamUsage: boolean
}

/** Thrown by readers at bytes that are not the dialect; the message says what was wrong. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

export interface Dialect {
  readonly id: string
  /** Reads a client's body. Throws `Failed` with an `invalid-request` that names the field. */
  readRequest(body: unknown): ModelRequest
  writeRequest(request: ModelRequest, target: WireTarget): WireRequest
  /** Stateful, one per stream of so many choices (`n`). `close` is called at the end of the bytes and yields the terminal event. */
  readEvents(choices?: number): EventReader
  /** Stateful, one per stream: what a client is sent for each batch of events. */
  writeEvents(context: ReplyContext): (batch: Batch) => string
  /** A whole reply is a short stream. */
  readReply(text: string): Piece[]
  writeReply(pieces: readonly Piece[], context: ReplyContext): Record<string, unknown>
  readFailure(reply: WireFailure): Failure
  writeFailure(
    failure: Failure,
    requestId: string,
  ): { readonly status: number; readonly body: Record<string, unknown> }
}

export interface EventReader {
  /** What one frame means. After a terminal event the stream is over and later frames are not read. */
  read(frame: Frame): Piece
  /** The bytes have ended: the `finish` of a complete answer, or the `error` of a truncated one. */
  close(): Piece
  /** True once every choice has ended, so that only usage and the end marker can follow. */
  readonly complete: boolean
}
