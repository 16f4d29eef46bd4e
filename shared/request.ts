// The middle language of questions: what a client asks of a model, whatever dialect it speaks. Pure.

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool'

export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'other'; readonly name: string }

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** The arguments as the model wrote them: JSON text, possibly not valid. */
  readonly json: string
}

export interface Message {
  readonly role: Role
  readonly parts: readonly Part[]
  readonly toolCalls?: readonly ToolCall[]
  readonly toolCallId?: string
  /** The message as its dialect had it, so that the same dialect gets it back untouched. */
  readonly native?: { readonly dialect: string; readonly value: unknown }
}

export interface Tool {
  readonly name: string
  readonly description?: string
  readonly parameters?: unknown
}

export interface ModelRequest {
  /** The public name that the client sent: a route, a model or `<vendor>/<model>`. */
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly stream: boolean
  /** Does the client want usage in its stream? */
  readonly streamUsage: boolean
  readonly choices: number
  readonly format: 'text' | 'json' | 'json-schema'
  readonly limits: { readonly maxOutput?: number; readonly maxCostMicros?: number }
  /** Whose caches may serve it: the key's id. Absent where no key is involved. */
  readonly tenant?: string
  /** The client's name for the conversation, when Minnow keeps it. */
  readonly conversation?: string
  /** The per-request dial of a learned route. */
  readonly dial?: { readonly strongShare?: number }
  /** The body as it came, for fields that only the same dialect on the other side understands. */
  readonly native: { readonly dialect: string; readonly body: Readonly<Record<string, unknown>> }
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
