// How the lab's vendors treat one request, whatever its wire: what they say, how long it takes, how they misbehave. Pure data, so that a
// script can travel as JSON, also inside a request's own `lab` field. Nothing given is a healthy answer at once.

export interface LabCall {
  readonly name: string
  /** A string goes out as it is, anything else as JSON. */
  readonly arguments: unknown
  readonly id?: string
}

export interface LabUsage {
  readonly prompt: number
  readonly completion: number
  readonly cached: number
  /** Written to the vendor's cache, where the wire counts that; part of the prompt's tokens. */
  readonly cacheWrite: number
  /** Of those, what shall last an hour, where the wire tells that apart. */
  readonly cacheWriteLong: number
  readonly reasoning: number
}

/** How a connection ends early: a proper HTTP end, a TCP end without one, or a TCP reset. */
export type Cut = 'end' | 'fin' | 'reset'

export interface Behaviour {
  /** The answer, one event a word; the lab's own sentence unless given. */
  readonly text?: string
  /** Or the answer cut exactly so. */
  readonly pieces?: readonly string[]
  /** Shown the beginning of its text as its own words, the model says only the rest; else it starts over. */
  readonly continues?: boolean
  readonly reasoning?: string
  /** The reasoning may be read by nobody: only its sealed form is sent, where the wire has one. */
  readonly redacted?: boolean
  readonly refusal?: string
  readonly toolCalls?: readonly LabCall[]
  /** The finish reason, where it is not the natural one. */
  readonly finish?: string
  /** What usage reports; `null` for a vendor that reports none. */
  readonly usage?: Partial<LabUsage> | null
  /** The stream's usage stands in a chunk of its own unless it shall stand beside the finish reason. */
  readonly usageAt?: 'own' | 'finish'

  readonly headAfterMs?: number
  /** After the head (and the role chunk), before the first content. */
  readonly firstAfterMs?: number
  readonly everyMs?: number
  /** Silent after this many events, for `stallMs` or until the client leaves. The role chunk is the first event. */
  readonly stallAfter?: number
  readonly stallMs?: number

  /** The connection ends after this many events of the stream, or before the head. */
  readonly cutAfter?: 'nothing' | number
  readonly cut?: Cut
  /** Before the cut half of the next event goes out, as far as into its first character of several bytes. */
  readonly cutInside?: boolean
  /** False leaves out `[DONE]`. */
  readonly done?: boolean
  /** An error in the wire's own words instead of the event at this position; nothing follows it. */
  readonly failAt?: number

  /** Instead of an answer: a status, headers, and a body (a string as it is, else as JSON). */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** A request that ends with an assistant message gets a 400, as from models without prefill. */
  readonly rejectPrefill?: boolean
  /** A request for log-probabilities gets a 400, as from models that do not give any. */
  readonly rejectLogprobs?: boolean
  /** These keys get a status of their own, before anything else. */
  readonly deadKeys?: { readonly keys: readonly string[]; readonly status: number }
  /** In a script: holds for so long from the first request it met, instead of for one request. */
  readonly forMs?: number

  /** Raw text before the event at this position, or in its place. */
  readonly insert?: readonly { readonly at: number; readonly text: string; readonly replace?: boolean }[]
  readonly contentType?: string
  readonly gzip?: boolean
  readonly lineEnd?: '\n' | '\r\n' | '\r'
  readonly bom?: boolean
  readonly comments?: boolean
  /** `data:{` instead of `data: {`. */
  readonly tight?: boolean
  /** One write a byte. */
  readonly everyByte?: boolean
}
