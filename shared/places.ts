// Where a model lives: at one provider, or at every vendor that serves it. Pure.
import type { GivenPrice } from './money.ts'

/** One of the places of a model. */
export interface Place {
  readonly provider: string
  /** The provider's own name for the model. */
  readonly model: string
  readonly price?: GivenPrice | undefined
  /** Its share of the requests, against the weights of the others. */
  readonly weight?: number | undefined
}

/** A model as the configuration has it: `provider` and `model`, or `providers` with several of both. */
export interface Placed {
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly price?: GivenPrice | undefined
  readonly providers?: readonly Place[] | undefined
}

/** `path` says where in the entry the provider is named. A price of the entry is that of every place without its own. */
export function placesOf(entry: Placed): readonly (Place & { readonly path: string })[] {
  const { provider, model, price, providers } = entry
  if (providers !== undefined)
    return providers.map((place, position) => ({
      ...place,
      price: place.price ?? price,
      path: `providers.${position}.provider`,
    }))
  return provider === undefined || model === undefined ? [] : [{ provider, model, price, path: 'provider' }]
}

/** What is wrong with the places of a model, and where; undefined where nothing is. */
export function placeMistake({
  provider,
  model,
  providers,
}: Placed): { readonly path: (string | number)[]; readonly message: string } | undefined {
  if (providers === undefined) {
    if (provider === undefined) return { path: ['provider'], message: 'a provider, or a list of "providers"' }
    return model === undefined ? { path: ['model'], message: "the provider's own name for it" } : undefined
  }
  if (provider !== undefined || model !== undefined)
    return { path: [], message: 'either "provider" and "model", or "providers"' }
  const seen = new Set<string>()
  for (const [position, place] of providers.entries()) {
    const key = `${place.provider}/${place.model}`
    if (seen.has(key)) return { path: ['providers', position], message: `${key} once` }
    seen.add(key)
  }
  const weighed = providers.filter(({ weight }) => weight !== undefined)
  if (weighed.length > 0 && weighed.length < providers.length)
    return { path: ['providers'], message: 'a weight for each of them, or for none' }
  if (weighed.length > 0 && weighed.every(({ weight }) => weight === 0))
    return { path: ['providers'], message: 'a weight above 0 for one of them' }
  return undefined
}
