// What is known of a model besides its price: what it can do, how it differs and how it counts. Pure.

/** How a model counts its prompts, as far as somebody says; what nobody says is bounded as for any model. */
export interface Counting {
  /** The vocabulary, where its maker publishes it and it is the one that is counted with here. */
  readonly tokenizer?: 'o200k' | undefined
  /** The most tokens that one picture becomes. */
  readonly picture?: number | undefined
  /** The most tokens that one document is taken to become. Nobody can know, so only an operator may say it. */
  readonly file?: number | undefined
}

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
