// What a dialect brings to the suite that every dialect passes: itself, recorded shapes, and how to spoil them.
import type { Dialect } from '../../shared/dialect.ts'
import type { Failure } from '../../shared/failure.ts'
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
}

export interface BadRequest {
  readonly name: string
  readonly body: unknown
  readonly param: string | undefined
}

export interface Entry {
  readonly dialect: Dialect
  readonly streams: readonly StreamFixture[]
  readonly replies: readonly ReplyFixture[]
  readonly requests: readonly RequestFixture[]
  readonly badRequests: readonly BadRequest[]
  /** An event that says the answer has failed, in every form the dialect knows, and the failure it means. */
  readonly errors: readonly {
    readonly name: string
    readonly event?: string
    readonly data: string
    readonly kind: Failure['kind']
  }[]
  /** The data of the event that says nothing is missing, where the dialect has one. */
  readonly endMarker: string | undefined
  /** The data of an event with a field, or of a kind, that nobody has heard of. */
  readonly unknownData: string
  /** Adds a field that nobody has heard of to the data of an event or to a body. */
  readonly withUnknown: (data: string) => string
}
