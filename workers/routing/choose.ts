// Which targets a request goes to, in which order, and why. Pure.
import type { Plan, Target, Tier } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { type HealthView, healthKey } from '../service.ts'
import type { Catalog, Model, Policy } from './catalog.ts'
import type { Effort } from './classify.ts'
import { PLAIN_CUT } from './dial.ts'
import { able, doubtOf, lackOf, type Needs, needsOf, unable } from './suit.ts'

type Tiers = Extract<Policy, { kind: 'tiers' }>

export interface Decision {
  readonly request: ModelRequest
  readonly policy: Policy
  readonly effort: Effort
  /** Scores above this go to the strong model, by the route's dial. */
  readonly cut: number
  readonly retries: Catalog['retries']
  /** The prompt is to be counted, not answered: it may be longer than any model reads. */
  readonly anyLength?: boolean
  readonly health: HealthView
  readonly now: number
}

/** Throws `unsupported` or `context-length` where no model of the policy can serve the request. */
export function choose(decision: Decision): Plan {
  const { request, policy, retries, health, now } = decision
  const chosen = policy.kind === 'tiers' ? chooseTier(decision, policy) : chooseOrder(decision, policy.models)
  const { targets, probe } = soundFirst(chosen.targets, health, now)
  const reason = targets[0] === chosen.targets[0] ? chosen.reason : 'health'
  const hedgeAfterMs = patienceOf(targets, policy, request, health, probe)
  return {
    route: request.model,
    retries,
    rescue: request.rescue ?? policy.rescue,
    ...chosen,
    targets,
    tier: targets[0]?.tier ?? chosen.tier,
    reason,
    ...(hedgeAfterMs === undefined ? {} : { hedgeAfterMs }),
    ...(probe ? { probe } : {}),
    ...frontierIn(policy),
  }
}

/** The model that all requests of the route would be answered by, were it not for the others. */
function frontierIn(policy: Policy): Pick<Plan, 'frontierPrice'> {
  const price = policy.kind === 'tiers' ? policy.frontier[0]?.price : undefined
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

const needsIn = ({ request, anyLength = false }: Decision): Needs =>
  anyLength ? { ...needsOf(request), chars: 0 } : needsOf(request)

function chooseOrder(decision: Decision, models: readonly Model[]): Chosen {
  const needs = needsIn(decision)
  const fit = able(models, needs)
  if (fit.length === 0) throw unable(decision.request.model, models, needs)
  return { targets: targetsOf(fit, 'fixed'), tier: 'fixed', reason: orderReason(models, needs) }
}

/** Why the first one of an order is not asked first, if so. */
function orderReason([first, ...others]: readonly Model[], needs: Needs): string {
  if (first === undefined || others.length === 0) return 'model'
  return lackOf(first, needs) ?? doubtOf(first, needs) ?? 'order'
}

type Chosen = Pick<Plan, 'targets' | 'tier' | 'reason' | 'score' | 'cut' | 'features'>

function chooseTier(decision: Decision, policy: Tiers): Chosen {
  const { request, effort, cut } = decision
  const needs = needsIn(decision)
  const all = [...policy.mini, ...policy.frontier]
  const [mini, frontier] = [able(policy.mini, needs), able(policy.frontier, needs)]
  const minis = targetsOf(mini, 'mini')
  const frontiers = targetsOf(frontier, 'frontier')
  // A plain-text mini knows a few things only: no dial sends it what it cannot do.
  const plainOnly = mini.every((model) => model.plainText)
  const bound = plainOnly ? Math.min(cut, PLAIN_CUT) : cut
  const seen = { score: round(effort.score), cut: round(bound), features: effort.features }
  const fitting = mini.filter((model) => obstacleFor(model, request, needs) === undefined)
  if (frontier.length === 0) {
    // With a frontier that lacks something, a mini answers what it can; without any, it answers as well as it can.
    const isLeft = policy.frontier.length === 0 ? mini.length > 0 : fitting.length > 0
    if (!isLeft)
      throw unable(
        request.model,
        all.filter((model) => lackOf(model, needs) !== undefined),
        needs,
      )
    return { ...seen, targets: minis, tier: 'mini', reason: 'no-frontier' }
  }
  if (mini.length === 0) {
    const lack = policy.mini.map((model) => lackOf(model, needs)).find((word) => word !== undefined)
    return { ...seen, targets: frontiers, tier: 'frontier', reason: lack ?? 'no-mini' }
  }
  if (fitting.length > 0 && effort.score <= bound) {
    return { ...seen, targets: [...targetsOf(fitting, 'mini'), ...frontiers], tier: 'mini', reason: 'easy' }
  }
  const obstacle = fitting.length > 0 ? undefined : obstacleFor(mini[0], request, needs)
  // A frontier's outage is not hidden behind a model that would only say it cannot help.
  const spare = targetsOf(
    fitting.filter((model) => !model.plainText),
    'mini',
  )
  return { ...seen, targets: [...frontiers, ...spare], tier: 'frontier', reason: obstacle ?? 'hard' }
}

const targetsOf = (models: readonly Model[], tier: Tier): Target[] =>
  models.map(({ plainText: _, ...model }) => ({ ...model, tier }))

const round = (value: number): number => Math.round(value * 1000) / 1000

/** A plain-text model fills half of its window at most. */
const PLAIN_CHARS_PER_TOKEN = 2

/** Why a small model should not be asked, as one word; undefined when it can. */
function obstacleFor(model: Model | undefined, request: ModelRequest, needs: Needs): string | undefined {
  if (model === undefined) return undefined
  if (!model.plainText) return doubtOf(model, needs)
  if (request.tools.length > 0) return 'tools'
  if (request.format.type !== 'text') return 'format'
  if (request.messages.some((message) => message.parts.some((part) => part.type !== 'text'))) return 'images'
  const room = model.contextWindow
  return room !== undefined && needs.chars / PLAIN_CHARS_PER_TOKEN > room ? 'long' : undefined
}
