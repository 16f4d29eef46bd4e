// The decision about a request as data, and what became of it. Pure.
import type { Failure } from './failure.ts'
import type { ModelFacts } from './model.ts'
import type { Price } from './money.ts'
import type { Part, ToolCall } from './request.ts'
import type { Usage } from './usage.ts'

export interface Timeouts {
  /** From the call to the response head, milliseconds. */
  readonly headMs: number
  /** From the head to the first content event of a stream. */
  readonly firstTokenMs: number
  /** Between two reads of a stream. */
  readonly idleMs: number
  /** Over the whole request, all attempts included. */
  readonly totalMs: number
  /** The head limit of a reply that is not streamed: its head comes only with the answer. */
  readonly replyMs: number
}

export type Tier = 'mini' | 'frontier' | 'fixed'

/** One place a request can be sent to: a model at a provider, with all that is known of it. */
export interface Target {
  /** The public name of the model, as configured or as `<vendor>/<model>`. */
  readonly name: string
  readonly provider: string
  /** The provider's own name for the model. */
  readonly model: string
  readonly tier: Tier
  /** Absent when nobody has said what it costs. */
  readonly price?: Price
  readonly contextWindow?: number
  readonly maxOutput?: number
  readonly facts?: ModelFacts
  readonly timeouts: Timeouts
}

export interface Plan {
  /** The route or model name that the client asked for. */
  readonly route: string
  readonly targets: readonly Target[]
  readonly tier: Tier
  /** One word: why this order. */
  readonly reason: string
  /** Expected gain of the strong model, 0..1, where one was computed. */
  readonly score?: number
  /** Scores above this go to the strong model. */
  readonly cut?: number
  readonly features?: Readonly<Record<string, number>>
  readonly hedgeAfterMs?: number
  readonly retries: { readonly sameTarget: number; readonly total: number }
}

/** One upstream call, finished or not. */
export interface Attempt {
  readonly target: string
  readonly startedAt: number
  readonly headMs?: number
  readonly status?: number
  readonly durationMs: number
  /** `answered`, or the reason word of the failure, or `lost` when a hedge won. */
  readonly end: string
}

export type End = 'finish' | 'error' | 'cancelled' | 'refused'

/** The one row that a request leaves. Never holds text of a prompt or an answer. */
export interface Outcome {
  readonly id: string
  readonly requestId: string
  readonly at: number
  readonly keyId: string
  readonly route: string
  readonly tier: string
  readonly reason: string
  readonly score?: number
  /** `<vendor>/<model>` that answered, empty when none did. */
  readonly model: string
  readonly attempts: readonly Attempt[]
  readonly usage: Usage
  readonly usageSource: 'reported' | 'estimated' | 'none'
  readonly costMicros: number
  readonly headMs?: number
  readonly totalMs: number
  readonly stream: boolean
  readonly status: number
  readonly end: End
  /** The reason word of the failure, when it ended in one. */
  readonly failure?: string
}

/** How a metered answer ended: everything that settling, recording and remembering need. */
export interface Ending {
  readonly end: End
  readonly usage: Usage
  readonly usageSource: 'reported' | 'estimated' | 'none'
  readonly costMicros: number
  readonly failure?: Failure
  /** The assistant's message as far as it came, for the conversation. */
  readonly text: string
  /** What it thought, with the vendor's signatures, so that the next turn can give them back. */
  readonly reasoning: readonly Extract<Part, { type: 'reasoning' }>[]
  readonly toolCalls: readonly ToolCall[]
}
