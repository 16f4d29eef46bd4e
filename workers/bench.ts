// What the re-benchmark is given of the organs: whom it asks, what that costs at most, and who learns from it.
import type { Target } from '../shared/plan.ts'
import type { Tokenizer } from '../shared/tokens.ts'
import { needOf } from './budget/need.ts'
import type { Learning } from './learning/learning.ts'
import { type Given, openRebench } from './rebench/assemble.ts'
import type { House } from './rebench/house.ts'
import type { Planner } from './routing/planner.ts'
import type { Budget, Cx } from './service.ts'

export interface BenchOrgans extends Omit<Given, 'about' | 'worst' | 'learn'> {
  readonly planner: Planner
  readonly learning: Learning
  readonly tokenizer: Tokenizer
}

/** Any limit at all makes dollars count. */
const DOLLARS: readonly Budget[] = [{ unit: 'usd', window: 'total', limit: Number.MAX_SAFE_INTEGER }]

export function openBench({ planner, learning, ...given }: BenchOrgans): (defer: Cx['defer']) => House {
  /** Every place where the model is: any of them may answer. */
  const targetsOf = async (name: string, cx: Cx): Promise<readonly Target[]> => {
    const policy = (await planner.catalog(cx)).find(name)
    return policy?.kind === 'order' ? policy.models.map((model) => ({ ...model, tier: 'fixed' })) : []
  }
  return openRebench({
    ...given,
    about: async (name, cx) => (await targetsOf(name, cx))[0],
    async worst(request, cx) {
      const targets = await targetsOf(request.model, cx)
      return (await needOf(request, { targets }, { budgets: DOLLARS }, given.tokenizer)).amounts.usd
    },
    learn: async ({ route }, labels, cx) => learning.teach(route, labels, cx),
  })
}
