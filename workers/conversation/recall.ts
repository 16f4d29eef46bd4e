// A request's way into its conversation and out of it again.
import { readMessage } from '../../shared/dialects/openai-chat/messages.ts'
import { Failed } from '../../shared/failure.ts'
import type { Ending } from '../../shared/plan.ts'
import type { Message, ModelRequest } from '../../shared/request.ts'
import type { Cx } from '../service.ts'
import type { Recalled } from './object.ts'
import type { StoredMessage, Turn } from './transcript.ts'

/** What is needed of the conversation objects; the real ones are Durable Objects named by key and conversation. */
export interface ConversationObjects {
  recall(name: string, turnId: string, sent: readonly StoredMessage[]): Promise<Recalled>
  remember(name: string, turn: Turn): Promise<void>
  forgo(name: string, turnId: string): Promise<void>
}

/** A request with everything that was said before it. */
export interface Asked {
  readonly request: ModelRequest
  /** Call once, with how it ended; stores the turn or frees the conversation. */
  readonly close: (ending: Ending | undefined) => Promise<void>
}

export async function recall(objects: ConversationObjects, request: ModelRequest, cx: Cx): Promise<Asked> {
  const name = request.conversation
  if (name === undefined) return { request, close: () => Promise.resolve() }
  const turnId = crypto.randomUUID()
  const sent = request.messages.map(storedOf)
  const recalled = await objects.recall(name, turnId, sent).catch(() => {
    throw new Failed({ kind: 'unavailable', what: 'The conversation', retryAfterMs: 1_000 })
  })
  if (!recalled.ok) {
    const message = `Another request has been speaking in this conversation for ${Math.round(recalled.waitedMs / 1000)} s. Wait for its end, then send this again.`
    throw new Failed({ kind: 'conflict', code: 'conversation_busy', message, retryAfterMs: 1_000 })
  }
  const { messages, fresh } = recalled.value
  if (messages.length === 0 || cx.signal.aborted) {
    await objects.forgo(name, turnId)
    throw new Failed({ kind: 'cancelled' })
  }
  return {
    request: { ...request, messages: messages.map(messageOf) },
    close: async (ending) => {
      const reply = ending === undefined ? undefined : answerOf(ending)
      if (ending === undefined || reply === undefined) return objects.forgo(name, turnId)
      return objects.remember(name, {
        requestId: turnId,
        at: cx.now(),
        messages: [...fresh, reply],
        cut: ending.end !== 'finish',
      })
    },
  }
}

/** Stored in the chat completions form whatever the client speaks, so that any vendor can be told of it. */
function storedOf(message: Message): StoredMessage {
  if (message.native?.dialect === 'openai-chat') return message.native.value as StoredMessage
  return {
    role: message.role,
    content: message.parts.flatMap((part) => (part.type === 'text' ? [part] : [])),
  }
}

const messageOf = (stored: StoredMessage): Message => readMessage(stored as Parameters<typeof readMessage>[0])

/** The assistant's message as far as it came; nothing when there was no word of it. */
function answerOf(ending: Ending): StoredMessage | undefined {
  // A half-built tool call cannot be answered by a client, so a cut turn keeps its text only.
  const calls = ending.end === 'finish' ? ending.toolCalls : []
  if (ending.text === '' && calls.length === 0) return undefined
  return {
    role: 'assistant',
    content: ending.text === '' ? null : ending.text,
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call) => ({
            id: call.id,
            type: 'function',
            function: { name: call.name, arguments: call.json },
          })),
        }),
  }
}
