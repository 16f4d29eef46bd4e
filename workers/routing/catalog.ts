// What a name in a request stands for: a model at a provider, or a route over models. Pure.
import { type Config, type ConfigTimeouts, entryOf, MICRO } from '../../shared/config.ts'
import { free, type Price } from '../../shared/money.ts'
import type { Target, Timeouts } from '../../shared/plan.ts'

/** A target before a plan has given it a tier, and what it cannot do. */
export interface Model extends Omit<Target, 'tier'> {
  /** Text in, text out, short: no tools, no images, no structured output. */
  readonly plainText: boolean
}

export type Policy =
  | { readonly kind: 'order'; readonly models: readonly Model[]; readonly hedgeAfterMs?: number }
  | {
      readonly kind: 'tiers'
      readonly mini: readonly Model[]
      readonly frontier: readonly Model[]
      readonly strongShare?: number
      readonly hedgeAfterMs?: number
    }

export interface Catalog {
  /** Public names in the order of the configuration, routes first. */
  readonly names: readonly { readonly id: string; readonly ownedBy: string }[]
  readonly retries: { readonly sameTarget: number; readonly total: number }
  find(name: string): Policy | undefined
}

const DEFAULT_TIMEOUTS = { headMs: 10_000, firstTokenMs: 10_000, idleMs: 10_000, totalMs: 300_000 }
const DEFAULT_REPLY_MS = 120_000
export const DEFAULT_ROUTE = 'auto'

/** The embedded model reads this many tokens; what is longer is not for it. */
const MICRO_CONTEXT = 512

/** `prices` are the price book's, by public name or `<provider>/<model>`; the configuration's own come first. */
export function openCatalog(
  config: Config,
  prices: ReadonlyMap<string, Price>,
  microProvider: string,
): Catalog {
  const microModel: Model = {
    name: MICRO,
    provider: microProvider,
    model: MICRO,
    price: free,
    contextWindow: MICRO_CONTEXT,
    maxOutput: MICRO_CONTEXT,
    plainText: true,
    timeouts: mergeTimeouts([config.timeouts]),
  }

  const findModel = (name: string, route?: ConfigTimeouts): Model | undefined => {
    if (name === MICRO || name === `${microProvider}/${MICRO}`) {
      return { ...microModel, timeouts: mergeTimeouts([config.timeouts, route]) }
    }
    const entry = entryOf(config.models, name) ?? splitName(config, name)
    if (entry === undefined) return undefined
    const price = entry.price ?? prices.get(name) ?? prices.get(`${entry.provider}/${entry.model}`)
    return {
      name,
      provider: entry.provider,
      model: entry.model,
      plainText: false,
      ...(price === undefined
        ? {}
        : {
            price: {
              ...price,
              cacheRead: price.cacheRead ?? price.input,
              cacheWrite: price.cacheWrite ?? price.input,
            },
          }),
      ...(entry.contextWindow === undefined ? {} : { contextWindow: entry.contextWindow }),
      ...(entry.maxOutput === undefined ? {} : { maxOutput: entry.maxOutput }),
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
    const hedge = route.hedgeAfterMs === undefined ? {} : { hedgeAfterMs: route.hedgeAfterMs }
    if (route.order !== undefined) return { kind: 'order', models: resolve(route.order), ...hedge }
    const mini = route.mini ?? []
    const rest = Object.keys(config.models ?? {}).filter((model) => !mini.includes(model))
    return {
      kind: 'tiers',
      mini: resolve(mini),
      frontier: resolve(route.frontier ?? rest),
      ...(route.strongShare === undefined ? {} : { strongShare: route.strongShare }),
      ...hedge,
    }
  }

  const routeNames = [...new Set([DEFAULT_ROUTE, ...Object.keys(config.routes ?? {})])]
  return {
    names: [
      ...routeNames.map((id) => ({ id, ownedBy: 'minnow' })),
      { id: MICRO, ownedBy: 'minnow' },
      ...Object.entries(config.models ?? {}).map(([id, model]) => ({ id, ownedBy: model.provider })),
    ],
    retries: { sameTarget: config.retries?.sameTarget ?? 1, total: config.retries?.total ?? 4 },
    find(name) {
      const route = findRoute(name)
      if (route !== undefined) return route
      const model = findModel(name)
      return model === undefined ? undefined : { kind: 'order', models: [model] }
    },
  }
}

type Entry = NonNullable<Config['models']>[string]

/** `<vendor>/<model>` works for every configured provider, listed or not. */
function splitName(config: Config, name: string): Entry | undefined {
  const slash = name.indexOf('/')
  const provider = name.slice(0, slash)
  const model = name.slice(slash + 1)
  if (slash <= 0 || model === '' || entryOf(config.providers, provider) === undefined) return undefined
  const listed = Object.values(config.models ?? {}).find(
    (entry) => entry.provider === provider && entry.model === model,
  )
  return listed ?? { provider, model }
}

/** Later layers win. Without a limit of its own, a whole reply gets `headMs` where somebody set one. */
function mergeTimeouts(layers: readonly (ConfigTimeouts | undefined)[]): Timeouts {
  const given = (key: keyof Timeouts): number | undefined =>
    layers.findLast((layer) => layer?.[key] !== undefined)?.[key]
  const totalMs = given('totalMs') ?? DEFAULT_TIMEOUTS.totalMs
  return {
    headMs: given('headMs') ?? DEFAULT_TIMEOUTS.headMs,
    firstTokenMs: given('firstTokenMs') ?? DEFAULT_TIMEOUTS.firstTokenMs,
    idleMs: given('idleMs') ?? DEFAULT_TIMEOUTS.idleMs,
    totalMs,
    replyMs: given('replyMs') ?? given('headMs') ?? Math.min(DEFAULT_REPLY_MS, totalMs),
  }
}
