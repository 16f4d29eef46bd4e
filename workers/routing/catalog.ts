// What a name in a request stands for: a model at a provider, or a route over models. Pure.
import type { Catalogue, Listing, Prices } from '../../shared/catalogue.ts'
import {
  type Config,
  type ConfigModel,
  type ConfigRoute,
  type ConfigTimeouts,
  entryOf,
  MICRO,
} from '../../shared/config.ts'
import { dialIn, type DialSetting } from '../../shared/dial.ts'
import type { Counting } from '../../shared/model.ts'
import { factsIn } from '../../shared/model-schema.ts'
import { fillPrice, free, type Quote } from '../../shared/money.ts'
import { type Place, placesOf } from '../../shared/places.ts'
import type { Cascade, Target, Timeouts } from '../../shared/plan.ts'
import { termsOf } from './terms.ts'

/** A target before a plan has given it a tier, and what it cannot do. */
export interface Model extends Omit<Target, 'tier'> {
  /** Text in, text out, short: no tools, no images, no structured output. */
  readonly plainText: boolean
  /** The public name of the model, where several vendors serve it and this is one of them. */
  readonly of?: string
  /** Its share of the requests, against the weights of the others. */
  readonly weight?: number
}

export type Policy =
  | ({ readonly kind: 'order'; readonly models: readonly Model[] } & Endurance)
  | ({
      readonly kind: 'tiers'
      readonly mini: readonly Model[]
      readonly frontier: readonly Model[]
      /** Small models' answers are checked before they are given. */
      readonly cascade?: Cascade
      /** Nothing at the end of a prompt makes it a hard one; as the dial needs it, unless said. */
      readonly guarded?: boolean
    } & Endurance)

