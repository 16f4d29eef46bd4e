// From a request to a plan: the name looked up, the effort judged, the targets chosen, and what came of it counted.
import type { Prices } from '../../shared/catalogue.ts'
import { type DialSetting, knobsIn, mergeDials } from '../../shared/dial.ts'
import { Failed } from '../../shared/failure.ts'
import type { Ending, Plan, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import {
  type Caller,
  type Cx,
  type HealthView,
  healthKey,
  type LastServed,
  type Ratings,
  servedBy,
} from '../service.ts'
import { affordable } from './afford.ts'
import { type Catalog, type CatalogOptions, openCatalog, type Policy } from './catalog.ts'
import { chanceOf } from './chance.ts'
import { choose } from './choose.ts'
import { classify, type Effort, type Manner } from './classify.ts'
import { type Demand, openDemand } from './demand.ts'
import { expectOf, outputOf } from './expect.ts'
import type { Learned } from './learner.ts'
import { openMemory } from './memory.ts'
import type { TierCosts } from './purse.ts'
import { needsOf } from './suit.ts'
import { expectedOf, NOTHING } from './promise.ts'
import { cascadeFor, inCascade, refuseTests } from './terms.ts'

type Tiers = Extract<Policy, { kind: 'tiers' }>

export interface Planner {
  /**
   * Throws `no-route` for an unknown name, `forbidden` for one the key may not use, `unsupported` or `context-length`
   * where no model behind it can serve the request, `invalid-request` where none is cheap enough.
   */
  plan(request: ModelRequest, caller: Caller, cx: Cx, options?: PlanOptions): Promise<Plan>
  /** What came of a plan: shares and costs are held by what really happened. */
  settle(settled: Settled): void
  catalog(cx: Cx): Promise<Catalog>
}

export interface PlanOptions {
  /** The prompt is only counted. */
  readonly anyLength?: true
  /** Nobody is called, so nothing that only a call can do is taken. */
  readonly isDry?: true
  /** Who answered the conversation before. */
  readonly last?: LastServed
}

export interface Settled {
  readonly caller: Caller
  /** With all that was said before. */
  readonly request: ModelRequest
  readonly plan: Plan
  /** Who answered; undefined where nobody did. */
  readonly target: Target | undefined
  readonly ending: Pick<Ending, 'usage' | 'usageSource' | 'costMicros'> | undefined
  readonly at: number
}

/** What a route has learned from a caller's own traffic; at once, and without asking anybody. */
export type Lessons = (route: string, caller: Caller) => Learned | undefined

export interface PlannerOptions extends Omit<CatalogOptions, 'prices'> {
  readonly prices: (cx: Cx) => Promise<Prices>
  readonly health: HealthView
  readonly lessons?: Lessons
  readonly ratings?: Ratings
}

/** Demands kept per isolate, one a route, tenant and setting, the newest; settings come from requests too. A kilobyte each. */
const MAX_DEMANDS = 1_024

export function openPlanner({ prices, health, lessons, ratings, ...rest }: PlannerOptions): Planner {
  const memory = openMemory()
  const demands = new Map<string, Demand>() // a cache, bounded by MAX_DEMANDS
  let opened: { readonly prices: Prices; readonly catalog: Catalog } | undefined

  const catalogOf = async (cx: Cx): Promise<Catalog> => {
    const current = await prices(cx)
    if (opened?.prices !== current)
      opened = { prices: current, catalog: openCatalog({ ...rest, prices: current }) }
    return opened.catalog
  }

  const demandOf = (route: string, caller: Caller, setting: DialSetting): Demand => {
    const { strongShare, quality, maxCostPer1k } = setting
    const name = JSON.stringify([route, tenantOf(caller), strongShare, quality, maxCostPer1k])
    const demand = demands.get(name) ?? openDemand(setting)
    demands.delete(name)
    demands.set(name, demand)
    if (demands.size > MAX_DEMANDS) demands.delete(demands.keys().next().value ?? '')
    return demand
  }

  return {
    catalog: catalogOf,
    async plan(request, caller, cx, options = {}) {
      const catalog = await catalogOf(cx)
      const found = catalog.find(request.model)
      if (found === undefined) {
        const message = `The model '${request.model}' does not exist here. GET /v1/models lists what does; '<provider>/<model>' works for every configured provider.`
        throw new Failed({ kind: 'no-route', model: request.model, message })
      }
      if (caller.models !== undefined && !caller.models.includes(request.model)) {
        const message = `This key may not use '${request.model}'. It may use: ${caller.models.join(', ')}.`
        throw new Failed({ kind: 'forbidden', message, code: 'model_not_allowed' })
      }
      if (found.kind === 'tiers') refuseOther(request)
      const setting = mergeDials(found.dial, request.dial)
      const policy = affordable(found, setting.maxPrice, request.model)
      const learned = lessons?.(request.model, caller)
      const judged = policy.kind === 'tiers' ? classify(request, learned, mannerOf(policy)) : UNASKED
      const demand = policy.kind === 'tiers' ? demandOf(request.model, caller, setting) : undefined
      const effort = demand?.weigh(judged) ?? judged
      const { curve } = learned ?? {}
      const costs = (): TierCosts => costsOf(policy, request, health)
      const demanded = demand?.read({
        score: effort.score,
        chance: chanceOf(cx.id, 'equal'),
        ...(curve === undefined ? {} : { curve }),
        costs,
      })
      const terms = cascadeFor(policy, request)
      refuseTests(request, terms)
      // Without a share, a cost or a promise to keep, a cascade lets its checks say what needs a larger model.
      // Where its route has learned to look at answers, the share is of those.
      const look = terms && learned?.look?.standing.isOn === true ? learned.look : undefined
      const lookShare = look && demand?.look({ ...(look.curve && { curve: look.curve }), costs })
      const isFree = terms !== undefined && (knobsIn(setting).length === 0 || lookShare !== undefined)
      const now = cx.now()
      const { retries } = catalog
      const { sort } = setting
      const last = options.last ?? memory.recall(request, tenantOf(caller))
      /** One request at a time tries whether a target is up again; the others pass it over. */
      const planBy = (view: HealthView): Plan => {
        const chosen = choose({
          request,
          policy,
          effort,
          cut: isFree ? 1 : (demanded?.cut ?? 1),
          retries,
          health: view,
          now,
          chance: (what) => chanceOf(request.conversation ?? cx.id, what),
          ...(demanded?.why === undefined ? {} : { why: demanded.why }),
          ...(sort === undefined ? {} : { sort }),
          ...(ratings === undefined ? {} : { ratings }),
          ...(last === undefined ? {} : { last }),
          ...(options.anyLength === undefined ? {} : { anyLength: options.anyLength }),
        })
        const plan = inCascade(chosen, terms)
        const tried = plan.probe === true && options.isDry !== true ? plan.targets[0] : undefined
        if (tried === undefined || health.claimProbe(healthKey(tried), now)) return plan
        return planBy(without(healthKey(tried), view))
      }
      const plan = planBy(health)
      const isCounted = demand !== undefined && lookShare === undefined && options.isDry !== true
      if (isCounted && demanded !== undefined)
        demand.note(demanded, plan.tier === 'frontier', isByScore(plan) ? effort.score : undefined, judged)
      const share = lookShare ?? demanded?.share
      if (share === undefined) return plan
      const isLook = lookShare !== undefined
      const blind = terms === undefined || isLook ? undefined : (learned?.look?.standing.reason ?? NOTHING)
      const expected = expectedOf({ share, learned: isLook ? look : learned, costs: costs(), isLook, blind })
      return { ...plan, share, dial: setting, expected, ...(isLook ? { lookShare } : {}) }
    },

    settle({ caller, request, plan, target, ending, at }) {
      if (target === undefined || ending === undefined) return
      // Where there is no choice there is nothing to stay with; and only the vendor's own count says what it has cached.
      if (plan.targets.length > 1 && ending.usageSource === 'reported')
        memory.note(request, tenantOf(caller), { ...servedBy(healthKey(target), ending.usage), at })
      if (plan.dial === undefined || plan.tier === 'fixed' || target.tier === 'fixed') return
      if (plan.tier === 'cache' || target.tier === 'cache') return
      const demand = demandOf(plan.route, caller, plan.dial)
      if (plan.lookShare === undefined) demand.settle(plan.tier, target.tier, ending.costMicros)
      else demand.settleLook(target.tier, ending.costMicros)
    },
  }
}

/**
 * Between the embedded model and another, a prior of its own says what is hard. A share, a quality or a cost bounds what
 * tricks at the end of prompts cost a tenant, but not whose requests they push aside: scores are guarded against them,
 * unless the route says that nobody there would try.
 */
function mannerOf({ mini, guarded }: Tiers): Manner {
  const isMicro = mini.every(({ plainText }) => plainText)
  return { weak: isMicro ? 'micro' : 'other', isGuarded: guarded ?? true }
}

/** Those whose traffic is counted together. */
const tenantOf = ({ project, keyId }: Caller): string => project?.id ?? keyId

/** Where there is nothing to choose between, nothing is judged. */
const UNASKED: Effort = { score: 0, features: {} }

/** Did the score decide? Elsewhere something else did, and it says nothing about the scores of the route. */
const isByScore = ({ reason }: Plan): boolean =>
  reason === 'easy' ||
  reason === 'cascade' ||
  reason === 'hard' ||
  reason === 'no-evidence' ||
  reason === 'health'

function costsOf(policy: Policy, request: ModelRequest, health: HealthView): TierCosts {
  if (policy.kind !== 'tiers') return {}
  const { stream, limits, serviceTier } = request
  const { mini, frontier } = policy
  const sizes = {
    promptTokens: needsOf(request).chars / 4,
    outputTokens: outputOf([...mini, ...frontier], health, stream, limits.maxOutput),
    stream,
    ...(serviceTier === undefined ? {} : { serviceTier }),
  }
  const [weak, strong] = [mini[0], frontier[0]].map(
    (model) => model && expectOf(model, sizes, health).costMicros,
  )
  return {
    ...(weak === undefined ? {} : { weakMicros: weak }),
    ...(strong === undefined ? {} : { strongMicros: strong }),
  }
}

/** What is known of all targets, but this one is down. */
const without = (down: string, health: HealthView): HealthView => ({
  standing: (key, now) => (key === down ? 'down' : health.standing(key, now)),
  claimProbe: (key, now) => health.claimProbe(key, now),
  p95Ms: (key, stream) => health.p95Ms(key, stream),
  measured: (key, stream) => health.measured(key, stream),
})

/** A route over small and large models chooses between chat models; it knows none that does anything else. */
function refuseOther({ model, embedding, proxied }: ModelRequest): void {
  if (embedding === undefined && proxied === undefined) return
  const asked = embedding === undefined ? `/v1/${proxied?.endpoint ?? ''}` : '/v1/embeddings'
  const message = `The route '${model}' is over chat models, and ${asked} needs a model made for it: name one, as '<provider>/<model>' or from GET /v1/models, or a route with an "order" of them.`
  throw new Failed({ kind: 'invalid-request', message, param: 'model' })
}
