// The middle language of questions: what a client asks of a model, whatever dialect it speaks. Pure.
import type { DialSetting } from './dial.ts'
import type { CacheWish } from './reuse.ts'
import type { TalkWish } from './talk-schema.ts'

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool'

/** How long a vendor should keep the prompt up to here in its cache. */
export type CacheLife = '5m' | '1h'

/**
 * A vendor's proof of what a model thought, opaque to everybody else: sent back as it came, to the same dialect only.
 * `signature` seals readable text, `redacted` replaces it, `encrypted` carries the state of a reasoning item.
 */
export interface Signature {
  readonly dialect: string
  readonly kind: 'signature' | 'redacted' | 'encrypted'
  readonly data: string
  /** The vendor's own id of the item, where it has one. */
  readonly id?: string
}

export type Part =
  | { readonly type: 'text'; readonly text: string; readonly cache?: CacheLife }
  /** `url` is http(s) or `data:<type>;base64,...`. */
  | {
      readonly type: 'image'
      readonly url: string
      readonly detail?: 'low' | 'high' | 'auto'
      readonly cache?: CacheLife
    }
  /** A document. `url` as for images; `id` names a file that the vendor keeps. */
  | {
      readonly type: 'file'
      readonly url?: string
      readonly id?: string
      readonly name?: string
      readonly cache?: CacheLife
    }
  /** `data` is base64, `format` a short name such as `wav`. */
  | { readonly type: 'audio'; readonly data: string; readonly format: string }
  /** What the assistant thought. An empty text with a signature is common: redacted, or encrypted. */
  | { readonly type: 'reasoning'; readonly text: string; readonly signature?: Signature }
  | { readonly type: 'refusal'; readonly text: string }
  /** Something that only its own dialect understands; `name` is what it is called there. */
  | { readonly type: 'other'; readonly name: string }

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** The arguments as the model wrote them: JSON text, possibly not valid. */
  readonly json: string
  /** Gemini seals the call itself; without it the next turn is refused. */
  readonly signature?: Signature
}

export interface Message {
  readonly role: Role
  readonly parts: readonly Part[]
  readonly toolCalls?: readonly ToolCall[]
  readonly toolCallId?: string
  /** A tool's message about its own failure. */
  readonly isError?: boolean
  readonly name?: string
  /**
   * The message as its dialect had it, so that the same dialect gets it back untouched. Where one message of a dialect
   * becomes several of ours, the first carries the value and the others `null`: already said.
   */
  readonly native?: { readonly dialect: string; readonly value: unknown }
}

export interface Tool {
  readonly name: string
  readonly description?: string
  /** A JSON Schema. */
  readonly parameters?: unknown
  readonly strict?: boolean
  readonly cache?: CacheLife
  /** A tool that the vendor runs, or another kind that only its dialect knows: the definition as it came. */
  readonly hosted?: { readonly dialect: string; readonly value: unknown }
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** The shape that an answer must have. */
export type Format =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly name: string
      readonly schema: unknown
      readonly strict?: boolean
      readonly description?: string
    }

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh'

/** The one knob for thinking. `budgetTokens` is for clients whose dialect counts; effort wins where both stand. */
export interface Reasoning {
  readonly effort?: ReasoningEffort
  readonly budgetTokens?: number
  /** Does the client want to read the thoughts? Absent: as the vendor does by itself. */
  readonly visible?: boolean
}

export interface Sampling {
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly minP?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly logitBias?: Readonly<Record<string, number>>
  /** Log-probabilities are wanted, with so many alternatives each. */
  readonly topLogprobs?: number
}

/** What an embedding model is asked for. The inputs are the request's messages, one each. */
export interface EmbeddingAsk {
  readonly dimensions?: number
  readonly encoding: 'float' | 'base64'
  /** Inputs that came as token ids, by position; such a message has no text. */
  readonly tokens?: readonly (readonly number[])[]
  /** What the vectors are for, in the vendor's word, where the client said. */
  readonly purpose?: string
}

/** What is passed on as it came, under the same path at every vendor that has it. */
export const ENDPOINTS = [
  'audio/speech',
  'audio/transcriptions',
  'audio/translations',
  'images/generations',
  'images/edits',
  'images/variations',
  'moderations',
] as const

export type Endpoint = (typeof ENDPOINTS)[number]

