// Tries the targets of a plan: the next one starts when the current one fails or has kept us waiting.
import { Failed, type FailedAttempt, type Failure, failureOf, judge, reasonOf } from '../../shared/failure.ts'
import type { Attempt, Plan, Target, Trial } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Answer, Cx, Paid, Pay, Service } from '../service.ts'
import { pause, scope, type Scope } from './clock.ts'
import type { Call } from './deadline.ts'

export interface Race {
  readonly request: ModelRequest
  readonly plan: Plan
  /** Asked for every target but the first one, once it is wanted; whoever is not given it pays for all. */
  readonly pay?: Pay
  /** Others stand behind the last of the targets, so that it may decline as well. */
  readonly isBacked?: true
}

export interface Won {
  readonly ok: true
  readonly answer: Answer
  /** As it was sent to whoever answered: its limit may be another than that of the target before. */
  readonly request: ModelRequest
  /** Losers are noted as such at once; more are added where others go on with the answer. */
  readonly attempts: Attempt[]
  /** Which of the attempts it was. */
  readonly position: number
  /** What was found of a small model's answer before it, or of this one, where that was checked. */
  readonly trial?: Trial
  /** It was doubted, and is given because nobody pays for a larger model. */
  readonly refused?: Failure
}

/** The answer that won, and every call that was begun on the way, also where none won. */
export type Raced =
  | Won
  | {
      readonly ok: false
      readonly failure: Failure
      readonly attempts: Attempt[]
      readonly trial?: Trial
    }

/** A target's own allowance of retries: with it spent, an outage is not made worse. */
export type MayRetry = (target: Target, cx: Cx) => boolean

const BACKOFF_MS = 200
const BACKOFF_CAP_MS = 5_000
/** Waiting longer than this on one target is worse than trying the next. */
const PATIENCE_MS = 1_000

type Landing =
  | {
      readonly lane: number
      readonly answer: Answer
      readonly position: number
      readonly request: ModelRequest
    }
  | { readonly lane: number; readonly failure: Failure }

