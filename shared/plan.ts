// The decision about a request as data, and what became of it. Pure.
import type { DialSetting } from './dial.ts'
import type { Failure } from './failure.ts'
import type { Counting, ModelFacts } from './model.ts'
import type { Price, PriceVersion } from './money.ts'
import type { Part, ToolCall } from './request.ts'
import type { Sureness } from './sureness.ts'
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
  /** A stream that is slower than this, over `floorWindowMs`, is given up; 0 for no floor. */
  readonly floorTokensPerSecond: number
  readonly floorWindowMs: number
}

/** `cache`: nobody is asked, an answer is given again. */
export type Tier = 'mini' | 'frontier' | 'fixed' | 'cache'

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
  /** Who said the price, and from when it holds; there where a price is. */
  readonly priceVersion?: PriceVersion
  readonly contextWindow?: number
  readonly maxOutput?: number
  readonly facts?: ModelFacts
  /** Absent where nobody says how it counts. */
  readonly counting?: Counting
  /** The vendor bills the whole answer, also when nobody reads on: a stream whose reader left is drained, not cancelled. */
  readonly billsCancelled?: true
  readonly timeouts: Timeouts
}

export interface Plan {
  /** The route or model name that the client asked for. */
  readonly route: string
  readonly targets: readonly Target[]
  readonly tier: Tier
  /** One word: why this order. */
  readonly reason: string
  /** Why the first target is the first of its tier: `price`, `latency`, `weight` ...; absent where it simply stands there. */
  readonly by?: string
  /** Expected gain of the strong model, 0..1, where one was computed. */
  readonly score?: number
  /** Scores above this go to the strong model. */
  readonly cut?: number
  /** The share of strong calls that the cut is held to; absent where it is plain. */
  readonly share?: number
  /** What was asked of the route, by itself and by the request, where that is a share. */
  readonly dial?: DialSetting
  readonly features?: Readonly<Record<string, number>>
  /** The next target starts when the current one has kept us waiting this long. */
  readonly hedgeAfterMs?: number
  /** A stream that dies after its first content is gone on with by another target. */
  readonly rescue: boolean
  /** The first target counts as down and this request tries whether it is up again: once, without a retry. */
  readonly probe?: true
  readonly retries: { readonly sameTarget: number; readonly total: number }
  /** The small model's answer is checked before it is given, and a larger one asked where it does not pass. */
  readonly cascade?: Cascade
  /** So many of the route's requests may end at a larger model: a look at the small model's answers says which. */
  readonly lookShare?: number
  /** What that share is expected to come to; where a share, a quality or a cost was asked for. */
  readonly expected?: Expected
  /** Who has the conversation's prompt in a cache and is not asked first, and what that saves of the next turn there. */
  readonly left?: { readonly target: string; readonly cachedTokens: number; readonly worthMicros?: number }
  /** What the route's first frontier model costs; absent without one, and where nobody has said. */
  readonly frontierPrice?: Price
}

/** What is expected of a share of strong calls. */
export interface Expected {
  /** `look`: every request begins with a small model, and the share is of its answers. */
  readonly by: 'question' | 'look'
  /** Of the frontier's, by labels that were not known when they were judged; absent where there are too few. */
  readonly quality?: number
  /** Micro-dollars of 1,000 requests like this one; absent where a tier has no price. */
  readonly per1kMicros?: number
  /** How much evidence there is for the quality, in words. */
  readonly why: string
}

/** How an answer is held back until it is known whether it may be given. */
export interface Cascade {
  /** A stream is held for so long at most, and a second answer waited for as long. */
  readonly holdMs: number
  /** And for so many characters of its text at most. */
  readonly holdChars: number
  /** Where the answer can be compared, another small answer to the same question must agree with it. */
  readonly secondAnswer: boolean
  /** False: code is not run against the tests in its question. */
  readonly runTests?: boolean
}

/** What was found of a small model's answer. */
export interface Trial {
  /** The public name of the small model. */
  readonly target: string
  /** What it said; kept no longer than the request. */
  readonly text: string
  /** How sure it was, where its vendor says so. */
  readonly sureness?: Sureness
  /** Why it was not given, or should not have been. */
  readonly doubt?: string
  /** A second answer said the same, or its code passed the tests. */
  readonly agreed?: true
}

