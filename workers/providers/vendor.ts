// What a vendor is: a record. Its wire format is a dialect, its oddities are options of that dialect.
import type { VendorDialect } from '../../shared/dialect.ts'
import type { Endpoint } from '../../shared/request.ts'
import type { CountingRule } from './families.ts'

export interface Vendor {
  readonly id: string
  /** As the vendor writes its own name. */
  readonly name: string
  readonly dialect: VendorDialect
  /** Other wires it speaks at the same address. */
  readonly alternatives?: readonly Alternative[]
  /** What it is asked for vectors in; absent where it makes none. */
  readonly embeddings?: VendorDialect
  /** What it answers as OpenAI does at the same path, so that it is passed on; absent for nothing. */
  readonly proxied?: readonly Endpoint[]
  /**
   * Up to and including the version, without a slash at the end; `{region}` and the like are settings of the provider.
   * Absent where everybody runs their own.
   */
  readonly baseUrl?: string
  /** The settings that the address or the signature needs, by name. */
  readonly settings?: Readonly<Record<string, Setting>>
  /** Signs a call with a key. */
  readonly authorize: Authorize
  /** Where a server that people run themselves listens unless told otherwise; it needs no key. */
  readonly usualAddress?: string
  /** Words with which it refuses a key under 400 or 429, which mostly are about the request or its rate. */
  readonly deadWords?: RegExp
  /** Reached through the Worker's own `AI` binding where the configuration gives neither a key nor an address. */
  readonly bound?: true
  /**
   * It goes on, and bills, when nobody reads on: then a stream whose reader left is read to its end, which tells what it
   * cost. Each record names its source; of vendors that nothing is known of, it is taken that they stop.
   */
  readonly billsCancelled?: true
  /** How its models count their prompts; the first that a model's name fits holds. */
  readonly counting?: readonly CountingRule[]
  /** The header that leads the turns of a conversation to one machine, where its prompt is cached. */
  readonly affinity?: string
  /** The same in the field `prompt_cache_key` of a question's body. */
  readonly cacheKey?: true
  /** Those of its models that give log-probabilities on its own wire, by its documentation. */
  readonly saysSureness?: RegExp
  /** The name of one of its models, where models differ so much that any other would say little of it. */
  readonly example?: string
  /** The vendor's documentation of its wire. */
  readonly docs: string
}

/** A wire for configurations that ask for it by its `dialect`, and for what is said below. */
export interface Alternative {
  readonly dialect: VendorDialect
  /** The models that answer on no other. */
  readonly models?: RegExp
  /** The models that answer on it too: clients who speak it themselves lose nothing there. */
  readonly kin?: RegExp
}

export interface Setting {
  readonly about: string
  readonly default?: string
  /** What it is, given the others, where nobody says. */
  readonly follows?: (settings: Readonly<Record<string, string>>) => string
  /** The vendor can be reached without it. */
  readonly optional?: true
}

/** A call as it is about to be sent. */
export interface Outgoing {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly settings: Readonly<Record<string, string>>
  readonly fetcher: typeof fetch
  readonly now: number
  /** For what has to be asked elsewhere before the call can be signed. */
  readonly signal?: AbortSignal
}

/** The headers that carry a key, or the proof of one. Throws `Failed` with `credentials` where a key cannot sign. */
export type Authorize = (
  key: string,
  call: Outgoing,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>

export const bearer: Authorize = (key) => ({ authorization: `Bearer ${key}` })
