// What a name in a request stands for: a model at a provider, or a route over models. Pure.
import type { Catalogue, Listing, Prices } from '../../shared/catalogue.ts'
import { type Config, type ConfigModel, type ConfigTimeouts, entryOf, MICRO } from '../../shared/config.ts'
import type { Counting } from '../../shared/model.ts'
import { factsIn } from '../../shared/model-schema.ts'
import { fillPrice, free, type Quote } from '../../shared/money.ts'
import type { Target, Timeouts } from '../../shared/plan.ts'

/** A target before a plan has given it a tier, and what it cannot do. */
export interface Model extends Omit<Target, 'tier'> {
  /** Text in, text out, short: no tools, no images, no structured output. */
  readonly plainText: boolean
}

export type Policy =
  | ({ readonly kind: 'order'; readonly models: readonly Model[] } & Endurance)
  | ({
      readonly kind: 'tiers'
      readonly mini: readonly Model[]
      readonly frontier: readonly Model[]
      readonly strongShare?: number
    } & Endurance)

/** What a route does about targets that are slow, or die in the middle of an answer. */
export interface Endurance {
  readonly hedgeAfterMs?: number | 'p95'
  readonly rescue: boolean
}

/** A public name. `model` is absent for a route, which stands for several. */
export interface Listed {
  readonly id: string
  readonly ownedBy: string
  readonly model?: Model
}

export interface Catalog {
  /** Every public name: routes, micro and models in the order of the configuration, then what providers are known to have. */
  list(): readonly Listed[]
  readonly retries: { readonly sameTarget: number; readonly total: number }
  find(name: string): Policy | undefined
}

export interface CatalogOptions {
  readonly config: Config
  readonly prices: Prices
  readonly microProvider: string
  /** What ships of models; looked up by vendor. */
  readonly catalogue: Catalogue
  /** The vendor behind a configured provider. */
  readonly vendorOf: (provider: string) => string | undefined
  /** Does the vendor behind a configured provider bill what nobody reads? */
  readonly billsCancelled?: (provider: string) => boolean
  /** How a model of a configured provider counts, as its vendor says. */
  readonly countingOf?: (provider: string, model: string) => Counting | undefined
}

const DEFAULT_TIMEOUTS = { headMs: 10_000, firstTokenMs: 10_000, idleMs: 10_000, totalMs: 300_000 }
const DEFAULT_REPLY_MS = 120_000
const DEFAULT_FLOOR = { floorTokensPerSecond: 0.5, floorWindowMs: 30_000 }
export const DEFAULT_ROUTE = 'auto'

/** The embedded model reads this many tokens; what is longer is not for it. */
const MICRO_CONTEXT = 512

