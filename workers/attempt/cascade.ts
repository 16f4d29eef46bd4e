// A cascade: a small model answers first, its answer is checked while it is held back, and only then given, or a larger
// model is asked. Every call is an attempt of the request like any other.
import { type Doubt, doubtIn, type Heard } from '../../shared/check/verdict.ts'
import type { Batch } from '../../shared/event.ts'
import { type Failure, failureOf, judge, reasonOf } from '../../shared/failure.ts'
import type { Attempt, Plan, Target, Trial } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Answer, Cx, Found, Looking, Paid, Pay, RunTests } from '../service.ts'
import { useOf } from './bill.ts'
import { hear } from './heard.ts'
import { type Raced, unpaid, type Won } from './race.ts'
import { nothing, second, type Seconding, usedBy, wantsSecond } from './second.ts'
import { tested } from './tested.ts'

export interface Cascading extends Seconding {
  /** Asked before a larger model is, and before a call beside another. */
  readonly pay: Pay
  /** What the route has learned of small models' answers; absent where that is nothing. */
  readonly looking?: Looking | undefined
  /** Runs code of an answer against the tests in its question; absent where nothing can be run. */
  readonly runTests?: RunTests | undefined
}

/** Races the plan's targets; where it says so, the small ones alone at first. */
export async function cascade(cascading: Cascading, cx: Cx): Promise<Raced> {
  const raced = await inTurn(cascading, cx)
  cascading.looking?.settle(raced.ok ? raced.answer.target.tier : undefined)
  return raced
}

async function inTurn(cascading: Cascading, cx: Cx): Promise<Raced> {
  const { request, plan, race, pay } = cascading
  const [minis, larger] = [plan.targets.filter(isMini), plan.targets.filter((target) => !isMini(target))]
  const [first] = plan.targets
  const terms = plan.cascade
  if (terms === undefined || first?.tier !== 'mini' || larger.length === 0 || !isCheckable(request))
    return race({ request, plan, pay }, cx)

  const startedAt = cx.now()
  const { total } = plan.retries
  const attempts: Attempt[] = []

  /** Asks some of the targets; what they were asked before counts as well. */
  const ask = async (
    payable: ModelRequest,
    targets: readonly Target[],
    most: number,
    isBacked: boolean,
  ): Promise<Raced> => {
    const asked: ModelRequest = isBacked ? { ...payable, sureness: true } : payable
    const from = attempts.length
    const retries = { ...plan.retries, total: most }
    const { probe, ...rest } = plan // what is to be tried again is the first target of all
    const part: Plan = { ...rest, ...(probe === true && isBacked ? { probe } : {}), targets, retries }
    const raced = await race({ request: asked, plan: part, pay, ...(isBacked ? { isBacked } : {}) }, cx)
    attempts.push(...raced.attempts)
    return raced.ok ? { ...raced, attempts, position: from + raced.position } : { ...raced, attempts }
  }

  /** Asks the larger models from the first on that is paid for; undefined where no call is left for them. */
  const escalate = async (isBeside: boolean): Promise<Raced | { readonly refused: Failure } | undefined> => {
    const left = total - attempts.length
    if (left <= 0) return undefined
    let refused: Failure | undefined
    for (const [place, target] of larger.entries()) {
      const paid: Paid = await pay(target, isBeside)
      if (paid.ok) return ask(paid.request, larger.slice(place), left, false)
      refused ??= unpaid(paid.failure, target)
    }
    return refused && { refused }
  }

  const small = await ask(request, minis, Math.max(1, total - 1), true)
  if (!small.ok) {
    if (cx.signal.aborted || isFinal(small.failure)) return small
    const raced = await escalate(false)
    if (raced === undefined) return small
    if ('refused' in raced) return { ok: false, failure: raced.refused, attempts }
    return withFailures(small, raced)
  }

  const { target } = small.answer
  const hearing = await hear(small.answer.batches, terms)
  const { hide, ...heardOf } = small.answer
  const answer: Answer = { ...heardOf, batches: hidden(hearing.batches, hide) }
  const { heard, failure } = hearing

  const note = (more: Partial<Attempt>): void => {
    const attempt = attempts[small.position]
    if (attempt !== undefined) attempts[small.position] = { ...attempt, ...more }
  }
  /** What the small model's answer used, which is not given. */
  const setAside = async (end: string): Promise<void> => {
    hearing.leave()
    const heardOnly: Answer = { ...small.answer, batches: listOf(hearing.held) }
    const ending = await usedBy(cascading.meterOf(heardOnly, request, nothing))
    note({ end, aside: true, ...useOf(target, ending) })
  }

  if (failure !== undefined) {
    await setAside(`cut-${reasonOf(failure)}`)
    if (cx.signal.aborted) return { ok: false, failure: failureOf(cx.signal.reason), attempts }
    const raced = isFinal(failure) ? undefined : await escalate(true)
    if (raced === undefined) return { ok: false, failure, attempts }
    return 'refused' in raced ? { ok: false, failure: raced.refused, attempts } : raced
  }

  const { sureness } = heard
  if (sureness !== undefined) note({ logprob: Math.round(sureness.mean * 1_000) / 1_000 })
  const runTests = terms.runTests === false ? undefined : cascading.runTests
  const byRun = await tested(request, heard, doubtIn(request, heard), runTests)
  if (byRun.ran !== undefined) note({ tests: byRun.ran })
  let { doubt } = byRun
  let agreed = byRun.ran?.verdict === 'passed'
  if (
    !agreed &&
    doubt === undefined &&
    total - attempts.length >= 2 &&
    wantsSecond(request, terms, heard, target)
  ) {
    const same = await second(
      cascading,
      { minis, target, text: heard.text, holdMs: terms.holdMs, attempts },
      cx,
    )
    agreed = same === true
    if (same === false) doubt = 'disagreed'
  }
  const seen = cascading.looking?.judge(foundIn(heard, doubt, agreed))
  if (seen?.score !== undefined) note({ look: Math.round(seen.score * 1_000) / 1_000 })
  if (seen?.isStrong === true) doubt ??= 'look'
  const trial: Trial = {
    target: target.name,
    text: heard.text,
    ...(sureness === undefined ? {} : { sureness }),
    ...(doubt === undefined ? {} : { doubt }),
    ...(agreed ? { agreed } : {}),
  }
  const given: Won = {
    ok: true,
    answer: { ...answer, headMs: cx.now() - startedAt },
    request: small.request,
    attempts,
    position: small.position,
    trial,
  }
  if (doubt === undefined) return given

  // Half an answer whose vendor bills all of it is not thrown away.
  const isStuck = heard.finish === undefined && target.billsCancelled === true
  const isKept = isStuck || seen?.isStrong === false // beyond the share that was asked for
  const raced = isKept ? undefined : await escalate(true)
  if (cx.signal.aborted) {
    await setAside(`rejected-${doubt}`)
    return { ok: false, failure: failureOf(cx.signal.reason), attempts, trial }
  }
  if (raced !== undefined && 'refused' in raced) {
    note({ doubt })
    return { ...given, refused: raced.refused }
  }
  if (raced?.ok === true) {
    await setAside(`rejected-${doubt}`)
    return { ...raced, answer: { ...raced.answer, headMs: cx.now() - startedAt }, trial }
  }
  note({ doubt }) // there is nobody else, so it is given as it is
  return given
}

