// What one request may spend: a grant for the tier that is asked first, and one more for every call that is begun beside
// another or is dearer than what failed before it.
import { Failed, type Failure, failureOf } from '../../shared/failure.ts'
import type { Ending, Plan, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Tokenizer } from '../../shared/tokens.ts'
import { noUsage, totalTokens } from '../../shared/usage.ts'
import type { RateLeft } from '../../shared/rates.ts'
import type { Cx, Pay } from '../service.ts'
import type { Account } from './account.ts'
import type { Admitted, Budgets } from './admit.ts'
import type { Amounts } from './ledger.ts'
import { type Candidates, isCovered, type Need, needOf, reserve, uncounted, whole } from './need.ts'
import { beyond } from './refusal.ts'

export interface Tab {
  /** The request as the first call may be sent it; its answer may have become shorter. */
  readonly request: ModelRequest
  /** The output limit that a request of this tab was lowered to; undefined where it has its own. */
  readonly clampOf: (request: ModelRequest) => number | undefined
  /** What is left of the rates that apply. */
  readonly rates: readonly RateLeft[]
  /** Asks for the price of one more call of the same request. */
  readonly pay: Pay
  /** Asks for the price of a call that goes on with the answer. */
  readonly mayGoOn: (request: ModelRequest, target: Target) => Promise<boolean>
  /**
   * Books what was really used; nothing for a request that never got an answer but counts as one. Only once. Says by how
   * many micro-dollars it was more than all that had been granted: a provider reported more than it was allowed.
   */
  readonly settle: (ending: Ending | undefined) => number
}

export interface Opening {
  readonly budgets: Budgets
  /** Whose budgets apply. */
  readonly accounts: readonly Account[]
  readonly request: ModelRequest
  readonly plan: Candidates
  readonly tokenizer: Tokenizer
}

/** Those that a request is reserved for when it begins: of the tier that is asked first. Most never leave it. */
export const asksFirst = ({ targets }: Pick<Plan, 'targets'>): Target[] =>
  targets.filter(({ tier }) => tier === targets[0]?.tier)

/** Throws as `Budgets.admit` does where not even the first call is covered. */
export async function openTab(
  { budgets, accounts, request, plan, tokenizer }: Opening,
  cx: Cx,
): Promise<Tab> {
  const limits = { budgets: accounts.flatMap((account) => account.budgets) }
  const first = asksFirst(plan)
  const opening = await budgets.admit(
    accounts,
    await needOf(request, { targets: first }, limits, tokenizer),
    cx,
  )
  const admitted: Admitted[] = [opening]
  const clamps = new Map<ModelRequest, number | undefined>() // as many as the request has calls
  const { maxCostMicros } = request.limits
  let isBounded = opening.need.maxOutput !== undefined
  let grantedMicros = opening.need.amounts.usd
  /** What is granted to the call that would fail before the next one begins. */
  let held = opening.need.amounts
  let isSettled = false

  const sendable = (need: Need): ModelRequest => {
    const asked = reserve(request, need)
    if (need.clamped) clamps.set(asked, asked.limits.maxOutput)
    return asked
  }

  /** What was granted; why not, where no budget has it or its books are away: what is begun goes on alone. */
  const add = async (need: Need): Promise<Need | Failure> => {
    try {
      const more = await budgets.admit(accounts, uncounted(need), cx)
      // The request may have ended meanwhile: then this grant is given back by itself.
      if (isSettled) {
        budgets.settle([more], NOTHING, cx)
        return { kind: 'cancelled' }
      }
      admitted.push(more)
      grantedMicros += more.need.amounts.usd
      isBounded ||= more.need.maxOutput !== undefined
      return more.need
    } catch (error) {
      if (error instanceof Failed) return error.failure
      throw error
    }
  }

  const needAt = async (asked: ModelRequest, target: Target): Promise<Need | Failure> => {
    try {
      return uncounted(await needOf(asked, { targets: [target] }, limits, tokenizer))
    } catch (error) {
      return failureOf(error)
    }
  }

  /** Of what the request may still cost by its own limit. */
  const within = (need: Need, target: Target): Need | Failure =>
    maxCostMicros === undefined
      ? need
      : (need.within({ ...ENDLESS, usd: maxCostMicros - grantedMicros }) ??
        beyond(maxCostMicros, grantedMicros, need.least.usd, target))

  const own = sendable(opening.need)
  return {
    request: own,
    rates: opening.rates,
    clampOf: (asked) => clamps.get(asked),
    async pay(target, isBeside) {
      const isFirst = first.includes(target)
      if (isFirst && !isBeside) return { ok: true, request: own }
      const asked = await needAt(isFirst ? own : request, target)
      if ('kind' in asked) return { ok: false, failure: asked }
      if (!isBeside && isCovered(asked.amounts, held)) return { ok: true, request: sendable(asked) }
      const need = within(asked, target)
      if ('kind' in need) return { ok: false, failure: need }
      // Beside an answer that there is already, a shorter one is not worth its price.
      const granted = await add(isBeside ? whole(need.amounts) : need)
      if ('kind' in granted) return { ok: false, failure: granted }
      if (!isBeside) held = granted.amounts
      return { ok: true, request: sendable(isBeside ? need : granted) }
    },
    async mayGoOn(going, target) {
      const asked = await needAt(going, target)
      const need = 'kind' in asked ? asked : within(asked, target)
      return !('kind' in need) && !('kind' in (await add(whole(need.amounts))))
    },
    settle(ending) {
      if (isSettled) return 0
      isSettled = true
      const used: Amounts = {
        usd: ending?.costMicros ?? 0,
        tokens: totalTokens(ending?.usage ?? noUsage),
        requests: opening.need.amounts.requests,
      }
      budgets.settle(admitted, used, cx)
      return isBounded ? Math.max(0, used.usd - grantedMicros) : 0
    },
  }
}

const NOTHING: Amounts = { usd: 0, tokens: 0, requests: 0 }
const ENDLESS: Amounts = {
  usd: Number.POSITIVE_INFINITY,
  tokens: Number.POSITIVE_INFINITY,
  requests: Number.POSITIVE_INFINITY,
}
