// The faults of single requests, for whoever draws one at random. Pure.
import type { Behaviour } from '../behaviour.ts'
import type { Clock } from './clock.ts'
import { ORGANS_ID } from './own.ts'
import { scenarios } from './scenarios.ts'

export interface Fault {
  /** The scenario, and its case where it has several. */
  readonly name: string
  readonly behaviour: Behaviour
  /** False where the answer is an error by right, whoever else could be asked. */
  readonly isCurable: boolean
}

/** Every distinct misbehaviour of a primary, without those that only make sense with keys or over time. */
export function faultsOf(clock: Clock): readonly Fault[] {
  const found = new Map<string, Fault>()
  for (const { id, cases } of scenarios(clock).filter(({ id }) => id !== ORGANS_ID))
    for (const { name, primary, keys, expected } of cases) {
      const behaviour = primary.first?.[0] ?? primary.always
      if (keys !== undefined || behaviour.forMs !== undefined || expected.kind === 'nothing') continue
      const key = JSON.stringify(behaviour)
      if (found.has(key)) continue
      const isCurable = expected.kind !== 'error'
      found.set(key, { name: name === '' ? id : `${id} ${name}`, behaviour, isCurable })
    }
  return [...found.values()]
}
