// The house of the re-benchmark, from the configuration and what the Worker gives.
import { type Config, MICRO } from '../../shared/config.ts'
import type { Cx } from '../service.ts'
import type { House, Pair } from './house.ts'
import { settingsOf } from './settings.ts'

export interface Given extends Omit<House, 'settings' | 'models' | 'pairs' | 'defer'> {
  readonly config: Config
}

export function openRebench({ config, ...given }: Given): (defer: Cx['defer']) => House {
  const fixed = {
    ...given,
    settings: settingsOf(config.rebench),
    models: [MICRO, ...Object.keys(config.models ?? {})],
    pairs: pairsOf(config),
  }
  return (defer) => ({ ...fixed, defer })
}

/** The first of each tier stands for it. */
function pairsOf({ routes = {}, models = {} }: Config): Pair[] {
  return Object.entries(routes).flatMap(([route, { mini, frontier }]) => {
    const weak = mini?.[0]
    const strong = frontier?.[0] ?? Object.keys(models).find((name) => mini?.includes(name) === false)
    return weak === undefined || strong === undefined ? [] : [{ route, weak, strong }]
  })
}