const foundIn = (
  { text, calls, finish, sureness }: Heard,
  doubt: Doubt | undefined,
  agreed: boolean,
): Found => ({
  ...(finish === undefined || calls.length > 0 || text === '' ? {} : { text }),
  ...(sureness === undefined ? {} : { sureness }),
  ...(doubt === undefined ? {} : { doubt }),
  agreed,
})

const isMini = ({ tier }: Target): boolean => tier === 'mini'

/** One answer in words or calls; several have no one verdict, and what is passed on is not understood. */
const isCheckable = ({ choices, embedding, proxied }: ModelRequest): boolean =>
  choices === 1 && embedding === undefined && proxied === undefined

/** No other target would do better. */
const isFinal = (failure: Failure): boolean =>
  failure.kind !== 'exhausted' && judge(failure).retry === 'never'

/** Where all fail, the client is told of all. */
function withFailures(small: Raced, raced: Raced): Raced {
  if (raced.ok || small.ok) return raced
  const [before, after] = [small.failure, raced.failure]
  if (before.kind !== 'exhausted' || after.kind !== 'exhausted') return raced
  return { ...raced, failure: { ...after, attempts: [...before.attempts, ...after.attempts] } }
}

/** What only we have asked for, the client is not told. */
async function* hidden(
  batches: AsyncGenerator<Batch, void, undefined>,
  hide: Answer['hide'],
): AsyncGenerator<Batch, void, undefined> {
  try {
    for await (const batch of batches) yield hide === undefined ? batch : batch.map(hide)
  } finally {
    void batches.return(undefined) // not awaited: it waits for a read that may hang
  }
}

async function* listOf(held: readonly Batch[]): AsyncGenerator<Batch, void, undefined> {
  yield* held
}
