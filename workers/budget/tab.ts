// What one request may spend: its first grant, and one more for every call that is begun beside or after another.
import { Failed } from '../../shared/failure.ts'
import type { Ending, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Tokenizer } from '../../shared/tokens.ts'
import { noUsage, totalTokens } from '../../shared/usage.ts'
import type { RateLeft } from '../../shared/rates.ts'
import type { Cx } from '../service.ts'
import type { Account } from './account.ts'
import type { Admitted, Budgets } from './admit.ts'
import type { Amounts } from './ledger.ts'
import { type Need, needOf, whole } from './need.ts'

export interface Tab {
  /** What the first call may use; its answer may have become shorter. */
  readonly need: Need
  /** What is left of the rates that apply. */
  readonly rates: readonly RateLeft[]
  /** Asks for the price of one more call of the same request; false where a budget does not cover it. */
  readonly mayAddCall: () => Promise<boolean>
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
  readonly need: Need
  readonly tokenizer: Tokenizer
}

/** Throws as `Budgets.admit` does where not even the first call is covered. */
export async function openTab(
  { budgets, accounts, request, need: asked, tokenizer }: Opening,
  cx: Cx,
): Promise<Tab> {
  const first = await budgets.admit(accounts, asked, cx)
  const admitted: Admitted[] = [first]
  const limits = { budgets: accounts.flatMap((account) => account.budgets) }
  const { maxCostMicros } = request.limits
  const isBounded = asked.maxOutput !== undefined
  let grantedMicros = first.need.amounts.usd
  let isSettled = false

  const add = async ({ amounts }: Need): Promise<boolean> => {
    if (maxCostMicros !== undefined && grantedMicros + amounts.usd > maxCostMicros) return false
    try {
      const more = await budgets.admit(accounts, whole({ ...amounts, requests: 0 }), cx)
      // The request may have ended meanwhile: then this grant is given back by itself.
      if (isSettled) budgets.settle([more], NOTHING, cx)
      else admitted.push(more)
      grantedMicros += amounts.usd
      return !isSettled
    } catch (error) {
      if (error instanceof Failed) return false // no budget for more, or its books are away: what is begun goes on alone
      throw error
    }
  }

  return {
    need: first.need,
    rates: first.rates,
    mayAddCall: () => add(first.need),
    mayGoOn: async (going, target) => add(await needOf(going, { targets: [target] }, limits, tokenizer)),
    settle(ending) {
      if (isSettled) return 0
      isSettled = true
      const used: Amounts = {
        usd: ending?.costMicros ?? 0,
        tokens: totalTokens(ending?.usage ?? noUsage),
        requests: first.need.amounts.requests,
      }
      budgets.settle(admitted, used, cx)
      return isBounded ? Math.max(0, used.usd - grantedMicros) : 0
    },
  }
}

const NOTHING: Amounts = { usd: 0, tokens: 0, requests: 0 }
