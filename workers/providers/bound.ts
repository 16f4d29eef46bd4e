// What of a configuration there is here: a vendor that only a binding reaches is there with the binding alone. Pure.
import type { Config, ConfigModel as Model } from '../../shared/config.ts'
import { placesOf } from '../../shared/places.ts'

type Entry = NonNullable<Config['providers']>[string]
type Route = NonNullable<Config['routes']>[string]

/** With the binding its vendors are providers, also where the configuration has no word about them. */
export function withBound(config: Config, ids: readonly string[]): Config {
  const implied = Object.fromEntries(ids.map((id): [string, Entry] => [id, {}]))
  return { ...config, providers: { ...implied, ...config.providers } }
}

/** Without it, such a provider, its models and their places in routes are not there; nor is a route of nothing else. */
export function withoutBound(config: Config, isBound: (id: string, entry: Entry) => boolean): Config {
  const providers = Object.entries(config.providers ?? {})
  const gone = new Set(providers.flatMap(([id, entry]) => (isBound(id, entry) ? [id] : [])))
  if (gone.size === 0) return config
  const models = Object.entries(config.models ?? {}).map(
    ([name, entry]) => [name, without(entry, gone)] as const,
  )
  const lost = new Set(models.flatMap(([name, entry]) => (placesOf(entry).length === 0 ? [name] : [])))
  const isThere = (name: string): boolean =>
    !lost.has(name) && (Object.hasOwn(config.models ?? {}, name) || !gone.has(name.split('/')[0] ?? ''))
  return {
    ...config,
    providers: Object.fromEntries(providers.filter(([id]) => !gone.has(id))),
    models: Object.fromEntries(models.filter(([name]) => !lost.has(name))),
    routes: Object.fromEntries(
      Object.entries(config.routes ?? {}).flatMap(([name, route]) => {
        const left = leave(route, isThere)
        return left === undefined ? [] : [[name, left]]
      }),
    ),
  }
}

/** The model without its places at providers that are gone. */
function without(entry: Model, gone: ReadonlySet<string>): Model {
  const { provider, providers } = entry
  if (providers !== undefined)
    return { ...entry, providers: providers.filter((place) => !gone.has(place.provider)) }
  return provider !== undefined && gone.has(provider) ? { ...entry, provider: undefined } : entry
}

/** The route over what is there; undefined where that is nothing. */
function leave(route: Route, isThere: (name: string) => boolean): Route | undefined {
  const { order, mini, frontier, ...rest } = route
  const lists = { order, mini, frontier }
  const left = Object.entries(lists).flatMap(([kind, names]) =>
    names === undefined ? [] : [[kind, names.filter(isThere)] as const],
  )
  return left.some(([, names]) => names.length > 0) ? { ...rest, ...Object.fromEntries(left) } : undefined
}
