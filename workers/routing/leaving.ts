// What a decision throws away: a conversation's prompt that another target has in its cache. Pure.
import type { Plan, Target } from '../../shared/plan.ts'
import { healthKey } from '../service.ts'
import { type Decision, needsIn, sightOf } from './decision.ts'
import { expectOf } from './expect.ts'
import { cachedAt } from './stick.ts'

/** Undefined where nobody has anything of it in a cache, or whoever has is asked. */
export function leaving(decision: Decision, first: Target | undefined): Plan['left'] {
  const last = cachedAt(decision.last, decision.now)
  if (last === undefined || first === undefined || healthKey(first) === last.target) return undefined
  const { policy, health } = decision
  const models = policy.kind === 'tiers' ? [...policy.mini, ...policy.frontier] : policy.models
  const model = models.find((one) => healthKey(one) === last.target)
  const left = { target: last.target, cachedTokens: last.cachedTokens }
  if (model === undefined) return left
  const sizes = sightOf(decision, models, needsIn(decision)).sizes()
  const { costMicros, freshMicros } = expectOf(model, sizes, health, last)
  return costMicros === undefined || freshMicros === undefined
    ? left
    : { ...left, worthMicros: Math.round(freshMicros - costMicros) }
}