/**
 * A request that is not translated but passed on, as its answer is. Of its body only the model's name is changed; what
 * else was read of it (`messages` with its text, `stream`, `choices`) is for limits and budgets alone.
 */
export interface ProxyAsk {
  readonly endpoint: Endpoint
  /** Sounds and pictures that came with it. */
  readonly files: number
  /** A form's bytes before the model's name and after it; absent for JSON, which is `native.body`. */
  readonly form?: {
    readonly contentType: string
    readonly before: readonly Uint8Array[]
    readonly after: readonly Uint8Array[]
  }
}

export interface ModelRequest {
  /** The public name that the client sent: a route, a model or `<vendor>/<model>`. */
  readonly model: string
  /** Present for embeddings; absent for conversation. */
  readonly embedding?: EmbeddingAsk
  /** Present for what is passed on untranslated. */
  readonly proxied?: ProxyAsk
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly parallelTools?: boolean
  readonly stream: boolean
  /** Does the client want usage in its stream? */
  readonly streamUsage: boolean
  readonly choices: number
  readonly format: Format
  readonly reasoning?: Reasoning
  readonly sampling: Sampling
  readonly limits: {
    readonly maxOutput?: number
    readonly maxCostMicros?: number
    /** What the whole conversation may cost; its first turn says it. */
    readonly conversationMicros?: number
  }
  /** The client's name for its own user, for the vendor's abuse checks. */
  readonly user?: string
  /** The class of service asked for: `auto`, `default`, `flex`, `priority`. */
  readonly serviceTier?: string
  /** Refuse, instead of leaving out, what a target cannot be told. */
  readonly requireParameters?: boolean
  /** Fields of the client's body that this language has no word for; only the same dialect gets them. */
  readonly unread?: readonly string[]
  /** Whose caches may serve it: the key's id. Absent where no key is involved. */
  readonly tenant?: string
  /** The client's name for the conversation, when Minnow keeps it. */
  readonly conversation?: string
  /** Where in it the turn goes on, and how much of it is sent. */
  readonly talk?: TalkWish
  /** The object that keeps the answer for a client that comes back, and until when at most. */
  readonly keptIn?: { readonly object: string; readonly until: number }
  /** The same for what is kept as responses, whose past is in the messages already. */
  readonly thread?: string
  /** What a client of the Responses API asks us to keep and to go on from; absent for other dialects. */
  readonly response?: {
    /** As the response will be named. */
    readonly id?: string
    readonly previousId?: string
    readonly conversationId?: string
    readonly store: boolean
    readonly background: boolean
    /** What becomes of more than the model can read: `auto` leaves the oldest out, `disabled` is refused. */
    readonly truncation?: 'auto' | 'disabled'
  }
  /** What of the past that is kept as responses it was sent with; for its receipt. */
  readonly context?: {
    readonly turn: string
    readonly tokens: number
    readonly left: { readonly turns: number; readonly tokens: number; readonly results: number }
    readonly summary: boolean
  }
  /** May another model go on with an answer that was cut off? As the route says, unless given. */
  readonly rescue?: boolean
  /** Is the stream kept, so that a client that lost it can have the rest? As the configuration says, unless given. */
  readonly resumable?: boolean
  /** Is a small model's answer checked before it is given? As the route says, unless given. */
  readonly cascade?: boolean
  /** It is wanted how sure the model is of its words, by us and not by the client. */
  readonly sureness?: true
  /** What the code of a small model's answer must pass before it is given: a program in its language. */
  readonly tests?: string
  /** May an answer that was given before be given again? As the key or the route says, unless given. */
  readonly cache?: CacheWish
  /** How the model is to be chosen; what it does not say, its route does. */
  readonly dial?: DialSetting
  /** The body as it came, and the dialect's own headers, for what only the same dialect on the other side understands. */
  readonly native: {
    readonly dialect: string
    readonly body: Readonly<Record<string, unknown>>
    readonly headers?: Readonly<Record<string, string>>
    /** The client reads its stream as one JSON array, not as server-sent events. */
    readonly framing?: 'array'
  }
}

export function textOf(message: Message): string {
  let text = ''
  for (const part of message.parts) {
    if (part.type === 'text') text += text === '' ? part.text : `\n${part.text}`
  }
  return text
}

/** The text of the newest user message: what the answer is about. */
export function lastUserText(messages: readonly Message[]): string {
  const last = messages.findLast((message) => message.role === 'user')
  return last === undefined ? '' : textOf(last)
}
