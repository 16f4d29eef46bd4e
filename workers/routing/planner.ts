// From a request to a plan: the name looked up, the effort judged, the targets chosen.
import type { Prices } from '../../shared/catalogue.ts'
import { Failed } from '../../shared/failure.ts'
import type { Plan } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { type Caller, type Cx, type HealthView, healthKey } from '../service.ts'
import { type Catalog, type CatalogOptions, openCatalog } from './catalog.ts'
import { choose } from './choose.ts'
import { classify } from './classify.ts'
import { type Dial, openDial } from './dial.ts'

export interface Planner {
  /**
   * Throws `no-route` for an unknown name, `forbidden` for one the key may not use, `unsupported` or `context-length`
   * where no model behind it can serve the request.
   */
  plan(request: ModelRequest, caller: Caller, cx: Cx, options?: PlanOptions): Promise<Plan>
  catalog(cx: Cx): Promise<Catalog>
}

export interface PlanOptions {
  /** The prompt is only counted. */
  readonly anyLength?: true
  /** Nobody is called, so nothing that only a call can do is taken. */
  readonly isDry?: true
}

export interface PlannerOptions extends Omit<CatalogOptions, 'prices'> {
  readonly prices: (cx: Cx) => Promise<Prices>
  readonly health: HealthView
}

/** Dials kept per isolate, one a route and share; shares come from requests too, so they are bounded. */
const MAX_DIALS = 256

export function openPlanner({ prices, health, ...rest }: PlannerOptions): Planner {
  const dials = new Map<string, Dial>() // a cache, bounded by MAX_DIALS
  let opened: { readonly prices: Prices; readonly catalog: Catalog } | undefined

  const catalogOf = async (cx: Cx): Promise<Catalog> => {
    const current = await prices(cx)
    if (opened?.prices !== current)
      opened = { prices: current, catalog: openCatalog({ ...rest, prices: current }) }
    return opened.catalog
  }

  const dialOf = (route: string, share: number | undefined): Dial => {
    const name = `${route}:${share ?? ''}`
    const known = dials.get(name)
    if (known !== undefined) return known
    if (dials.size >= MAX_DIALS) dials.clear()
    const fresh = openDial(share)
    dials.set(name, fresh)
    return fresh
  }

  return {
    catalog: catalogOf,
    async plan(request, caller, cx, options) {
      const catalog = await catalogOf(cx)
      const policy = catalog.find(request.model)
      if (policy === undefined) {
        const message = `The model '${request.model}' does not exist here. GET /v1/models lists what does; '<provider>/<model>' works for every configured provider.`
        throw new Failed({ kind: 'no-route', model: request.model, message })
      }
      if (caller.models !== undefined && !caller.models.includes(request.model)) {
        const message = `This key may not use '${request.model}'. It may use: ${caller.models.join(', ')}.`
        throw new Failed({ kind: 'forbidden', message, code: 'model_not_allowed' })
      }
      if (policy.kind === 'tiers') refuseOther(request)
      const effort = classify(request)
      const share =
        policy.kind === 'tiers' ? (request.dial?.strongShare ?? policy.dial?.strongShare) : undefined
      const cut = dialOf(request.model, share).turn(effort.score)
      const now = cx.now()
      const { retries } = catalog
      /** One request at a time tries whether a target is up again; the others pass it over. */
      const planBy = (view: HealthView): Plan => {
        const plan = choose({ request, policy, effort, cut, retries, health: view, now, ...options })
        const tried = plan.probe === true && options?.isDry !== true ? plan.targets[0] : undefined
        if (tried === undefined || health.claimProbe(healthKey(tried), now)) return plan
        return planBy(without(healthKey(tried), view))
      }
      return planBy(health)
    },
  }
}

/** What is known of all targets, but this one is down. */
const without = (down: string, health: HealthView): HealthView => ({
  standing: (key, now) => (key === down ? 'down' : health.standing(key, now)),
  claimProbe: (key, now) => health.claimProbe(key, now),
  p95Ms: (key, stream) => health.p95Ms(key, stream),
})

/** A route over small and large models chooses between chat models; it knows none that does anything else. */
function refuseOther({ model, embedding, proxied }: ModelRequest): void {
  if (embedding === undefined && proxied === undefined) return
  const asked = embedding === undefined ? `/v1/${proxied?.endpoint ?? ''}` : '/v1/embeddings'
  const message = `The route '${model}' is over chat models, and ${asked} needs a model made for it: name one, as '<provider>/<model>' or from GET /v1/models, or a route with an "order" of them.`
  throw new Failed({ kind: 'invalid-request', message, param: 'model' })
}
