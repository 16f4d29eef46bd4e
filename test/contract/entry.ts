// What a dialect brings to the suite that every dialect passes: itself, recorded shapes, and how to spoil them.
import type { Address, Dialect, VendorDialect } from '../../shared/dialect.ts'
import type { Failure } from '../../shared/failure.ts'
import type { Frame } from '../../shared/sse.ts'
import type { Usage } from '../../shared/usage.ts'
import type { Said } from './said.ts'

export interface StreamFixture {
  readonly name: string
  /** The data of its events in order; the suite writes the framing. */
  readonly data: readonly string[]
  readonly says: readonly Said[]
  readonly usage: Usage | undefined
}

export interface ReplyFixture {
  readonly name: string
  readonly body: string
  readonly says: readonly Said[]
  readonly usage: Usage | undefined
}

export interface RequestFixture {
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
  /** Where it is sent, for dialects whose address says more than the body. */
  readonly address?: Address
}

export interface BadRequest {
  readonly name: string
  readonly body: unknown
  readonly param: string | undefined
}

/** Bytes that are not server-sent events: how a frame is written, and how they are cut again. */
export interface Binary {
  readonly write: (data: string) => Uint8Array
  readonly open: () => (bytes: Uint8Array | undefined, whole: boolean) => Frame[]
}

/** A wire that we speak to vendors. */
export interface VendorEntry {
  readonly dialect: VendorDialect
  readonly streams: readonly StreamFixture[]
  readonly replies: readonly ReplyFixture[]
  /** An event that says the answer has failed, in every form the dialect knows, and the failure it means. */
  readonly errors: readonly {
    readonly name: string
    readonly event?: string
    readonly data: string
    readonly kind: Failure['kind']
  }[]
  /** The data of the event that says nothing is missing, where the dialect has one of its own without content. */
  readonly endMarker: string | undefined
  /** The data of an event with a field, or of a kind, that nobody has heard of. */
  readonly unknownData: string
  /** Adds a field that nobody has heard of to the data of an event or to a body. */
  readonly withUnknown: (data: string) => string
  /** Absent for server-sent events. */
  readonly binary?: Binary
}

/** What a wire can say; random answers keep to it. */
export interface Reach {
  /** Several answers to one question (`n`). */
  readonly choices: boolean
  readonly reasoning: boolean
  readonly refusals: boolean
  /** Arguments of a tool call need not be an object. */
  readonly rawArguments: boolean
  /** Every delta stays one of its own, in its place, and the start is carried whole; else only what is said survives. */
  readonly exact: boolean
  /** Usage comes only to clients that ask for it. */
  readonly usageOnRequest: boolean
}

/** A wire that clients speak to us too. */
export interface Entry extends VendorEntry {
  readonly dialect: Dialect
  readonly reach: Reach
  readonly requests: readonly RequestFixture[]
  readonly badRequests: readonly BadRequest[]
  /** What of an answer the wire can carry: some know fewer reasons than we do. Everything unless given. */
  readonly carried?: (said: Said) => Said
  /** What of a usage the wire can carry. */
  readonly carriedUsage?: (usage: Usage) => Usage
  /** Does this event's data change on its way to a client of the same dialect? Those with `"usage"` unless given. */
  readonly changes?: (data: string) => boolean
  /** The field of a whole reply that holds usage; `usage` unless given. */
  readonly usageField?: string
}
