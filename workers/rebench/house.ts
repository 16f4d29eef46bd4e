// What the re-benchmark is given by the Worker: the way of every request, the models, the books. No organ is named here.
import type { Failed } from '../../shared/failure.ts'
import type { Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Tokenizer } from '../../shared/tokens.ts'
import type { Answer, Caller, Cx } from '../service.ts'
import type { Label } from './labels.ts'
import type { Settings } from './settings.ts'
import type { Subjects } from './subjects.ts'

/** A request on the ordinary way, with receipt, health and telemetry. */
export type Serve = (
  asked: { readonly caller: Caller; readonly request: ModelRequest },
  cx: Cx,
  abort: (reason: Failed) => void,
) => Promise<{ readonly answer: Answer; readonly clamped: number | undefined }>

export type About = Pick<Target, 'provider' | 'model' | 'price' | 'contextWindow' | 'maxOutput' | 'facts'>

export interface Footprint {
  readonly weightsBytes: number
  /** Of keys and values, for each token of a conversation. */
  readonly cacheBytesPerToken: number
}

/** A route's small and large model. */
export interface Pair {
  readonly route: string
  readonly weak: string
  readonly strong: string
}

export interface House {
  readonly settings: Settings
  /** The public names of the models that there are. */
  readonly models: readonly string[]
  /** What is measured under each of these names. */
  readonly subjects: Subjects
  readonly pairs: readonly Pair[]
  /** Undefined for a name that stands for no one model. */
  readonly about: (model: string, cx: Cx) => Promise<About | undefined>
  /** The most that a request can cost, in micro-dollars, by the count that its own limit is held to. */
  readonly worst: (request: ModelRequest, cx: Cx) => Promise<number>
  readonly serve: Serve
  readonly tokenizer: Tokenizer
  /** Undefined for models whose memory nobody here can see. */
  readonly footprint: (about: About) => Promise<Footprint | undefined>
  readonly database: D1Database
  /** Renews what the catalogue says of prices, before money is spent by them. */
  readonly refreshPrices: () => Promise<unknown>
  readonly post: (url: string, init: RequestInit) => Promise<Response>
  /** The value of a variable. */
  readonly secret: (name: string) => string | undefined
  /** Told after every run which tasks the small and the large model of a route had right. */
  readonly learn: (pair: Pair, labels: readonly Label[], cx: Cx) => Promise<void>
  readonly defer: Cx['defer']
  readonly warn: (message: string) => void
}
