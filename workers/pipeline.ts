// The story of a model request, from a verified caller to an answer that settles itself.
import { Failed, type Failure, failureOf } from '../shared/failure.ts'
import type { Attempt, Ending, Plan } from '../shared/plan.ts'
import type { RateLeft } from '../shared/rates.ts'
import { countPrompt, type Tokenizer } from '../shared/tokens.ts'
import { cascade } from './attempt/cascade.ts'
import { timedOut } from './attempt/clock.ts'
import { type Meter, meter } from './attempt/meter.ts'
import type { Race, Raced } from './attempt/race.ts'
import { rescue } from './attempt/rescue.ts'
import { unheard } from './attempt/bill.ts'
import { accountsOf } from './budget/account.ts'
import type { Budgets } from './budget/admit.ts'
import type { Cache, Leads, Told } from './cache/cache.ts'
import { reusedOf, unused } from './cache/reused.ts'
import { priceOf } from './budget/need.ts'
import { openTab, type Tab } from './budget/tab.ts'
import type { Asked, Conversations } from './conversation/recall.ts'
import type { Learning } from './learning/learning.ts'
import type { Looks } from './routing/looks.ts'
import type { Planner } from './routing/planner.ts'
import type { ModelRequest } from '../shared/request.ts'
import type { Answer, Caller, Cx, Fate, RunTests, Service } from './service.ts'
import type { Telemetry } from './telemetry/handover.ts'
import { conversationOf } from './telemetry/conversation.ts'
import { newRowId, outcomeOf } from './telemetry/outcome.ts'
import { contextOf } from './telemetry/routing.ts'
import { openWords } from './telemetry/words.ts'

export interface Organs {
  readonly planner: Planner
  readonly looks: Looks
  readonly budgets: Budgets
  readonly conversations: Conversations
  readonly cache: Cache
  readonly race: Service<Race, Raced>
  readonly runTests: RunTests
  readonly telemetry: Telemetry
  readonly learning: Pick<Learning, 'ended'>
  readonly tokenizer: Tokenizer
  /** The HTTP status that a failure is answered with. */
  readonly statusOf: (failure: Failure) => number
}

export interface Served {
  readonly plan: Plan
  readonly answer: Answer
  readonly attempts: readonly Attempt[]
  /** The output limit, where the request's own was lowered to what it may cost. */
  readonly clamped: number | undefined
  /** What is left of the rates that apply. */
  readonly rates: readonly RateLeft[]
  /** Of an answer that is given again: since it was said. */
  readonly ageMs?: number
  /** The turn's id, in a conversation that is kept. */
  readonly turn?: string
  /** Counts the prompt here, for clients that are told before the answer. */
  readonly promptTokens: () => Promise<number>
}

/** `abort` ends everything that belongs to the request; its own signal is `cx.signal`. */
export type Pipeline = (
  asked: {
    caller: Caller
    request: ModelRequest
    /** What becomes of it where it is kept as a response; never rejects. */
    fate?: Promise<Fate>
  },
  cx: Cx,
  abort: (reason: Failed) => void,
) => Promise<Served>

