// A wire format, without I/O: clients speak it to us, we speak it to vendors, or both. Pure.
import type { Batch, Piece } from './event.ts'
import type { Failure } from './failure.ts'
import type { ModelFacts } from './model.ts'
import type { ModelRequest } from './request.ts'
import type { Frame } from './sse.ts'

/** What a request becomes on a vendor's wire; the caller adds address and credentials. */
export interface WireRequest {
  /** After the vendor's base address, with a leading slash and, where the wire has one, the query. */
  readonly path: string
  /** The base address of what does not stand under the vendor's own; a configured address wins over both. */
  readonly home?: string
  readonly body: Readonly<Record<string, unknown>>
  /** Sent in place of `body`, where the wire is not JSON; its type stands in `headers`. */
  readonly bytes?: Uint8Array
  /** Headers that belong to the wire format itself. */
  readonly headers?: Readonly<Record<string, string>>
  /** The answer comes whole though the client waits for a stream: its head is no sooner than its end. */
  readonly whole?: true
  /** What the client asked for and this wire or this model cannot be told, in the words of `Parameter` or the client's own. */
  readonly dropped: readonly string[]
  /** Fields of the request's `unread` that this wire has been told all the same. */
  readonly told?: readonly string[]
}

/** What the writer of a request must know of the model it is written for. */
export interface WireTarget {
  readonly model: string
  readonly maxOutput?: number
  readonly facts?: ModelFacts
  /**
   * What is known of how the prompt begins, where the vendor keeps what is marked: others began so shortly before
   * (`repeats`), or nothing is to be marked but by the client.
   */
  readonly marking?: 'repeats' | 'none'
}

/** A failed reply as it came: the status, the interesting headers, the (bounded) body text. */
export interface WireFailure {
  readonly status: number
  readonly body: string
  /** The vendor's own word for it, where a header says it. */
  readonly code?: string
  readonly retryAfterMs?: number
}

/** What the writer of an answer must know of the request it answers. */
export interface ReplyContext {
  readonly requestId: string
  readonly createdAt: number
  readonly model: string
  readonly streamUsage: boolean
  /** The question, for dialects whose answers repeat parts of it. */
  readonly request: ModelRequest
  /** Counted here before the answer, for dialects that say it first; absent where the provider says it. */
  readonly promptTokens?: number
  /** The name under which an answer is kept, for dialects that keep them. */
  readonly replyId?: string
}

/** Where a request was sent, for dialects whose address says more than the body. */
export interface Address {
  readonly model?: string
  readonly stream?: boolean
  /** A stream as one JSON array instead of server-sent events, for dialects that know both; kept in `native.framing`. */
  readonly framing?: 'array'
}

/** Thrown by readers at bytes that are not the dialect; the message says what was wrong. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/** What a dialect needs to serve clients. */
export interface ClientDialect {
  readonly id: string
  /** Reads a client's body. Throws `Failed` with an `invalid-request` that names the field. */
  readRequest(body: unknown, address?: Address): ModelRequest
  /** Stateful, one per stream: what a client is sent for each batch of events. */
  writeEvents(context: ReplyContext): (batch: Batch) => string
  writeReply(pieces: readonly Piece[], context: ReplyContext): Record<string, unknown>
  writeFailure(
    failure: Failure,
    requestId: string,
  ): { readonly status: number; readonly body: Record<string, unknown> }
  /** What `x-minnow-dropped` calls a parameter, where the dialect has its own word. */
  readonly nameOf?: (parameter: string) => string
  /** Request headers that belong to the dialect and reach vendors that speak it (`native.headers`), in lower case. */
  readonly passHeaders?: readonly string[]
  /** Where its clients look for the request's id, beside `x-request-id`. */
  readonly idHeader?: string
  /** What says in a silent stream that we live; a comment unless given. */
  readonly heartbeat?: string
  /** Its clients read nothing but the data of an event, so events have no ids. */
  readonly bareEvents?: true
  /** The event that says in a stream of so many events that no more will come of it; what refuses a request unless given. */
  readonly writeLoss?: (failure: Failure, requestId: string, events: number) => Record<string, unknown>
  /** Its answers begin with the prompt's token count, so it must be known before the first event. */
  readonly countsFirst?: true
}

/** What a dialect needs to reach vendors. */
export interface VendorDialect {
  readonly id: string
  writeRequest(request: ModelRequest, target: WireTarget): WireRequest
  /** Stateful, one per stream of so many choices (`n`) of the vendor's `model`. `close` is called at the end of the bytes and yields the terminal event. */
  readEvents(choices?: number, model?: string): EventReader
  /** A whole reply is a short stream. */
  readReply(text: string, model?: string): Piece[]
  readFailure(reply: WireFailure): Failure
  /** How the bytes of a stream are cut into frames; server-sent events unless given. `bytes`: not at all, whatever comes. */
  readonly framing?: 'sse' | 'aws-event-stream' | 'bytes'
  /** How many inputs a model embeds in one call, where the vendor takes fewer than clients may send. */
  readonly maxInputs?: (model: string) => number
  /** How the vendor counts a prompt's tokens before answering it, where it does. */
  readonly counting?: {
    writeRequest(request: ModelRequest, target: WireTarget): WireRequest
    /** Undefined where the reply holds no count. */
    read(text: string): number | undefined
  }
  /**
   * The vendor wants pictures and documents as bytes, so addresses are fetched for it first. `foreign`: it reads some
   * addresses itself, and who speaks its dialect knows which; other clients' are fetched.
   */
  readonly inlineMedia?: true | 'foreign'
  /** The vendor keeps of a prompt what is marked, so it must be known whether that repeats. */
  readonly marksPrompts?: true
  /** How it is asked how sure a model is of its words, where the wire has a way. */
  readonly sureness?: Sureness
}

/** Log-probabilities that we want and the client does not. */
export interface Sureness {
  /** The question with the wish for them; undefined where it has one already, or they would tell nothing. */
  readonly ask: (request: ModelRequest) => ModelRequest | undefined
  /** A piece of the answer as it would be without them. */
  readonly hide: (piece: Piece) => Piece
}

/** A wire format in both directions. */
export interface Dialect extends ClientDialect, VendorDialect {}

export interface EventReader {
  /** What one frame means. After a terminal event the stream is over and later frames are not read. */
  read(frame: Frame): Piece
  /** The bytes have ended: the `finish` of a complete answer, or the `error` of a truncated one. */
  close(): Piece
  /** True once every choice has ended, so that only usage and the end marker can follow. */
  readonly complete: boolean
}

/** The words for parameters that every writer uses in `dropped`; they are those of chat completions. */
export type Parameter =
  | 'audio'
  | 'dimensions'
  | 'files'
  | 'frequency_penalty'
  | 'images'
  | 'logit_bias'
  | 'logprobs'
  | 'min_p'
  | 'n'
  | 'parallel_tool_calls'
  | 'presence_penalty'
  | 'reasoning_effort'
  | 'response_format'
  | 'seed'
  | 'service_tier'
  | 'stop'
  | 'temperature'
  | 'tool_choice'
  | 'tools'
  | 'top_k'
  | 'top_p'
  | 'user'
