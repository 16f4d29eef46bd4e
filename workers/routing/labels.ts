// Labels as bytes: what a learner keeps of each request it has learned from. Pure.

/** Where a label came from: both tiers asked off the path, a checked answer, a person, the re-benchmark. */
export type LabelSource = 'shadow' | 'cascade' | 'feedback' | 'rebench'

/** What was learned about one request; no text. */
export interface Label {
  /** From `sketchOf`. */
  readonly sketch: string
  /** The quality of each tier's answer, 0..1, where it is known. */
  readonly weak?: number
  readonly strong?: number
  readonly source: LabelSource
  readonly at: number
}

export interface Stored extends Label {
  /** The gain that the learner expected before it knew the outcome. */
  readonly guess?: number
  /** The gain that the shipped prior expects. */
  readonly prior: number
}

const decoder = new TextDecoder()

export const packLabels = (labels: readonly Stored[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(labels))

export const readLabels = (bytes: Uint8Array): Stored[] => JSON.parse(decoder.decode(bytes)) as Stored[] // own bytes