export const race =
  (call: Service<Call, Answer>, mayRetry: MayRetry = () => true): Service<Race, Raced> =>
  async ({ request: first, plan, pay = free(first), isBacked = false }, cx) => {
    const log: Attempt[] = []
    const failed: FailedAttempt[] = []
    const lanes = new Map<number, { readonly scope: Scope; readonly landing: Promise<Landing> }>()
    const running = new Map<number, number>() // the attempt that each lane is at
    let next = 0

    const attemptOnce = async (
      lane: number,
      target: Target,
      request: ModelRequest,
      escalate: boolean,
      inside: Cx,
    ): Promise<{ readonly answer: Answer; readonly position: number }> => {
      const startedAt = cx.now()
      const position = log.length
      let head: { headMs: number; status: number } | undefined
      const note = (end: string): void => {
        log[position] = { target: target.name, startedAt, ...head, durationMs: cx.now() - startedAt, end }
      }
      note('begun')
      running.set(lane, position)
      try {
        const onHead = (headMs: number, status: number): void => void (head = { headMs, status })
        const answer = await call({ request, target, escalate, onHead }, inside)
        note('answered')
        return { answer, position }
      } catch (error) {
        const failure = failureOf(error)
        const isUnheard = inside.signal.aborted && failure.kind === 'cancelled'
        note(isUnheard && !cx.signal.aborted ? 'lost' : reasonOf(failure))
        const status = 'status' in failure ? { status: failure.status } : {}
        failed.push({
          target: target.name,
          ...status,
          reason: reasonOf(failure),
          durationMs: cx.now() - startedAt,
        })
        throw new Failed(failure)
      } finally {
        running.delete(lane)
      }
    }

    /** One target with its retries. */
    const run = async (lane: number, target: Target, request: ModelRequest, inside: Cx): Promise<Landing> => {
      for (let retry = 0; ; retry += 1) {
        try {
          // A target may only decline where another call can follow it.
          const isLast =
            !isBacked && (lane === plan.targets.length - 1 || log.length + 1 >= plan.retries.total)
          return { lane, request, ...(await attemptOnce(lane, target, request, !isLast, inside)) }
        } catch (error) {
          const failure = failureOf(error)
          const isProbe = plan.probe === true && lane === 0 // one try says whether it is up again
          const waitMs = isProbe
            ? undefined
            : sameTargetWait(failure, retry, plan, next >= plan.targets.length)
          if (waitMs === undefined || log.length >= plan.retries.total || inside.signal.aborted)
            return { lane, failure }
          if (!mayRetry(target, cx)) return { lane, failure }
          try {
            await pause(waitMs, inside.signal)
          } catch {
            return { lane, failure } // aborted while waiting: the failure that made us wait is the news
          }
          // A hedge may have used up the total while this one paused.
          if (log.length >= plan.retries.total) return { lane, failure }
        }
      }
    }

    const start = (request: ModelRequest): void => {
      const lane = next
      const target = plan.targets[lane]
      next += 1
      if (target === undefined) return
      const inside = scope(cx)
      lanes.set(lane, { scope: inside, landing: run(lane, target, request, inside.cx) })
    }

    /** Starts the next target that is paid for; why not, where none is. */
    const startPaid = async (isBeside: boolean): Promise<Failure | undefined> => {
      let refused: Failure | undefined
      for (let target = plan.targets[next]; target !== undefined && mayStart(); target = plan.targets[next]) {
        const paid = await pay(target, isBeside)
        if (paid.ok) {
          if (!cx.signal.aborted) start(paid.request)
          return undefined
        }
        refused ??= unpaid(paid.failure, target)
        if (isBeside) break // in place of it, it may be paid
        next += 1
      }
      return refused
    }

    const dismiss = (winner: number | undefined): void => {
      for (const [lane, { scope: loser, landing }] of lanes) {
        if (lane === winner) continue
        const position = running.get(lane)
        const attempt = position === undefined ? undefined : log[position]
        if (position !== undefined && attempt !== undefined)
          log[position] = { ...attempt, durationMs: cx.now() - attempt.startedAt, end: 'lost' }
        loser.abort(new Failed({ kind: 'cancelled' }))
        loser.close()
        void landing.then((late) => ('answer' in late ? late.answer.batches.return(undefined) : undefined))
      }
    }

    const mayStart = (): boolean => next < plan.targets.length && log.length < plan.retries.total

    /** What is too long for one model is too long for every one that reads no more. */
    const passSmaller = (lane: number, failure: Failure): void => {
      const window = failure.kind === 'context-length' ? plan.targets[lane]?.contextWindow : undefined
      if (window === undefined) return
      while ((plan.targets[next]?.contextWindow ?? Number.POSITIVE_INFINITY) <= window) next += 1
    }

    let hedges = plan.hedgeAfterMs !== undefined
    start(first)
    for (;;) {
      const hedge =
        hedges && plan.hedgeAfterMs !== undefined && mayStart() ? sleeper(plan.hedgeAfterMs) : undefined
      const waiting: Promise<Landing | 'hedge'>[] = [...lanes.values()].map((lane) => lane.landing)
      const landed = await Promise.race(hedge === undefined ? waiting : [...waiting, hedge.done])
      hedge?.cancel()
      if (landed === 'hedge') {
        hedges = (await startPaid(true)) === undefined
        continue
      }
      if ('answer' in landed) {
        const { answer, position, request } = landed
        // Its vendor bills the whole answer, so it is read to its end though nobody waits for it.
        if (answer.target.billsCancelled === true) lanes.get(landed.lane)?.scope.outlive()
        dismiss(landed.lane)
        return { ok: true, answer, request, attempts: log, position }
      }
      lanes.delete(landed.lane)
      const { failure } = landed
      passSmaller(landed.lane, failure)
      if (cx.signal.aborted || judge(failure).retry === 'never') {
        dismiss(undefined)
        return {
          ok: false,
          failure: cx.signal.aborted ? failureOf(cx.signal.reason) : failure,
          attempts: log,
        }
      }
      const refused = mayStart() ? await startPaid(false) : undefined
      if (lanes.size === 0) {
        if (refused !== undefined || cx.signal.aborted)
          return { ok: false, failure: refused ?? failureOf(cx.signal.reason), attempts: log }
        const last: Failure =
          failure.kind === 'context-length' || failure.kind === 'unsupported'
            ? failure
            : { kind: 'exhausted', attempts: failed, last: failure }
        return { ok: false, failure: last, attempts: log }
      }
    }
  }

/** For those who have no budget to keep to. */
const free =
  (request: ModelRequest): Pay =>
  (): Promise<Paid> =>
    Promise.resolve({ ok: true, request })

/** Why a request ends where it does: those before did not answer, and the one behind them is not paid for. */
export const unpaid = (failure: Failure, target: Target): Failure =>
  failure.kind === 'over-budget'
    ? {
        ...failure,
        message: `${failure.message} It was to go on to '${target.name}': what was asked before did not answer.`,
      }
    : failure

/** How long to wait before the same target is tried again; undefined when it should not be. */
function sameTargetWait(
  failure: Failure,
  retry: number,
  plan: Plan,
  isLastTarget: boolean,
): number | undefined {
  if (retry >= plan.retries.sameTarget) return undefined
  const asked = 'retryAfterMs' in failure ? failure.retryAfterMs : undefined
  const { retry: where } = judge(failure)
  const worthIt = where === 'anywhere' || (failure.kind === 'rate-limited' && isLastTarget)
  if (!worthIt || (asked !== undefined && asked > BACKOFF_CAP_MS)) return undefined
  if (asked !== undefined && asked > PATIENCE_MS && !isLastTarget) return undefined
  return asked ?? Math.random() * Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** retry) // full jitter
}

function sleeper(ms: number): { readonly done: Promise<'hedge'>; readonly cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | null = null
  const done = new Promise<'hedge'>((resolve) => {
    timer = setTimeout(() => resolve('hedge'), ms)
  })
  return { done, cancel: () => clearTimeout(timer) }
}
