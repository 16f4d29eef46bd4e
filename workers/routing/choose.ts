// Which targets a request goes to, in which order, and why. Pure.
import type { Plan, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { type HealthView, healthKey } from '../service.ts'
import type { Model, Policy } from './catalog.ts'
import { arrange, type Chosen, type Decision, needsIn, sightOf, targetsOf } from './decision.ts'
import { leaving } from './leaving.ts'
import { doubtOf, lackOf, type Needs, unable } from './suit.ts'
import { chooseTier } from './tiers.ts'

/** Throws `unsupported` or `context-length` where no model of the policy can serve the request. */
export function choose(decision: Decision): Plan {
  const { request, policy, retries, health, now } = decision
  const chosen = policy.kind === 'tiers' ? chooseTier(decision, policy) : chooseOrder(decision, policy.models)
  const { targets, probe } = soundFirst(chosen.targets, health, now)
  const isFirst = targets[0] === chosen.targets[0]
  const reason = isFirst ? chosen.reason : 'health'
  const left = leaving(decision, targets[0])
  const hedgeAfterMs = patienceOf(targets, policy, request, health, probe)
  return {
    route: request.model,
    retries,
    rescue: request.rescue ?? policy.rescue,
    ...chosen,
    targets,
    tier: targets[0]?.tier ?? chosen.tier,
    reason,
    ...(chosen.by === undefined || isFirst ? {} : { by: 'health' }),
    ...(hedgeAfterMs === undefined ? {} : { hedgeAfterMs }),
    ...(probe ? { probe } : {}),
    ...(left === undefined ? {} : { left }),
    ...frontierIn(policy, chosen.targets),
  }
}

/** What would answer all requests of the route, were it not for its small models: at the vendor that would be chosen. */
function frontierIn(policy: Policy, chosen: readonly Target[]): Pick<Plan, 'frontierPrice'> {
  if (policy.kind !== 'tiers') return {}
  const { price } = chosen.find(({ tier }) => tier === 'frontier') ?? policy.frontier[0] ?? {}
  return price === undefined ? {} : { frontierPrice: price }
}

/**
 * Targets that are down go last: where all are, asking one is better than asking none. One that is due keeps its place
 * where none that is up stands before it: this request tries it. Elsewhere it would only cost a request that fails over.
 */
function soundFirst(
  targets: readonly Target[],
  health: HealthView,
  now: number,
): { readonly targets: readonly Target[]; readonly probe: boolean } {
  if (targets.length < 2) return { targets, probe: false }
  const standings = new Map(targets.map((target) => [target, health.standing(healthKey(target), now)]))
  const leader = targets.find((target) => standings.get(target) !== 'down')
  const probe = leader !== undefined && standings.get(leader) === 'due'
  const isSound = (target: Target): boolean => standings.get(target) === 'up' || target === leader
  const sound = targets.filter(isSound)
  if (sound.length === targets.length || sound.length === 0) return { targets, probe }
  return { targets: [...sound, ...targets.filter((target) => !isSound(target))], probe }
}

/** Whoever tries whether a target is up again shall not wait long for it. */
const PROBE_PATIENCE_MS = 1_000

function patienceOf(
  [first]: readonly Target[],
  policy: Policy,
  request: ModelRequest,
  health: HealthView,
  probe: boolean,
): number | undefined {
  const asked = policy.hedgeAfterMs
  const usual =
    asked === 'p95' && first !== undefined ? health.p95Ms(healthKey(first), request.stream) : asked
  const ms = usual === 'p95' ? undefined : usual
  return probe ? Math.min(ms ?? PROBE_PATIENCE_MS, PROBE_PATIENCE_MS) : ms
}

function chooseOrder(decision: Decision, models: readonly Model[]): Chosen {
  const needs = needsIn(decision)
  const { models: fit, by } = arrange(models, needs, sightOf(decision, models, needs), true)
  if (fit.length === 0) throw unable(decision.request.model, models, needs)
  const reason = by === 'order' ? orderReason(models, needs) : by
  return { targets: targetsOf(fit, 'fixed'), tier: 'fixed', reason, ...(by === 'order' ? {} : { by }) }
}

/** Why the first one of an order is not asked first, if so. */
function orderReason([first, ...others]: readonly Model[], needs: Needs): string {
  if (first === undefined || others.length === 0) return 'model'
  return lackOf(first, needs) ?? doubtOf(first, needs) ?? 'order'
}
