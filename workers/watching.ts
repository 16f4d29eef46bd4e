// What is watched of targets, by every isolate and together: the board, and what operators are shown of it.
import { type Config, MICRO_PROVIDER } from '../shared/config.ts'
import { DEFAULTS } from '../shared/defaults.ts'
import { type Board, openBoard } from './health/board.ts'
import type { Health } from './health/object.ts'
import { configuredTargets } from './health/targets.ts'
import type { HealthView } from './service.ts'

export interface Watching {
  readonly health: Board
  /** What a plan is told: with the breaker off, nobody counts as down. */
  readonly view: HealthView
  readonly desk: {
    readonly targets: () => readonly string[]
    readonly read: (key: string) => ReturnType<DurableObjectStub<Health>['read']>
    readonly seenHere: Board['condition']
    readonly now: () => number
  }
}

export function openWatching(config: Config, objects: DurableObjectNamespace<Health>): Watching {
  const objectOf = (key: string): DurableObjectStub<Health> => objects.getByName(key)
  const probeMs = config.health?.probeMs ?? DEFAULTS.probeMs
  const targets = configuredTargets(config, MICRO_PROVIDER)
  const health = openBoard({
    objects: { exchange: (key, isolate, report) => objectOf(key).exchange(isolate, report, probeMs) },
    probeMs,
    configured: targets,
  })
  return {
    health,
    view: config.health?.breaker === false ? { ...health, standing: () => 'up' } : health,
    desk: {
      targets: () => [...new Set([...targets, ...health.seen()])],
      read: (key) => objectOf(key).read(),
      seenHere: health.condition,
      now: Date.now,
    },
  }
}
