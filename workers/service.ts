// The framework of this house: what a step is, what it is given, and what an answer is.
import type { Program, Ran } from '../shared/check/program.ts'
import type { VendorDialect, WireRequest } from '../shared/dialect.ts'
import type { Batch, Piece } from '../shared/event.ts'
import type { Failure } from '../shared/failure.ts'
import type { Endpoint, ModelRequest } from '../shared/request.ts'
import type { CacheSetting } from '../shared/reuse.ts'
import type { Target, Tier } from '../shared/plan.ts'
import type { Sureness } from '../shared/sureness.ts'
import { promptTokens, type Usage } from '../shared/usage.ts'

/** What every step is given besides its input. Immutable. */
export interface Cx {
  /** The request's id, as the caller sees it. */
  readonly id: string
  /** `<trace id>-<span id>` of the client's own span, where it told one. */
  readonly trace?: string
  /** Aborts when nobody waits for the answer any more, or a deadline has passed; its reason is a `Failed`. */
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. On Cloudflare the clock stands still between I/O. */
  readonly now: () => number
  /** Work that outlives the response; a rejection is logged and goes no further. */
  readonly defer: (task: Promise<unknown>) => void
}

export type Service<In, Out> = (input: In, cx: Cx) => Promise<Out>

export type Layer<In, Out, In2 = In, Out2 = Out> = (inner: Service<In2, Out2>) => Service<In, Out>

/** The promise of one is the part that may still be retried; its batches are what has been committed to. */
export interface Answer {
  readonly target: Target
  /** Ends with one `finish` or one `error` event. Never throws. Returning early cancels the upstream. */
  readonly batches: AsyncGenerator<Batch, void, undefined>
  /** Milliseconds from the call to the response head. */
  readonly headMs: number
  readonly status: number
  /** What the client asked for and this provider could not be told. */
  readonly dropped: readonly string[]
  /** The wire format in which the provider answered. */
  readonly dialect: string
  /** Takes out of a piece what the client has not asked for and we have. */
  readonly hide?: (piece: Piece) => Piece
  /** The head of a reply that is passed on as it comes. */
  readonly headers?: Headers
}

/** What this isolate knows of how targets are doing, at once and without asking anybody. Keyed by `healthKey`. */
export interface HealthView {
  /** `down`: others are asked before it. `due`: as `down`, but one request should try whether it is up again. */
  standing(key: string, now: number): 'up' | 'down' | 'due'
  /** Takes the try that is due; false when another request was quicker. */
  claimProbe(key: string, now: number): boolean
  /** What it usually needs to its first content, or to its whole reply: the 95th percentile; undefined after too few answers. */
  p95Ms(key: string, stream: boolean): number | undefined
  /** How fast it usually is and what its calls use; undefined where nothing was measured. */
  measured(key: string, stream: boolean): Measured | undefined
}

/** What was measured of a target. What too few calls have shown is absent. */
export interface Measured {
  /** To its first content, or to its whole reply: half of the calls were quicker. */
  readonly p50Ms?: number
  /** Of its streams, from the first content on. */
  readonly tokensPerSecond?: number
  /** Means of a call in tokens, by what the vendor reported; `calls` is how many they are made of. */
  readonly use?: {
    readonly calls: number
    readonly input: number
    readonly cacheRead: number
    readonly cacheWrite: number
    readonly output: number
  }
}

/** What the last re-benchmark says of models, by their public names. */
export interface Ratings {
  /** The share of tasks that it did right, 0..1, of all or of one kind; undefined where too few were asked. */
  quality(model: string, kind?: string): number | undefined
  /** It has become worse than it was, beyond noise. */
  isMarked(model: string): boolean
}

/** What was found of a small model's answer before it is looked at. */
export interface Found {
  /** Absent where it is not words, or was not heard to its end. */
  readonly text?: string
  /** How sure the model was of it, where its vendor says so. */
  readonly sureness?: Sureness
  /** Why the checks would not give it. */
  readonly doubt?: string
  /** Another cheap answer said the same, or its code passed the tests. */
  readonly agreed: boolean
}

export interface Seen {
  /** How much a larger model is expected to gain on the answer, 0..1; absent where it could not be looked at. */
  readonly score?: number
  /** Whether a larger model is asked, or is not, whatever the checks say; absent where they decide. */
  readonly isStrong?: boolean
}

/** The look at one request's small answer. */
export interface Looking {
  /** Undefined where nothing is known of it: the checks decide. At most once a request. */
  judge(found: Found): Seen | undefined
  /** Who answered in the end; undefined where nobody did. */
  settle(tier: Tier | undefined): void
}

/**
 * Another call of a request is to begin, in place of one that failed or beside one that runs: the request as it may be
 * sent to the target, or why nobody pays for it.
 */
