// What a scenario is: a fault at the primary, a model behind it, and what is right then. Pure data and pure rules.
import type { Behaviour, LabCall } from '../behaviour.ts'
import type { Fields } from '../client.ts'
import type { Rule } from './rules.ts'

export interface Script {
  /** The first requests, one after another. */
  readonly first?: readonly Behaviour[]
  readonly always: Behaviour
}

/** What the client should have in the end. */
export type Expected =
  | {
      readonly kind: 'answer'
      readonly text: string
      /** The vendor sent no `[DONE]` either. */
      readonly mayLackDone?: true
    }
  | { readonly kind: 'call'; readonly call: LabCall }
  /** One error, and this is what it says. */
  | { readonly kind: 'error'; readonly status: number; readonly says: RegExp }
  /** Nothing: it has left. */
  | { readonly kind: 'nothing' }

export interface Case {
  /** Unique within the scenario; empty where there is only one. */
  readonly name: string
  readonly primary: Script
  /** The healthy model to fall back to; absent where there is none. */
  readonly spare?: Script
  /** What is known of the spare: whether it goes on from the beginning of an answer. */
  readonly sparePrefill?: boolean
  /** What the client asks for beside the usual. */
  readonly ask?: Fields
  /** Where, unless it is a client of chat completions. */
  readonly path?: string
  /** Asked so often: at fixed times, or where none are given each once the one before it has its end. */
  readonly repeat?: { readonly count: number; readonly everyMs?: number }
  /** The client leaves after so many events. */
  readonly leaveAfter?: number
  /** The keys of the primary's provider; one good one unless given. */
  readonly keys?: readonly string[]
  /** The primary's vendor bills answers that nobody reads. */
  readonly billsCancelled?: true
  readonly expected: Expected
  readonly rules: readonly Rule[]
  /** What of Minnow's own it cannot be shown without. */
  readonly needs?: string
  /** Harder than the benchmark's description of its scenario, so that only Minnow is measured by it. */
  readonly isExtra?: true
}

export interface Scenario {
  readonly id: string
  /** The fault, in the words of the scorecard. */
  readonly fault: string
  readonly cases: readonly Case[]
}

/** The names under which a case is played: models at the lab, and what a client asks for. */
export interface Names {
  readonly primary: string
  readonly spare: string
  readonly route: string
}

export function namesOf(prefix: string, scenario: Pick<Scenario, 'id'>, of: Pick<Case, 'name'>): Names {
  const slug = of.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const primary = [prefix, scenario.id.toLowerCase(), slug].filter((part) => part !== '').join('-')
  return { primary, spare: `${primary}-spare`, route: `${primary}-route` }
}
