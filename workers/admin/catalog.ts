// Models and routes as they are configured, for operators: where each model is and what it costs there, and what a
// route chooses from and by which setting. Pure.
import type { Price } from '../../shared/money.ts'
import type { Catalog, Model, Policy } from '../routing/catalog.ts'
import { shownTime } from './desk.ts'

type Shown = Record<string, unknown>

/** Models by their public names; what providers have besides is at GET /v1/models. */
export const listModels = (catalog: Catalog): Shown[] =>
  catalog.list().flatMap(({ id, model }) => {
    const policy = catalog.find(id)
    if (model === undefined || policy?.kind !== 'order' || id === targetOf(model)) return []
    return [{ model: id, places: policy.models.map(shownPlace) }]
  })

export const listConfigured = (catalog: Catalog): Shown[] =>
  catalog.list().flatMap(({ id, model }) => {
    const policy = model === undefined ? catalog.find(id) : undefined
    return policy === undefined ? [] : [{ route: id, ...shownPolicy(policy) }]
  })

function shownPolicy(policy: Policy): Shown {
  const common = {
    dial: policy.dial ?? null,
    rescue: policy.rescue,
    hedge_after_ms: policy.hedgeAfterMs ?? null,
  }
  return policy.kind === 'order'
    ? { kind: 'order', order: namesOf(policy.models), ...common }
    : {
        kind: 'tiers',
        mini: namesOf(policy.mini),
        frontier: namesOf(policy.frontier),
        cascade: policy.cascade !== undefined,
        ...common,
      }
}

const targetOf = ({ provider, model }: Model): string => `${provider}/${model}`

/** Each model once, at however many places it is. */
const namesOf = (models: readonly Model[]): readonly string[] => [
  ...new Set(models.map(({ of, name }) => of ?? name)),
]

const shownPlace = (model: Model): Shown => ({
  target: targetOf(model),
  context_window: model.contextWindow ?? null,
  max_output: model.maxOutput ?? null,
  price: model.price === undefined ? null : shownPrice(model.price),
  price_source: model.priceVersion?.source ?? null,
  price_since: shownTime(model.priceVersion?.validFrom),
})

/** US dollars per million tokens. */
const shownPrice = ({ input, cacheRead, cacheWrite, output }: Price): Shown => ({
  input,
  cache_read: cacheRead,
  cache_write: cacheWrite,
  output,
})