export const pipeline =
  ({
    planner,
    looks,
    budgets,
    conversations,
    cache,
    race,
    runTests,
    telemetry,
    learning,
    tokenizer,
    statusOf,
  }: Organs): Pipeline =>
  async ({ caller, request, fate }, cx, abort) => {
    const startedAt = cx.now()
    let timer: ReturnType<typeof setTimeout> | null = null
    let conversation: Asked | undefined
    let plan: Plan | undefined
    let asked: ModelRequest | undefined
    let raced: Raced | undefined
    let tab: Tab | undefined
    let kept: Told | Leads | undefined
    let firstAt: number | undefined
    let clamped: number | undefined
    const words = caller.storeText === true ? openWords() : undefined
    const row = newRowId(startedAt)

    const promptTokens = async (): Promise<number> =>
      countPrompt((asked ?? request).messages, (asked ?? request).tools, await tokenizer())

    /** Settle, record, remember: once, whatever happened. */
    const close = async (ending: Ending | undefined, failure: Failure | undefined): Promise<void> => {
      clearTimeout(timer)
      const told = kept?.kind === 'told' ? kept.cached : undefined
      // Nothing was used where an answer was only given again.
      const isReused = told !== undefined && raced?.attempts.length === 0
      const heard = ending ?? (await unheard({ raced, plan, promptTokens }))
      const used = isReused && heard !== undefined ? unused(heard) : heard
      const overrunMicros = tab?.settle(used) ?? 0
      const answer = raced?.ok === true ? raced.answer : undefined
      // Before all else: the answer's last word waits for it.
      const closing = conversation?.close(ending, told === undefined ? answer?.target : undefined)
      closing?.catch(() => undefined) // waited for below, where it is reported
      const turn = await conversation?.kept
      // What could not enter its conversation would be erased with nothing.
      const isNobodys = conversation === undefined && request.conversation !== undefined
      const status = failure === undefined || ending !== undefined ? 200 : statusOf(failure)
      telemetry.record(
        outcomeOf({
          id: row,
          cx,
          caller,
          request,
          startedAt,
          firstAt,
          plan,
          answer,
          attempts: raced?.attempts ?? [],
          ending: used,
          failure,
          status,
          overrunMicros,
          frontierPrice: plan?.frontierPrice && priceOf(plan.frontierPrice, request),
          clampedTo: clamped,
          reused: told && reusedOf(told),
          conversation: await conversationOf(asked ?? request, caller.keyId),
          context: conversation?.context && contextOf(conversation.context, turn !== 'late'),
        }),
        cx,
        isNobodys || turn === 'erased' ? undefined : await words?.said((asked ?? request).messages),
      )
      if (plan !== undefined && told === undefined)
        planner.settle({
          caller,
          request: conversation?.request ?? request,
          plan,
          target: answer?.target,
          ending: used,
          at: cx.now(),
        })
      if (
        plan !== undefined &&
        asked !== undefined &&
        answer !== undefined &&
        ending !== undefined &&
        told === undefined
      )
        learning.ended(
          { caller, request: asked, plan, tier: answer.target.tier, ending, trial: raced?.trial },
          cx,
        )
      await closing
    }

    // Deferred before anything is waited for: when the client leaves, only deferred work is sure to go on.
    const { promise: closed, resolve: closeWith } = Promise.withResolvers<void>()
    cx.defer(closed)

    try {
      conversation = await conversations({ caller, request, fate, ...(words && { row }) }, cx)
      const { last, request: whole, allowedMicros, context } = conversation
      const dry = (): Promise<Plan> => planner.plan(whole, caller, cx, { isDry: true })
      kept = await cache.find({ caller, request: whole, plan: dry }, cx)
      const decided =
        kept?.kind === 'told' ? kept.plan : await planner.plan(whole, caller, cx, last && { last })
      plan = decided
      const totalMs = Math.max(...plan.targets.map((target) => target.timeouts.totalMs))
      timer = setTimeout(() => abort(timedOut('total', totalMs)), totalMs)
      const meterOf = metering(tokenizer, cx)
      const open = async (): Promise<Tab> => {
        const accounts = accountsOf(caller, request, allowedMicros)
        return (tab ??= await openTab({ budgets, accounts, request: whole, plan: decided, tokenizer }, cx))
      }
      /** Who was told an answer has no tab before it has to go on with it alone. */
      const mayAsk: Tab['mayGoOn'] = async (going, target) => {
        const opened = tab ?? (await open().catch(() => undefined))
        return opened !== undefined && opened.mayGoOn(going, target)
      }
      if (kept?.kind === 'told') {
        asked = whole
        raced = { ok: true, answer: kept.answer, request: whole, attempts: [], position: 0 }
      } else {
        const { request: payable, pay, clampOf } = await open()
        asked = payable
        const looking = looks({ request: whole, plan, caller, id: cx.id })
        raced = await cascade({ request: asked, plan, race, meterOf, pay, mayAsk, looking, runTests }, cx)
        if (raced.ok) asked = raced.request
        clamped = clampOf(asked)
        if (raced.ok && raced.refused !== undefined) plan = { ...plan, reason: 'budget' }
      }
      if (!raced.ok) throw new Failed(raced.failure)
      firstAt = cx.now()
      const { answer, attempts } = raced
      const told = rescue({ request: asked, plan, raced, race, meterOf, mayAsk, promptTokens }, cx)
      closeWith(told.end.then((ending) => close(ending, ending.failure)))
      const isDoubted = attempts[raced.position]?.doubt !== undefined
      const batches = kept?.kind === 'lead' ? kept.tell(answer, told.batches, isDoubted) : told.batches
      return {
        plan,
        answer: {
          ...answer,
          batches: conversation.listen(words?.listen(batches) ?? batches, answer.target),
        },
        attempts,
        clamped,
        rates: tab?.rates ?? [],
        promptTokens,
        ...(kept?.kind === 'told' ? { ageMs: kept.cached.ageMs } : {}),
        ...(context === undefined || request.conversation === undefined ? {} : { turn: context.turn }),
      }
    } catch (error) {
      if (kept?.kind === 'lead') kept.drop()
      closeWith(close(undefined, failureOf(error)))
      throw error
    }
  }

/** Counts what an answer uses while it passes; whoever bills it whole is heard out when nobody listens any more. */
const metering =
  (tokenizer: Tokenizer, cx: Cx) =>
  ({ batches, target }: Answer, asked: ModelRequest, aside: () => Promise<number>): Meter =>
    meter({
      batches,
      price: target.price && priceOf(target.price, asked),
      countPrompt: (count) => countPrompt(asked.messages, asked.tools, count),
      tokenizer,
      signal: cx.signal,
      drains: () => target.billsCancelled === true && cx.signal.aborted,
      aside,
    })
