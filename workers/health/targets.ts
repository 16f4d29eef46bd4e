// The targets that a configuration names, by the name under which their health is kept. Pure.
import { type Config, entryOf, MICRO } from '../../shared/config.ts'
import { placesOf } from '../../shared/places.ts'
import { healthKey } from '../service.ts'

export function configuredTargets(config: Config, microProvider: string): ReadonlySet<string> {
  const micro = healthKey({ provider: microProvider, model: MICRO })
  const inRoutes = Object.values(config.routes ?? {}).flatMap(({ order = [], mini = [], frontier = [] }) => [
    ...order,
    ...mini,
    ...frontier,
  ])
  // A route may name `<provider>/<model>`, which is the key itself.
  const named = inRoutes.filter((name) => name !== MICRO && entryOf(config.models, name) === undefined)
  return new Set([
    micro,
    ...Object.values(config.models ?? {})
      .flatMap(placesOf)
      .map(healthKey),
    ...named,
  ])
}
