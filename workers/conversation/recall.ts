// A request's way into its conversation and out of it again.
import { Failed } from '../../shared/failure.ts'
import type { Ending, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { sealTrouble } from '../../shared/seal.ts'
import type { Goal } from '../../shared/talk-schema.ts'
import type { Tokenizer } from '../../shared/tokens.ts'
import type { Answer, Caller, Cx, Fate, LastServed } from '../service.ts'
import { tracesOf } from '../traces.ts'
import type { Heard } from './drafts.ts'
import { noteElsewhere, openFollowing } from './elsewhere.ts'
import { newTurnId } from './ids.ts'
import { counting, roughly } from './item.ts'
import type { Told } from './adding.ts'
import type { Asking, Lost, Recall } from './joining.ts'
import type { Entered, Forgone, Leaving, Remembered } from './spoken.ts'
import { messageOf, storedOf } from './stored.ts'
import type { Span, Written } from './summing.ts'
import { openTurn, type Turn } from './turn.ts'

/** What is needed of the conversation objects; the real ones are Durable Objects named by key and conversation. */
export interface ConversationObjects {
  /** `allowedMicros` is what the conversation may cost in all; it can be lowered later, and never raised. */
  recall(name: string, turnId: string, asking: Asking, allowedMicros: number | undefined): Promise<Entered>
  remember(name: string, told: Told, leaving: Leaving): Promise<Remembered>
  /** What was heard so far of a turn that is being answered. */
  hear(name: string, turnId: string, heard: Heard): Promise<void>
  /** It is not written yet, and the next one need not wait for that any more. */
  stepAside(name: string, turnId: string): Promise<void>
  /** Nothing came of it; or something did that could not be written, and what was heard of it stays. */
  forgo(name: string, turnId: string, forgone: Forgone): Promise<void>
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
  asked: {
    readonly span: { readonly previous: { readonly text: string } | null } & Pick<Span, 'messages'>
    readonly model: string
    readonly caller: Caller
  },
  cx: Cx,
) => Promise<Written | undefined>

export interface Given {
  readonly objects: ConversationObjects
  readonly termsOf: (request: ModelRequest, cx: Cx) => Promise<Terms>
  readonly tokenizer: Tokenizer
  readonly summarise: Summarise
  /** So long words are kept beside rows, where they are. */
  readonly wordsMs: number
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
  /** The answer, whose last word waits until the turn is kept. */
  readonly listen: (batches: Answer['batches'], target: Target) => Answer['batches']
  /** Whether the turn is kept, as far as who listens is told; never rejects. */
  readonly kept: Promise<Fate>
  /** Call once, with how it ended and who answered; stores the turn or frees the conversation. */
  readonly close: (ending: Ending | undefined, target?: Target) => Promise<void>
}

export type Conversations = (
  asked: {
    readonly caller: Caller
    readonly request: ModelRequest
    /** The request's row, where what is said is kept beside it. */
    readonly row?: string
    /** What becomes of it in its thread, where it has one; never rejects. */
    readonly fate?: Promise<Fate> | undefined
  },
  cx: Cx,
) => Promise<Asked>

const ON: Goal = { kind: 'on' }

const NOTHING: Pick<Asked, 'listen' | 'kept' | 'close'> = {
  listen: (batches) => batches,
  kept: Promise.resolve('none'),
  close: () => Promise.resolve(),
}

export const openConversations =
  ({ objects, termsOf, tokenizer, summarise, wordsMs, check }: Given): Conversations =>
  async ({ caller, request, row, fate }, cx) => {
    const { conversation: name, talk } = request
    const isTalk = request.embedding === undefined && request.proxied === undefined
    const words = row === undefined ? undefined : { row, until: cx.now() + wordsMs }
    const traces = tracesOf(caller.keyId, { answer: request.keptIn, words })
    const elsewhere = { keyId: caller.keyId, request, traces }
    if (name === undefined) noteElsewhere(objects, elsewhere, cx)
    if (name === undefined || !isTalk) {
      const { context } = request // of what is kept as responses, which is told already
      return {
        request,
        ...(context === undefined ? {} : { context }),
        ...NOTHING,
        ...(fate === undefined ? {} : openFollowing({ objects, fate }, elsewhere, cx)),
      }
    }
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
      isCounted: contextTokens !== undefined,
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
      await objects.forgo(name, turnId, { wasHeard: false })
      throw new Failed({ kind: 'cancelled' })
    }

    const turn: Turn = {
      isCounted: contextTokens !== undefined,
      id: turnId,
      name,
      recalled: { fresh, place },
      isListed,
      keepMs,
      summaryModel,
      weigh,
      caller,
      traces,
    }
    return {
      request: { ...request, messages: messages.map(messageOf) },
      context: { turn: turnId, left, summary, tokens },
      ...(allowedMicros === undefined ? {} : { allowedMicros }),
      ...(last === undefined ? {} : { last }),
      ...openTurn({ objects, summarise }, turn, cx),
    }
  }

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
