// Models and decisions as clients see them. Pure.
import type { Counted } from '../count.ts'
import { Failed } from '../../shared/failure.ts'
import { dollarsFromMicros, type Price, type Rates } from '../../shared/money.ts'
import type { Expected, Plan } from '../../shared/plan.ts'
import type { Catalog, Listed, Policy } from '../routing/catalog.ts'
import type { Caller } from '../service.ts'
import { routingOf, writeRouting } from '../telemetry/routing.ts'

/** In OpenAI's shape, with what it does not say: what a model can do, how much it reads and what it costs. */
interface ModelEntry {
  readonly id: string
  readonly object: 'model'
  readonly created: number
  readonly owned_by: string
  readonly context_window?: number
  readonly max_output_tokens?: number
  /** What is known of it; an ability that is not named may be there or not. */
  readonly capabilities?: Readonly<Record<string, boolean>>
  /** US dollars per million tokens. */
  readonly pricing?: Readonly<Record<string, unknown>>
}

/** OpenAI gives every model a date; ours begin with the first version. */
export const CREATED = 1_763_856_000

/** What the key may use, of everything there is. */
export function usable(catalog: Catalog, caller: Caller): readonly Listed[] {
  const { models } = caller
  const all = catalog.list()
  return models === undefined ? all : all.filter(({ id }) => models.includes(id))
}

export const listModels = (catalog: Catalog, caller: Caller): { object: 'list'; data: ModelEntry[] } => ({
  object: 'list',
  data: usable(catalog, caller).map(entry),
})

/** One that the key may use, listed or not. */
export function findModel(catalog: Catalog, caller: Caller, id: string): Listed {
  const policy = caller.models === undefined || caller.models.includes(id) ? catalog.find(id) : undefined
  if (policy === undefined) {
    const message = `The model '${id}' does not exist here. GET /v1/models lists what does.`
    throw new Failed({ kind: 'no-route', model: id, message })
  }
  const [model] = policy.kind === 'order' ? policy.models : []
  // Routes have names of their own; what bears the name of its only model is that model.
  return (model?.of ?? model?.name) === id && model !== undefined
    ? { id, ownedBy: model.provider, model }
    : { id, ownedBy: 'minnow' }
}

export function readModel(catalog: Catalog, caller: Caller, id: string): ModelEntry {
  const found = findModel(catalog, caller, id)
  const policy = found.model === undefined ? catalog.find(id) : undefined
  return policy !== undefined && seesPictures(policy)
    ? { ...entry(found), capabilities: { images: true } }
    : entry(found)
}

/** Of a route: a request with pictures goes to those of its models that read them. */
const seesPictures = (policy: Policy): boolean =>
  (policy.kind === 'order' ? policy.models : [...policy.mini, ...policy.frontier]).some(
    ({ facts }) => facts?.images === true,
  )

function entry({ id, ownedBy, model }: Listed): ModelEntry {
  const { contextWindow, maxOutput, facts = {}, price } = model ?? {}
  const capabilities = Object.entries(facts).map(([name, is]) => [NAMES[name] ?? name, is] as const)
  return {
    id,
    object: 'model',
    created: CREATED,
    owned_by: ownedBy,
    ...(contextWindow === undefined ? {} : { context_window: contextWindow }),
    ...(maxOutput === undefined ? {} : { max_output_tokens: maxOutput }),
    ...(capabilities.length === 0 ? {} : { capabilities: Object.fromEntries(capabilities) }),
    ...(price === undefined ? {} : { pricing: pricing(price) }),
  }
}

const NAMES: Readonly<Record<string, string>> = { jsonSchema: 'json_schema' }

const rates = ({
  input,
  output,
  cacheRead,
  cacheWrite,
  cacheWriteLong,
  reasoning,
}: Rates): Record<string, number> => ({
  input,
  output,
  cache_read: cacheRead,
  cache_write: cacheWrite,
  ...(cacheWriteLong === undefined ? {} : { cache_write_1h: cacheWriteLong }),
  ...(reasoning === undefined ? {} : { reasoning }),
})

const pricing = (price: Price): Record<string, unknown> => ({
  ...rates(price),
  ...(price.tiers === undefined
    ? {}
    : { tiers: price.tiers.map((tier) => ({ above: tier.above, ...rates(tier) })) }),
  ...(price.classes === undefined
    ? {}
    : {
        classes: Object.fromEntries(Object.entries(price.classes).map(([name, of]) => [name, rates(of)])),
      }),
  ...(price.request === undefined ? {} : { request: price.request }),
})

/** A decision without its call: `score` is higher where the strong model is expected to gain more. */
export function explain(plan: Plan): Record<string, unknown> {
  const [first] = plan.targets
  return {
    target: first === undefined ? null : first.name,
    tier: plan.tier,
    score: plan.score ?? null,
    reason: plan.reason,
    ...writeRouting(routingOf(plan) ?? {}),
    expected: plan.expected === undefined ? null : writeExpected(plan.expected),
    fallbacks: plan.targets.slice(1).map((target) => target.name),
  }
}

/** What the share is expected to come to: null where nobody knows. */
const writeExpected = ({ by, quality, per1kMicros, why }: Expected): Record<string, unknown> => ({
  by,
  quality: quality === undefined ? null : Math.round(quality * 10_000) / 10_000,
  per_1k: per1kMicros === undefined ? null : dollarsFromMicros(per1kMicros),
  evidence: why,
})

/** A prompt's length, in the words of the dialect; the header says whose count it is. */
export function tellCount(
  { tokens, source, model }: Counted,
  write: (tokens: number) => Record<string, unknown>,
): Response {
  return Response.json(write(tokens), { headers: { 'x-minnow-model': model, 'x-minnow-count': source } })
}
