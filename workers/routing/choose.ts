// Which targets a request goes to, in which order, and why. Pure.
import type { Sort } from '../../shared/dial.ts'
import type { Plan, Target, Tier } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { type HealthView, healthKey, type LastServed, type Ratings } from '../service.ts'
import type { Catalog, Model, Policy } from './catalog.ts'
import type { Effort } from './classify.ts'
import { PLAIN_CUT } from './dial.ts'
import { expectOf, outputOf, type Sizes } from './expect.ts'
import { rank, type Ranked, type Sight } from './rank.ts'
import { cachedAt, cutBetween, type TurnCost } from './stick.ts'
import { able, doubtOf, lackOf, type Needs, needsOf, unable } from './suit.ts'

type Tiers = Extract<Policy, { kind: 'tiers' }>

export interface Decision {
  readonly request: ModelRequest
  readonly policy: Policy
  readonly effort: Effort
  /** Scores above this go to the strong model, by the route's dial. */
  readonly cut: number
  /** Why the cut is as it is, where that is no ordinary thing. */
  readonly why?: 'no-evidence'
  readonly retries: Catalog['retries']
  /** The prompt is to be counted, not answered: it may be longer than any model reads. */
  readonly anyLength?: boolean
  readonly health: HealthView
  readonly now: number
  readonly sort?: Sort
  readonly ratings?: Ratings
  /** Who answered the conversation before. */
  readonly last?: LastServed
  /** 0..1 for what is left to chance: always the same for a conversation, or for a request outside of one. */
  readonly chance?: (what: string) => number
}

/** Throws `unsupported` or `context-length` where no model of the policy can serve the request. */
export function choose(decision: Decision): Plan {
  const { request, policy, retries, health, now } = decision
  const chosen = policy.kind === 'tiers' ? chooseTier(decision, policy) : chooseOrder(decision, policy.models)
  const { targets, probe } = soundFirst(chosen.targets, health, now)
  const isFirst = targets[0] === chosen.targets[0]
  const reason = isFirst ? chosen.reason : 'health'
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

/** English text has about four characters a token. */
const CHARS_PER_TOKEN = 4

function sightOf(decision: Decision, models: readonly Model[], needs: Needs): Sight {
  const { request, health, now, sort, ratings, chance = () => 1 } = decision
  const last = cachedAt(decision.last, now)
  const { stream, limits, serviceTier, embedding } = request
  const sizes: Sizes = {
    promptTokens: Math.max(Math.ceil(needs.chars / CHARS_PER_TOKEN), last?.promptTokens ?? 0),
    outputTokens: embedding === undefined ? outputOf(models, health, stream, limits.maxOutput) : 0,
    stream,
    ...(serviceTier === undefined ? {} : { serviceTier }),
  }
  return {
    sizes,
    health,
    now,
    chance,
    ...(sort === undefined ? {} : { sort }),
    ...(ratings === undefined ? {} : { ratings }),
    ...(last === undefined ? {} : { last }),
  }
}

/** Those that can serve the request in the order they are asked, with the doubtful ones behind the others. */
function arrange(models: readonly Model[], needs: Needs, sight: Sight, isFixed: boolean): Ranked {
  const left = able(models, needs)
  const sure = left.filter((model) => doubtOf(model, needs) === undefined)
  const doubtful = left.filter((model) => doubtOf(model, needs) !== undefined)
  const [first, second] = [rank(sure, sight, isFixed), rank(doubtful, sight, isFixed)]
  return { models: [...first.models, ...second.models], by: sure.length > 0 ? first.by : second.by }
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

type Chosen = Pick<Plan, 'targets' | 'tier' | 'reason' | 'score' | 'cut' | 'features' | 'by'>

function chooseTier(decision: Decision, policy: Tiers): Chosen {
  const { request, effort, cut } = decision
  const needs = needsIn(decision)
  const all = [...policy.mini, ...policy.frontier]
  const sight = sightOf(decision, all, needs)
  const [mini, frontier] = [policy.mini, policy.frontier].map((models) =>
    arrange(models, needs, sight, false),
  )
  if (mini === undefined || frontier === undefined) throw new Error('two tiers are two')
  const minis = targetsOf(mini.models, 'mini')
  const frontiers = targetsOf(frontier.models, 'frontier')
  // A plain-text mini knows a few things only: no dial sends it what it cannot do.
  const plainOnly = mini.models.every((model) => model.plainText)
  const bound = plainOnly ? Math.min(cut, PLAIN_CUT) : cut
  const fitting = mini.models.filter((model) => obstacleFor(model, request, needs) === undefined)
  const settled = settle(bound, fitting[0], frontier.models[0], sight)
  const seen = { score: round(effort.score), cut: round(clip(settled)), features: effort.features }
  const because = ({ by }: Ranked): Pick<Plan, 'by'> => (by === 'order' ? {} : { by })
  if (frontiers.length === 0) {
    // With a frontier that lacks something, a mini answers what it can; without any, it answers as well as it can.
    const isLeft = policy.frontier.length === 0 ? minis.length > 0 : fitting.length > 0
    if (!isLeft)
      throw unable(
        request.model,
        all.filter((model) => lackOf(model, needs) !== undefined),
        needs,
      )
    return { ...seen, targets: minis, tier: 'mini', reason: 'no-frontier', ...because(mini) }
  }
  if (minis.length === 0) {
    const lack = policy.mini.map((model) => lackOf(model, needs)).find((word) => word !== undefined)
    const reason = lack ?? 'no-mini'
    return { ...seen, targets: frontiers, tier: 'frontier', reason, ...because(frontier) }
  }
  // Where the conversation decides against what its newest message alone would have got, that is the reason.
  const isMoved = effort.score <= bound !== effort.score <= settled
  if (fitting.length > 0 && effort.score <= settled) {
    const targets = [...targetsOf(fitting, 'mini'), ...frontiers]
    return { ...seen, targets, tier: 'mini', reason: isMoved ? 'conversation' : 'easy', ...because(mini) }
  }
  const obstacle = fitting.length > 0 ? undefined : obstacleFor(mini.models[0], request, needs)
  // A frontier's outage is not hidden behind a model that would only say it cannot help.
  const spare = targetsOf(
    fitting.filter((model) => !model.plainText),
    'mini',
  )
  const reason = obstacle ?? (isMoved ? 'conversation' : (decision.why ?? 'hard'))
  return { ...seen, targets: [...frontiers, ...spare], tier: 'frontier', reason, ...because(frontier) }
}

/** The cut, with what a cached conversation makes dearer or cheaper. */
function settle(cut: number, weak: Model | undefined, strong: Model | undefined, sight: Sight): number {
  const { last, sizes, health } = sight
  if (last === undefined || weak === undefined || strong === undefined) return cut
  const costOf = (model: Model): TurnCost =>
    expectOf(model, sizes, health, {
      ...last,
      cachedTokens: healthKey(model) === last.target ? last.cachedTokens : 0,
    })
  return cutBetween(cut, costOf(weak), costOf(strong))
}

const clip = (value: number): number => Math.min(1, Math.max(0, value))

const targetsOf = (models: readonly Model[], tier: Tier): Target[] =>
  models.map(({ plainText: _plainText, of: _of, weight: _weight, ...model }) => ({ ...model, tier }))

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
