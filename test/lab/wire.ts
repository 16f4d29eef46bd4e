// What a vendor's wire is to the lab's server: whose addresses it answers, what it refuses, and how it says things.
import type { IncomingHttpHeaders } from 'node:http'
import type { Head } from './ask.ts'
import type { Behaviour } from './behaviour.ts'

export type Fields = Readonly<Record<string, unknown>>

/** One request as it came, and what became of it. Times are milliseconds since the epoch. */
export interface LabRequest {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names and values by turns, as they stood on the wire. */
  readonly rawHeaders: readonly string[]
  readonly text: string
  readonly body: Fields
  readonly model: string
  /** The wire that it came on; absent where no wire has such an address. */
  readonly wire: string | undefined
  /** Events of a stream that were sent. */
  events: number
  /** The usage that was sent, in the vendor's own words; absent while none was. */
  reported?: Fields
  /** What the vendor refused it for, before any script. */
  refused?: string
  /** Fields in it that the vendor's published description does not know, though it takes the rest. */
  strange?: string
  /** When the client went away before the answer was complete. */
  leftAt?: number
  endedAt?: number
}

/** A frame of a stream: a server-sent event, or bytes of a wire that has frames of its own. */
export type StreamEvent = { readonly event?: string; readonly data: string } | Uint8Array

export type Answer =
  | { readonly whole: unknown }
  /** The first `lead` events come before any content. */
  | { readonly events: readonly StreamEvent[]; readonly lead: number }

export interface Wire {
  readonly name: string
  /** The path of its address, without the query. */
  readonly address: RegExp
  /** The key that a request shows. */
  keyOf(request: LabRequest): string | undefined
  /** The model, where the body does not say it. */
  modelOf?(path: string, headers: IncomingHttpHeaders): string
  /** Throws `Refused` where the vendor would. */
  answer(request: LabRequest, behaviour: Behaviour, head: Head): Answer
  /** The body of a refusal. */
  failure(refused: Refused): unknown
  /** The headers of a refusal, where they say more than its body. */
  failureHeaders?(refused: Refused): Readonly<Record<string, string>>
  /** How an error is said in the middle of a stream. */
  failureEvent(message: string): StreamEvent
  /** A question about a request and not one for an answer: it uses up no script. */
  readonly isAside?: true
  /** The headers of its answers. */
  headers?(count: number): Readonly<Record<string, string>>
  /** The content type of its streams; server-sent events unless given. */
  readonly streamType?: string
}

/** Thrown by a wire at a request that its vendor does not take. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly code: string | null
  readonly param: string | null
  constructor(status: number, message: string, code: string | null = null, param: string | null = null) {
    super(message)
    this.status = status
    this.code = code
    this.param = param
  }
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const bearerOf = (request: LabRequest): string | undefined =>
  request.headers.authorization?.replace(/^Bearer /, '')

/** The body without what is the lab's own. */
export function bodyOf({ body }: LabRequest): Fields {
  const { lab: _, ...rest } = body
  return rest
}

export const eventOf = (value: unknown, event?: string): StreamEvent =>
  event === undefined ? { data: JSON.stringify(value) } : { event, data: JSON.stringify(value) }