export function openCatalog(options: CatalogOptions): Catalog {
  const { config, prices, microProvider, catalogue, vendorOf, billsCancelled, countingOf } = options
  const rescue = config.streams?.rescue ?? true
  const microModel: Model = {
    name: MICRO,
    provider: microProvider,
    model: MICRO,
    price: free,
    priceVersion: { source: 'catalogue', validFrom: catalogue.datedAt },
    contextWindow: MICRO_CONTEXT,
    maxOutput: MICRO_CONTEXT,
    facts: { embedding: false },
    plainText: true,
    timeouts: mergeTimeouts([config.timeouts]),
  }

  /** What people have said of it: the configuration first, then operators, of the name or of what it stands for. */
  const said = (name: string, entry: ConfigModel): Quote | undefined =>
    entry.price === undefined
      ? (prices.operators.get(name) ?? prices.operators.get(`${entry.provider}/${entry.model}`))
      : { price: fillPrice(entry.price), version: { source: 'configuration' } }

  const shipped = (listing: Listing | undefined): Quote | undefined =>
    listing?.price && {
      price: listing.price,
      version: { source: 'catalogue', validFrom: catalogue.datedAt },
    }

  const findModel = (name: string, route?: ConfigTimeouts): Model | undefined => {
    if (name === MICRO || name === `${microProvider}/${MICRO}`) {
      return { ...microModel, timeouts: mergeTimeouts([config.timeouts, route]) }
    }
    const entry = entryOf(config.models, name) ?? splitName(config, name)
    if (entry === undefined) return undefined
    const { vendor, listing } = listingOf(catalogue, vendorOf(entry.provider), entry.model)
    const quote = said(name, entry) ?? prices.later.get(`${vendor}/${entry.model}`) ?? shipped(listing)
    const contextWindow = entry.contextWindow ?? listing?.contextWindow
    const maxOutput = entry.maxOutput ?? listing?.maxOutput
    const told = countingOf?.(entry.provider, entry.model)
    const counting = entry.counting === undefined ? told : { ...told, ...entry.counting }
    return {
      name,
      provider: entry.provider,
      model: entry.model,
      plainText: false,
      facts: { ...listing?.facts, ...factsIn(entry) },
      ...(quote === undefined ? {} : { price: quote.price, priceVersion: quote.version }),
      ...(contextWindow === undefined ? {} : { contextWindow }),
      ...(maxOutput === undefined ? {} : { maxOutput }),
      ...(counting === undefined ? {} : { counting }),
      ...(billsCancelled?.(entry.provider) === true ? { billsCancelled: true } : {}),
      timeouts: mergeTimeouts([
        config.timeouts,
        entryOf(config.providers, entry.provider)?.timeouts,
        entry.timeouts,
        route,
      ]),
    }
  }

  const findRoute = (name: string): Policy | undefined => {
    const route = entryOf(config.routes, name) ?? (name === DEFAULT_ROUTE ? { mini: [MICRO] } : undefined)
    if (route === undefined) return undefined
    const resolve = (names: readonly string[]): Model[] =>
      names.flatMap((model) => findModel(model, route.timeouts) ?? [])
    const endurance: Endurance = {
      rescue: route.rescue ?? rescue,
      ...(route.hedgeAfterMs === undefined ? {} : { hedgeAfterMs: route.hedgeAfterMs }),
    }
    if (route.order !== undefined) return { kind: 'order', models: resolve(route.order), ...endurance }
    const mini = route.mini ?? []
    const rest = Object.keys(config.models ?? {}).filter((model) => !mini.includes(model))
    return {
      kind: 'tiers',
      mini: resolve(mini),
      frontier: resolve(route.frontier ?? rest),
      ...(route.strongShare === undefined ? {} : { strongShare: route.strongShare }),
      ...endurance,
    }
  }

  const list = (): Listed[] => {
    const routes = [...new Set([DEFAULT_ROUTE, ...Object.keys(config.routes ?? {})])]
    const known = Object.keys(config.providers ?? {}).flatMap((provider) =>
      catalogue.names(vendorOf(provider) ?? '').map((model) => `${provider}/${model}`),
    )
    const models = [MICRO, ...Object.keys(config.models ?? {}), ...known].flatMap((id) => {
      const model = findModel(id)
      return model === undefined ? [] : [{ id, ownedBy: model.provider, model }]
    })
    return [...routes.map((id) => ({ id, ownedBy: 'minnow' })), ...models]
  }

  return {
    list,
    retries: { sameTarget: config.retries?.sameTarget ?? 1, total: config.retries?.total ?? 4 },
    find(name) {
      const route = findRoute(name)
      if (route !== undefined) return route
      const model = findModel(name)
      return model === undefined ? undefined : { kind: 'order', models: [model], rescue }
    },
  }
}

/** `<vendor>/<model>` works for every configured provider, listed or not. */
function splitName(config: Config, name: string): ConfigModel | undefined {
  const slash = name.indexOf('/')
  const provider = name.slice(0, slash)
  const model = name.slice(slash + 1)
  if (slash <= 0 || model === '' || entryOf(config.providers, provider) === undefined) return undefined
  const listed = Object.values(config.models ?? {}).find(
    (entry) => entry.provider === provider && entry.model === model,
  )
  return listed ?? { provider, model }
}

/** A snapshot of a model, by the date behind its name. */
const SNAPSHOT = /-(?:20\d\d-?[01]\d-?[0-3]\d)$/

/** What the catalogue has of a vendor's model; of a snapshot that it does not list, what it has of the model. */
function listingOf(
  catalogue: Catalogue,
  vendor: string | undefined,
  model: string,
): { vendor: string; listing: Listing | undefined } {
  if (vendor === undefined) return { vendor: '', listing: undefined }
  const listing = catalogue.find(vendor, model) ?? catalogue.find(vendor, model.replace(SNAPSHOT, ''))
  return { vendor, listing }
}

/**
 * Later layers win. Without a limit of its own, a whole reply gets `headMs` where somebody set one; and whoever allows
 * long silences does not mean that they are too slow.
 */
function mergeTimeouts(layers: readonly (ConfigTimeouts | undefined)[]): Timeouts {
  const given = (key: keyof Timeouts): number | undefined =>
    layers.findLast((layer) => layer?.[key] !== undefined)?.[key]
  const totalMs = given('totalMs') ?? DEFAULT_TIMEOUTS.totalMs
  const idleMs = given('idleMs') ?? DEFAULT_TIMEOUTS.idleMs
  return {
    headMs: given('headMs') ?? DEFAULT_TIMEOUTS.headMs,
    firstTokenMs: given('firstTokenMs') ?? DEFAULT_TIMEOUTS.firstTokenMs,
    idleMs,
    totalMs,
    replyMs: given('replyMs') ?? given('headMs') ?? Math.min(DEFAULT_REPLY_MS, totalMs),
    floorTokensPerSecond: given('floorTokensPerSecond') ?? DEFAULT_FLOOR.floorTokensPerSecond,
    floorWindowMs: given('floorWindowMs') ?? Math.max(DEFAULT_FLOOR.floorWindowMs, idleMs),
  }
}
