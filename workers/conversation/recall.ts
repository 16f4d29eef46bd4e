// A request's way into its conversation and out of it again.
import { Failed } from '../../shared/failure.ts'
import type { Ending, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { sealTrouble } from '../../shared/seal.ts'
import type { Goal } from '../../shared/talk-schema.ts'
import type { Tokenizer } from '../../shared/tokens.ts'
import { insist } from '../insist.ts'
import { type Caller, type Cx, healthKey, type LastServed, servedBy } from '../service.ts'
import { newTurnId, partsOf } from './ids.ts'
import { counting, roughly } from './item.ts'
import type { Told } from './adding.ts'
import type { Asking, Lost, Recall } from './joining.ts'
import type { Entered, Leaving } from './spoken.ts'
import { answerOf, messageOf, storedOf } from './stored.ts'
import type { Span, Written } from './summing.ts'

/** What is needed of the conversation objects; the real ones are Durable Objects named by key and conversation. */
export interface ConversationObjects {
  /** `allowedMicros` is what the conversation may cost in all; it can be lowered later, and never raised. */
  recall(name: string, turnId: string, asking: Asking, allowedMicros: number | undefined): Promise<Entered>
  remember(name: string, told: Told, leaving: Leaving): Promise<Span | undefined>
  forgo(name: string, turnId: string): Promise<void>
  summarised(
    name: string,
    span: Pick<Span, 'turn' | 'upto' | 'depth'>,
    written: Written | undefined,
  ): Promise<void>
  /** Puts it into its key's list. */
  list(keyId: string, id: string, createdAt: number): Promise<void>
}

/** What holds for a request's conversation. */
export interface Terms {
  /** Tokens that may be sent, where somebody said so. */
  readonly contextTokens?: number
  /** Tokens that the model can read of it. */
  readonly windowTokens: number
  readonly keepMs: number
  /** Who sums up what is not sent any more; nobody where it is absent. */
  readonly summaryModel?: string
}

export type Summarise = (
  asked: { readonly span: Span; readonly model: string; readonly caller: Caller },
  cx: Cx,
) => Promise<Written | undefined>

export interface Given {
  readonly objects: ConversationObjects
  readonly termsOf: (request: ModelRequest, cx: Cx) => Promise<Terms>
  readonly tokenizer: Tokenizer
  readonly summarise: Summarise
  /** Throws where nothing can be sealed, and so nothing may be kept. */
  readonly check: () => void
}

/** What of its conversation a request was sent with: for its receipt. */
export interface Context extends Pick<Recall, 'left' | 'summary' | 'tokens'> {
  readonly turn: string
}

/** A request with everything that was said before it. */
export interface Asked {
  readonly request: ModelRequest
  readonly context?: Context
  /** What the conversation may cost in all, where it was told. */
  readonly allowedMicros?: number
  /** Who answered the turn before, where that is known. */
  readonly last?: LastServed
  /** Call once, with how it ended and who answered; stores the turn or frees the conversation. */
  readonly close: (ending: Ending | undefined, target?: Target) => Promise<void>
}

export type Conversations = (
  asked: { readonly caller: Caller; readonly request: ModelRequest },
  cx: Cx,
) => Promise<Asked>

const ON: Goal = { kind: 'on' }

export const openConversations =
  ({ objects, termsOf, tokenizer, summarise, check }: Given): Conversations =>
  async ({ caller, request }, cx) => {
    const { conversation: name, talk } = request
    const isTalk = request.embedding === undefined && request.proxied === undefined
    if (name === undefined || !isTalk) return { request, close: () => Promise.resolve() }
    check()
    const turnId = newTurnId()
    const sent = storedOf(request.messages)
    const terms = await termsOf(request, cx)
    const { contextTokens, windowTokens, keepMs, summaryModel } = terms
    // Whoever sets a budget wants it kept. A window is wide, and not worth the vocabulary, whose unpacking holds up
    // everybody else in the isolate once.
    const weigh = contextTokens === undefined ? roughly : counting(await tokenizer())
    const asking: Asking = {
      sent,
      tokens: sent.map(weigh),
      goal: talk?.goal ?? ON,
      room: Math.min(contextTokens ?? windowTokens, windowTokens),
    }
    const entered = await objects
      .recall(name, turnId, asking, request.limits.conversationMicros)
      .catch((error: unknown) => {
        throw (
          sealTrouble(error) ??
          new Failed({ kind: 'unavailable', what: 'The conversation', retryAfterMs: 1_000 })
        )
      })
    if (!entered.ok) throw new Failed(refusalOf(entered, asking.goal))
    const { messages, fresh, place, left, summary, tokens } = entered.value
    const { allowedMicros, last, isListed } = entered
    if (messages.length === 0 || cx.signal.aborted) {
      await objects.forgo(name, turnId)
      throw new Failed({ kind: 'cancelled' })
    }

    /** Tries again where its object could not write: a turn that was answered is not to be lost. */
    const remember = (told: Told, leaving: Leaving): Promise<Span | undefined> =>
      insist(() => objects.remember(name, told, leaving)).catch(async (error: unknown) => {
        await objects.forgo(name, turnId)
        throw error
      })

    return {
      request: { ...request, messages: messages.map(messageOf) },
      context: { turn: turnId, left, summary, tokens },
      ...(allowedMicros === undefined ? {} : { allowedMicros }),
      ...(last === undefined ? {} : { last }),
      close: async (ending, target) => {
        const reply = ending === undefined ? undefined : answerOf(ending)
        if (ending === undefined || reply === undefined) return objects.forgo(name, turnId)
        const { keyId, id } = partsOf(name)
        const at = cx.now()
        const told: Told = {
          id: turnId,
          at,
          place,
          question: fresh.map((message) => ({ message, tokens: weigh(message) })),
          answer: { message: reply, tokens: weigh(reply) },
          cut: ending.end !== 'finish',
          model: target === undefined ? '' : healthKey(target),
          ...(target === undefined || ending.usageSource !== 'reported'
            ? {}
            : { served: servedBy(healthKey(target), ending.usage) }),
        }
        // Where its list does not answer now, the next turn tells it.
        const listed = isListed || (await objects.list(keyId, id, at).then(isTrue, isFalse))
        const sums = summaryModel !== undefined
        const span = await remember(told, { name, isListed: listed, keepMs, sums })
        if (span === undefined || summaryModel === undefined) return
        const { turn, upto, depth } = span
        const written = await summarise({ span, model: summaryModel, caller }, cx)
        await objects.summarised(name, { turn, upto, depth }, written)
      },
    }
  }

const isTrue = (): boolean => true
const isFalse = (): boolean => false

function refusalOf(
  entered: Extract<Entered, { ok: false }>,
  goal: Goal,
): ConstructorParameters<typeof Failed>[0] {
  if (entered.why === 'busy') {
    const message = `Another request has been speaking in this conversation for ${Math.round(entered.waitedMs / 1000)} s. Wait for its end, then send this again.`
    return { kind: 'conflict', code: 'conversation_busy', message, retryAfterMs: 1_000 }
  }
  return lost(entered.why, goal)
}

function lost(why: Lost, goal: Goal): ConstructorParameters<typeof Failed>[0] {
  const param = goal.kind === 'again' ? 'minnow.regenerate' : `minnow.${goal.kind}`
  switch (why) {
    case 'turn': {
      const id = 'turn' in goal ? (goal.turn ?? '') : ''
      const message = `There is no turn '${id}' in this conversation. 'x-minnow-turn' tells a turn's id, and so does GET /v1/conversations/{id}/messages.`
      return { kind: 'not-found', message, code: 'turn_not_found', param }
    }
    case 'question': {
      const message =
        'There is nothing to answer again: this conversation has no turn yet. Send a message without minnow.regenerate.'
      return { kind: 'invalid-request', message, param }
    }
    case 'other-question': {
      const message =
        "'minnow.regenerate' answers the stored question again, and the messages sent are another one: leave them out, or use 'minnow.edit' to change the question."
      return { kind: 'invalid-request', message, param }
    }
  }
}