/** How a route chooses, and what it does about targets that are slow, or die in the middle of an answer. */
export interface Endurance {
  readonly dial?: DialSetting
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

/** The embedded model reads this many tokens unless the configuration says otherwise; what is longer is not for it. */
const MICRO_CONTEXT = 512

export function openCatalog(options: CatalogOptions): Catalog {
  const { config, prices, microProvider, catalogue, vendorOf, billsCancelled, countingOf } = options
  const rescue = config.streams?.rescue ?? true
  const microContext = config.micro?.contextWindow ?? MICRO_CONTEXT
  const microModel: Model = {
    name: MICRO,
    provider: microProvider,
    model: MICRO,
    price: free,
    priceVersion: { source: 'catalogue', validFrom: catalogue.datedAt },
    contextWindow: microContext,
    maxOutput: microContext,
    facts: { embedding: false },
    plainText: true,
    timeouts: mergeTimeouts([config.timeouts]),
  }

  /** What people have said of it: the configuration first, then operators, of the place or of the name. */
  const said = (name: string, { provider, model, price }: Place): Quote | undefined =>
    price === undefined
      ? (prices.operators.get(name) ?? prices.operators.get(`${provider}/${model}`))
      : { price: fillPrice(price), version: { source: 'configuration' } }

  const shipped = (listing: Listing | undefined): Quote | undefined =>
    listing?.price && {
      price: listing.price,
      version: { source: 'catalogue', validFrom: catalogue.datedAt },
    }

  /** A model at one of its places, under its own name or, beside others, under that of the place. */
  const modelAt = (name: string, place: Place, entry: ConfigModel, route?: ConfigTimeouts): Model => {
    const { provider, model } = place
    const { vendor, listing } = listingOf(catalogue, vendorOf(provider), model)
    const quote = said(name, place) ?? prices.later.get(`${vendor}/${model}`) ?? shipped(listing)
    const contextWindow = entry.contextWindow ?? listing?.contextWindow
    const maxOutput = entry.maxOutput ?? listing?.maxOutput
    const told = countingOf?.(provider, model)
    const counting = entry.counting === undefined ? told : { ...told, ...entry.counting }
    return {
      name,
      provider,
      model,
      plainText: false,
      facts: { ...listing?.facts, ...factsIn(entry) },
      ...(quote === undefined ? {} : { price: quote.price, priceVersion: quote.version }),
      ...(contextWindow === undefined ? {} : { contextWindow }),
      ...(maxOutput === undefined ? {} : { maxOutput }),
      ...(counting === undefined ? {} : { counting }),
      ...(billsCancelled?.(provider) === true ? { billsCancelled: true } : {}),
      ...(place.weight === undefined ? {} : { weight: place.weight }),
      timeouts: mergeTimeouts([
        config.timeouts,
        entryOf(config.providers, provider)?.timeouts,
        entry.timeouts,
        route,
      ]),
    }
  }

  /** A model at every place where it is; none where the name stands for no model. */
  const findModels = (name: string, route?: ConfigTimeouts): readonly Model[] => {
    if (name === MICRO || name === `${microProvider}/${MICRO}`) {
      return [{ ...microModel, timeouts: mergeTimeouts([config.timeouts, route]) }]
    }
    const entry = entryOf(config.models, name)
    if (entry === undefined) {
      const found = splitName(config, name)
      return found === undefined ? [] : [modelAt(name, found.place, found.entry, route)]
    }
    const places = placesOf(entry)
    const [only] = places
    if (only !== undefined && places.length === 1) return [modelAt(name, only, entry, route)]
    const shared = prices.operators.get(name)
    return places.map((place): Model => {
      const model = modelAt(`${place.provider}/${place.model}`, place, entry, route)
      const isSaid = model.priceVersion !== undefined && model.priceVersion.source !== 'catalogue'
      const quoted =
        isSaid || shared === undefined ? {} : { price: shared.price, priceVersion: shared.version }
      return { ...model, ...quoted, of: name }
    })
  }

  const findRoute = (name: string): Policy | undefined => {
    const route: ConfigRoute | undefined =
      entryOf(config.routes, name) ?? (name === DEFAULT_ROUTE ? { mini: [MICRO] } : undefined)
    if (route === undefined) return undefined
    const resolve = (names: readonly string[]): Model[] =>
      names.flatMap((model) => findModels(model, route.timeouts))
    const dial = dialIn(route)
    const endurance: Endurance = {
      rescue: route.rescue ?? rescue,
      ...(dial === undefined ? {} : { dial }),
      ...(route.hedgeAfterMs === undefined ? {} : { hedgeAfterMs: route.hedgeAfterMs }),
    }
    if (route.order !== undefined) return { kind: 'order', models: resolve(route.order), ...endurance }
    const mini = route.mini ?? []
    const cascade = termsOf('cascade' in route ? route.cascade : undefined)
    const rest = Object.keys(config.models ?? {}).filter((model) => !mini.includes(model))
    return {
      kind: 'tiers',
      mini: resolve(mini),
      frontier: resolve(route.frontier ?? rest),
      ...(cascade === undefined ? {} : { cascade }),
      ...('guarded' in route && route.guarded !== undefined ? { guarded: route.guarded } : {}),
      ...endurance,
    }
  }

  const list = (): Listed[] => {
    const routes = [...new Set([DEFAULT_ROUTE, ...Object.keys(config.routes ?? {})])]
    const known = Object.keys(config.providers ?? {}).flatMap((provider) =>
      catalogue.names(vendorOf(provider) ?? '').map((model) => `${provider}/${model}`),
    )
    const models = [MICRO, ...Object.keys(config.models ?? {}), ...known].flatMap((id) => {
      const [model] = findModels(id)
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
      const models = findModels(name)
      return models.length === 0 ? undefined : { kind: 'order', models, rescue }
    },
  }
}

/** `<vendor>/<model>` works for every configured provider, listed or not. */
function splitName(
  config: Config,
  name: string,
): { readonly place: Place; readonly entry: ConfigModel } | undefined {
  const slash = name.indexOf('/')
  const provider = name.slice(0, slash)
  const model = name.slice(slash + 1)
  if (slash <= 0 || model === '' || entryOf(config.providers, provider) === undefined) return undefined
  for (const entry of Object.values(config.models ?? {})) {
    const place = placesOf(entry).find((one) => one.provider === provider && one.model === model)
    if (place !== undefined) return { place: { ...place, weight: undefined }, entry }
  }
  return { place: { provider, model }, entry: {} }
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
