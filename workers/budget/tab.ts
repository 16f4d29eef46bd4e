// What one request may spend: its first grant, and one more for every call that is begun beside or after another.
import { Failed } from '../../shared/failure.ts'
import type { Ending, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Tokenizer } from '../../shared/tokens.ts'
import { noUsage, totalTokens } from '../../shared/usage.ts'
import type { Caller, Cx } from '../service.ts'
import type { Budgets } from './admit.ts'
import type { Grant } from './lease.ts'
import type { Amounts } from './ledger.ts'
import { type Need, needOf } from './need.ts'

export interface Tab {
  /** Asks for the price of one more call of the same request; false where a budget does not cover it. */
  readonly mayAddCall: () => Promise<boolean>
  /** Asks for the price of a call that goes on with the answer. */
  readonly mayGoOn: (request: ModelRequest, target: Target) => Promise<boolean>
  /** Books what was really used; nothing for a request that never got an answer but counts as one. Only once. */
  readonly settle: (ending: Ending | undefined) => void
}

export interface Opening {
  readonly budgets: Budgets
  readonly caller: Caller
  readonly request: ModelRequest
  readonly need: Need
  readonly tokenizer: Tokenizer
}

/** Throws as `Budgets.admit` does where not even the first call is covered. */
export async function openTab(
  { budgets, caller, request, need: first, tokenizer }: Opening,
  cx: Cx,
): Promise<Tab> {
  const grants: Grant[] = [await budgets.admit(caller, first.amounts, cx)]
  const { maxCostMicros } = request.limits
  let grantedMicros = first.amounts.usd
  let isSettled = false

  const add = async (amounts: Amounts): Promise<boolean> => {
    if (maxCostMicros !== undefined && grantedMicros + amounts.usd > maxCostMicros) return false
    try {
      const grant = await budgets.admit(caller, { ...amounts, requests: 0 }, cx)
      // The request may have ended meanwhile: then this grant is given back by itself.
      if (isSettled) budgets.settle(caller, [grant], { usd: 0, tokens: 0, requests: 0 }, cx)
      else grants.push(grant)
      grantedMicros += amounts.usd
      return !isSettled
    } catch (error) {
      if (error instanceof Failed) return false // no budget for more, or its books are away: what is begun goes on alone
      throw error
    }
  }

  return {
    mayAddCall: () => add(first.amounts),
    mayGoOn: async (going, target) => {
      const need = await needOf(going, { targets: [target] }, caller, tokenizer)
      return add(need.amounts)
    },
    settle(ending) {
      if (isSettled) return
      isSettled = true
      const used: Amounts = {
        usd: ending?.costMicros ?? 0,
        tokens: totalTokens(ending?.usage ?? noUsage),
        requests: first.amounts.requests,
      }
      budgets.settle(caller, grants, used, cx)
    },
  }
}
