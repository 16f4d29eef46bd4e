// The gateway's configuration for the scenarios: under every case a primary, a spare, and the route over both. Pure.
import { vendors } from '../../../workers/providers/registry.ts'
import type { Fields } from '../client.ts'
import { PRICE } from '../pairs.ts'
import type { Clock } from './clock.ts'
import { LIVE_KEY } from './models.ts'
import { type Case, type Names, namesOf, type Scenario } from './scenario.ts'

/** A vendor of this wire that bills what nobody reads on. */
const billing = vendors.find(
  ({ billsCancelled, dialect }) => billsCancelled === true && dialect.id === 'openai-chat',
)

export interface Configured {
  readonly config: Fields
  /** What the configuration names with `$NAME`. */
  readonly env: Readonly<Record<string, string>>
}

export function configFor(
  all: readonly Scenario[],
  { prefix, labUrl, clock }: { readonly prefix: string; readonly labUrl: string; readonly clock: Clock },
): Configured {
  const providers: Record<string, Fields> = { lab: { baseUrl: labUrl, apiKey: '$LAB_KEY' } }
  const models: Record<string, Fields> = {}
  const routes: Record<string, Fields> = {}
  const env: Record<string, string> = { LAB_KEY: LIVE_KEY }

  for (const scenario of all)
    for (const of of scenario.cases) {
      const names = namesOf(prefix, scenario, of)
      const provider = providerFor(names, of)
      if (provider !== undefined) {
        providers[names.primary] = { baseUrl: labUrl, ...provider.entry }
        Object.assign(env, provider.env)
      }
      models[names.primary] = model(names.primary, provider === undefined ? 'lab' : names.primary, 8_192)
      if (of.spare !== undefined)
        models[names.spare] = {
          ...model(names.spare, 'lab', 128_000),
          ...(of.sparePrefill === undefined ? {} : { prefill: of.sparePrefill }),
        }
      routes[names.route] = {
        order: of.spare === undefined ? [names.primary] : [names.primary, names.spare],
      }
    }
  return { config: { providers, models, routes, ...clock.limits }, env }
}

const model = (name: string, provider: string, contextWindow: number): Fields => ({
  provider,
  model: name,
  contextWindow,
  maxOutput: 4_096,
  price: PRICE,
})

/** Keys are the provider's, and so is what its vendor bills: such a case has a provider of its own. */
function providerFor(
  { primary }: Names,
  { keys, billsCancelled }: Case,
): { readonly entry: Fields; readonly env: Readonly<Record<string, string>> } | undefined {
  if (billsCancelled === true) return { entry: { vendor: billing?.id, apiKey: '$LAB_KEY' }, env: {} }
  if (keys === undefined) return undefined
  const variable = (at: number): string => `${primary.replaceAll('-', '_').toUpperCase()}_${at}`
  return {
    entry: { apiKey: keys.map((_, at) => `$${variable(at)}`) },
    env: Object.fromEntries(keys.map((key, at) => [variable(at), key])),
  }
}
