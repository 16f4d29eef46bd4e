// What is told of a request so that its route can learn from it. Never text: a sketch of its shape, and outcomes.
import type { Label, Noticed, Standing } from '../../shared/label.ts'

/** A label by the request that it is about; a later one of the same source replaces it. */
export interface Named {
  readonly id: string
  readonly label: Label
}

/** A request that was answered, kept for a while so that its caller can say how good the answer was. */
export interface Asked extends Noticed {
  /** The request's id, as its caller knows it. */
  readonly id: string
  readonly tier: 'mini' | 'frontier'
}

export interface News {
  readonly asked: readonly Asked[]
  readonly labels: readonly Named[]
}

/** Whose learner: a route's, of one tenant. */
export interface Place {
  readonly route: string
  readonly tenant: string
}

/** Learns what does not come from any tenant's traffic; for every tenant of the route that knows nothing yet. */
export const HOUSE = 'house'

export const nameOf = ({ route, tenant }: Place): string => `${tenant}/${route}`

/** What an object answers to news. */
export interface Learnt {
  readonly version: number
  /** Absent where the asker has this version already. */
  readonly snapshot?: Uint8Array
}

/** What thinks inside of a learner. */
export interface Mind {
  add(label: Label): void
  /** All of it, to think on later. */
  snapshot(): Uint8Array
  /** What isolates need of it. */
  lesson(): Uint8Array
  standing(): Standing
}

export type OpenMind = (snapshot?: Uint8Array) => Mind
