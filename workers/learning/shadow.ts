// Shadow sampling: a share of requests is answered by the other tier as well, off the path and out of a budget of its own,
// so that the route learns what a larger model would have gained.
import type { Heard } from '../../shared/check/verdict.ts'
import { Failed, type Failure, failureOf } from '../../shared/failure.ts'
import { microsFromDollars } from '../../shared/money.ts'
import type { Plan, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Answer, Budget, Caller, Cx } from '../service.ts'
import { formShows, type Qualities } from './evidence.ts'
import { bothWays, judgeRequest, readVerdict } from './judge.ts'

/** As a route has it in the configuration; `limit` is in micro-dollars. */
export interface ShadowTerms {
  readonly budget: Pick<Budget, 'window' | 'limit'>
  readonly judge?: string
}

/** A request on the ordinary way, with receipt, budget, health and telemetry. */
export type Serve = (
  asked: { readonly caller: Caller; readonly request: ModelRequest },
  cx: Cx,
  abort: (reason: Failed) => void,
) => Promise<{ readonly answer: Answer; readonly clamped?: number | undefined }>

export interface Sample {
  readonly request: ModelRequest
  readonly plan: Plan
  readonly tier: 'mini' | 'frontier'
  /** What was answered. */
  readonly heard: Heard
}

/** What the two answers show, and which one was the small model's. */
export interface Shadowed {
  readonly qualities: Qualities
  readonly small: string
}

export type Shadow = (sample: Sample, cx: Cx) => Promise<Shadowed | undefined>

/** On Cloudflare deferred work ends after 30 s. */
const MOST_MS = 25_000
/** Without a limit of its own an answer is no longer than this, so that a budget need not cover more. */
const MOST_OUTPUT = 2_048

/** Whose requests these are, in receipts and rows, and whose budget they are paid from. */
export const shadowCaller = (route: string, { window, limit }: ShadowTerms['budget']): Caller => ({
  keyId: `shadow-${route}`,
  name: `shadow of ${route}`,
  budgets: [{ unit: 'usd', window, limit }],
})

/** Words only: what tools do cannot be done twice, and several answers have no one quality. */
export const isSampled = ({ request, plan, tier }: Sample): boolean =>
  request.tools.length === 0 && request.choices === 1 && otherOf(plan, tier) !== undefined

const otherOf = ({ targets }: Plan, tier: Sample['tier']): Target | undefined =>
  targets.find((target) => target.tier !== tier && target.tier !== 'fixed')

/** Resolves with what the two answers show; undefined where that is nothing, or where the budget is spent. */
export const openShadow =
  (serve: Serve, terms: ShadowTerms, caller: Caller): Shadow =>
  async ({ request, plan, tier, heard }, cx) => {
    const other = otherOf(plan, tier)
    if (other === undefined) return undefined
    const controller = new AbortController()
    const abort = (reason: Failed): void => controller.abort(reason)
    const timer = setTimeout(() => abort(new Failed({ kind: 'cancelled' })), MOST_MS)
    const ask = async (asked: ModelRequest, what: string): Promise<Heard | undefined> => {
      const inside: Cx = { ...cx, id: `${cx.id}-${what}`, signal: controller.signal }
      try {
        const request: ModelRequest = { ...asked, cache: { mode: 'off' } } // what was said before shows nothing new
        return await hear(serve, { caller, request }, inside, abort)
      } catch (error) {
        const failure = failureOf(error)
        if (isOrdinary(failure)) return undefined
        throw error
      }
    }
    try {
      const answer = await ask(anew(request, other), 'shadow')
      if (answer === undefined) return undefined
      // It was cut by a limit of ours, so what it lacks says nothing.
      if (answer.finish === 'length' && request.limits.maxOutput === undefined) return undefined
      const [weak, strong] = tier === 'mini' ? [heard, answer] : [answer, heard]
      const shown = formShows(request, weak, strong)
      const { judge } = terms
      if (shown !== undefined || judge === undefined) return shadowed(weak, shown)
      const [there, back] = await Promise.all([
        ask(judgeRequest(judge, request, weak.text, strong.text), 'judge-1'),
        ask(judgeRequest(judge, request, strong.text, weak.text), 'judge-2'),
      ])
      return shadowed(weak, there && back && bothWays(readVerdict(there.text), readVerdict(back.text)))
    } finally {
      clearTimeout(timer)
    }
  }

const shadowed = ({ text }: Heard, qualities: Qualities | undefined): Shadowed | undefined =>
  qualities && { qualities, small: text }

interface Wish {
  readonly share: number
  readonly budget: { readonly usd: number; readonly window: Budget['window'] }
  readonly judge?: string | undefined
}

/** By route, as the configuration has them. */
export function openShadows(
  routes: Readonly<Record<string, { readonly shadow?: Wish | undefined }>>,
  serve: Serve,
): ReadonlyMap<string, { readonly share: number; readonly shadow: Shadow }> {
  return new Map(
    Object.entries(routes).flatMap(([route, { shadow: wish }]) => {
      if (wish === undefined || wish.share === 0) return []
      const { share, judge } = wish
      const budget = { window: wish.budget.window, limit: microsFromDollars(wish.budget.usd) }
      const terms = { budget, ...(judge === undefined ? {} : { judge }) }
      return [[route, { share, shadow: openShadow(serve, terms, shadowCaller(route, budget)) }] as const]
    }),
  )
}

/** A budget that is spent and a model that is down are no news; its receipt tells of them. */
const isOrdinary = ({ kind }: Failure): boolean => kind !== 'internal' && kind !== 'invalid-request'

/** The same question to one model, whole, on nobody's conversation. */
function anew(
  {
    conversation: _,
    response: __,
    dial: ___,
    tests: ______,
    unread: ____,
    requireParameters: _____,
    ...request
  }: ModelRequest,
  { name }: Target,
): ModelRequest {
  const { maxOutput = MOST_OUTPUT } = request.limits
  return {
    ...request,
    model: name,
    stream: false,
    streamUsage: false,
    cascade: false,
    rescue: false,
    limits: { maxOutput },
    native: { dialect: 'minnow', body: {} },
  }
}

async function hear(
  serve: Serve,
  asked: { readonly caller: Caller; readonly request: ModelRequest },
  cx: Cx,
  abort: (reason: Failed) => void,
): Promise<Heard | undefined> {
  const { answer, clamped } = await serve(asked, cx, abort)
  const isShortened = clamped !== undefined
  let [text, refusal]: [string, string] = ['', '']
  for await (const batch of answer.batches)
    for (const event of batch.flatMap(({ events }) => events)) {
      if (event.type === 'text-delta') text += event.text
      if (event.type === 'refusal-delta') refusal += event.text
      if (event.type === 'error') return undefined
      if (event.type === 'finish')
        return isShortened && event.reason === 'length'
          ? undefined
          : { text, refusal, calls: [], finish: event.reason }
    }
  return undefined
}
