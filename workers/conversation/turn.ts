// A turn from its first word to its being kept: what is answered is written down while it is said, and at its end for as
// long as it takes. Who listens waits for that a while, who speaks next a while longer.
import type { Ending, Target } from '../../shared/plan.ts'
import { persist } from '../insist.ts'
import { type Caller, type Cx, type Fate, healthKey, servedBy } from '../service.ts'
import type { Trace } from '../traces.ts'
import type { Told } from './adding.ts'
import type { Begun } from './drafts.ts'
import { hold } from './holding.ts'
import { partsOf } from './ids.ts'
import type { CountMessage } from './item.ts'
import type { Recall } from './joining.ts'
import type { Asked, ConversationObjects, Summarise } from './recall.ts'
import type { Forgone, Leaving } from './spoken.ts'
import { answerOf } from './stored.ts'

export interface Turn {
  readonly id: string
  /** `<key>/<id>` of the conversation. */
  readonly name: string
  readonly recalled: Pick<Recall, 'fresh' | 'place'>
  readonly isListed: boolean
  readonly keepMs: number
  readonly summaryModel?: string | undefined
  readonly weigh: CountMessage
  /** It counts, and does not estimate. */
  readonly isCounted: boolean
  readonly caller: Caller
  readonly traces: readonly Trace[]
}

export interface TurnGiven {
  readonly objects: ConversationObjects
  readonly summarise: Summarise
}

/** The last word of an answer waits so long for the turn to be kept. */
const LISTENING_MS = 5_000
/** The next turn waits so long, so that it hears of this one. */
const SPEAKING_MS = 15_000
/** And so long it is tried at all. */
const TRYING_MS = 60_000

export function openTurn(
  { objects, summarise }: TurnGiven,
  { id, name, recalled, isListed, keepMs, summaryModel, weigh, isCounted, caller, traces }: Turn,
  cx: Cx,
): Pick<Asked, 'listen' | 'kept' | 'close'> {
  const { promise: kept, resolve: settle } = Promise.withResolvers<Fate>()
  const leaving: Leaving = { name, isListed, keepMs, sums: summaryModel !== undefined, traces }

  const begun = (target: Target | undefined): Begun => ({
    at: cx.now(),
    place: recalled.place,
    question: recalled.fresh.map((message) => ({ message, tokens: weigh(message) })),
    model: target === undefined ? '' : healthKey(target),
    leaving,
  })

  const toldOf = (ending: Ending, reply: Told['answer'], target: Target | undefined): Told => {
    const { leaving: _, ...turn } = begun(target)
    return {
      id,
      ...turn,
      answer: reply,
      cut: ending.end !== 'finish',
      isCounted,
      ...(target === undefined || ending.usageSource !== 'reported'
        ? {}
        : { served: servedBy(healthKey(target), ending.usage) }),
    }
  }

  /** Where its list does not answer now, the next turn tells it. */
  const list = async (at: number): Promise<boolean> => {
    const { keyId, id: conversation } = partsOf(name)
    return isListed || objects.list(keyId, conversation, at).then(isTrue, isFalse)
  }

  /** A turn that was answered is not to be lost: it is tried until it is written, or for a minute. */
  const remember = async (told: Told): Promise<Awaited<ReturnType<ConversationObjects['remember']>>> => {
    const late = setTimeout(() => settle('late'), LISTENING_MS)
    const aside = setTimeout(() => void objects.stepAside(name, id).catch(nothing), SPEAKING_MS)
    try {
      const listed = await list(told.at)
      const done = await persist(
        () => objects.remember(name, told, { ...leaving, isListed: listed }),
        TRYING_MS,
        cx.now,
      )
      settle(done.isErased ? 'erased' : 'kept')
      return done
    } catch (error) {
      settle('late')
      await objects.forgo(name, id, HEARD)
      throw error
    } finally {
      clearTimeout(late)
      clearTimeout(aside)
    }
  }

  return {
    kept,
    listen: (batches, target) =>
      hold(batches, {
        kept,
        hear: (heard) =>
          objects.hear(name, id, heard.from === 0 ? { ...heard, begun: begun(target) } : heard),
      }),
    async close(ending, target) {
      const reply = ending === undefined ? undefined : answerOf(ending)
      if (ending === undefined || reply === undefined) {
        settle('none')
        return objects.forgo(name, id, { wasHeard: false, leaving })
      }
      const { span } = await remember(toldOf(ending, { message: reply, tokens: weigh(reply) }, target))
      if (span === undefined || summaryModel === undefined) return
      const { turn, upto, depth } = span
      const written = await summarise({ span, model: summaryModel, caller }, cx)
      await objects.summarised(name, { turn, upto, depth }, written)
    },
  }
}

/** What was heard of it stays, and so does what is kept of it elsewhere. */
const HEARD: Forgone = { wasHeard: true }

const isTrue = (): boolean => true
const isFalse = (): boolean => false
/** Nobody waits for it; the turn's end frees the conversation as well. */
const nothing = (): void => undefined
