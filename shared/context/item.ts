// What is known of a part of a conversation without its text: who says it, and how many tokens it takes. Pure.

/** `calls`: the assistant, calling tools. `other`: what clients said in ways of their own; it is taken or left whole. */
export type Speaker = 'user' | 'assistant' | 'calls' | 'result' | 'other'

export interface Item {
  readonly speaker: Speaker
  readonly tokens: number
  /** Of a result: the call that it answers. */
  readonly call?: string
}

/** What stands in the place of a result that is left out takes about so many. */
export const MARKER_TOKENS = 24

export const markerText = (tokens: number): string =>
  `[This result, about ${tokens} tokens, is left out to save room.]`

/** What the model said itself. */
export const isModel = ({ speaker }: Pick<Item, 'speaker'>): boolean =>
  speaker === 'assistant' || speaker === 'calls'
