// The house of the re-benchmark, from the configuration and what the Worker gives.
import { type Config, MICRO } from '../../shared/config.ts'
import type { Cx } from '../service.ts'
import type { House, Pair } from './house.ts'
import { settingsOf } from './settings.ts'
import { openSubjects, type Subjects } from './subjects.ts'

export interface Given extends Omit<House, 'settings' | 'models' | 'subjects' | 'pairs' | 'defer'> {
  readonly config: Config
}

export function openRebench({ config, ...given }: Given): (defer: Cx['defer']) => House {
  const subjects = openSubjects(config)
  const fixed = {
    ...given,
    settings: settingsOf(config.rebench),
    models: [MICRO, ...Object.keys(config.models ?? {})],
    subjects,
    pairs: pairsOf(config, subjects),
  }
  return (defer) => ({ ...fixed, defer })
}

/** The first of each tier stands for it, and the first of its places for a model. */
function pairsOf({ routes = {}, models = {} }: Config, subjects: Subjects): Pair[] {
  const first = (name: string): string => subjects(name)[0] ?? name
  return Object.entries(routes).flatMap(([route, { mini, frontier }]) => {
    const weak = mini?.[0]
    const strong = frontier?.[0] ?? Object.keys(models).find((name) => mini?.includes(name) === false)
    return weak === undefined || strong === undefined
      ? []
      : [{ route, weak: first(weak), strong: first(strong) }]
  })
}
