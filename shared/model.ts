// What is known of a model besides its price: what it can do and how it differs. Pure.

export interface ModelFacts {
  readonly tools?: boolean
  /** Reads pictures. */
  readonly images?: boolean
  /** Reads documents such as PDF. */
  readonly files?: boolean
  readonly audio?: boolean
  /** Follows a JSON Schema strictly. */
  readonly jsonSchema?: boolean
  /** Thinks before it answers; false for models that must not be asked to. */
  readonly reasoning?: boolean
  /** Accepts a temperature; reasoning models of several vendors do not. */
  readonly temperature?: boolean
  /** Continues an answer that ends with an assistant message. */
  readonly prefill?: boolean
  /** Makes vectors, not answers. */
  readonly embedding?: boolean
}

export const factNames = [
  'tools',
  'images',
  'files',
  'audio',
  'jsonSchema',
  'reasoning',
  'temperature',
  'prefill',
  'embedding',
] as const satisfies readonly (keyof ModelFacts)[]