export type Pay = (target: Target, isBeside: boolean) => Promise<Paid>

export type Paid =
  | { readonly ok: true; readonly request: ModelRequest }
  | { readonly ok: false; readonly failure: Failure }

/** Runs a program against its tests, bounded in every way; never throws. */
export type RunTests = (program: Program) => Promise<Ran>

/** The target of a conversation's last answer, and what its vendor then had in its cache. */
/** What became of a turn that was to be written down. `late`: nobody knows yet. `none`: there was nothing to write. */
export type Fate = 'kept' | 'late' | 'erased' | 'none'

export interface LastServed {
  /** By `healthKey`. */
  readonly target: string
  readonly at: number
  readonly promptTokens: number
  /** Of the prompt: read from the cache, and written to it. */
  readonly cachedTokens: number
}

/** Only what the vendor itself has counted says what it has cached. */
export const servedBy = (target: string, usage: Usage): Omit<LastServed, 'at'> => ({
  target,
  promptTokens: promptTokens(usage),
  cachedTokens: usage.cacheRead + usage.cacheWrite + (usage.cacheWriteLong ?? 0),
})

/** The name under which a target's health is kept: several public names may lead to one model. */
export const healthKey = (target: Pick<Target, 'provider' | 'model'>): string =>
  `${target.provider}/${target.model}`

/** A vendor, ready to be called. */
export interface Provider {
  readonly id: string
  readonly dialect: VendorDialect
  /** The wire for a model and a client's dialect, where the vendor has more than one. */
  readonly dialectFor?: (model: string, client: string) => VendorDialect
  /** What it is asked for vectors in; absent where it makes none. */
  readonly embeddings?: VendorDialect
  /** What it answers in OpenAI's way without translation. */
  readonly proxied?: readonly Endpoint[]
  /** Sends a request on the vendor's wire. `conversation` is a cache hint, already scoped to the caller's key. */
  send(request: WireRequest, options: SendOptions): Promise<Response>
  /** False where a vendor is neither told which turns belong together nor given marks but the client's own. */
  readonly promptCache?: false
  /** May the model be asked how sure it is of its words, where its wire has a way? Absent: no. */
  readonly saysSureness?: (model: string) => boolean
  /** Takes the provider's credentials out of words that a caller may see; absent where there are none. */
  readonly conceal?: (text: string) => string
}

export interface SendOptions {
  readonly requestId: string
  readonly signal: AbortSignal
  /** The provider's own name for the model, where one is asked: a key may be good for some and not for others. */
  readonly model?: string
  /** What a failed reply means, given its text; without it no other key is tried. */
  readonly explain?: (reply: Response, text: string) => Failure
  /** Whose request it is; what a provider of ours caches for one must not show to another. */
  readonly tenant?: string
  readonly conversation?: string
  /** How a conversation began that is under way and that nobody has named. */
  readonly beginning?: string
  /** Does the client wait for a stream? */
  readonly stream: boolean
  /** May the provider decline instead of answering with little confidence? */
  readonly escalate: boolean
}

/** Who is asking: a verified key. */
export interface Caller {
  readonly keyId: string
  readonly name: string
  readonly budgets: readonly Budget[]
  /** The project that the key belongs to; its budgets are shared by its keys. */
  readonly project?: { readonly id: string; readonly name: string; readonly budgets: readonly Budget[] }
  /** What each conversation of the key may use in total. */
  readonly conversationBudget?: Budget
  /** Public model and route names the key may use; absent means all. */
  readonly models?: readonly string[]
  /** The kinds of endpoint that the key may use; absent means all. */
  readonly endpoints?: readonly string[]
  /** What is said is kept with its row; absent means that no word is. */
  readonly storeText?: boolean
  /** Web origins of a publishable key; absent for a secret key. */
  readonly origins?: readonly string[]
  /** Whether a publishable key only gets visitors' tokens; absent: as the configuration has it. */
  readonly tokenOnly?: boolean
  /** Whether and how answers are given again to the key. */
  readonly cache?: CacheSetting
  /** Somebody on one of the key's web sites, with a token for one conversation. */
  readonly visitor?: Visitor
}

export interface Visitor {
  readonly conversation: string
  /** Of that conversation, beside the key's own. */
  readonly budgets: readonly Budget[]
  /** What the model is told first, in place of whatever the page says. */
  readonly instructions?: string
}

export type Unit = 'usd' | 'tokens' | 'requests'

/** A window of the calendar; or `rate`: so much a minute, out of a bucket that refills all the time. */
export type Window = 'minute' | 'hour' | 'day' | 'month' | 'total' | 'rate'

/** One limit on a key, a project or a conversation. `limit` is in micro-dollars, tokens or requests. */
export interface Budget {
  readonly unit: Unit
  readonly window: Window
  readonly limit: number
}
