// The middle language of answers: what any model says, as a sequence of events. Pure.
import type { Failure } from './failure.ts'
import type { Seam } from './plan.ts'
import type { Signature } from './request.ts'
import type { Usage } from './usage.ts'

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other'

/**
 * `index` numbers the choices of one answer (`n` > 1), `call` the tool calls of one choice.
 * A stream holds exactly one `finish` or one `error`, and it is last.
 */
export type ModelEvent =
  | { readonly type: 'start'; readonly id: string; readonly model: string; readonly createdAt: number }
  | { readonly type: 'text-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly index: number; readonly text: string }
  /** Ends a stretch of reasoning, or stands for one that nobody may read. */
  | { readonly type: 'reasoning-signature'; readonly index: number; readonly signature: Signature }
  | { readonly type: 'refusal-delta'; readonly index: number; readonly text: string }
  | {
      readonly type: 'tool-start'
      readonly index: number
      readonly call: number
      readonly id: string
      readonly name: string
      readonly signature?: Signature
    }
  | { readonly type: 'tool-delta'; readonly index: number; readonly call: number; readonly json: string }
  | { readonly type: 'logprobs'; readonly index: number; readonly value: unknown }
  | { readonly type: 'other-delta'; readonly index: number }
  /** One vector of an embedding, whole. */
  | { readonly type: 'embedding'; readonly index: number; readonly vector: readonly number[] }
  | {
      readonly type: 'choice-end'
      readonly index: number
      readonly reason: FinishReason
      readonly raw?: string
    }
  | {
      readonly type: 'finish'
      readonly reason: FinishReason
      /** Absent when the provider did not report any. */
      readonly usage?: Usage
      /** The class of service that the provider says it has billed. */
      readonly serviceTier?: string
      /** Micro-dollars, filled in by the meter once the price is applied. */
      readonly costMicros?: number
      /** Its turn could not be written down in time, though it is still tried. */
      readonly kept?: false
    }
  | { readonly type: 'error'; readonly failure: Failure }

/** What a provider literally sent, kept so that a client of the same dialect loses nothing. */
export interface Native {
  readonly dialect: string
  /** The JSON text as it came; absent when `value` was changed since. */
  readonly text?: string
  readonly value: Readonly<Record<string, unknown>>
}

/** One frame of a provider's stream (or a whole reply) and what it means. */
export interface Piece {
  readonly events: readonly ModelEvent[]
  readonly native?: Native
  /** What came, where it is passed on without being read. Beside an `error` they are what already told the client. */
  readonly bytes?: Uint8Array
  /** What follows comes from another target, which goes on with the same answer. Such a piece has no events. */
  readonly seam?: Seam
}

/** The pieces that arrived together: one batch per network read, so that work is done per read, not per token. */
export type Batch = readonly Piece[]

/** True for the first sign of a real answer; everything before it is lifecycle and may still fail over. */
export function isContent(event: ModelEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return event.text !== ''
    case 'tool-start':
    case 'tool-delta':
    case 'other-delta':
    case 'reasoning-signature':
    case 'embedding':
      return true
    case 'start':
    case 'logprobs':
    case 'choice-end':
    case 'finish':
    case 'error':
      return false
  }
}
