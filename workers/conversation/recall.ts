// A request's way into its conversation and out of it again.
import { Failed } from '../../shared/failure.ts'
import type { Ending, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { type Cx, healthKey, type LastServed, servedBy } from '../service.ts'
import type { Recalled } from './object.ts'
import { answerOf, messageOf, storedOf } from './stored.ts'
import { type StoredMessage, type Turn } from './transcript.ts'

/** What is needed of the conversation objects; the real ones are Durable Objects named by key and conversation. */
export interface ConversationObjects {
  /** `allowedMicros` is what the conversation may cost in all; it can be lowered later, and never raised. */
  recall(
    name: string,
    turnId: string,
    sent: readonly StoredMessage[],
    allowedMicros: number | undefined,
  ): Promise<Recalled>
  remember(name: string, turn: Turn): Promise<void>
  forgo(name: string, turnId: string): Promise<void>
}

/** One conversation's object. */
interface ConversationObject {
  recall(turnId: string, sent: readonly StoredMessage[], allowedMicros: number | undefined): Promise<Recalled>
  remember(turn: Turn): Promise<void>
  forgo(turnId: string): Promise<void>
}

/** Each conversation where it lives. */
export const conversationsAt = (at: (name: string) => ConversationObject): ConversationObjects => ({
  recall: (name, turnId, sent, allowedMicros) => at(name).recall(turnId, sent, allowedMicros),
  remember: (name, turn) => at(name).remember(turn),
  forgo: (name, turnId) => at(name).forgo(turnId),
})

/** A request with everything that was said before it. */
export interface Asked {
  readonly request: ModelRequest
  /** What the conversation may cost in all, where it was told. */
  readonly allowedMicros?: number
  /** Who answered the turn before, where that is known. */
  readonly last?: LastServed
  /** Call once, with how it ended and who answered; stores the turn or frees the conversation. */
  readonly close: (ending: Ending | undefined, target?: Target) => Promise<void>
}

export async function recall(objects: ConversationObjects, request: ModelRequest, cx: Cx): Promise<Asked> {
  const name = request.conversation
  if (name === undefined) return { request, close: () => Promise.resolve() }
  const turnId = crypto.randomUUID()
  const sent = storedOf(request.messages)
  const recalled = await objects.recall(name, turnId, sent, request.limits.conversationMicros).catch(() => {
    throw new Failed({ kind: 'unavailable', what: 'The conversation', retryAfterMs: 1_000 })
  })
  if (!recalled.ok) {
    const message = `Another request has been speaking in this conversation for ${Math.round(recalled.waitedMs / 1000)} s. Wait for its end, then send this again.`
    throw new Failed({ kind: 'conflict', code: 'conversation_busy', message, retryAfterMs: 1_000 })
  }
  const { messages, fresh } = recalled.value
  const { allowedMicros, last } = recalled
  if (messages.length === 0 || cx.signal.aborted) {
    await objects.forgo(name, turnId)
    throw new Failed({ kind: 'cancelled' })
  }
  return {
    request: { ...request, messages: messages.map(messageOf) },
    ...(allowedMicros === undefined ? {} : { allowedMicros }),
    ...(last === undefined ? {} : { last }),
    close: async (ending, target) => {
      const reply = ending === undefined ? undefined : answerOf(ending)
      if (ending === undefined || reply === undefined) return objects.forgo(name, turnId)
      return objects.remember(name, {
        requestId: turnId,
        at: cx.now(),
        messages: [...fresh, reply],
        cut: ending.end !== 'finish',
        ...(target === undefined || ending.usageSource !== 'reported'
          ? {}
          : { served: servedBy(healthKey(target), ending.usage) }),
      })
    },
  }
}