/** One upstream call, finished or not. */
export interface Attempt {
  readonly target: string
  readonly startedAt: number
  readonly headMs?: number
  readonly status?: number
  readonly durationMs: number
  /**
   * `answered`, or the reason word of the failure, or `lost` when a hedge won; of a stream that died after it had begun,
   * `cut-<reason>`; `diverged` where it was to go on with an answer and told another; `rejected-<doubt>` where it was
   * answered and not given; `agreed`, `disagreed` or `incomparable` where it was only asked to compare.
   */
  readonly end: string
  /** It is no part of the answer: it was rejected, or asked only to compare. It was paid for all the same. */
  readonly aside?: true
  /** Why its answer was doubted and given all the same: no larger model could be asked, or none answered. */
  readonly doubt?: string
  /** What a larger model was expected to gain on its answer, 0..1, where it was looked at. */
  readonly look?: number
  /** The mean log-probability of its tokens, where it was heard. */
  readonly logprob?: number
  /** What its code did with the tests in the question, where it was run. */
  readonly tests?: { readonly verdict: string; readonly passed: number; readonly of: number }
  /** How it was asked to go on with an answer that another had begun. */
  readonly resumed?: Resumed
  /** The seam: so many characters of the answer's text had been told when this one went on. */
  readonly seamAt?: number
  /** What it used and cost; absent where a vendor bills nothing for it. */
  readonly usage?: Usage
  readonly usageSource?: 'reported' | 'estimated'
  /** Absent where nobody has said what the target costs. */
  readonly costMicros?: number
  /** What the vendor's prompt cache saved of it, or cost it where that is below zero; absent where it had no part. */
  readonly promptSavedMicros?: number
  /** The price that its cost was made with; `class` where another class of service was billed. */
  readonly price?: PriceVersion & { readonly class?: string }
}

/** `prefill`: given the beginning as its own; `asked`: told to go on; `restart`: asked anew, the beginning left out. */
export type Resumed = 'prefill' | 'asked' | 'restart'

/** Where one target's answer ends and another's goes on. */
export interface Seam {
  readonly target: Target
  readonly resumed: Resumed
  /** Why the answer before it ended. */
  readonly failure: Failure
}

export type End = 'finish' | 'error' | 'cancelled' | 'refused'

/** The one row that a request leaves. Never holds text of a prompt or an answer. */
export interface Outcome {
  readonly id: string
  readonly requestId: string
  readonly at: number
  readonly keyId: string
  /** `chat`, `embeddings`, or the endpoint that was passed on. */
  readonly operation?: string
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
  /** What it would have cost had the frontier been asked; absent where that is not known. */
  readonly frontierMicros?: number
  /** The output limit in tokens, where it was lowered to what the request may cost. */
  readonly clampedTo?: number
  readonly headMs?: number
  /** From the request to the first content of a stream. */
  readonly firstMs?: number
  readonly totalMs: number
  readonly stream: boolean
  readonly status: number
  readonly end: End
  /** The reason word of the failure, when it ended in one. */
  readonly failure?: string
  /** Why this model, as JSON: cut, share, features; absent where one was asked for by its name. */
  readonly routing?: string
  /** What it cost beyond all that it had been granted: a provider reported more than it was allowed. */
  readonly overrunMicros?: number
  /** `<trace id>-<span id>` of the client's own span. */
  readonly trace?: string
  /** What vendors' prompt caches saved of its cost; below zero where writing cost more. Absent where they had no part. */
  readonly promptSavedMicros?: number
  /** To which conversation it belongs, as a hash. */
  readonly conversation?: string
}

/** How a metered answer ended: everything that settling, recording and remembering need. */
export interface Ending {
  readonly end: End
  readonly usage: Usage
  readonly usageSource: 'reported' | 'estimated' | 'none'
  readonly costMicros: number
  /** The class of service that the vendor says it billed. */
  readonly serviceTier?: string
  readonly failure?: Failure
  /** The assistant's message as far as it came, for the conversation. */
  readonly text: string
  /** What it thought, with the vendor's signatures, so that the next turn can give them back. */
  readonly reasoning: readonly Extract<Part, { type: 'reasoning' }>[]
  readonly toolCalls: readonly ToolCall[]
}
