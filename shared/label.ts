// What is learned about a request, and how well that goes: the words that a route's learner and its keeper share. Pure.

/** Where a label came from: both tiers asked off the path, a checked answer, a person, the re-benchmark. */
export type LabelSource = 'shadow' | 'cascade' | 'feedback' | 'rebench'

/** What is told of a request. Never text. */
export interface Noted {
  /** Its shape: from `sketchOf`. */
  readonly sketch: string
  /**
   * The gain that is expected by whoever routes while nothing is learned: what a learner is measured against. Absent in
   * what was kept before it was told; the prior for pairs of models stands for it there.
   */
  readonly prior?: number
}

/** A request, and where it was answered in a cascade the small model's answer. */
export interface Noticed extends Noted {
  /** The shape of both together; what is expected of the question alone is what it is measured against. */
  readonly look?: Noted
}

/** What was learned about one request: its shape, and outcomes. */
export interface Label extends Noticed {
  /** The quality of each tier's answer, 0..1, where it is known. */
  readonly weak?: number
  readonly strong?: number
  readonly source: LabelSource
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** How well a learner does, on labels that it had not seen when it was asked. */
export interface Standing {
  readonly labels: number
  readonly isOn: boolean
  /** One sentence for the operator. */
  readonly reason: string
  /** The area under quality over the share of strong calls: 0.5 is chance. Absent until enough is known. */
  readonly learner?: number
  readonly prior?: number
  /** The same of looks at small models' answers; absent where that is not told. */
  readonly look?: Standing
}
